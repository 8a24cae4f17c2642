"""The lock on one person: two exports of the same person must not make two people."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from integrations.models import Export, GreenhousePerson

LEASE = timedelta(seconds=150)  # above Celery's hard limit: who holds it is either at work or dead


def lease_person(export: Export) -> GreenhousePerson | None:
    """Take the lock on (connection, e-mail); None while another export of the same person is at work."""
    email = export.application.email.strip().lower()
    person, _ = GreenhousePerson.objects.get_or_create(connection=export.connection, email=email)
    now = timezone.now()
    # Our own lease is left over from a write without an answer; only one worker holds the export.
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(leased_for=export.pk)
    taken = GreenhousePerson.objects.filter(free, pk=person.pk).update(lease_until=now + LEASE, leased_for=export.pk)
    if taken != 1:
        return None
    person.refresh_from_db()
    return person


def free_person(export: Export, person: GreenhousePerson) -> None:
    """Let the next export of this person in, unless a write of ours may still be under way: then nobody but us."""
    held_until = (export.retry_at or timezone.now() + LEASE) if export.step_in_flight else None
    GreenhousePerson.objects.filter(pk=person.pk, leased_for=export.pk).update(lease_until=held_until)
