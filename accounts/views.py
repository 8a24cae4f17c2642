"""Pages about people, employers and their teams."""

from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseServerError
from django.shortcuts import get_object_or_404, redirect, render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms import CompanyProfileForm, EmployerForm, LogoForm, RoleForm
from accounts.logos import CONTENT_TYPES
from accounts.models import Employer, Membership, Role, User
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


@require_http_methods(["GET", "POST"])
@employer_required()
def company_profile(request: EmployerRequest) -> HttpResponse:
    """Show what candidates read about the employer; admins may change it."""
    if request.method == "POST" and not request.membership.is_admin:
        raise PermissionDenied("This needs the role Admin.")
    form = CompanyProfileForm(request.POST or None, instance=request.employer)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, "The company profile is saved.")
            return redirect("company_profile", request.employer.slug)
        request.employer.refresh_from_db()  # the form wrote into it what was typed; the panel shows what is saved
    return _profile_page(request, form, LogoForm())


@require_POST
@employer_required(Role.ADMIN)
def company_logo_change(request: EmployerRequest) -> HttpResponse:
    """Take another logo, or with the button *Remove* none."""
    if "remove" in request.POST:
        services.set_logo(employer=request.employer, logo=None)
        messages.success(request, "The logo is removed.")
        return redirect("company_profile", request.employer.slug)
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _profile_page(request, CompanyProfileForm(instance=request.employer), form)
    services.set_logo(employer=request.employer, logo=form.cleaned_data["logo"])
    messages.success(request, "The logo is saved.")
    return redirect("company_profile", request.employer.slug)


@require_safe
def company_logo(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    """Show an employer's logo to anyone, as a picture that can run nothing; an older address leads to the newest."""
    employer = get_object_or_404(Employer, slug=slug)
    if not employer.logo:
        raise Http404
    if name != employer.logo_name:
        return redirect(employer.logo_url)
    try:
        picture = employer.logo.open("rb")
    except FileNotFoundError as exc:
        log.error("logo_gone", employer_id=employer.pk)
        raise Http404 from exc
    extension = name.rpartition(".")[2]
    response = FileResponse(picture, content_type=CONTENT_TYPES[extension], filename=f"{slug}.{extension}")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_GET
@employer_required()
def team(request: EmployerRequest) -> HttpResponse:
    """List the members and their roles."""
    members = list(request.employer.memberships.select_related("user").order_by("created_at", "pk"))
    admins_count = sum(member.is_admin for member in members)
    context = {
        "members": members,
        "roles": Role.choices,
        "only_admin": admins_count == 1,
        "admins": [member.user for member in members if member.is_admin],
        "nav": "settings",
        "tab": "team",
    }
    return render(request, "accounts/team.html", context)


@require_POST
@employer_required(Role.ADMIN)
def member_role(request: EmployerRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    member = _member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles in the list.")
        return redirect("team", request.employer.slug)
    try:
        services.change_role(membership=member, role=form.cleaned_data["role"])
    except services.LastAdmin:
        messages.error(request, f"{member.user} is the only admin. Make somebody else an admin first.")
    else:
        messages.success(request, f"{member.user} is now {member.get_role_display()}.")
    return redirect("team", request.employer.slug)


@require_POST
@employer_required(Role.ADMIN)
def member_remove(request: EmployerRequest, pk: int) -> HttpResponse:
    """Take a member out of the team; an admin may also leave, unless they are the last."""
    member = _member(request, pk)
    try:
        services.remove_member(membership=member)
    except services.LastAdmin:
        messages.error(request, f"{member.user} is the only admin. Make somebody else an admin first.")
        return redirect("team", request.employer.slug)
    messages.success(request, f"{member.user} no longer belongs to {request.employer}.")
    if member.user == request.user:
        return redirect("home")
    return redirect("team", request.employer.slug)


def _profile_page(request: EmployerRequest, form: CompanyProfileForm, logo_form: LogoForm) -> HttpResponse:
    context = {"form": form, "logo_form": logo_form, "nav": "settings", "tab": "profile"}
    return render(request, "accounts/company_profile.html", context)


def _member(request: EmployerRequest, pk: int) -> Membership:
    return get_object_or_404(request.employer.memberships.select_related("user", "employer"), pk=pk)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Apologise with a reference number that is also in the log; needs no database, session or static manifest."""
    reference = structlog.contextvars.get_contextvars().get("request_id")
    if not reference:  # the trouble came before the request had its number
        reference = str(uuid4())
        log.error("server_error", request_id=reference, path=request.path)
    page = loader.get_template("500.html")
    return HttpResponseServerError(page.render({"reference": reference, "static_url": settings.STATIC_URL}))
