"""Where a visit begins, and where it ends when something broke."""

from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_GET, require_http_methods

from accounts import services
from accounts.forms import EmployerForm
from accounts.models import Membership, User
from accounts.permissions import EmployerRequest, employer_required

log = structlog.get_logger(__name__)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a member to their dashboard, a person without a company to making one, a visitor to the front page."""
    if not isinstance(request.user, User):
        return render(request, "accounts/landing.html")
    memberships = Membership.objects.filter(user=request.user).select_related("employer")
    last_used = memberships.filter(employer_id=request.session.get("employer_id", 0)).first()
    membership = last_used or memberships.first()
    if membership is None:
        return redirect("employer_new")
    return redirect("dashboard", membership.employer.slug)


@require_GET
@employer_required()
def employer_open(request: EmployerRequest) -> HttpResponse:
    """Switch to an employer; `employer_required` remembers which one."""
    return redirect("dashboard", request.employer.slug)


@login_required
@require_http_methods(["GET", "POST"])
def employer_new(request: HttpRequest) -> HttpResponse:
    """Create another company, or the first one of a person who has none."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker; login_required has seen to it
    form = EmployerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        employer = services.create_employer(name=form.cleaned_data["name"], by=request.user)
        messages.success(request, f"{employer.name} is ready. You are its admin.")
        return redirect("dashboard", employer.slug)
    return render(request, "accounts/employer_new.html", {"form": form})


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Apologise with a reference number that is also in the log; needs no database, session or static manifest."""
    reference = structlog.contextvars.get_contextvars().get("request_id")
    if not reference:  # the trouble came before the request had its number
        reference = str(uuid4())
        log.error("server_error", request_id=reference, path=request.path)
    page = loader.get_template("500.html")
    return HttpResponseServerError(page.render({"reference": reference, "static_url": settings.STATIC_URL}))
