"""What every template knows about the person in front of it."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Membership


def employer(request: HttpRequest) -> dict[str, Any]:
    """Give templates `employer`, `membership` and `memberships` on pages that belong to an employer.

    Shape: `memberships` are all of the person's; asked of the database only where the panel is drawn.
    """
    current = getattr(request, "employer", None)
    if current is None:
        return {}
    membership: Membership = request.membership  # type: ignore[attr-defined]  # set together by employer_required
    memberships = Membership.objects.filter(user=membership.user_id).select_related("employer")
    return {"employer": current, "membership": membership, "memberships": memberships}
