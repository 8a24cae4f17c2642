"""What Greenhouse has on the career site, as last read, and which of our jobs each post feeds."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from integrations.models.connection import Connection
from integrations.reasons import NotOffered
from jobs.models import Job
from jobs.pay import PayPeriod

JOB_STATUSES = ("open", "draft", "closed")


class GreenhouseName(models.Model):
    """The name behind an id: a department, an office, a custom location, a pay input, a job board."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "Department"
        OFFICE = "office", "Office"
        CUSTOM_LOCATION = "custom_location", "Custom location"
        PAY_INPUT = "pay_input", "Pay input"
        JOB_BOARD = "job_board", "Job board"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    remote_id = models.CharField(max_length=40)
    name = models.TextField()
    parent_remote_id = models.CharField(max_length=40, blank=True)
    position = models.IntegerField(default=0, help_text="Of a pay input: the smallest is the main one.")
    is_live = models.BooleanField(default=True, help_text="Of a job board: candidates can see it.")

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
    status = models.TextField()
    is_template = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    department_remote_id = models.CharField(max_length=40, blank=True)
    department = models.TextField(blank=True)
    department_path = models.TextField(blank=True, help_text="With the departments above it: Engineering › Platform.")
    office_remote_ids = models.JSONField(default=list, blank=True)
    offices = models.TextField(blank=True, help_text="Their names, joined.")
    custom_fields = models.JSONField(default=dict, blank=True, help_text="Name and text by key.")
    employment_type = models.TextField(blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
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
        """The active positions: live, external posts of open jobs that are neither templates nor confidential."""
        return self.filter(
            is_active=True,
            is_live=True,
            is_internal=False,
            greenhouse_job__status="open",
            greenhouse_job__is_template=False,
            greenhouse_job__is_confidential=False,
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
    is_active = models.BooleanField(default=True, help_text="False when it was deleted in Greenhouse.")
    is_live = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False)
    is_remote = models.BooleanField(default=False)
    board_remote_id = models.CharField(max_length=40, blank=True)
    questions = models.JSONField(default=list, blank=True, help_text="The post's own, as `jobs.questions` reads them.")
    pay_ranges = models.JSONField(default=list, blank=True, help_text="All of them, the main one first.")
    pay_min_cents = models.BigIntegerField(null=True, blank=True)
    pay_max_cents = models.BigIntegerField(null=True, blank=True)
    pay_currency = models.CharField(max_length=3, blank=True)
    pay_period = models.CharField(max_length=5, choices=PayPeriod.choices, default=PayPeriod.YEAR)
    language = models.TextField(blank=True)
    public_url = models.TextField(blank=True)
    first_published_at = models.DateTimeField(null=True, blank=True)
    remote_updated_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=15, choices=PostDecision.choices, default=PostDecision.UNDECIDED)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
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
        return self.not_offered is None

    @property
    def not_offered(self) -> NotOffered | None:
        """Why this is no active position; None if it is one. `unlisted.unlisted_posts` is the same rule in SQL."""
        job = self.greenhouse_job
        reasons = {
            NotOffered.DELETED: not self.is_active,
            NotOffered.PROSPECT: job is None and not self.job_remote_id,
            NotOffered.JOB_NOT_SEEN: job is None or job.status not in JOB_STATUSES,
            NotOffered.TEMPLATE: job is not None and job.is_template,
            NotOffered.JOB_DRAFT: job is not None and job.status == "draft",
            NotOffered.JOB_CLOSED: job is not None and job.status == "closed",
            NotOffered.CONFIDENTIAL: job is not None and job.is_confidential,
            NotOffered.INTERNAL: self.is_internal,
            NotOffered.NOT_LIVE: not self.is_live,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    @property
    def reason_not_offered(self) -> str:
        """Why this is no active position, in words; empty if it is one."""
        reason = self.not_offered
        return str(reason.label) if reason else ""

    def as_job_fields(self) -> dict[str, Any]:
        """What an imported job takes over from its post: every field of ours that follows Greenhouse."""
        job = self.greenhouse_job
        return {
            "title": self.title,
            "description": self.content,
            "location": self.location,
            "department": job.department if job else "",
            "employment_type": job.employment_type if job else "",
            "is_remote": self.is_remote,
            "pay_min_cents": self.pay_min_cents,
            "pay_max_cents": self.pay_max_cents,
            "pay_currency": self.pay_currency,
            "pay_period": self.pay_period,
            "language": self.language,
            "first_published_at": self.first_published_at,
            "questions": self.questions,
        }


class GreenhousePostLocation(models.Model):
    """One place of one post. A post has none, one or several, of three kinds (contract §6.2)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="post_locations")
    remote_id = models.CharField(max_length=40)
    post_remote_id = models.CharField(max_length=40, db_index=True)
    kind = models.TextField(blank=True)
    text = models.TextField(blank=True)
    name_remote_id = models.CharField(max_length=40, blank=True)
    seen_in = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="greenhouse_location_unique")]

    def __str__(self) -> str:
        return self.text or f"{self.kind} {self.name_remote_id}"


class GreenhousePayRange(models.Model):
    """What one pay input says of one post (contract §6.2)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="pay_ranges")
    remote_id = models.CharField(max_length=40)
    post_remote_id = models.CharField(max_length=40, db_index=True)
    input_remote_id = models.CharField(max_length=40, blank=True)
    min_cents = models.BigIntegerField(default=0)
    max_cents = models.BigIntegerField(default=0)
    currency = models.TextField(blank=True)
    seen_in = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="greenhouse_pay_range_unique")]

    def __str__(self) -> str:
        return f"{self.min_cents}–{self.max_cents} {self.currency}"


class Sends(models.TextChoices):
    """When applicants of a connected job leave for Greenhouse."""

    AUTOMATICALLY = "auto", "Automatically"
    AFTER_REVIEW = "review", "After a recruiter's review"


class SendsAs(models.TextChoices):
    """What a person becomes in Greenhouse."""

    CANDIDATE = "candidate", "Candidate"
    PROSPECT = "prospect", "Prospect"


class JobLink(models.Model):
    """Which Greenhouse post feeds which of our jobs. One to one, both ways."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="greenhouse_link")
    post = models.OneToOneField(GreenhouseJobPost, on_delete=models.RESTRICT, related_name="link")
    is_imported = models.BooleanField(default=False, help_text="The job's text follows the post.")
    reopen_as = models.CharField(
        max_length=10, blank=True, help_text="The state to return to when Greenhouse reopens what it closed."
    )
    asks_to_reopen = models.BooleanField(
        default=False, help_text="It is back in Greenhouse, and a person decides whether it goes live again."
    )
    sends = models.CharField(max_length=10, choices=Sends.choices, default=Sends.AUTOMATICALLY)
    sends_as = models.CharField(max_length=10, choices=SendsAs.choices, default=SendsAs.CANDIDATE)
    stage_remote_id = models.CharField(max_length=40, blank=True, help_text="Empty: the job's first stage.")
    stage_name = models.TextField(blank=True)
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
    linked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.job} ← {self.post.remote_id}"

    @property
    def overridden(self) -> set[str]:
        """The names of the fields that a recruiter typed over; a sync leaves them alone."""
        return {override.field for override in self.overrides.all()}


class FieldOverride(models.Model):
    """A field of an imported job that a recruiter typed over: who and when. What they typed is in the job."""

    link = models.ForeignKey(JobLink, on_delete=models.CASCADE, related_name="overrides")
    field = models.CharField(max_length=40)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["link", "field"], name="field_override_unique")]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The field's name as the edit form calls it."""
        names = {field.name: str(field.verbose_name) for field in Job._meta.concrete_fields}
        return names.get(self.field, self.field)


class Switch(models.TextChoices):
    """What a person chose for a post in the import dialog."""

    LIVE = "live", "Live"
    OFF = "off", "Off"
    DO_NOT_IMPORT = "skip", "Do not import"


class ImportChoice(models.Model):
    """A choice in the import dialog that is not saved yet, so that closing the dialog loses nothing."""

    post = models.ForeignKey(GreenhouseJobPost, on_delete=models.CASCADE, related_name="choices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    switch = models.CharField(max_length=5, choices=Switch.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="import_choice_unique")]

    def __str__(self) -> str:
        return f"{self.post}: {self.get_switch_display()}"
