"""Read who is new or has changed in Greenhouse, and keep only hashes of how they can be recognised.

Harvest looks people up by e-mail alone, so a phone number, a profile, or name and company can be found only among
what we have read before. That is bounded: 90 days back, 20,000 people, each day a few requests that go behind all
other work; and what is kept cannot be read, only compared (ADR 0014).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.errors import GreenhouseError, RateLimited, Rejected
from integrations.greenhouse.harvest import Page
from integrations.greenhouse.schemas import CandidatePayload
from integrations.matching import Traits
from integrations.models import Connection, PeopleReading, RemoteIdentity, digest_of

log = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=90)
MOST_PAGES = 40  # of 500 people each; the newest people come first
PAGES_AT_ONCE = 10  # then another task goes on, so that none comes near its time limit
EVERY = timedelta(minutes=10)
AFTER_TROUBLE = timedelta(hours=1)
OVERLAP = timedelta(minutes=5)  # for clocks that differ, and records that are written before they can be listed
LEASE = timedelta(seconds=150)  # above Celery's hard limit: who holds it is either at work or dead


def read(connection_id: int) -> None:
    """Read on where the last task stopped, or begin anew with what happened since the last complete reading.

    Effects: up to ten GETs outside any transaction; each page is committed with its cursor.
    Repeat: harmless; one task at a time by `PeopleReading.due_at`, which is moved on before anything is asked.
    """
    now = timezone.now()
    due = PeopleReading.objects.filter(connection=connection_id, is_on=True, due_at__lte=now)
    if due.update(due_at=now + LEASE) != 1:
        return
    reading = PeopleReading.objects.select_related("connection").get(connection=connection_id)
    if not reading.connection.is_active:
        return
    try:
        is_complete = _read(reading)
    except RateLimited as exc:
        _put_off(reading, come_back_at(exc))
    except (GreenhouseError, DecryptionError) as exc:
        log.warning("recent people of connection %s are not read: %s", connection_id, exc)
        if isinstance(exc, Rejected):  # the cursor has grown too old, say
            PeopleReading.objects.filter(pk=reading.pk).update(cursor="", began_at=None)
        _put_off(reading, now + AFTER_TROUBLE)
    else:
        _put_off(reading, timezone.now() + EVERY if is_complete else timezone.now())


def _read(reading: PeopleReading) -> bool:
    """True once all pages are read."""
    _begin(reading)
    assert reading.began_at is not None  # noqa: S101 - for the type checker
    oldest = reading.began_at - LOOKS_BACK
    since = max(reading.read_since - OVERLAP, oldest) if reading.read_since else oldest
    client = client_for(reading.connection, Priority.BULK)
    for _ in range(PAGES_AT_ONCE):
        page = client.fetch_recent_candidates(since, reading.cursor or None)
        if not _keep(reading, page, oldest):
            return True
    return False


def _begin(reading: PeopleReading) -> None:
    """Start a reading unless one is under way. With another key of ours, all hashes are worth nothing."""
    check = digest_of(reading.connection_id, "key", "check")
    if reading.key_check != check:
        RemoteIdentity.objects.filter(connection=reading.connection_id).delete()
        reading.read_since = reading.began_at = None
    if reading.began_at is None:
        reading.began_at, reading.cursor, reading.pages, reading.key_check = timezone.now(), "", 0, check
        reading.save(update_fields=["read_since", "began_at", "cursor", "pages", "key_check"])


def _keep(reading: PeopleReading, page: Page[CandidatePayload], oldest: datetime) -> bool:
    """Commit one page; True if another one is to be read. What was switched off meanwhile keeps nothing."""
    reading.pages += 1
    reading.cursor = page.next_cursor or ""
    is_last = not reading.cursor or reading.pages >= MOST_PAGES
    values: dict[str, Any] = {"cursor": reading.cursor, "pages": reading.pages}
    if is_last:
        values |= {"cursor": "", "read_since": reading.began_at, "began_at": None}
    with transaction.atomic():
        if not PeopleReading.objects.filter(pk=reading.pk, is_on=True).update(**values):
            return False
        _replace(reading.connection, page.items)
        if is_last:
            RemoteIdentity.objects.filter(connection=reading.connection_id, active_at__lt=oldest).delete()
    return not is_last


def _replace(connection: Connection, people: Sequence[CandidatePayload]) -> None:
    """Keep how these people are recognised now, in place of what was kept of them."""
    rows = [row for person in people for row in identities_of(connection.pk, person)]
    RemoteIdentity.objects.filter(connection=connection, remote_id__in=[str(person.id) for person in people]).delete()
    RemoteIdentity.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def identities_of(connection_id: int, person: CandidatePayload) -> list[RemoteIdentity]:
    active_at = person.last_activity_at or person.created_at or timezone.now()
    return [
        RemoteIdentity(
            connection_id=connection_id,
            remote_id=str(person.id),
            kind=kind,
            digest=digest_of(connection_id, kind, mark),
            active_at=active_at,
        )
        for kind, mark in sorted(Traits.of_person(person).marks())
    ]


def _put_off(reading: PeopleReading, due_at: datetime) -> None:
    PeopleReading.objects.filter(pk=reading.pk).update(due_at=due_at)
