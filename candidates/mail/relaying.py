"""Pass letters on. Each is claimed before it leaves, so that none leaves twice, whoever wakes up in between.

It is tried again only where the mail server surely has not taken it. What fell silent half-way, or was in the hands of
a worker that died, may have left: it is said so, and only a person sends it again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.handing_over import Outcome, hand_over
from candidates.mail.building import letter_of, letter_of_rejection
from candidates.mail.rules import may_write, refusal_of
from candidates.models import Direction, MailState, Message, Rejection

# The waits between two tries, a day in all.
RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480, 480)
# No worker lives that long with one letter: its time limit is two minutes.
LOST_AFTER = timedelta(minutes=5)
PER_SWEEP = 100
_ENDED = {Outcome.TAKEN: (MailState.SENT, ""), Outcome.REFUSED: (MailState.FAILED, "refused")}


def owed_messages() -> list[int]:
    """Letters that are due, the oldest first."""
    return _owed(Message.objects.all())


def owed_rejections() -> list[int]:
    return _owed(Rejection.objects.all())


def settle_lost() -> None:
    """Say of letters whose worker died that they may have left. Repeat: harmless."""
    lost = Q(state=MailState.SENDING, claimed_at__lt=timezone.now() - LOST_AFTER)
    for model in (Message, Rejection):
        model._default_manager.filter(lost).update(state=MailState.UNKNOWN, code="silent")


def pass_on(message_id: int) -> None:
    """Send one letter of a conversation to the other side, if it may still go there.

    Effects: at most one e-mail, outside any transaction. Addresses and words stay out of the log.
    Repeat: harmless; only the caller that claims a letter sends it.
    """
    joined = ("conversation__employer", "conversation__candidate", "conversation__membership__user", "author")
    rows = Message.objects.filter(pk=message_id).select_related(*joined)
    _send(rows, f"message {message_id}", _stop, letter_of)


def answer_rejected(rejection_id: int) -> None:
    """Tell somebody that their letter was not passed on. Effects and Repeat: as `pass_on`."""
    rows = Rejection.objects.filter(pk=rejection_id).select_related("conversation__employer")
    _send(rows, f"rejection {rejection_id}", lambda _: "", letter_of_rejection)


def _send(rows: QuerySet[Any], name: str, stop: Callable[[Any], str], build: Callable[[Any], EmailMessage]) -> None:
    now = timezone.now()
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    claim = {"state": MailState.SENDING, "claimed_at": now, "attempts": F("attempts") + 1}
    if not rows.filter(due, state=MailState.QUEUED).update(**claim):
        return
    row = rows.get()
    code = stop(row)
    ended: dict[str, Any] = {"state": MailState.FAILED, "code": code}
    change = ended if code else _after(hand_over(build(row), name), row.attempts)
    # Nobody else's claim: a sweep may have given this one up, but then the answer is better than the doubt.
    rows.filter(claimed_at=now).update(**change)


def _after(outcome: Outcome, attempts: int) -> dict[str, Any]:
    if outcome is Outcome.UNKNOWN:
        return {"state": MailState.UNKNOWN, "code": "silent"}
    if outcome is Outcome.LATER:
        if attempts > len(RETRY_MINUTES):
            return {"state": MailState.FAILED, "code": "server_down"}
        return {"state": MailState.QUEUED, "retry_at": _later(attempts)}
    state, code = _ENDED[outcome]
    return {"state": state, "code": code}


def _later(attempts: int) -> datetime:
    return timezone.now() + timedelta(minutes=RETRY_MINUTES[attempts - 1])


def _stop(message: Message) -> str:
    """Why a letter may no longer go, though it might when it was written; as a code."""
    conversation = message.conversation
    membership = conversation.membership
    refusal = refusal_of(conversation.employer, conversation.candidate)
    if message.direction == Direction.TO_MEMBER:
        # Whoever wants no letters, or has no address any more, may have written one before.
        if membership is None or not membership.user.is_active:
            return "left_team"
        return refusal if refusal == "hidden" else ""
    return refusal if may_write(membership) else "left_team"


def _owed(rows: QuerySet[Any]) -> list[int]:
    due = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
    found = rows.filter(due, state=MailState.QUEUED).order_by("pk")
    return list(found.values_list("pk", flat=True)[:PER_SWEEP])
