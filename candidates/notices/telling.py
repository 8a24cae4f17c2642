"""Write down that members are told something: each thing once, and never so much that nobody reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import Employer, Membership, Role
from candidates.known import known_to
from candidates.models import Candidate, Notice, NoticeKind
from candidates.notices.choosing import Wish, wishes_for

SAME_WITHIN = timedelta(hours=1)
# So many of a kind within the hour are told one by one; the rest share the last of them.
ONE_BY_ONE = 10
_TELLERS = (Role.RECRUITER, Role.ADMIN)


def notify(
    *,
    employer: Employer,
    kind: NoticeKind,
    text: str,
    url: str,
    candidate: Candidate | None = None,
    to: Iterable[Membership] | None = None,
) -> int:
    """Tell members of an employer something, each as they want it; return how many are told.

    Effects: rows, in the caller's transaction; six statements at most, however many members. The letter is owed
        by the row.
    Repeat: the same words to the same member within an hour, while unread, are not told again.
    Shape: `url` is a path; without `to`, all recruiters and admins. Nothing is told of somebody hidden from the
        employer, and nobody of another employer is told anything.
    """
    if candidate is not None and not known_to(employer).filter(pk=candidate.pk).exists():
        return 0
    wishes = {pk: wish for pk, wish in wishes_for(_members(employer, to), kind).items() if wish.is_wanted}
    text = Truncator(" ".join(text.split())).chars(300)
    lately = _told_lately(wishes, kind, text, url)
    untold = {pk: wish for pk, wish in wishes.items() if not lately[pk].is_same}
    crowded = [newest for pk in untold if (newest := lately[pk].joins)]
    fresh = {pk: wish for pk, wish in untold.items() if not lately[pk].joins}
    _write(fresh, kind=kind, text=text, url=url, candidate=candidate)
    if crowded:
        Notice.objects.filter(pk__in=crowded).update(further=F("further") + 1)
    return len(untold)


def _write(wishes: Mapping[int, Wish], **words: Any) -> None:
    """Write a notice to each of these members, as they want it."""
    now = timezone.now()
    Notice.objects.bulk_create(
        Notice(membership_id=pk, in_page=wish.in_page, created_at=now, email_at=wish.email_at(now), **words)
        for pk, wish in wishes.items()
    )


@dataclass(frozen=True, slots=True)
class _Lately:
    """What a member was told of a kind within the last hour; `joins` is the notice that the next one joins, if any."""

    is_same: bool = False
    joins: int | None = None


def _told_lately(members: Iterable[int], kind: NoticeKind, text: str, url: str) -> dict[int, _Lately]:
    rows = Notice.objects.filter(membership__in=members, kind=kind, created_at__gt=timezone.now() - SAME_WITHIN)
    unread = Q(read_at=None)
    counted = (
        rows.order_by()
        .values("membership")
        .annotate(
            count=Count("pk"),
            newest=Max("pk", filter=unread & Q(emailed_at=None)),  # else the letter would never tell of it
            same=Count("pk", filter=unread & Q(text=text, url=url)),
        )
    )
    found = {
        row["membership"]: _Lately(row["same"] > 0, row["newest"] if row["count"] >= ONE_BY_ONE else None)
        for row in counted
    }
    return {pk: found.get(pk, _Lately()) for pk in members}


def _members(employer: Employer, to: Iterable[Membership] | None) -> list[Membership]:
    rows = Membership.objects.filter(employer=employer, user__is_active=True)
    if to is None:
        return list(rows.filter(role__in=_TELLERS))
    return list(rows.filter(pk__in=[member.pk for member in to]))
