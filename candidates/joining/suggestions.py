"""What the form proposes while somebody types: the common skills, and the places most people name."""

from django.db.models import Count

from candidates.models import Term, TermKind
from candidates.skills import COMMON

_PLACES = 100
_NAMED_BY = 2  # a place that one person alone names may say who they are


def suggestions() -> dict[str, list[str]]:
    """Return what to offer for skills and places. One query."""
    places = Term.objects.filter(kind=TermKind.LOCATION).annotate(people=Count("profiles"))
    shared = places.filter(people__gte=_NAMED_BY).order_by("-people", "name")
    return {
        "skill_names": list(COMMON),
        "location_names": list(shared.values_list("name", flat=True)[:_PLACES]),
    }
