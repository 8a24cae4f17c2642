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
# That it is not done goes without saying, but SQLite takes the index of what is open only where it reads that.
OTHERS_WAIT = """
SELECT 1 FROM integrations_webhookdelivery o JOIN integrations_webhookendpoint e ON e.id = o.endpoint_id
WHERE e.key = %s AND o.state = 'received' AND NOT o.state = 'done' AND o.digest <> %s
"""
# One statement: on PostgreSQL each takes as long as the rest of the request. It looks again whether the endpoint takes
# deliveries and the secret is good, so whoever asks may remember both; and of the same delivery twice at the same
# moment the unique event id lets one in.
_STORE = f"""
INSERT INTO integrations_webhookdelivery
    (endpoint_id, event, event_id, digest, body, state, outcome, received_at, repeats, attempts, claim)
SELECT e.id, %s, %s, %s, %s, %s, %s, %s, 0, 0, ''
FROM integrations_webhookendpoint e JOIN integrations_connection c ON c.id = e.connection_id
WHERE e.key = %s AND e.is_enabled AND c.state <> 'disconnected'
    AND (e.secret = %s OR (e.former_secret = %s AND e.former_secret_until > %s))
    AND NOT EXISTS (
        SELECT 1 FROM integrations_webhookdelivery d
        WHERE d.endpoint_id = e.id AND d.digest = %s AND d.received_at > %s
    )
ON CONFLICT DO NOTHING
RETURNING endpoint_id, EXISTS ({OTHERS_WAIT})
"""  # noqa: S608 - both parts are written here


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


@dataclass(frozen=True, slots=True)
class Stored:
    """What is to be known of a delivery that was stored. Shape: `others_wait` for the worker who was called."""

    endpoint_id: int
    others_wait: bool


def find(key: str, now: datetime) -> Found | None:
    """Return the endpoint with this key: None if there is none, it is switched off or its connection is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [_moment(now), key])
        row = cursor.fetchone()
    return Found(row[0], tuple(Secret(stored) for stored in row[1:] if stored)) if row else None


def store(key: str, new: New, *, signed_with: Secret, unless_since: datetime) -> Stored | None:
    """Store a delivery for the endpoint with this key.

    Returns None, with nothing stored, if its event id was there, or its body since that moment, or if the endpoint
    takes nothing now or not with this secret.
    """
    at, secret = _moment(new.received_at), signed_with.stored
    values: list[Any] = [new.event, new.event_id, new.digest, new.body.stored, new.state, new.outcome, at]
    takes: list[Any] = [key, secret, secret, at]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*values, *takes, new.digest, _moment(unless_since), key, new.digest])
        row = cursor.fetchone()
    return Stored(row[0], bool(row[1])) if row else None


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
