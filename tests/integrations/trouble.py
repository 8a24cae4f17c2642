"""Time passes for a connection in trouble: what the tests of its life have in common."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from integrations import life
from integrations.models import Connection


def ago(**by: float) -> Any:
    return timezone.now() - timedelta(**by)


def change(row: Connection, **values: Any) -> None:
    Connection.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def tick() -> list[str]:
    """What beat and a worker do about letters; return the subjects that went out."""
    mail.outbox.clear()
    for pk in life.connections_to_tell():
        life.tell_admins(pk)
    return [message.subject for message in mail.outbox]
