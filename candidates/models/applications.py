"""Who applies, or was picked by a recruiter, and where they are."""

import uuid
from typing import ClassVar

from django.db import models
from django.urls import reverse

from accounts.models import Employer, Membership
from candidates.models.people import Candidate, Document
from candidates.models.profile import Profile
from jobs.models import Job
from jobs.questions import QuestionKind


class ApplicationStatus(models.TextChoices):
    """Where the person is, in our words; the ATS's own stage is kept beside it."""

    APPLIED = "applied", "Applied"
    SENT = "sent", "Sent"
    IN_REVIEW = "in_review", "In review"
    INTERVIEWING = "interviewing", "Interviewing"
    OFFER = "offer", "Offer"
    HIRED = "hired", "Hired"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    GONE = "gone", "Gone"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def for_employer(self, employer: Employer) -> "ApplicationQuerySet":
        return self.filter(employer=employer)

    def visible_to(self, employer: Employer) -> "ApplicationQuerySet":
        """The employer's, without those it picked from the network itself and who are hidden from it by now.

        Whoever applied stays known by that application, hidden or not.
        """
        person = models.OuterRef("candidate")
        joined = models.Exists(Profile.objects.filter(candidate=person))
        visible = models.Exists(Profile.objects.visible_to(employer).filter(candidate=person))
        by_themselves = models.Q(origin=ApplicationOrigin.APPLIED)
        return self.for_employer(employer).filter(by_themselves | ~joined | visible)

    def hidden_from(self, employer: Employer) -> "ApplicationQuerySet":
        """The employer's others: of people whom it picked from the network, and who are hidden from it by now."""
        person = models.OuterRef("candidate")
        joined = models.Exists(Profile.objects.filter(candidate=person))
        visible = models.Exists(Profile.objects.visible_to(employer).filter(candidate=person))
        return self.for_employer(employer).filter(joined, ~visible, origin=ApplicationOrigin.SOURCED)


class ApplicationOrigin(models.TextChoices):
    """How the person came to the employer."""

    APPLIED = "applied", "Applied"
    SOURCED = "sourced", "Sourced"


class Application(models.Model):
    """One candidate at one employer, as a rule on one of its jobs, with what was known of them that day.

    The contact data is the applicant's own words for this job; a later application changes nothing here. Somebody whom
    a recruiter picked from the network is an application too, perhaps without a job.
    """

    LINK_LABELS: ClassVar[dict[str, str]] = {"linkedin": "LinkedIn", "github": "GitHub", "website": "Website"}

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="applications")
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="applications")
    job = models.ForeignKey(
        Job,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="applications",
        help_text="Empty: a prospect, not on a job yet.",
    )
    origin = models.CharField(max_length=10, choices=ApplicationOrigin.choices, default=ApplicationOrigin.APPLIED)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.EmailField()
    other_emails = models.JSONField(default=list, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    other_phones = models.JSONField(default=list, blank=True)
    current_company = models.CharField(max_length=200, blank=True)
    current_title = models.CharField(max_length=200, blank=True, help_text="What they are there.")
    links = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    resume = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=15, choices=ApplicationStatus.choices, default=ApplicationStatus.APPLIED)
    status_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the letter of confirmation was taken to be sent."
    )
    repeated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the form came again, if the applicant is to be told."
    )
    repeat_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "job"], name="application_unique"),
            models.UniqueConstraint(
                fields=["candidate", "employer"], condition=models.Q(job=None), name="application_without_job_unique"
            ),
        ]
        indexes = [
            models.Index("employer", "status", "status_at", name="application_column"),  # the pipeline
            # For the sweep of letters: next to nothing is in them.
            models.Index("created_at", name="application_unconfirmed", condition=models.Q(confirmed_at=None)),
            models.Index("repeated_at", name="application_repeated", condition=models.Q(repeated_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.job or self.employer}"

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.employer.slug, self.key])

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def job_title(self) -> str:
        """What they are considered for; empty for a prospect without a job."""
        return self.job.title if self.job else ""

    @property
    def is_sourced(self) -> bool:
        return self.origin == ApplicationOrigin.SOURCED

    @property
    def shown_email(self) -> str:
        """The address that lists show: none of somebody who was picked, who has not given it to the employer."""
        return "" if self.is_sourced else self.email

    @property
    def labelled_links(self) -> list[tuple[str, str]]:
        """The links with the names people know them by: [("LinkedIn", "https://…")]."""
        return [(self.LINK_LABELS.get(link["kind"], "Link"), link["url"]) for link in self.links]


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, membership: Membership) -> "AnswerQuerySet":
        """Leave out what only recruiters and admins may read."""
        return self if membership.is_recruiter else self.filter(is_private=False)


class Answer(models.Model):
    """What an applicant answered to one of the job's own questions, with the question as it was asked that day."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveIntegerField()
    key = models.TextField()
    label = models.TextField()
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    text = models.TextField(blank=True, help_text="In words; several choices are joined by commas.")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_private = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="answer_unique")]

    def __str__(self) -> str:
        return self.label
