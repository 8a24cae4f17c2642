"""What every template knows about the person in front of it."""

from typing import Any

from django.http import HttpRequest


def employer(request: HttpRequest) -> dict[str, Any]:
    """Give templates `employer` and `membership` on pages that belong to an employer."""
    current = getattr(request, "employer", None)
    if current is None:
        return {}
    return {"employer": current, "membership": getattr(request, "membership", None)}
