"""Asking colleagues into the team, and the page behind the link they get."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations
from accounts.forms import JoinTeamForm, TeamInvitationForm
from accounts.handing_over import Outcome
from accounts.limits import is_allowed
from accounts.models import Membership, Role, TeamInvitation, User
from accounts.permissions import EmployerRequest, employer_required
from accounts.unseen import unseen
from accounts.views.team import team_page

INVITATIONS_PER_HOUR = 60
TRIES_PER_HOUR = 60


@require_POST
@employer_required(Role.ADMIN)
def team_invite(request: EmployerRequest) -> HttpResponse:
    """Send a colleague a link to join the team; the same address again gets a new link."""
    form = TeamInvitationForm(request.POST)
    if form.is_valid():
        refused = _invited(request, form.cleaned_data["email"], form.cleaned_data["role"])
        if not refused:
            return redirect("team", request.employer.slug)
        form.add_error("email", refused)
    return team_page(request, form)


def _invited(request: EmployerRequest, email: str, role: Role) -> str:
    """Send the invitation; a sentence when that did not work."""
    if not is_allowed(request, what="invite", per_hour=INVITATIONS_PER_HOUR):
        return "Many invitations were sent from your network within the last hour. Please try again in an hour."
    try:
        outcome = invitations.invite(employer=request.employer, email=email, role=role, by=request.user)
    except invitations.AlreadyMember:
        return f"{email} is in the team already. You can change the role in the list."
    except invitations.TooManyOpen:
        return f"There are {invitations.OPEN_AT_ONCE} open invitations already. Revoke one of them first."
    return letter_in_words(request, email, outcome, again="press Send again")


def letter_in_words(request: HttpRequest, email: str, outcome: Outcome, *, again: str) -> str:
    """Say what became of a letter with a link: a message where it may arrive, else the sentence that is returned."""
    if outcome is Outcome.LATER:
        return "The email could not be sent just now, so nobody is invited. Please try again in a few minutes."
    if outcome is Outcome.REFUSED:
        return "The mail server does not take letters to this address, so nobody is invited. Please check it."
    if outcome is Outcome.UNKNOWN:
        text = f"We have written to {email}, but the mail server did not say that it has the letter."
        messages.warning(request, f"{text} If nothing arrives within some minutes, {again}.")
    else:
        messages.success(request, f"We have written to {email}. The link works once, for 7 days.")
    return ""


@require_POST
@employer_required(Role.ADMIN)
def team_invitation_revoke(request: EmployerRequest, pk: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    invitation = get_object_or_404(request.employer.invitations, pk=pk)
    invitation.delete()
    messages.success(request, f"The link for {invitation.email} no longer works.")
    return redirect("team", request.employer.slug)


@sensitive_post_parameters("password")
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def team_join(request: HttpRequest) -> HttpResponse:
    """Let the owner of the address join the team, with the account they have or with a new one.

    Shape: the key is in the query, which no log of ours names.
    """
    if request.method == "POST" and not is_allowed(request, what="team-join", per_hour=TRIES_PER_HOUR):
        return render(request, "429.html", status=429)
    invitation = invitations.find(request.GET.get("key", ""))
    if invitation is None or not invitations.is_usable(invitation):
        status = 410 if invitation else 404
        return render(request, "accounts/team_join_gone.html", {"invitation": invitation}, status=status)
    if isinstance(request.user, User):
        return _with_account(request, request.user, invitation)
    if invitations.has_account(invitation.email):
        return _page(request, invitation, has_account=True)
    return _as_new(request, invitation)


def _with_account(request: HttpRequest, user: User, invitation: TeamInvitation) -> HttpResponse:
    if not invitations.is_for(invitation, user):
        return _page(request, invitation, is_somebody_else=True)
    if request.method != "POST":
        return _page(request, invitation)
    try:
        membership = invitations.accept(invitation, user=user)
    except invitations.AlreadyUsed:
        return redirect(request.get_full_path())
    return _welcome(request, membership)


def _as_new(request: HttpRequest, invitation: TeamInvitation) -> HttpResponse:
    form = JoinTeamForm(request.POST or None, email=invitation.email)
    if request.method != "POST" or not form.is_valid():
        return _page(request, invitation, form=form)
    try:
        membership = invitations.accept_as_new(invitation, **form.as_arguments())
    except invitations.AlreadyUsed:
        return redirect(request.get_full_path())  # which says what there is to do now
    login(request, membership.user)
    return _welcome(request, membership)


def _page(request: HttpRequest, invitation: TeamInvitation, **more: Any) -> HttpResponse:
    return render(
        request, "accounts/team_join.html", {"invitation": invitation, "here": request.get_full_path(), **more}
    )


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(request, f"Welcome to {membership.employer}. Your role is {membership.get_role_display()}.")
    return redirect("employer_open", membership.employer.slug)
