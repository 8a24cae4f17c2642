"""The statements of the intake, written out: built anew by the ORM for each delivery, they took most of its time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from integrations.fields import Secret

_FIND = """
SELECT e.id, e.secret, CASE WHEN e.former_secret_until > %s THEN e.former_secret ELSE '' END
FROM integrations_webhookendpoint e JOIN integrations_connection c ON c.id = e.connection_id
WHERE e.key = %s AND e.is_enabled AND c.state <> 'disconnected'
"""
# One statement, so that of the same delivery twice at the same moment the unique event id lets one in.
_STORE = """
INSERT INTO integrations_webhookdelivery
    (endpoint_id, event, event_id, digest, body, state, outcome, received_at, repeats, attempts, claim)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, ''
WHERE NOT EXISTS (
    SELECT 1 FROM integrations_webhookdelivery WHERE endpoint_id = %s AND digest = %s AND received_at > %s
)
ON CONFLICT DO NOTHING
"""
# That it is not done goes without saying, but SQLite takes the index of what is open only where it reads that.
_OTHERS = """
SELECT 1 FROM integrations_webhookdelivery
WHERE endpoint_id = %s AND state = 'received' AND NOT state = 'done' AND digest <> %s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint that takes deliveries, and the secrets that are good now."""

    pk: int
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class New:
    """A delivery to be stored. Shape: `digest` is of its body, `event_id` may be empty."""

    event: str
    event_id: str
    digest: str
    body: Secret
    state: str
    outcome: str
    received_at: datetime


def find(key: str, now: datetime) -> Found | None:
    """Return the endpoint with this key: None if there is none, it is switched off or its connection is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [_moment(now), key])
        row = cursor.fetchone()
    return Found(row[0], tuple(Secret(stored) for stored in row[1:] if stored)) if row else None


def store(endpoint_id: int, new: New, *, unless_since: datetime) -> bool:
    """Store a delivery; False if its event id was there, or its body since that moment."""
    known: list[Any] = [endpoint_id, new.digest, _moment(unless_since)]
    values: list[Any] = [endpoint_id, new.event, new.event_id, new.digest, new.body.stored, new.state, new.outcome]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*values, _moment(new.received_at), *known])
        return bool(cursor.rowcount)


def others_wait(endpoint_id: int, digest: str) -> bool:
    """Tell whether another delivery waits for the worker who was called for it."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [endpoint_id, digest])
        return cursor.fetchone() is not None


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
