"""What Greenhouse has on the career site, as last read, and which of our jobs each post feeds."""

from django.db import models

from accounts.models import User
from integrations.models.connection import Connection
from jobs.models import Job


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

    @property
    def overridden_in_words(self) -> list[str]:
        """The names of what a recruiter typed over, as the edit form calls them."""
        words = {field.name: str(field.verbose_name) for field in Job._meta.concrete_fields}
        return [words.get(name, name) for name in self.overridden_fields]
