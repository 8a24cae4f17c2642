"""Letters between an employer's team and a candidate, through addresses that tell neither the other's."""

import base64
import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.models.people import Candidate
from jobs.models import Job


def new_relay_token() -> str:
    """Make up the part of a relay address that nobody can guess; lower case only, since mail servers fold it."""
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()


class MailTemplate(models.Model):
    """A letter to begin with, for everybody of one employer. Its fields, such as {first_name}, are filled in later."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="mail_templates")
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=150)
    body = models.TextField("text", max_length=10_000)
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [models.UniqueConstraint("employer", Lower("name"), name="mail_template_unique_any_case")]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """All that one member and one candidate write to each other; each side has an address of its own for it.

    `candidate_token` is in the address that the candidate sees and answers to, `member_token` in the member's.
    A member who leaves the team leaves the conversation for the others to read.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="conversations")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="conversations")
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    candidate_token = models.CharField(max_length=32, unique=True, default=new_relay_token, editable=False)
    member_token = models.CharField(max_length=32, unique=True, default=new_relay_token, editable=False)
    subject = models.CharField(max_length=200, blank=True)
    is_unread = models.BooleanField(default=False, help_text="The member has not yet seen an answer.")
    written_at = models.DateTimeField(null=True, blank=True, help_text="The member's last letter.")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="The candidate's last letter.")
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["membership", "candidate"], name="conversation_unique"),
        ]
        indexes = [models.Index("employer", "is_unread", "last_at", name="conversation_of_employer")]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.employer.slug, self.key])

    @property
    def is_answered(self) -> bool:
        """Whether the candidate wrote last."""
        if self.answered_at is None:
            return False
        return self.written_at is None or self.written_at < self.answered_at


class MailState(models.TextChoices):
    """Where a letter is on its way out."""

    QUEUED = "queued", "On its way"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    UNKNOWN = "unknown", "Perhaps not sent"
    KEPT = "kept", "Shown here only"


class OwedLetter(models.Model):
    """A letter that is owed to somebody: the row is the queue."""

    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    code = models.CharField(max_length=30, blank=True, help_text="Why it was not sent.")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    OPEN: ClassVar = (MailState.QUEUED, MailState.SENDING)

    class Meta:
        abstract = True


class Direction(models.TextChoices):
    """Whom a letter goes to."""

    TO_CANDIDATE = "to_candidate", "To the candidate"
    TO_MEMBER = "to_member", "To the team"


class Message(OwedLetter):
    """One letter of a conversation, as it is passed on: the other side's private addresses are masked in it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=12, choices=Direction.choices)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Of the team."
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    quoted = models.TextField(blank=True, help_text="What it repeats of earlier letters.")
    is_automatic = models.BooleanField(default=False, help_text="An out-of-office note or the like.")
    files_left_out = models.PositiveSmallIntegerField(default=0)
    inbound_id = models.CharField(max_length=255, blank=True, help_text="Its Message-ID, if it came by e-mail.")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "inbound_id"],
                condition=~models.Q(inbound_id=""),
                name="message_once_by_inbound_id",
            )
        ]
        indexes = [
            models.Index("retry_at", name="message_owed", condition=models.Q(state__in=("queued", "sending"))),
            models.Index("conversation", "created_at", name="message_of_conversation"),
            models.Index("author", "created_at", name="message_by_author"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def message_id(self) -> str:
        """What it is called in every header: ours alone."""
        return f"<{self.key.hex}@{settings.RELAY_DOMAIN}>"


class Rejection(OwedLetter):
    """A polite answer to somebody whose letter was not passed on."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="rejections")
    address = models.EmailField()
    reason = models.CharField(max_length=30)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index("retry_at", name="rejection_owed", condition=models.Q(state__in=("queued", "sending"))),
        ]

    def __str__(self) -> str:
        return f"rejection {self.pk}"


class DoNotContact(models.Model):
    """That somebody is not to be written to: the person's own word, which holds, or the team's, which warns."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="do_not_contact")
    employer = models.ForeignKey(
        Employer,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="do_not_contact",
        help_text="Empty: no employer at all.",
    )
    by_person = models.BooleanField(default=False)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "do not contact"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "employer", "by_person"], name="do_not_contact_unique"),
            models.UniqueConstraint(
                fields=["candidate"], condition=models.Q(employer=None), name="do_not_contact_at_all_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(by_person=True) | models.Q(employer__isnull=False), name="do_not_contact_by_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"do not contact {self.pk}"


class InboundMail(models.Model):
    """A letter as it came in, until a worker has read it; then only what became of it."""

    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    is_done = models.BooleanField(default=False)
    outcome = models.CharField(max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "inbound mail"
        indexes = [models.Index("received_at", name="inbound_mail_open", condition=models.Q(is_done=False))]

    def __str__(self) -> str:
        return f"inbound mail {self.pk}"
