"""Hand the set-up to a colleague: invite and revoke for admins, and the page behind the link, for whoever holds it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits import is_allowed
from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from accounts.unseen import unseen
from accounts.views.invitations import letter_in_words
from integrations import invitations
from integrations.checkup import CheckFailed
from integrations.doctor import Diagnosis
from integrations.forms import IntegrationForm, InvitationForm
from integrations.models import Connection, SetupInvitation
from integrations.views.settings import GUIDE, page

INVITATIONS_PER_HOUR = 20
VISITS_PER_HOUR = 120
TRIES_PER_HOUR = 30


@require_POST
@employer_required(Role.ADMIN)
def invite(request: EmployerRequest) -> HttpResponse:
    """Send the steps and a one-time link to a colleague."""
    form = InvitationForm(request.POST, prefix="invite")
    if form.is_valid():
        refused = _invited(request, form.cleaned_data["email"])
        if not refused:
            return redirect("integrations", request.employer.slug)
        form.add_error("email", refused)
    return page(request, invitation_form=form)


def _invited(request: EmployerRequest, email: str) -> str:
    """Send the invitation; a sentence when that did not work."""
    if not is_allowed(request, what="invite", per_hour=INVITATIONS_PER_HOUR):
        return "Many invitations were sent from your network within the last hour. Please try again in an hour."
    try:
        outcome = invitations.invite(employer=request.employer, email=email, by=request.user)
    except invitations.TooManyPending:
        return f"There are {invitations.PENDING_AT_ONCE} open invitations already. Revoke one of them first."
    return letter_in_words(request, email, outcome, again="please invite them again")


@require_POST
@employer_required(Role.ADMIN)
def revoke(request: EmployerRequest, pk: int) -> HttpResponse:
    """Make an open invitation's link worthless."""
    invitation = get_object_or_404(SetupInvitation, pk=pk, employer=request.employer, used_at=None)
    invitation.delete()
    messages.success(request, f"The link for {invitation.email} no longer works.")
    return redirect("integrations", request.employer.slug)


@sensitive_variables("key")
@sensitive_post_parameters("client_secret", "api_key")
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Let the holder of a one-time link connect Greenhouse, and see nothing else of the employer.

    Shape: the key is in the query, which no log of ours names.
    """
    key = request.GET.get("key", "")
    if not is_allowed(request, what="setup", per_hour=VISITS_PER_HOUR):
        return render(request, "429.html", status=429)
    invitation = invitations.find(key)
    if invitation is None or not invitations.is_usable(invitation):
        return _gone(request, invitation)
    form = IntegrationForm(request.POST or None, initial={"email": invitation.email})
    context: dict[str, Any] = {**GUIDE, "employer_name": invitation.employer.name, "form": form}
    if request.method == "POST" and form.is_valid():
        if not is_allowed(request, what="setup-try", per_hour=TRIES_PER_HOUR):
            return render(request, "429.html", status=429)
        try:
            return _done(request, invitation, invitations.accept(invitation, **form.as_arguments()))
        except invitations.AlreadyUsed:
            return _gone(request, invitations.find(key))
        except CheckFailed as exc:
            form.add_problem(exc.problem, exc.detail)
            context["form_diagnosis"] = exc.diagnosis
    return render(request, "integrations/invitation.html", context)


def _done(request: HttpRequest, invitation: SetupInvitation, connection: Connection) -> HttpResponse:
    # Not a redirect: there is no page that could be shown to somebody whose link is used up.
    context = {
        "employer_name": invitation.employer.name,
        "connection": connection,
        "diagnosis": Diagnosis.of(connection),
        "by": invitation.invited_by,
    }
    return render(request, "integrations/invitation_done.html", context)


def _gone(request: HttpRequest, invitation: SetupInvitation | None) -> HttpResponse:
    if invitation is None:
        return render(request, "integrations/invitation_gone.html", {"reason": "unknown"}, status=404)
    reason = "used" if invitation.used_at else "expired"
    context = {"reason": reason, "employer_name": invitation.employer.name}
    return render(request, "integrations/invitation_gone.html", context, status=410)
