"""What a team may do with letters: write one, send it again. The rows are the queue; a worker passes them on."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.handing_over import one_line
from accounts.models import Employer, Membership
from candidates import tasks
from candidates.mail.adding import LONGEST_SUBJECT, add_letter, words_of
from candidates.mail.fields import fill
from candidates.mail.problems import NotSent
from candidates.mail.rules import standing
from candidates.models import (
    Application,
    Candidate,
    Conversation,
    Direction,
    MailState,
    Message,
    Profile,
)
from jobs.models import Job


class NeedsConfirming(Exception):
    """Something that the member must have read before the letter leaves; `warnings` are sentences."""

    def __init__(self, warnings: list[str]) -> None:
        self.warnings = warnings
        super().__init__("the letter needs a word of its sender")


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as it was typed; its fields are filled in when it is sent. Shape: `key` is the same for every try."""

    subject: str
    body: str
    job: Job | None = None
    key: uuid.UUID | None = None


def open_conversation(*, membership: Membership, candidate: Candidate) -> Conversation:
    """Return what the two write in, made if they have not written yet. Repeat: the same one."""
    found, _ = Conversation.objects.get_or_create(
        membership=membership, candidate=candidate, defaults={"employer": membership.employer}
    )
    return found


def filled(draft: Draft, *, membership: Membership, candidate: Candidate) -> Draft:
    """Put the values in for the fields: the letter as it arrives, but for addresses."""
    first_name, last_name = _name(membership.employer, candidate)
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "job": draft.job.title if draft.job else "",
        "job_link": settings.BASE_URL + draft.job.get_absolute_url() if draft.job else "",
        "company": membership.employer.name,
        "sender": membership.user.get_full_name() or membership.employer.name,
    }
    subject = one_line(fill(draft.subject, values))[:LONGEST_SUBJECT]
    return Draft(subject, fill(draft.body, values).strip(), draft.job, draft.key)


def send(*, membership: Membership, candidate: Candidate, draft: Draft, is_confirmed: bool = False) -> Message:
    """Owe a person a letter of a member.

    Effects: one transaction, and all of `add_letter`; a worker is woken.
    Repeat: with the same key and the same words, the letter that is there.
    Raises: NotSent where it may not be sent, NeedsConfirming where the member should know something first.
    """
    letter = filled(draft, membership=membership, candidate=candidate)
    with transaction.atomic():
        conversation = open_conversation(membership=membership, candidate=candidate)
        # Of two presses at once, the second waits here and finds the letter of the first.
        Conversation.objects.select_for_update().get(pk=conversation.pk)
        there = Message.objects.filter(key=draft.key).first() if draft.key else None
        if there and _is_repeat(there, conversation, letter):
            return there
        found = standing(membership=membership, candidate=candidate, conversation=conversation)
        if found.refusal:
            raise NotSent(found.refusal)
        if found.warnings and not is_confirmed:
            raise NeedsConfirming(found.warnings)
        message = add_letter(
            conversation=conversation,
            membership=membership,
            subject=letter.subject,
            text=letter.body,
            job=letter.job,
            key=None if there else letter.key,
        )
        transaction.on_commit(lambda: tasks.pass_message_on.delay(message.pk), robust=True)
        return message


def _is_repeat(there: Message, conversation: Conversation, letter: Draft) -> bool:
    # Another letter may bring the same key: a browser that goes back fills the form in with it.
    words = words_of(conversation, Direction.TO_CANDIDATE, letter.subject, letter.body)
    is_same = all(getattr(there, name) == value for name, value in words.items())
    return is_same and there.conversation_id == conversation.pk


def send_again(*, message: Message, membership: Membership) -> bool:
    """Send a letter once more that was not, or perhaps not, sent; False when there is nothing to send again.

    Effects: a worker is woken. Repeat: harmless; it leaves once for each time it failed.
    Raises: NotSent where it may not be sent any more.
    """
    conversation = message.conversation
    found = standing(membership=membership, candidate=conversation.candidate, conversation=conversation)
    if found.refusal:
        raise NotSent(found.refusal)
    rows = Message.objects.filter(pk=message.pk, direction=Direction.TO_CANDIDATE, author=membership.user)
    rows = rows.filter(state__in=(MailState.FAILED, MailState.UNKNOWN))
    if conversation.membership_id != membership.pk or not rows.update(
        state=MailState.QUEUED, code="", attempts=0, retry_at=None
    ):
        return False
    transaction.on_commit(lambda: tasks.pass_message_on.delay(message.pk), robust=True)
    return True


def mark_read(conversation: Conversation, membership: Membership) -> None:
    """Note that the member has seen what was answered; colleagues who look change nothing."""
    if conversation.is_unread and conversation.membership_id == membership.pk:
        Conversation.objects.filter(pk=conversation.pk, is_unread=True).update(is_unread=False)


def _name(employer: Employer, candidate: Candidate) -> tuple[str, str]:
    """The person's names as the employer knows them."""
    if Profile.objects.visible_to(employer).filter(candidate=candidate).exists():
        return candidate.first_name, candidate.last_name
    newest = Application.objects.visible_to(employer).filter(candidate=candidate).first()
    return (newest.first_name, newest.last_name) if newest else ("", "")
