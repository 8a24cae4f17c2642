"""What candidates read about an employer, and its logo."""

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms import CompanyProfileForm, LogoForm
from accounts.logos import CONTENT_TYPES
from accounts.models import Employer, Role
from accounts.permissions import EmployerRequest, employer_required

log = structlog.get_logger(__name__)


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


def _profile_page(request: EmployerRequest, form: CompanyProfileForm, logo_form: LogoForm) -> HttpResponse:
    context = {"form": form, "logo_form": logo_form, "nav": "settings", "tab": "profile"}
    return render(request, "accounts/company_profile.html", context)
