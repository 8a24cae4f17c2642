"""The lock on one person: two exports of the same person must not make two people."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.greenhouse.contacts import Contacts
from integrations.models import Export, GreenhousePerson

# Above the hard limit of a task: who holds it is either at work or dead.
LEASE = timedelta(seconds=1.25 * settings.CELERY_TASK_TIME_LIMIT)


class _Taken(Exception):
    pass


def lease_person(export: Export) -> GreenhousePerson | None:
    """Take the lock on (connection, e-mail) for every address of the person, and return the row of the first.

    Repeat: our own lease, left over from a write without an answer, is taken once more. None while another export that
    shares an address is at work; then none of the locks is held.
    """
    rows = {}
    for email in _emails(export):
        rows[email], _ = GreenhousePerson.objects.get_or_create(connection=export.connection, email=email)
    try:
        with transaction.atomic():
            # In the same order everywhere, so that two of us never wait for each other.
            for row in sorted(rows.values(), key=lambda row: row.pk):
                _lease(row, export)
    except _Taken:
        return None
    person = rows[_emails(export)[0]]
    person.refresh_from_db()
    return person


def _emails(export: Export) -> list[str]:
    """All addresses, the one we know the person by first."""
    emails = (export.application.email, *Contacts.of(export.application).emails)
    return list(dict.fromkeys(email.strip().lower() for email in emails))


def _lease(row: GreenhousePerson, export: Export) -> None:
    now = timezone.now()
    # Only one worker holds the export, so whatever is leased for it is ours.
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(leased_for=export.pk)
    taken = GreenhousePerson.objects.filter(free, pk=row.pk).update(lease_until=now + LEASE, leased_for=export.pk)
    if taken != 1:
        raise _Taken


def free_person(export: Export) -> None:
    """Let the next export of this person in, unless a write of ours may still be under way: then nobody but us."""
    held_until = (export.retry_at or timezone.now() + LEASE) if export.step_in_flight else None
    rows = GreenhousePerson.objects.filter(connection=export.connection_id, email__in=_emails(export))
    rows.filter(leased_for=export.pk).update(lease_until=held_until)
