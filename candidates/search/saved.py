"""Searches that members keep, and telling them once a day of who is new. The row is the queue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from accounts.models import Employer, Membership
from candidates.models import NoticeKind, SavedSearch
from candidates.notices import notify
from candidates.search.finding import Results, find
from candidates.search.query import Query, Sort

# What only the room above knows of a query, as a filter: who is in the ATS.
Narrowing = Callable[[Employer, Query], Q | None]
MOST_SAVED = 50
TOLD_EVERY = timedelta(days=1)
# Whoever joins in this very moment may not be seen yet: they are told of the next time, not passed over for ever.
SETTLED_AFTER = timedelta(minutes=1)
LETTERS_PER_SWEEP = 100


class CannotSave(Exception):
    """A search that is not kept; its words are for the member."""


@dataclass(frozen=True)
class News:
    """A saved search with how many people are new in it."""

    search: SavedSearch
    results: Results

    @property
    def count(self) -> int:
        return self.results.count

    @property
    def path(self) -> str:
        """Where the new ones stand first."""
        query = replace(self.results.query, sort=Sort.NEWEST)
        return f"{reverse('candidates', args=[self.search.membership.employer.slug])}?{query.address}"


def save(*, membership: Membership, name: str, address: str) -> SavedSearch:
    """Keep a search under a name; the same name again changes what it asks for.

    Raises: CannotSave.
    """
    name, query = one_line(name)[:80], Query.of(QueryDict(address))
    if not name:
        raise CannotSave("Give the search a name.")
    mine = SavedSearch.objects.filter(membership=membership)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_SAVED:
        raise CannotSave(f"You keep {MOST_SAVED} searches already. Delete one first.")
    values = {"address": query.address, "told_until": timezone.now()}
    row, _ = SavedSearch.objects.update_or_create(membership=membership, name=name, defaults=values)
    return row


def change(*, search: SavedSearch, name: str, wants_email: bool) -> None:
    """Rename a search and choose whether it writes letters. Raises: CannotSave."""
    name = one_line(name)[:80]
    if not name:
        raise CannotSave("Give the search a name.")
    search.name, search.wants_email = name, wants_email
    try:
        with transaction.atomic():
            search.save(update_fields=["name", "wants_email"])
    except IntegrityError as exc:
        raise CannotSave("Another search of yours has this name.") from exc


def owed() -> list[int]:
    """Memberships with a search whose day is over."""
    due = SavedSearch.objects.filter(told_until__lt=timezone.now() - TOLD_EVERY, membership__user__is_active=True)
    return list(due.order_by().values_list("membership", flat=True).distinct()[:LETTERS_PER_SWEEP])


def tell(membership_id: int, *, narrowing: Narrowing) -> None:
    """Tell a member who is new in their searches: in the page, and in one letter for all that want one.

    Only numbers leave, of people who are visible now. Effects: at most one e-mail, outside any transaction.
    Repeat: harmless; only the caller that claims a search tells of it, and what the mail server did not take is owed
    again.
    """
    now = timezone.now() - SETTLED_AFTER
    membership = Membership.objects.select_related("employer", "user").filter(pk=membership_id).first()
    if membership is None or not membership.user.is_active:
        return
    claimed = [since_and_row for row in _due(membership, now) if (since_and_row := _claim(row, now))]
    news = [one for since, row in claimed if (one := _news(row, since, now, narrowing)).count]
    letter = [one for one in news if one.search.wants_email]
    if letter and not is_settled(_letter(membership, letter), f"saved searches of membership {membership.pk}"):
        for since, row in claimed:
            SavedSearch.objects.filter(pk=row.pk, told_until=now).update(told_until=since)
        return
    for one in news:
        text = f"{one.count} new {'person matches' if one.count == 1 else 'people match'} “{one.search.name}”."
        notify(
            employer=membership.employer, kind=NoticeKind.SAVED_SEARCH, text=text, url=one.path[:500], to=[membership]
        )


def _due(membership: Membership, now: datetime) -> list[SavedSearch]:
    rows = SavedSearch.objects.filter(membership=membership, told_until__lt=now - TOLD_EVERY)
    return list(rows.select_related("membership__employer"))


def _claim(row: SavedSearch, now: datetime) -> tuple[datetime, SavedSearch] | None:
    since = row.told_until
    is_mine = SavedSearch.objects.filter(pk=row.pk, told_until=since).update(told_until=now) == 1
    return (since, row) if is_mine else None


def _news(row: SavedSearch, since: datetime, now: datetime, narrowing: Narrowing) -> News:
    query = Query.of(QueryDict(row.address))
    new = Q(joined_at__gt=since, joined_at__lte=now)
    further = narrowing(row.membership.employer, query)
    return News(row, find(row.membership, query, only=new if further is None else new & further))


def _letter(membership: Membership, news: list[News]) -> EmailMessage:
    stop_url = settings.BASE_URL + reverse("saved_searches", args=[membership.employer.slug])
    context = {
        "employer": one_line(membership.employer.name),
        "lines": [(one, settings.BASE_URL + one.path) for one in news],
        "count": sum(one.count for one in news),
        "stop_url": stop_url,
    }
    subject, body = (
        render_to_string(f"candidates/email/saved_search_{part}.txt", context) for part in ("subject", "message")
    )
    headers = {"Auto-Submitted": "auto-generated", "List-Unsubscribe": f"<{stop_url}>"}
    return EmailMessage(one_line(subject), body, to=[membership.user.email], headers=headers)
