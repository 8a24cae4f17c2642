"""Roles include the lesser ones, and `employer_required` is a wall."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts.models import Employer, Role, User
from accounts.permissions import EmployerRequest, employer_required


@pytest.mark.parametrize(
    ("role", "includes"),
    [
        (Role.VIEWER, {Role.VIEWER}),
        (Role.RECRUITER, {Role.VIEWER, Role.RECRUITER}),
        (Role.ADMIN, {Role.VIEWER, Role.RECRUITER, Role.ADMIN}),
    ],
)
def test_role_when_compared_includes_itself_and_the_lesser_ones(role: Role, includes: set[Role]) -> None:
    assert {needed for needed in Role if role.includes(needed)} == includes


def ask(user: User, needed: Role) -> str:
    @employer_required(needed)
    def page(request: EmployerRequest) -> HttpResponse:
        return HttpResponse(f"{request.employer} {request.membership.role}")

    request = RequestFactory().get("/")
    request.user = user
    request.session = {}  # type: ignore[assignment]
    return page(request, employer="lumen-robotics").content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("who", "needed", "let_in"),
    [
        ("bob", Role.VIEWER, True),
        ("bob", Role.RECRUITER, False),
        ("bob", Role.ADMIN, False),
        ("rita", Role.RECRUITER, True),
        ("rita", Role.ADMIN, False),
        ("alice", Role.ADMIN, True),
    ],
)
def test_employer_required_when_the_role_is_too_low_denies(
    request: pytest.FixtureRequest, who: str, needed: Role, let_in: bool
) -> None:
    user = request.getfixturevalue(who)
    if let_in:
        assert ask(user, needed).startswith("Lumen Robotics")
    else:
        with pytest.raises(PermissionDenied, match=needed.label):
            ask(user, needed)


def test_employer_required_when_a_stranger_asks_tells_nothing(employer: Employer, charlie: User) -> None:
    with pytest.raises(Http404):
        ask(charlie, Role.VIEWER)
