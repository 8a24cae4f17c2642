"""What each member wants to be told, and when a letter is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from candidates.models import Notice, NoticeChoice, NoticeKind, Rhythm

DAILY_AT_HOUR = 7  # UTC


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants of one kind of notice."""

    in_page: bool
    by_email: Rhythm

    @property
    def is_wanted(self) -> bool:
        return self.in_page or self.by_email != Rhythm.OFF

    def email_at(self, now: datetime) -> datetime | None:
        """When the letter with a notice of `now` leaves, if one does."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self.by_email == Rhythm.HOURLY:
            return hour + timedelta(hours=1)
        if self.by_email == Rhythm.DAILY:
            at = hour.replace(hour=DAILY_AT_HOUR)
            return at if at > now else at + timedelta(days=1)
        return None


# By letter only what nobody else writes about: shared people and saved searches have letters of their own, admins are
# asked about their exports once a day, and of moves in Greenhouse most people hear there.
DEFAULTS: dict[NoticeKind, Wish] = {
    NoticeKind.NEW_APPLICANT: Wish(True, Rhythm.DAILY),
    NoticeKind.REPLY: Wish(True, Rhythm.HOURLY),
    NoticeKind.STAGE_MOVED: Wish(True, Rhythm.OFF),
    NoticeKind.EXPORT_NEEDS_ATTENTION: Wish(True, Rhythm.OFF),
    NoticeKind.MENTION: Wish(True, Rhythm.HOURLY),
    NoticeKind.SHARED: Wish(True, Rhythm.OFF),
    NoticeKind.SAVED_SEARCH: Wish(True, Rhythm.OFF),
}


def wishes_of(membership: Membership) -> dict[NoticeKind, Wish]:
    """What a member wants, kind by kind. One query."""
    chosen = {row.kind: Wish(row.in_page, Rhythm(row.by_email)) for row in membership.notice_choices.all()}
    return {kind: chosen.get(kind, default) for kind, default in DEFAULTS.items()}


def wishes_for(members: Iterable[Membership], kind: NoticeKind) -> dict[int, Wish]:
    """What each of these members wants of one kind, by membership id. One query."""
    ids = [member.pk for member in members]
    rows = NoticeChoice.objects.filter(membership__in=ids, kind=kind)
    chosen = {row.membership_id: Wish(row.in_page, Rhythm(row.by_email)) for row in rows}
    return {pk: chosen.get(pk, DEFAULTS[kind]) for pk in ids}


def choose(*, membership: Membership, wishes: Mapping[NoticeKind, Wish]) -> None:
    """Keep what a member wants; letters that are owed already follow, too.

    Effects: one transaction. Repeat: harmless.
    """
    now = timezone.now()
    with transaction.atomic():
        for kind, wish in wishes.items():
            values = {"in_page": wish.in_page, "by_email": wish.by_email}
            NoticeChoice.objects.update_or_create(membership=membership, kind=kind, defaults=values)
            owed = Notice.objects.filter(membership=membership, kind=kind, email_at__isnull=False, emailed_at=None)
            owed.update(email_at=wish.email_at(now))
