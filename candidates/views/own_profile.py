"""One's own profile: see it as employers do, change it, take it along, delete it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import is_allowed
from candidates import serving
from candidates.joining import asking, leaving, looked, profiles, session, takeout
from candidates.joining.forms import EmailForm, LeaveForm, ProfileForm
from candidates.joining.session import OwnRequest, sign_in_required
from candidates.joining.suggestions import suggestions
from candidates.models import Profile, TermKind, company_key
from candidates.uploads import SizeCap

SAVES_PER_HOUR = 60
NEW_ADDRESSES_PER_HOUR = 10
DOWNLOADS_PER_HOUR = 20
_LIMIT_SENTENCE = "This was done many times from your network within the last hour. Please try again in an hour."


@require_safe
@never_cache
@sign_in_required
def own_profile(request: OwnRequest) -> HttpResponse:
    """Show somebody their profile as employers see it, who looked, and what they may do with it."""
    if request.profile is None:
        return redirect("edit_profile")
    piece = bool(request.htmx)
    response = render(
        request, "candidates/_proposed.html" if piece else "candidates/own_profile.html", _own_page(request.profile)
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _own_page(profile: Profile) -> dict[str, Any]:
    hidden = list(profile.hidden_from.all())
    company = profile.current_company
    is_seen_at_work = bool(company) and company_key(company) not in {one.key for one in hidden}
    return {
        "profile": profile,
        "candidate": profile.candidate,
        "terms": {kind: profile.names_of(TermKind(kind)) for kind in TermKind.values},
        "hidden_from": hidden,
        "hide_from": company if is_seen_at_work and profile.is_listed else "",
        "is_reading": bool(profile.resume) and not hasattr(profile.resume, "words"),
        "proposed": profiles.proposed_skills(profile),
        "days": looked.at(profile.candidate),
    }


@csrf_exempt  # only here: reading the token reads the upload, and the cap must stand before that
def edit_profile(request: OwnRequest) -> HttpResponseBase:
    """Make or change a profile."""
    cap = SizeCap(request)
    request.upload_handlers.insert(0, cap)
    return _edit(request, cap)


@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def _edit(request: OwnRequest, cap: SizeCap) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, ProfileForm(initial=_initial(request)))
    posted, files = request.POST, request.FILES  # reading them runs the cap
    form = ProfileForm(posted, files, initial=_initial(request), too_big=cap.too_big)
    if form.is_valid():
        if is_allowed(request, what="profile", per_hour=SAVES_PER_HOUR):
            profiles.save(email=request.email, data=form.profile_data())
            messages.success(request, "Your profile is saved.")
            return redirect("own_profile")
        form.add_error(None, _LIMIT_SENTENCE)
    form.keep_uploads(may_keep=lambda: is_allowed(request, what="keep", per_hour=SAVES_PER_HOUR))
    return _form_page(request, form)


def _initial(request: OwnRequest) -> dict[str, Any]:
    if request.profile:
        return profiles.as_typed(request.profile)
    application = profiles.newest_application(request.candidate) if request.candidate else None
    return profiles.as_applied(application) if application else {}


def _form_page(request: OwnRequest, form: ProfileForm) -> HttpResponse:
    key = form["current_resume"].value()
    resume = request.candidate.documents.filter(key=key).first() if request.candidate and key else None
    application = None
    if request.candidate and not request.profile:
        application = profiles.newest_application(request.candidate)
    context = {
        "form": form,
        "resume": resume,
        "application": application,
        "profile": request.profile,
        "email": request.email,
        **suggestions(),
    }
    return render(request, "candidates/edit_profile.html", context)


@require_POST
@sign_in_required
def add_skills(request: OwnRequest) -> HttpResponse:
    """Add the skills that the person chose among those of their résumé."""
    if request.profile:
        chosen = [] if "none" in request.POST else request.POST.getlist("skill")
        profiles.add_skills(profile=request.profile, names=chosen)
        messages.success(request, "Your skills are saved." if chosen else "None of them was added.")
    return redirect("own_profile")


@require_POST
@sign_in_required
def hide_from(request: OwnRequest) -> HttpResponse:
    """Hide the person from where they work."""
    if request.profile and request.profile.current_company:
        profiles.hide_from(profile=request.profile, name=request.profile.current_company)
        messages.success(request, f"{request.profile.current_company} sees nothing of your profile.")
    return redirect("own_profile")


@require_safe
@never_cache
@sign_in_required
def own_resume(request: OwnRequest) -> FileResponse:
    if request.profile is None or request.profile.resume is None:
        raise Http404
    return serving.download(request.profile.resume)


@require_safe
@never_cache
@sign_in_required
def take_out(request: OwnRequest) -> HttpResponseBase:
    """Hand out everything we have of a person, files and all."""
    if request.candidate is None:
        raise Http404
    if not is_allowed(request, what="takeout", per_hour=DOWNLOADS_PER_HOUR):
        return render(request, "429.html", status=429)
    name = f"purpose-jobs-{timezone.localdate():%Y-%m-%d}.zip"
    response = FileResponse(takeout.pack(request.candidate), as_attachment=True, filename=name)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def change_email(request: OwnRequest) -> HttpResponse:
    """Send a link to another address, which the profile uses from when it is pressed."""
    if request.candidate is None:
        return redirect("edit_profile")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if is_allowed(request, what="join", per_hour=NEW_ADDRESSES_PER_HOUR):
            asking.ask(email=form.cleaned_data["email"], changes=request.candidate)
            return redirect("join_sent")
        form.add_error(None, _LIMIT_SENTENCE)
    return render(request, "candidates/change_email.html", {"form": form, "email": request.email})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def leave(request: OwnRequest) -> HttpResponse:
    """Say what goes and what stays, and delete it once the person has typed their address."""
    if request.candidate is None:
        return redirect("edit_profile")
    form = LeaveForm(request.POST or None, own_email=request.email)
    if request.method == "POST" and form.is_valid():
        leaving.leave(candidate=request.candidate, keeps_applications=form.cleaned_data["keeps"] == "keep")
        session.log_out(request)
        messages.success(request, "Everything is deleted, and you are logged out everywhere.")
        return redirect("join")
    employers = leaving.employers_applied_to(request.candidate)
    context = {"form": form, "employers": employers, "profile": request.profile, "email": request.email}
    return render(request, "candidates/leave.html", context)
