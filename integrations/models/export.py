"""What we owe Greenhouse, and whom it knows: the ledger of `design.md` §5.2."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Employer
from candidates.models import Application, Candidate
from integrations.models.career_site import GreenhouseJob
from integrations.models.connection import Connection, ConnectionState, WithProblem


class GreenhousePerson(models.Model):
    """Who a person is at Greenhouse, by e-mail; its lease keeps two exports from making two people."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="people")
    email = models.EmailField(help_text="Lower case.")
    remote_id = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    leased_for = models.BigIntegerField(null=True, blank=True, editable=False, help_text="The export at work.")

    class Meta:
        verbose_name_plural = "Greenhouse people"
        constraints = [models.UniqueConstraint(fields=["connection", "email"], name="greenhouse_person_unique")]

    def __str__(self) -> str:
        return self.email


class ExportState(models.TextChoices):
    """pending → sending → sent; waiting and unknown come back; needs_attention waits for a person."""

    PENDING = "pending", "Pending"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    WAITING = "waiting", "Waiting"
    UNKNOWN = "unknown", "Checking"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    CANCELLED = "cancelled", "Cancelled"


DUE_EXPORT = (ExportState.PENDING, ExportState.WAITING, ExportState.UNKNOWN)


class ExportStep(models.TextChoices):
    PERSON = "person", "Person"
    APPLICATION = "application", "Application"
    RESUME = "resume", "Résumé"
    NOTE = "note", "Note"


class ExportQuerySet(models.QuerySet["Export"]):
    def for_employer(self, employer: Employer) -> "ExportQuerySet":
        return self.filter(connection__employer=employer)

    def due(self, now: datetime) -> "ExportQuerySet":
        return self.filter(
            Q(retry_at=None) | Q(retry_at__lte=now),
            state__in=DUE_EXPORT,
            connection__state=ConnectionState.ACTIVE,
        )

    def claim(self, export_id: int, *, lease: timedelta) -> bool:
        """Move a due row to `sending`. True for exactly one caller; nobody else may go on."""
        now = timezone.now()
        return (
            self.filter(Q(retry_at=None) | Q(retry_at__lte=now), pk=export_id, state__in=DUE_EXPORT).update(
                state=ExportState.SENDING,
                lease_until=now + lease,
                attempts=models.F("attempts") + 1,
                retry_at=None,
            )
            == 1
        )


class Export(WithProblem):
    """What we owe Greenhouse for one candidate on one Greenhouse job: the ledger of `design.md` §5.2.

    Each step's remote id is committed before the next step begins. `step_in_flight` names the write that
    has gone out without its answer being committed; whoever finds it set reads back before sending.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="exports")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="exports")
    greenhouse_job = models.ForeignKey(GreenhouseJob, on_delete=models.PROTECT, related_name="exports")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=20, choices=ExportState.choices, default=ExportState.PENDING)
    step_in_flight = models.CharField(max_length=15, choices=ExportStep.choices, blank=True)
    candidate_remote_id = models.CharField(max_length=40, blank=True)
    application_remote_id = models.CharField(max_length=40, blank=True)
    resume_remote_id = models.CharField(max_length=40, blank=True)
    note_remote_id = models.CharField(max_length=40, blank=True)
    was_there = models.BooleanField(default=False, help_text="The application was found in Greenhouse, not made by us.")
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    trying_since = models.DateTimeField(default=timezone.now, help_text="Since it was begun, or sent again.")
    sent_at = models.DateTimeField(null=True, blank=True)

    remote_status = models.CharField("Greenhouse status", max_length=40, blank=True)
    remote_stage = models.CharField("Greenhouse stage", max_length=300, blank=True)
    rejection_reason = models.CharField(max_length=300, blank=True)
    tracked_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "candidate", "greenhouse_job"], name="export_unique")
        ]
        indexes = [
            models.Index(fields=["state", "retry_at"]),
            models.Index(fields=["connection", "tracked_at"]),
        ]

    def __str__(self) -> str:
        return f"Export {self.pk} ({self.state})"

    @property
    def is_without_note(self) -> bool:
        """True if it was sent while Greenhouse did not let us write the note."""
        return self.state == ExportState.SENT and not self.note_remote_id

    @property
    def can_send_again(self) -> bool:
        return self.state in (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED, ExportState.WAITING)
