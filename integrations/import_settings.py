"""How the career site is followed: how often, what comes back, and which custom fields say what."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from integrations.greenhouse.follow import follow_again
from integrations.greenhouse.joining import rejoin
from integrations.models import Connection, ConnectionState, GreenhouseJob

_JOBS_LOOKED_AT = 500  # every job has every custom field, if perhaps an empty one


def seen_fields(connection: Connection) -> dict[str, str]:
    """Name the custom fields that Greenhouse's jobs have, by key, each with an example. One query."""
    newest = GreenhouseJob.objects.filter(connection=connection).order_by("-pk")
    names: dict[str, str] = {}
    examples: dict[str, str] = {}
    for custom_fields in newest.values_list("custom_fields", flat=True)[:_JOBS_LOOKED_AT]:
        for key, (name, text) in custom_fields.items():
            names.setdefault(key, name or key)
            if text:
                examples.setdefault(key, text)
    in_words = {
        key: f"{name}, such as “{_short(examples[key])}”" if key in examples else name for key, name in names.items()
    }
    return dict(sorted(in_words.items(), key=lambda item: item[1].casefold()))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


@dataclass(frozen=True)
class ImportSettings:
    """What an admin may choose, by the names of the connection's columns."""

    sync_minutes: int | None
    reopen_rule: str
    employment_type_key: str
    remote_key: str


def save_settings(*, connection: Connection, chosen: ImportSettings) -> int:
    """Keep what an admin chose and let our jobs follow it now; return how many of them changed.

    Effects: one transaction; no request to Greenhouse. A shorter interval moves the next reading nearer.
    Repeat: harmless. A connection that was disconnected meanwhile stays as it is.
    """
    with transaction.atomic():
        here = Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)
        due_at = timezone.now() + timedelta(minutes=chosen.sync_minutes or settings.GREENHOUSE_SYNC_MINUTES)
        if not here.update(**asdict(chosen), sync_due_at=Least(F("sync_due_at"), due_at)):
            return 0
        connection.refresh_from_db()
        rejoin(connection)
        return follow_again(connection)
