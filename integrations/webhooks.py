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
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,64}")


def receive(*, key: str, body: bytes, signature: str, event_id: str) -> HTTPStatus:
    """Take one delivery and return what to answer.

    Effects: one new row and a woken worker; or a count, on the row of which this is a repeat, or of bad signatures.
    Repeat: harmless: the same event id, or the same body within a day, is stored once.
    """
    now = timezone.now()
    endpoint = webhook_rows.find(key, now)
    if endpoint is None:
        is_signed(body, signature, [secrets.token_hex(32)])  # so that it takes no less time than a key that is known
        return HTTPStatus.NOT_FOUND
    try:
        good = is_signed(body, signature, [secret.reveal() for secret in endpoint.secrets])
    except DecryptionError:
        log.error("webhook endpoint %s: its secret fits no key of this installation", endpoint.pk)
        return HTTPStatus.SERVICE_UNAVAILABLE  # Greenhouse tries again for 15 hours
    if not good:
        rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
        rows.update(bad_signature_count=F("bad_signature_count") + 1, bad_signature_at=now)
        return HTTPStatus.UNAUTHORIZED
    _take(endpoint.pk, _read(body, event_id, now))
    return HTTPStatus.OK


def is_signed(body: bytes, signature: str, known: Iterable[str]) -> bool:
    """Tell whether the raw bytes were signed with one of these secrets; each is tried, whatever the others say."""
    algorithm, _, digest = signature.strip().partition(" ")
    given = digest.strip().lower().encode(errors="replace")
    fits = [
        hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), given)
        for secret in known
    ]
    return algorithm.lower() == "sha256" and any(fits)


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


def _take(endpoint_id: int, new: New) -> None:
    """Store a delivery and call a worker, unless one was called for another that still waits: it takes both."""
    since = new.received_at - SAME_BODY_WITHIN
    if not webhook_rows.store(endpoint_id, new, unless_since=since):
        same = Q(digest=new.digest, received_at__gt=since)
        if new.event_id:
            same |= Q(event_id=new.event_id)
        newest = list(WebhookDelivery.objects.filter(same, endpoint=endpoint_id).values_list("pk", flat=True)[:1])
        WebhookDelivery.objects.filter(pk__in=newest).update(repeats=F("repeats") + 1)
    elif new.state == DeliveryState.RECEIVED and not webhook_rows.others_wait(endpoint_id, new.digest):
        wake_webhooks(endpoint_id)
