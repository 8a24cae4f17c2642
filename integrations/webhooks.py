"""Take what Greenhouse delivers: verify, store, wake a worker, answer.

The answer must come at once, so nothing here asks Greenhouse for anything or waits for a broker that is down.

Source: contract §7.1.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db.models import F, Q
from django.utils import timezone

from integrations import webhook_rows
from integrations.fields import DecryptionError, Secret
from integrations.greenhouse import hooks
from integrations.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from integrations.tasks import wake_webhooks
from integrations.webhook_rows import New

log = logging.getLogger(__name__)

# A retry may come under another event id (contract §10 no. 21); after a day, the same may have happened once more.
SAME_BODY_WITHIN = timedelta(days=1)
# The secrets that were good when last looked at, by the endpoint's key; `webhook_rows.store` asks whether they are.
_good: dict[str, tuple[Secret, ...]] = {}
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,64}")


def receive(*, key: str, body: bytes, signature: str, event_id: str) -> HTTPStatus:
    """Take one delivery and return what to answer.

    Effects: one new row and a woken worker; or a count, on the row of which this is a repeat, or of bad signatures.
    Repeat: harmless: the same event id, or the same body within a day, is stored once.
    """
    now = timezone.now()
    try:
        if (secret := signer(body, signature, _good.get(key, ()))) and _store(key, _read(body, event_id, now), secret):
            return HTTPStatus.OK
        return _receive_looking(key, body, signature, event_id, now)
    except DecryptionError:
        log.error("webhook endpoint: its secret fits no key of this installation")
        return HTTPStatus.SERVICE_UNAVAILABLE  # Greenhouse tries again for 15 hours


def _receive_looking(key: str, body: bytes, signature: str, event_id: str, now: datetime) -> HTTPStatus:
    """Take a delivery that is not the usual one: nothing known of its endpoint, badly signed, or here before."""
    endpoint = webhook_rows.find(key, now)
    if endpoint is None:
        _good.pop(key, None)
        signer(
            body, signature, [Secret.of(secrets.token_hex(32))]
        )  # so that it takes no less time than a key that is known
        return HTTPStatus.NOT_FOUND
    _good[key] = endpoint.secrets
    secret = signer(body, signature, endpoint.secrets)
    if secret is None:
        rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
        rows.update(bad_signature_count=F("bad_signature_count") + 1, bad_signature_at=now)
        return HTTPStatus.UNAUTHORIZED
    new = _read(body, event_id, now)
    if _store(key, new, secret) or _count_repeat(endpoint.pk, new):
        return HTTPStatus.OK
    return HTTPStatus.SERVICE_UNAVAILABLE  # switched off or given another secret this moment: it comes again


def signer(body: bytes, signature: str, known: Iterable[Secret]) -> Secret | None:
    """Return the secret by which the raw bytes were signed; each is tried, whatever the others say.

    Raises: DecryptionError.
    """
    algorithm, _, digest = signature.strip().partition(" ")
    given = digest.strip().lower().encode(errors="replace")
    fits = [secret for secret in known if hmac.compare_digest(_digest(secret, body), given)]
    return fits[0] if fits and algorithm.lower() == "sha256" else None


def _digest(secret: Secret, body: bytes) -> bytes:
    return hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest().encode()


def _read(body: bytes, event_id: str, now: datetime) -> New:
    event = hooks.event_of(body)
    outcome = hooks.outcome_unread(event)
    return New(
        event=event,
        event_id=event_id if _EVENT_ID.fullmatch(event_id) else "",
        digest=hashlib.sha256(body).hexdigest(),
        # Of what nobody will look into, the body tells nothing that we would ever look for.
        body=Secret("") if outcome else Secret.of(body.decode(errors="replace")),
        state=DeliveryState.DONE.value if outcome else DeliveryState.RECEIVED.value,
        outcome=outcome.value if outcome else "",
        received_at=now,
    )


def _store(key: str, new: New, secret: Secret) -> bool:
    """Store a delivery and call a worker, unless one was called for another that still waits: it takes both.

    A worker who takes that other one this very moment may miss this one; a sweep finds it within seconds.
    """
    stored = webhook_rows.store(key, new, signed_with=secret, unless_since=new.received_at - SAME_BODY_WITHIN)
    if stored and new.state == DeliveryState.RECEIVED and not stored.others_wait:
        wake_webhooks(stored.endpoint_id)
    return stored is not None


def _count_repeat(endpoint_id: int, new: New) -> bool:
    """Count a delivery on the row of the same one; False if there is none."""
    same = Q(digest=new.digest, received_at__gt=new.received_at - SAME_BODY_WITHIN)
    if new.event_id:
        same |= Q(event_id=new.event_id)
    newest = list(WebhookDelivery.objects.filter(same, endpoint=endpoint_id).values_list("pk", flat=True)[:1])
    return bool(WebhookDelivery.objects.filter(pk__in=newest).update(repeats=F("repeats") + 1))
