"""Facts about an employer's Greenhouse: the connection, what was read, what is owed. No HTTP.

`remote_id` is always Greenhouse's id, as text, unique per connection.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import Application, Candidate
from integrations.fields import Secret, SecretField
from integrations.problems import NEEDS_A_PERSON, PROBLEMS, Problem
from jobs.models import Job


class WithProblem(models.Model):
    """A row that can be in trouble: a code here, its wording in `problems.py`."""

    problem_code = models.CharField(max_length=40, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def problem(self) -> Problem | None:
        return PROBLEMS[self.problem_code] if self.problem_code else None

    def set_problem(self, code: str) -> None:
        """Name the trouble; an unknown code is a bug and raises KeyError."""
        self.problem_code, self.problem_at = PROBLEMS[code].code, timezone.now()

    def clear_problem(self) -> None:
        self.problem_code, self.problem_at = "", None


class CredentialKind(models.TextChoices):
    OAUTH = "oauth", "Harvest V3 (OAuth)"
    API_KEY = "api_key", "API Key"


class ConnectionState(models.TextChoices):
    """checking → active ⇄ needs_attention → disconnected."""

    CHECKING = "checking", "Checking"
    ACTIVE = "active", "Active"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    DISCONNECTED = "disconnected", "Disconnected"


class Connection(WithProblem):
    """An employer's authorised link to one Greenhouse account."""

    employer = models.OneToOneField(Employer, on_delete=models.CASCADE, related_name="connection")
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.CHECKING)
    credential_kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    client_id = models.CharField(max_length=200, blank=True)
    secret = SecretField()
    secret_last4 = models.CharField(max_length=4, blank=True)
    email = models.EmailField()
    acting_user_remote_id = models.CharField(max_length=40)
    acting_user_name = models.CharField(max_length=300, blank=True)
    organization_remote_id = models.CharField(max_length=40, blank=True)
    organization_name = models.CharField(max_length=300, blank=True)
    source_remote_id = models.CharField(max_length=40, blank=True)
    source_name = models.CharField(max_length=300, blank=True)
    token = SecretField()
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField("last complete sync", null=True, blank=True)
    sync_due_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    poll_due_at = models.DateTimeField(default=timezone.now)
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Greenhouse of {self.employer}"

    @property
    def is_active(self) -> bool:
        return self.state == ConnectionState.ACTIVE

    def forget_token(self) -> None:
        """Make the next worker get a new token."""
        Connection.objects.filter(pk=self.pk).update(token=Secret(""), token_expires_at=None)

    def mark_trouble(self, code: str) -> None:
        """Note a problem; one that only a person can repair also stops the background work.

        Effects: one conditional UPDATE, so that it cannot revive a connection that was disconnected meanwhile.
        """
        self.set_problem(code)
        changes: dict[str, Any] = {"problem_code": code, "problem_at": self.problem_at}
        if code in NEEDS_A_PERSON:
            self.state = changes["state"] = ConnectionState.NEEDS_ATTENTION
        Connection.objects.filter(pk=self.pk, state=ConnectionState.ACTIVE).update(**changes)

    def mark_well(self) -> None:
        """Clear the problem, because Greenhouse has just answered as it should. Repeat: harmless."""
        self.clear_problem()
        self.state = ConnectionState.ACTIVE
        Connection.objects.filter(pk=self.pk).exclude(state=ConnectionState.DISCONNECTED).update(
            state=ConnectionState.ACTIVE, problem_code="", problem_at=None
        )

    @property
    def is_connected(self) -> bool:
        """True while the employer means us to work with Greenhouse, even if something is wrong now."""
        return self.state in (ConnectionState.ACTIVE, ConnectionState.NEEDS_ATTENTION)


class GreenhouseName(models.Model):
    """The name behind an id: a department, an office, a custom location."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "Department"
        OFFICE = "office", "Office"
        CUSTOM_LOCATION = "custom_location", "Custom location"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    remote_id = models.CharField(max_length=40)
    name = models.TextField()
    parent_remote_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "remote_id"], name="greenhouse_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class GreenhouseJob(models.Model):
    """The hiring container inside Greenhouse, with its own team and stages."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="greenhouse_jobs")
    remote_id = models.CharField(max_length=40)
    name = models.TextField()
    requisition_id = models.TextField(blank=True)
    status = models.CharField(max_length=20)
    is_template = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    department_remote_id = models.CharField(max_length=40, blank=True)
    department = models.TextField(blank=True)
    employment_type = models.TextField(blank=True)
    remote_updated_at = models.DateTimeField(null=True, blank=True)
    seen_in = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="greenhouse_job_unique")]

    def __str__(self) -> str:
        return self.name


class PostDecision(models.TextChoices):
    UNDECIDED = "undecided", "Undecided"
    IMPORTED = "imported", "Imported"
    DO_NOT_IMPORT = "do_not_import", "Do not import"


class GreenhouseJobPostQuerySet(models.QuerySet["GreenhouseJobPost"]):
    def offered(self) -> "GreenhouseJobPostQuerySet":
        """The active positions: live, external posts of open jobs that are no templates."""
        return self.filter(
            is_live=True, is_internal=False, greenhouse_job__status="open", greenhouse_job__is_template=False
        )


class GreenhouseJobPost(models.Model):
    """The public advert of a Greenhouse job, as last read."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="greenhouse_posts")
    greenhouse_job = models.ForeignKey(GreenhouseJob, null=True, on_delete=models.SET_NULL, related_name="posts")
    remote_id = models.CharField(max_length=40)
    job_remote_id = models.CharField(max_length=40, blank=True)
    title = models.TextField()
    content = models.TextField(blank=True, help_text="Sanitised HTML.")
    location = models.TextField(blank=True)
    is_live = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False)
    language = models.CharField(max_length=20, blank=True)
    public_url = models.TextField(blank=True)
    first_published_at = models.DateTimeField(null=True, blank=True)
    remote_updated_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=15, choices=PostDecision.choices, default=PostDecision.UNDECIDED)
    seen_in = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = GreenhouseJobPostQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="greenhouse_post_unique")]
        indexes = [models.Index(fields=["connection", "is_live"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_offered(self) -> bool:
        """The same rule as `GreenhouseJobPostQuerySet.offered`, for a row that is already here."""
        return not self.reason_not_offered

    @property
    def reason_not_offered(self) -> str:
        """Why this is no active position; empty if it is one."""
        job = self.greenhouse_job
        if job is None or job.status != "open":
            return "The job is closed in Greenhouse."
        if job.is_template:
            return "The job is only a template in Greenhouse."
        if not self.is_live:
            return "The post is no longer published in Greenhouse."
        return "The post is internal in Greenhouse." if self.is_internal else ""

    def as_job_fields(self) -> dict[str, str]:
        """What an imported job takes over from its post."""
        job = self.greenhouse_job
        return {
            "title": self.title,
            "description": self.content,
            "location": self.location,
            "department": job.department if job else "",
            "employment_type": job.employment_type if job else "",
        }


class GreenhousePostLocation(models.Model):
    """One place of one post. A post has none, one or several, of three kinds (contract §6.2)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="post_locations")
    remote_id = models.CharField(max_length=40)
    post_remote_id = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    name_remote_id = models.CharField(max_length=40, blank=True)
    seen_in = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="greenhouse_location_unique")]

    def __str__(self) -> str:
        return self.text or f"{self.kind} {self.name_remote_id}"


class JobLink(models.Model):
    """Which Greenhouse post feeds which of our jobs. One to one, both ways."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="greenhouse_link")
    post = models.OneToOneField(GreenhouseJobPost, on_delete=models.PROTECT, related_name="link")
    is_imported = models.BooleanField(default=False, help_text="The job's text follows the post.")
    overridden_fields = models.JSONField(
        default=list, blank=True, help_text="Fields a recruiter typed over; a sync leaves them alone."
    )
    reopen_as = models.CharField(
        max_length=10, blank=True, help_text="The state to return to when Greenhouse reopens what it closed."
    )
    linked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.job} ← {self.post.remote_id}"


class SyncState(models.TextChoices):
    """queued → running → succeeded | partial | failed."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    PARTIAL = "partial", "Partly read"
    FAILED = "failed", "Failed"


OPEN_SYNC = (SyncState.QUEUED, SyncState.RUNNING)


class SyncRun(WithProblem):
    """One reading of the career site. At most one is open per connection.

    `progress` holds, per collection, the next cursor, the pages read and whether its end was reached,
    so that a run stopped anywhere goes on from its last committed page.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sync_runs")
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    pages_read = models.PositiveIntegerField(default=0)
    posts_read = models.PositiveIntegerField(default=0)
    jobs_changed = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=OPEN_SYNC), name="sync_one_open_per_connection"
            )
        ]

    def __str__(self) -> str:
        return f"Sync {self.pk} of {self.connection} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SYNC

    @property
    def percent(self) -> int:
        """How far the reading is, in whole per cent; it never goes back.

        Greenhouse does not say how many pages there are, so each page of an open collection covers half of
        what is left of it.
        """
        if self.state == SyncState.SUCCEEDED:
            return 100
        steps = list(self.progress.values())
        parts = [1.0 if step["done"] else 1 - 0.5 ** step["pages"] for step in steps]
        return round(97 * sum(parts) / len(parts)) if parts else 0


class GreenhousePerson(models.Model):
    """Who a person is at Greenhouse, by e-mail; its lease keeps two exports from making two people."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="people")
    email = models.EmailField(help_text="Lower case.")
    remote_id = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

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
    def can_send_again(self) -> bool:
        return self.state in (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED, ExportState.WAITING)
