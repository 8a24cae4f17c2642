"""What a customer allowed us as a Greenhouse partner: refreshed under the lease, stored before it is used.

A refresh token works once. Two workers using one, or an answer that is not stored, end the connection for good, and
only a person can make it again.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from integrations import health
from integrations.fields import Secret
from integrations.greenhouse.auth import Grant
from integrations.greenhouse.errors import Forbidden, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from integrations.models import Connection, CredentialKind, Step

log = logging.getLogger(__name__)

# What nobody refreshes dies within 24 hours; this leaves time for an outage of half a day.
KEEP_ALIVE_AFTER = timedelta(hours=6)
# A second try must still end within the lease (`credentials.TOKEN_LEASE`).
_TRY_TWICE_WITHIN_SECONDS = 15
_FRESH = timedelta(seconds=60)


def is_configured() -> bool:
    """Whether this installation is a Greenhouse partner at all."""
    return bool(settings.GREENHOUSE_PARTNER_CLIENT_ID and settings.GREENHOUSE_PARTNER_CLIENT_SECRET)


def stored(grant: Grant) -> dict[str, object]:
    """Return the columns that hold a grant; they are written together or not at all."""
    return {
        "token": Secret.of(grant.token.value),
        "token_expires_at": grant.token.expires_at,
        "refresh_token": Secret.of(grant.refresh_token),
        "refreshed_at": timezone.now(),
        "token_lease_until": None,
    }


def renew(connection_id: int, *, refused: str, ask: Callable[[str], Grant]) -> str:
    """Use a connection's refresh token and return the new access token. The caller holds the token lease.

    Effects: one UPDATE stores both new tokens before either is used. Where Greenhouse refuses, the connection needs
    a new consent, and what is dead is forgotten.
    Repeat: harmless; the row is read again under the lease, and what another worker has stored meanwhile is returned.
    Shape: `ask` hands a refresh token to Greenhouse.
    Raises: Unauthorized (`reconnect_needed`, `partner_refused`); RateLimited; Unavailable, then later may help.
    Source: contract §2.4, steps 5 to 7.
    """
    row = Connection.objects.get(pk=connection_id)
    if held := _held(row, refused):
        Connection.objects.filter(pk=row.pk).update(token_lease_until=None)
        return held
    if not is_configured():
        raise Unauthorized("partner_refused", path="/token")
    if not row.refresh_token:
        raise Unauthorized("reconnect_needed", path="/token")
    try:
        grant = _refresh(row.refresh_token.reveal(), ask)
    except (Rejected, Unauthorized, Forbidden) as exc:
        return _ended(row, exc, refused)
    if _as_read(row).update(**stored(grant)):
        return grant.token.value
    # A worker that had our lease before us, a new consent or a disconnect was faster: theirs is the newer word.
    return _of_others(row, refused)


def _refresh(refresh_token: str, ask: Callable[[str], Grant]) -> Grant:
    """Ask once more where the answer was lost: Greenhouse may not have seen the first request.

    If it has, the token is dead and it says so, which nobody would learn otherwise until the access token ends.
    """
    started = time.monotonic()
    try:
        return ask(refresh_token)
    except OutcomeUnknown as exc:
        log.warning("refresh without an answer: %s", exc)
        if time.monotonic() - started > _TRY_TWICE_WITHIN_SECONDS:
            raise Unavailable("refresh_unanswered", path="/token") from None
    try:
        return ask(refresh_token)
    except OutcomeUnknown:
        raise Unavailable("refresh_unanswered", path="/token") from None


def _ended(row: Connection, exc: Rejected | Unauthorized | Forbidden, refused: str) -> str:
    # Only what says so of itself is dead. Other refusals may be about us, as a mistyped partner secret is: then the
    # refresh token still works once that is repaired, and each check-up tries it.
    dead = {"refresh_token": Secret("")} if exc.code == "invalid_grant" else {}
    ended = _as_read(row).update(token=Secret(""), token_expires_at=None, token_lease_until=None, **dead)
    if not ended:
        return _of_others(row, refused)
    log.warning("connection %s: refresh refused: %s", row.pk, exc)
    row.mark_trouble("reconnect_needed")
    health.note_trouble(row.pk, Step.SIGN_IN, "reconnect_needed")
    raise Unauthorized("reconnect_needed", path="/token", status=exc.status, request_id=exc.request_id) from None


def _as_read(row: Connection) -> QuerySet[Connection]:
    """The row, if its grant is still the one that was read: every consent and every refresh changes the time."""
    return Connection.objects.filter(pk=row.pk, credential_kind=CredentialKind.PARTNER, refreshed_at=row.refreshed_at)


def _of_others(row: Connection, refused: str) -> str:
    row.refresh_from_db()
    if held := _held(row, refused):
        return held
    raise Unavailable("token_being_renewed", path="/token")


def _held(row: Connection, refused: str) -> str:
    """The stored access token, if it is another than the refused one and has a while to live."""
    lives = row.token_expires_at is not None and row.token_expires_at > timezone.now() + _FRESH
    held = row.token.reveal() if lives else ""
    return held if held != refused else ""
