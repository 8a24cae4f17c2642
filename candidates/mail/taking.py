"""Read the letters that came in: who wrote, in which conversation, and whether it is passed on."""

import hashlib
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from candidates.known import known_to
from candidates.mail.adding import add_answer, add_automatic, add_letter
from candidates.mail.addresses import addresses_of_candidate, addresses_of_member, conversations_by
from candidates.mail.parsing import Kind, Parsed, Unreadable, parse, recipients
from candidates.mail.problems import NotSent
from candidates.mail.rules import may_write, standing
from candidates.models import Conversation, Direction, InboundMail, MailState, Message, Rejection

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
PER_SWEEP = 100
KEPT_FOR = timedelta(days=30)
STRANGERS_ANSWERED_EVERY = timedelta(days=30)
# Whoever knows an address of ours and writes to it in many names makes us write to nobody else's mailbox.
STRANGERS_A_DAY = 5
# The brake of a loop that nothing else stops.
REJECTIONS_A_DAY = 20
_NO_TEXT = "(No text came along.)"
_OUR_ID = re.compile(rb"([0-9a-f]{32})@")


def waiting() -> list[int]:
    """Letters that came in and that nobody reads at the moment, the oldest first."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    rows = InboundMail.objects.filter(free, is_done=False).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:PER_SWEEP])


def forget() -> None:
    """Drop what came in a month ago and was read; the letters themselves are in their conversations."""
    old = timezone.now() - KEPT_FOR
    InboundMail.objects.filter(is_done=True, received_at__lt=old).delete()
    Rejection.objects.filter(created_at__lt=old).exclude(state__in=Rejection.OPEN).delete()


def take(inbound_id: int) -> None:
    """Read one letter and put it into its conversation, or answer that it is not passed on.

    Effects: one transaction, in which the raw letter goes. What is owed then, a sweep or the caller sends.
    Repeat: harmless; also where the mail server delivers it anew, in other bytes.
    """
    now = timezone.now()
    rows = InboundMail.objects.filter(pk=inbound_id, is_done=False)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    if not rows.filter(free).update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return
    mail = rows.get()
    raw = bytes(mail.raw)
    try:
        # A letter that ended so many workers is not tried on yet another.
        parsed = parse(raw, settings.RELAY_DOMAIN) if mail.attempts <= MOST_ATTEMPTS else None
    except Unreadable:
        parsed = None
    with transaction.atomic():
        found = conversations_by(recipients(raw)) if parsed else []
        outcomes = [_take_one(parsed, raw, *one) for one in found] if parsed else ["unreadable"]
        rows.update(is_done=True, raw=b"", lease_until=None, outcome=" ".join(outcomes)[:30] or "gone")


def _take_one(parsed: Parsed, raw: bytes, conversation: Conversation, direction: Direction) -> str:
    if parsed.kind is Kind.BOUNCE:
        return _bounced(raw, conversation, direction)
    if parsed.kind in (Kind.LOOP, Kind.BULK):
        return parsed.kind.value
    if parsed.sender not in _own_addresses(conversation, direction):
        return _reject(conversation, parsed, "unknown_sender") if parsed.kind is Kind.PERSON else "unknown_machine"
    came: dict[str, Any] = {
        "inbound_id": parsed.message_id or f"digest:{_digest(parsed)}",
        "files_left_out": parsed.file_count,
    }
    if Message.objects.filter(conversation=conversation, inbound_id=came["inbound_id"]).exists():
        return "repeat"
    if parsed.kind is Kind.AUTOMATIC:
        if direction == Direction.TO_MEMBER and _is_known(conversation):
            add_automatic(conversation=conversation, subject=parsed.subject, text=parsed.text or _NO_TEXT, **came)
        return "automatic"
    if not parsed.text and not parsed.file_count:
        return _reject(conversation, parsed, "empty")
    if direction == Direction.TO_MEMBER:
        return _from_candidate(conversation, parsed, came)
    return _from_member(conversation, parsed, came)


def _from_candidate(conversation: Conversation, parsed: Parsed, came: dict[str, Any]) -> str:
    if not _is_known(conversation):
        return _reject(conversation, parsed, "hidden_by_you")
    add_answer(conversation=conversation, subject=parsed.subject, text=parsed.text or _NO_TEXT, **came)
    return "answer"


def _from_member(conversation: Conversation, parsed: Parsed, came: dict[str, Any]) -> str:
    membership = conversation.membership
    if membership is None or not may_write(membership):
        return _reject(conversation, parsed, "not_allowed")
    if not parsed.text:
        return _reject(conversation, parsed, "empty")
    found = standing(membership=membership, candidate=conversation.candidate, conversation=conversation)
    if found.refusal or found.warnings:
        return _reject(conversation, parsed, found.refusal or "needs_page")
    try:
        add_letter(conversation=conversation, membership=membership, subject=parsed.subject, text=parsed.text, **came)
    except NotSent as refused:
        return _reject(conversation, parsed, refused.problem.code)
    return "letter"


def _is_known(conversation: Conversation) -> bool:
    return known_to(conversation.employer).filter(pk=conversation.candidate_id).exists()


def _own_addresses(conversation: Conversation, direction: Direction) -> set[str]:
    if direction == Direction.TO_MEMBER:
        return addresses_of_candidate(conversation.candidate, conversation.employer)
    return addresses_of_member(conversation.membership.user) if conversation.membership else set()


def _reject(conversation: Conversation, parsed: Parsed, reason: str) -> str:
    """Owe the sender one polite answer: strangers once a month and few of them, others for each letter, in no loop."""
    if not parsed.sender:
        return "no_sender"
    rows = Rejection.objects.filter(conversation=conversation, address=parsed.sender)
    now = timezone.now()
    today = Q(created_at__gt=now - timedelta(days=1))
    if reason == "unknown_sender":
        if rows.filter(created_at__gt=now - STRANGERS_ANSWERED_EVERY).exists():
            return "stranger_again"
        strangers = Rejection.objects.filter(today, conversation=conversation, reason=reason)
        if strangers.count() >= STRANGERS_A_DAY:
            return "too_many"
    if rows.filter(today).count() >= REJECTIONS_A_DAY:
        return "too_many"
    Rejection.objects.create(conversation=conversation, address=parsed.sender, reason=reason)
    return f"not:{reason}"


def _bounced(raw: bytes, conversation: Conversation, direction: Direction) -> str:
    """Say of the letter that came back that it did; whoever sends us a bounce must know the letter's own id."""
    if b"action: failed" not in raw.lower():
        return "bounce"
    keys = {found.decode() for found in _OUR_ID.findall(raw)}
    # It comes back to the address of the side it was for.
    was_for = Direction.TO_CANDIDATE if direction == Direction.TO_MEMBER else Direction.TO_MEMBER
    sent = Message.objects.filter(conversation=conversation, direction=was_for, state=MailState.SENT)
    return "bounced" if sent.filter(key__in=keys).update(state=MailState.FAILED, code="bounced") else "bounce"


def _digest(parsed: Parsed) -> str:
    return hashlib.sha256(repr(asdict(parsed)).encode()).hexdigest()
