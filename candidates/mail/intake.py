"""Take a letter in: is it signed, is it for somebody, was it here before? A worker reads it later."""

import hashlib
import hmac
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from candidates import tasks
from candidates.mail.addresses import conversations_by
from candidates.mail.parsing import MAX_BYTES, recipients
from candidates.models import InboundMail

# How far the clock of whoever signs may be off, and how long a delivery that somebody overheard is good for. Within
# it, the same letter is known by its digest.
SIGNED_WITHIN = timedelta(minutes=5)


class Taken(Enum):
    """What became of a letter at the door."""

    STORED = auto()
    REPEAT = auto()
    NO_USER = auto()
    TOO_LARGE = auto()


def is_signed(body: bytes, *, timestamp: str, signature: str) -> bool:
    """Tell whether a body was signed with one of our secrets, just now.

    Shape: the signature is "sha256 " and the HMAC in hex of the timestamp (seconds since 1970), a dot and the body.
    """
    algorithm, _, digest = signature.strip().partition(" ")
    signed = timestamp.encode(errors="replace") + b"." + body
    given = digest.strip().lower().encode(errors="replace")
    fits = [
        hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode(), given)
        for secret in settings.RELAY_INBOUND_SECRETS
    ]
    if algorithm.lower() != "sha256" or not any(fits) or not (timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(timezone.now().timestamp() - int(timestamp)) <= SIGNED_WITHIN.total_seconds()


def receive(raw: bytes, *, wakes: bool = True) -> Taken:
    """Store a letter for a worker, if it is for a conversation that exists.

    Effects: one row, a woken worker (else the next sweep finds it). Repeat: harmless; the same bytes are stored once.
    """
    if len(raw) > MAX_BYTES:
        return Taken.TOO_LARGE
    if not conversations_by(recipients(raw)):
        return Taken.NO_USER
    digest = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        row, created = InboundMail.objects.get_or_create(digest=digest, defaults={"raw": raw})
        if created and wakes:
            transaction.on_commit(lambda: tasks.take_mail.delay(row.pk), robust=True)
    return Taken.STORED if created else Taken.REPEAT
