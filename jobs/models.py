"""What employers publish. A job knows nothing of any ATS."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, User


class JobState(models.TextChoices):
    """draft → live ⇄ off → closed."""

    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    OFF = "off", "Off"
    CLOSED = "closed", "Closed"


class JobQuerySet(models.QuerySet["Job"]):
    def for_employer(self, employer: Employer) -> "JobQuerySet":
        return self.filter(employer=employer)

    def live(self) -> "JobQuerySet":
        return self.filter(state=JobState.LIVE)


class Job(models.Model):
    """An advert that an employer publishes with us.

    Text fields have no length limit: what Greenhouse sends is kept whole.
    `description` is sanitised HTML, always written through `jobs.html.clean`.
    """

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="jobs")
    title = models.TextField()
    description = models.TextField(blank=True)
    location = models.TextField(blank=True)
    department = models.TextField(blank=True)
    employment_type = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DRAFT)
    closed_reason = models.TextField(blank=True)
    live_since = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["employer", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("public_job", args=[self.employer.slug, self.pk])

    @property
    def is_live(self) -> bool:
        return self.state == JobState.LIVE

    def mark_live(self) -> None:
        """Put the job on the company page. Repeat: keeps the first date."""
        self.state, self.closed_reason = JobState.LIVE, ""
        self.live_since = self.live_since or timezone.now()

    def mark_off(self) -> None:
        self.state, self.closed_reason = JobState.OFF, ""

    def mark_closed(self, reason: str) -> None:
        self.state, self.closed_reason = JobState.CLOSED, reason
