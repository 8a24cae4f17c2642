"""Connect with Greenhouse: to the consent and back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Employer, Role, User
from accounts.permissions import EmployerRequest, employer_required
from integrations import connecting, grants, partner
from integrations.checkup import CheckFailed
from integrations.views.settings import connected_in_words


@never_cache
@require_POST
@employer_required(Role.ADMIN)
def connect(request: EmployerRequest) -> HttpResponse:
    """Send the browser to Greenhouse's consent.

    Shape: a page that leads on by itself, not a redirect: browsers hold a form's redirect to our own
    `form-action`, and where Greenhouse redirects to from there only Greenhouse knows.
    """
    if not grants.is_configured():
        raise Http404
    address = partner.begin(request.session, employer=request.employer, by=request.user)
    context = {"nav": "settings", "tab": "integrations", "address": address}
    answer = render(request, "integrations/partner_leave.html", context)
    answer["Refresh"] = f"0; url={address}"
    return answer


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take Greenhouse's answer back and connect, or say why not. Nothing of the address is kept or shown.

    Repeat: says that it has no beginning here, and changes nothing.
    """
    if not isinstance(request.user, User):
        messages.error(
            request, "You are not logged in here any more. Log in, then press Connect with Greenhouse again."
        )
        return redirect("account_login")  # without the address we came by: it holds the code
    employer: Employer | None = None
    try:
        employer = partner.claim(request.session, by=request.user, state=request.GET.get("state", ""))
        grant = partner.take_answer(request.GET)
        connection = connecting.connect_partner(employer=employer, by=request.user, grant=grant)
    except CheckFailed as exc:
        detail = f" ({exc.detail})" if exc.detail else ""
        messages.error(request, f"{exc.problem.sentence} {exc.problem.next_step}{detail}")
    else:
        messages.success(request, connected_in_words(connection))
    return redirect("integrations", employer.slug) if employer else redirect("home")
