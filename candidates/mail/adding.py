"""Put letters into a conversation. All in the caller's transaction; who wakes a worker is the caller's business."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from candidates.activity import note_access, record
from candidates.known import name_known_to
from candidates.mail.masking import mask
from candidates.mail.problems import NotSent
from candidates.mail.quoting import split_quoted
from candidates.mail.rules import limit_of
from candidates.models import (
    AccessKind,
    ActivityKind,
    Conversation,
    Direction,
    MailState,
    Message,
    NoticeKind,
    Profile,
)
from candidates.notices import notify
from jobs.models import Job

LONGEST_SUBJECT = 150


def add_letter(
    *,
    conversation: Conversation,
    membership: Membership,
    subject: str,
    text: str,
    job: Job | None = None,
    key: uuid.UUID | None = None,
    **came: Any,
) -> Message:
    """Add a member's letter, which is then owed to the candidate.

    Effects: a line of the team's doings, and a row in the audit of accesses.
    Shape: `came` are further columns of a letter that came by e-mail.
    Raises: NotSent at the limit of the day.
    """
    if code := limit_of(conversation.employer, membership.user):
        raise NotSent(code)
    message = _made(conversation, Direction.TO_CANDIDATE, subject, text, **came)
    message.author, message.job, message.key = membership.user, job, key or message.key
    message.save()
    at = message.created_at
    # What was answered has been read.
    changes = {"subject": message.subject, "written_at": at, "last_at": at, "is_unread": False}
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    employer, candidate = conversation.employer, conversation.candidate
    about = f"Email sent about {job.title}" if job else "Email sent"
    record(employer=employer, candidate=candidate, kind=ActivityKind.EMAILED, text=about, by=membership.user)
    if Profile.objects.visible_to(employer).filter(candidate=candidate).exists():
        note_access(employer=employer, by=membership.user, candidates=[candidate], kind=AccessKind.EMAILED)
    return message


def add_answer(*, conversation: Conversation, subject: str, text: str, **came: Any) -> Message:
    """Add a candidate's letter, which is then owed to the member; if they left or are locked out, the team reads it.

    Effects: a line of the team's doings, and a notice.
    """
    membership = conversation.membership
    if membership and not membership.user.is_active:
        membership = None
    message = _made(conversation, Direction.TO_MEMBER, subject, text, **came)
    if membership is None:
        message.state = MailState.KEPT
    message.save()
    at = message.created_at
    changes = {"subject": message.subject, "answered_at": at, "last_at": at, "is_unread": True}
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    employer, candidate = conversation.employer, conversation.candidate
    name = name_known_to(employer, candidate)
    to_whom = f" {membership.user}" if membership else ""
    record(employer=employer, candidate=candidate, kind=ActivityKind.REPLIED, text=f"Answered{to_whom} by email")
    notify(
        employer=employer,
        kind=NoticeKind.REPLY,
        text=f"{name} answered by email.",
        url=reverse("conversation", args=[employer.slug, conversation.key]),
        candidate=candidate,
        to=[membership] if membership else None,
    )
    return message


def add_automatic(*, conversation: Conversation, subject: str, text: str, **came: Any) -> Message:
    """Add an out-of-office note of a candidate: the page shows it, nobody is told, and it counts as no answer."""
    message = _made(conversation, Direction.TO_MEMBER, subject, text, **came)
    message.state, message.is_automatic = MailState.KEPT, True
    message.save()
    return message


def words_of(conversation: Conversation, direction: Direction, subject: str, text: str) -> dict[str, str]:
    """The words of a letter as they are kept: masked, and what they repeat of earlier letters apart."""
    own, quoted = split_quoted(mask(text, conversation, direction))
    return {"subject": mask(subject, conversation, direction)[:LONGEST_SUBJECT], "text": own, "quoted": quoted}


def _made(conversation: Conversation, direction: Direction, subject: str, text: str, **came: Any) -> Message:
    words = words_of(conversation, direction, subject, text)
    return Message(conversation=conversation, direction=direction, created_at=timezone.now(), **words, **came)
