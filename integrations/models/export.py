"""What we owe Greenhouse: the ledger of `design.md` §5.2."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import Application, ApplicationStatus, Candidate, Document
from integrations.models.career_site import GreenhouseJob, SendsAs
from integrations.models.connection import Connection, ConnectionState, WithProblem
from integrations.problems import PROBLEMS, Problem


class ExportState(models.TextChoices):
    """pending → sending → sent; waiting and unknown come back; needs_attention waits for a person."""

    PENDING = "pending", "Pending"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    WAITING = "waiting", "Waiting"
    UNKNOWN = "unknown", "Checking"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    CANCELLED = "cancelled", "Cancelled"


# While it is being sent, too: it ends before its next step.
CAN_BE_CANCELLED = (
    *(ExportState.PENDING, ExportState.SENDING, ExportState.WAITING, ExportState.UNKNOWN),
    ExportState.NEEDS_ATTENTION,
)
CAN_BE_SENT_AGAIN = (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED, ExportState.WAITING)
DUE_EXPORT = (ExportState.PENDING, ExportState.WAITING, ExportState.UNKNOWN)


class ExportStep(models.TextChoices):
    PERSON = "person", "Person"
    CONTACTS = "contacts", "Contacts"
    APPLICATION = "application", "Application"
    FILE = "file", "File"
    NOTE = "note", "Note"


class FileType(models.TextChoices):
    """What a file is, in Greenhouse's words (contract §6.9)."""

    RESUME = "resume", "Résumé"
    COVER_LETTER = "cover_letter", "Cover letter"
    FORM_ATTACHMENT = "form_attachment", "Answer"
    OTHER = "other", "Other"


class ExportQuerySet(models.QuerySet["Export"]):
    def for_employer(self, employer: Employer) -> "ExportQuerySet":
        """The employer's, without people of the network who hide by now, unless they are in its Greenhouse already."""
        hidden = Application.objects.hidden_from(employer).values("pk")
        return self.filter(connection__employer=employer).exclude(candidate_remote_id="", application__in=hidden)

    def due(self, now: datetime) -> "ExportQuerySet":
        return self._free(now).filter(connection__state=ConnectionState.ACTIVE)

    def claim(self, export_id: int, *, lease: timedelta) -> bool:
        """Move a due row to `sending`. True for exactly one caller; nobody else may go on."""
        now = timezone.now()
        claimed = self._free(now).filter(pk=export_id)
        return (
            claimed.update(
                state=ExportState.SENDING,
                lease_until=now + lease,
                attempts=models.F("attempts") + 1,
                retry_at=None,
            )
            == 1
        )

    def _free(self, now: datetime) -> "ExportQuerySet":
        # Whoever is cancelled and sent again may still be with a worker whose write is under way.
        is_time = Q(retry_at=None) | Q(retry_at__lte=now)
        is_free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(is_time, is_free, state__in=DUE_EXPORT)


class Export(WithProblem):
    """What we owe Greenhouse for one candidate on one Greenhouse job, or for a prospect on none.

    Each step's remote id is committed before the next step begins. `step_in_flight` names the write that
    has gone out without its answer being committed; whoever finds it set reads back before sending. Until
    `lease_until` nobody else may try: a worker has it, or such a write has to settle. How it is to arrive is copied
    when it is made: a setting that is changed later is for those who come later.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="exports")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="exports")
    greenhouse_job = models.ForeignKey(
        GreenhouseJob,
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="exports",
        help_text="Empty: a prospect without a job.",
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    sends_as = models.CharField(max_length=10, choices=SendsAs.choices, default=SendsAs.CANDIDATE)
    stage_remote_id = models.CharField(max_length=40, blank=True, help_text="Empty: the job's first stage.")
    stage_name = models.TextField(blank=True)
    pool_remote_id = models.CharField("prospect pool", max_length=40, blank=True)
    pool_name = models.TextField(blank=True)
    pool_stage_remote_id = models.CharField("prospect pool stage", max_length=40, blank=True)
    pool_stage_name = models.TextField(blank=True)
    source_remote_id = models.CharField(max_length=40, blank=True, help_text="Empty: the connection's.")
    source_name = models.TextField(blank=True)
    credit_to = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who gets the credit in Greenhouse. Empty: the person we act as.",
    )

    state = models.CharField(max_length=20, choices=ExportState.choices, default=ExportState.PENDING)
    step_in_flight = models.CharField(max_length=15, choices=ExportStep.choices, blank=True)
    candidate_remote_id = models.CharField(max_length=40, blank=True)
    application_remote_id = models.CharField(max_length=40, blank=True)
    note_remote_id = models.CharField(max_length=40, blank=True)
    contacts_checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When everything about the person was seen to be in Greenhouse."
    )
    was_there = models.BooleanField(default=False, help_text="The application was found in Greenhouse, not made by us.")
    remarks = models.JSONField(default=list, blank=True, help_text="What went differently than asked for.")
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    trying_since = models.DateTimeField(default=timezone.now, help_text="Since it was begun, or sent again.")
    sent_at = models.DateTimeField(null=True, blank=True)

    status = models.CharField(
        max_length=15, choices=ApplicationStatus.choices, blank=True, help_text="Where they are there, in our words."
    )
    remote_status = models.CharField("Greenhouse status", max_length=40, blank=True)
    remote_stage = models.CharField("Greenhouse stage", max_length=300, blank=True)
    remote_stage_id = models.CharField(max_length=40, blank=True)
    remote_job_id = models.CharField(max_length=40, blank=True, help_text="The Greenhouse job they are on now.")
    rejection_reason = models.CharField(max_length=300, blank=True)
    remote_since = models.DateTimeField(null=True, blank=True, help_text="Since when stage and status are as they are.")
    remote_activity_at = models.DateTimeField(null=True, blank=True, help_text="By Greenhouse's clock.")
    tracked_at = models.DateTimeField(null=True, blank=True, help_text="When Greenhouse was asked last.")
    person_tracked_at = models.DateTimeField(null=True, blank=True, help_text="When the person was asked about last.")
    former_application_ids = models.JSONField(default=list, blank=True, help_text="Those it had before, in order.")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "candidate", "greenhouse_job"], name="export_unique"),
            models.UniqueConstraint(
                fields=["connection", "candidate"], condition=Q(greenhouse_job=None), name="export_without_job_unique"
            ),
            models.CheckConstraint(
                condition=Q(greenhouse_job__isnull=False) | Q(sends_as=SendsAs.PROSPECT),
                name="export_without_job_is_prospect",
            ),
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
        return self.state in CAN_BE_SENT_AGAIN

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in CAN_BE_CANCELLED

    @property
    def is_prospect(self) -> bool:
        return self.sends_as == SendsAs.PROSPECT

    @property
    def profile_url(self) -> str:
        """Where this person's profile is in Greenhouse; empty until they are there."""
        if not self.candidate_remote_id:
            return ""
        url = f"{settings.GREENHOUSE_APP_URL}/people/{self.candidate_remote_id}"
        return f"{url}?application_id={self.application_remote_id}" if self.application_remote_id else url

    @property
    def where_in_words(self) -> str:
        """The stage, or how it ended; empty while nobody has looked."""
        if self.status in (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN):
            return self.rejection_reason or ApplicationStatus(self.status).label
        if self.status == ApplicationStatus.HIRED:
            return ApplicationStatus.HIRED.label
        return "" if self.status == ApplicationStatus.GONE else self.remote_stage

    @property
    def remarks_in_words(self) -> list[Problem]:
        """What went differently than asked for; a code that an older release wrote is left out."""
        return [PROBLEMS[code] for code in self.remarks if code in PROBLEMS]


class ExportFile(models.Model):
    """One file of one export, to be there once. While a file is in flight, it is the first one without a remote id."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=20, choices=FileType.choices)
    filename = models.CharField(max_length=200, help_text="As in Greenhouse, and by which it is found there.")
    remote_id = models.CharField(max_length=40, blank=True)
    problem_code = models.CharField(max_length=40, blank=True)
    is_left_out = models.BooleanField(default=False, help_text="A recruiter sends the person without it.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["export", "document"], name="export_file_unique"),
            models.UniqueConstraint(fields=["export", "filename"], name="export_filename_unique"),
        ]

    def __str__(self) -> str:
        return self.filename
