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

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from integrations.fields import DecryptionError, Secret
from integrations.greenhouse import hooks
from integrations.models import ConnectionState, DeliveryState, WebhookDelivery, WebhookEndpoint
from integrations.tasks import wake_webhooks

log = logging.getLogger(__name__)

# A retry may come under another event id (contract §10 no. 21); after a day, the same may have happened once more.
SAME_BODY_WITHIN = timedelta(days=1)
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,59}")
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,64}")


def receive(*, key: str, body: bytes, signature: str, event_id: str) -> HTTPStatus:
    """Take one delivery and return what to answer.

    Effects: one new row and a woken worker; or a count, on the row of which this is a repeat, or of bad signatures.
    Repeat: harmless: the same event id, or the same body within a day, is stored once.
    """
    endpoint = WebhookEndpoint.objects.filter(
        ~Q(connection__state=ConnectionState.DISCONNECTED), key=key, is_enabled=True
    ).first()
    if endpoint is None:
        is_signed(body, signature, [secrets.token_hex(32)])  # so that it takes no less time than a key that is known
        return HTTPStatus.NOT_FOUND
    try:
        good = is_signed(body, signature, _secrets_of(endpoint))
    except DecryptionError:
        log.error("webhook endpoint %s: its secret fits no key of this installation", endpoint.pk)
        return HTTPStatus.SERVICE_UNAVAILABLE  # Greenhouse tries again for 15 hours
    if not good:
        rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
        rows.update(bad_signature_count=F("bad_signature_count") + 1, bad_signature_at=timezone.now())
        return HTTPStatus.UNAUTHORIZED
    if _store(endpoint, body, event_id if _EVENT_ID.fullmatch(event_id) else ""):
        wake_webhooks(endpoint.pk)
    return HTTPStatus.OK


def _secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    former = [endpoint.former_secret] if endpoint.has_two_secrets else []
    return [secret.reveal() for secret in (endpoint.secret, *former) if secret]


def is_signed(body: bytes, signature: str, known: Iterable[str]) -> bool:
    """Tell whether the raw bytes were signed with one of these secrets; each is tried, whatever the others say."""
    algorithm, _, digest = signature.strip().partition(" ")
    given = digest.strip().lower().encode(errors="replace")
    fits = [
        hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), given)
        for secret in known
    ]
    return algorithm.lower() == "sha256" and any(fits)


def _store(endpoint: WebhookEndpoint, body: bytes, event_id: str) -> bool:
    """Keep a delivery; False if there is nothing to do about it."""
    now, digest = timezone.now(), hashlib.sha256(body).hexdigest()
    if _count_repeat(endpoint, event_id, digest, now):
        return False
    event = hooks.parse(body).get("action")
    event = event if isinstance(event, str) and _EVENT.fullmatch(event) else ""
    outcome = hooks.outcome_unread(event)
    if outcome:  # its body tells nothing that we would ever look for
        rest = {"state": DeliveryState.DONE, "outcome": outcome, "done_at": now}
    else:
        rest = {"body": Secret.of(body.decode(errors="replace"))}
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(
                endpoint=endpoint, event=event, event_id=event_id, digest=digest, received_at=now, **rest
            )
    except IntegrityError:  # the same one at the same moment
        _count_repeat(endpoint, event_id, digest, now)
        return False
    return outcome is None


def _count_repeat(endpoint: WebhookEndpoint, event_id: str, digest: str, now: datetime) -> bool:
    same = Q(digest=digest, received_at__gt=now - SAME_BODY_WITHIN)
    if event_id:
        same |= Q(event_id=event_id)
    first = WebhookDelivery.objects.filter(same, endpoint=endpoint).values_list("pk", flat=True).first()
    if first is None:
        return False
    WebhookDelivery.objects.filter(pk=first).update(repeats=F("repeats") + 1)
    return True
