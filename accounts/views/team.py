"""Who belongs to an employer's team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.forms import RoleForm, TeamInvitationForm
from accounts.invitations import invitations_of
from accounts.models import Membership, Role
from accounts.permissions import EmployerRequest, employer_required


@require_GET
@employer_required()
def team(request: EmployerRequest) -> HttpResponse:
    """List the members and their roles; admins also see who is invited."""
    return team_page(request, TeamInvitationForm())


def team_page(request: EmployerRequest, form: TeamInvitationForm) -> HttpResponse:
    members = list(request.employer.memberships.select_related("user").order_by("created_at", "pk"))
    admins_count = sum(member.is_admin for member in members)
    context = {
        "members": members,
        "roles": Role.choices,
        "only_admin": admins_count == 1,
        "admins": [member.user for member in members if member.is_admin],
        "invitations": invitations_of(request.employer) if request.membership.is_admin else [],
        "form": form,
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


def _member(request: EmployerRequest, pk: int) -> Membership:
    return get_object_or_404(request.employer.memberships.select_related("user", "employer"), pk=pk)
