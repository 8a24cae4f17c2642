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
    return {
        "employer": current,
        "membership": getattr(request, "membership", None),
        "memberships": Membership.objects.filter(user_id=request.user.pk).select_related("employer"),
    }
