"""What the team did with a person, and who looked at whom, written down."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import AccessKind, Activity, ActivityKind, Candidate, ProfileAccess

LISTED_KEPT_FOR = timedelta(days=365)


def record(*, employer: Employer, candidate: Candidate, kind: ActivityKind, text: str, by: User | None = None) -> None:
    """Write one line of the team's doings. Repeat: a second line; the caller's transaction decides."""
    Activity.objects.create(employer=employer, candidate=candidate, kind=kind, text=text, actor=by)


def note_access(*, employer: Employer, by: User, candidates: Iterable[Candidate | int], kind: AccessKind) -> None:
    """Write down that a member saw something of these profiles; one statement.

    Repeat: for a list, once a day; otherwise one more row.
    """
    now = timezone.now()
    rows = [
        ProfileAccess(
            employer=employer,
            user=by,
            candidate_id=one.pk if isinstance(one, Candidate) else one,
            kind=kind,
            on=timezone.localdate(now),
            at=now,
        )
        for one in candidates
    ]
    ProfileAccess.objects.bulk_create(rows, ignore_conflicts=kind == AccessKind.LISTED)


def forget_old_listings() -> None:
    """Delete the accesses that were no more than a name in a list, after a year; all others stay. Repeat: harmless."""
    before = timezone.localdate() - LISTED_KEPT_FOR
    ProfileAccess.objects.filter(kind=AccessKind.LISTED, on__lt=before).delete()
