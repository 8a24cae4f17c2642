"""What employers publish. A job knows nothing of any ATS."""

import re
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, User
from jobs.pay import Pay, PayPeriod

# What Greenhouse and others call a language, where the web calls it something else.
_LANGUAGES = {"zhhant": "zh-Hant", "zhhans": "zh-Hans", "iw": "he", "se": "sv"}
_LANGUAGE_TAG = re.compile(r"[a-z]{2}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
PLACES_JOINED_BY = " · "  # a job may be in several places


def is_in_place(place: str) -> models.Q:
    """Say as a filter that a place is the location, or one of several."""
    first, last = f"{place}{PLACES_JOINED_BY}", f"{PLACES_JOINED_BY}{place}"
    return (
        models.Q(location=place)
        | models.Q(location__startswith=first)
        | models.Q(location__endswith=last)
        | models.Q(location__contains=f"{last}{PLACES_JOINED_BY}")
    )


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

    def in_listing_order(self) -> "JobQuerySet":
        """By department, jobs without one last; without what is long and not listed."""
        no_department = models.Case(models.When(department="", then=1), default=0)
        return self.order_by(no_department, Lower("department"), "department", "title", "pk").defer(
            "description", "questions"
        )


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
    is_remote = models.BooleanField("fully remote", default=False)
    pay_min_cents = models.BigIntegerField(null=True, blank=True)
    pay_max_cents = models.BigIntegerField(null=True, blank=True)
    pay_currency = models.CharField(max_length=3, blank=True)
    pay_period = models.CharField(max_length=5, choices=PayPeriod.choices, default=PayPeriod.YEAR)
    language = models.TextField(blank=True)
    questions = models.JSONField(
        default=list, blank=True, help_text="What applicants are asked beside the usual; read through `jobs.questions`."
    )
    first_published_at = models.DateTimeField(
        null=True, blank=True, help_text="When the job was first published anywhere, if that was not here."
    )
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DRAFT)
    closed_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    live_since = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # What the marks below write: for `update_fields` and `bulk_update`.
    STATE_FIELDS: ClassVar[tuple[str, ...]] = ("state", "closed_reason", "closed_at", "live_since")

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

    @property
    def posted_at(self) -> datetime:
        """Since when people can apply for the job, wherever that was."""
        return self.first_published_at or self.live_since or self.created_at

    @property
    def places(self) -> list[str]:
        return [place for place in self.location.split(PLACES_JOINED_BY) if place.strip()]

    @property
    def pay(self) -> Pay | None:
        """What the job pays, if it says so completely: an amount and its currency."""
        if not self.pay_currency or (self.pay_min_cents is None and self.pay_max_cents is None):
            return None
        return Pay(self.pay_min_cents, self.pay_max_cents, self.pay_currency, PayPeriod(self.pay_period))

    @property
    def language_tag(self) -> str:
        """The language as HTML and feeds name it; empty where we cannot tell."""
        named = self.language.strip().replace("_", "-")
        tag = _LANGUAGES.get(named.lower(), named)
        return tag if _LANGUAGE_TAG.fullmatch(tag) else ""

    def mark_live(self) -> None:
        """Put the job on the company page. Repeat: keeps the first date."""
        self.state, self.closed_reason, self.closed_at = JobState.LIVE, "", None
        self.live_since = self.live_since or timezone.now()

    def mark_off(self) -> None:
        self.state, self.closed_reason, self.closed_at = JobState.OFF, "", None

    def mark_closed(self, reason: str) -> None:
        self.state, self.closed_reason, self.closed_at = JobState.CLOSED, reason, timezone.now()
