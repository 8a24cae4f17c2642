"""Who looked at a person, for the person themselves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from candidates.models import AccessKind, Candidate, ProfileAccess

DAYS_SHOWN = 50
_IN_WORDS = {
    AccessKind.LISTED: "saw you in a list",
    AccessKind.OPENED: "opened your profile",
    AccessKind.RESUME: "opened your résumé",
    AccessKind.EMAILED: "sent you an email",
    AccessKind.SHARED: "shared your profile with the team",
    AccessKind.SENT: "took you into the hiring software",
    AccessKind.DOWNLOADED: "had you in a download",
}


@dataclass
class Day:
    """What one employer did on one day."""

    employer: str
    on: date
    did: list[str] = field(default_factory=list)


def at(candidate: Candidate, *, most: int | None = DAYS_SHOWN) -> list[Day]:
    """Return who looked, by day and employer, the newest first; never which of its people. One query."""
    rows = ProfileAccess.objects.filter(candidate=candidate).order_by("-on", "employer__name", "employer")
    seen: dict[tuple[date, int, str], set[str]] = defaultdict(set)
    for on, pk, name, kind in rows.values_list("on", "employer", "employer__name", "kind").distinct():
        if (on, pk, name) not in seen and len(seen) == most:
            break
        seen[on, pk, name].add(kind)
    return [
        Day(name, on, [text for kind, text in _IN_WORDS.items() if kind in kinds])
        for (on, _, name), kinds in seen.items()
    ]
