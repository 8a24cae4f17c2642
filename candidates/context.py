"""What the panel knows of a member beside what `accounts.context` tells."""

from collections.abc import Callable

from django.http import HttpRequest

from candidates.notices.reading import unread_count


def notices(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Give the panel the number at the bell; asked of the database only where the bell is drawn."""
    membership = getattr(request, "membership", None)
    return {"unread_notices": lambda: unread_count(membership)} if membership else {}
