"""The only place that turns a request into (employer, role)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import Employer, Membership, Role, User

P = ParamSpec("P")


class EmployerRequest(HttpRequest):
    """A request of a member of an employer; made by `employer_required`."""

    user: User
    employer: Employer
    membership: Membership
    htmx: Any


def employer_required(
    role: Role = Role.VIEWER,
) -> Callable[
    [Callable[Concatenate[EmployerRequest, P], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """Let only members with at least `role` in; the URL's `employer` slug says of which employer.

    Effects: sets `request.employer` and `request.membership`; the view does not get the slug.
    Raises: Http404 for strangers (a wall tells nothing), PermissionDenied for a colleague without the right.
    """

    def decorate(
        view: Callable[Concatenate[EmployerRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: EmployerRequest, employer: str, **kwargs: Any) -> HttpResponseBase:
            membership = (
                Membership.objects.select_related("employer").filter(user=request.user, employer__slug=employer).first()
            )
            if membership is None:
                raise Http404
            request.employer, request.membership = membership.employer, membership
            if not Role(membership.role).includes(role):
                higher = "" if role == Role.ADMIN else " or higher"
                raise PermissionDenied(f"This needs the role {Role(role).label}{higher}.")
            if request.session.get("employer_id") != membership.employer_id:
                request.session["employer_id"] = membership.employer_id  # where `home` leads next time
            return view(request, **kwargs)  # type: ignore[call-arg]

        return guarded

    return decorate
