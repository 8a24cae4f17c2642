"""What applicants are written about where they stand, where the employer allows it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import Employer
from candidates.models.applications import Application


class LetterKind(models.TextChoices):
    """What a letter to an applicant says."""

    MOVED_ON = "moved_on", "Moved on"
    REJECTED = "rejected", "Rejected"


class LetterRule(models.Model):
    """Which letters an employer's applicants get. No row: none beyond the confirmation that everybody gets."""

    employer = models.OneToOneField(Employer, on_delete=models.CASCADE, related_name="letter_rule")
    tells_moved_on = models.BooleanField("write when somebody moves on to interviews or an offer", default=False)
    moved_on_words = models.TextField("your own words", max_length=2000, blank=True)
    tells_rejected = models.BooleanField("write when somebody is rejected", default=False)
    rejected_after_hours = models.PositiveIntegerField(
        "hours between the rejection and the letter",
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="At least 1, so that a slip of the hand can be taken back. 72 are three days.",
    )
    rejected_words = models.TextField("your own words", max_length=2000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(rejected_after_hours__gte=1), name="rejected_never_at_once")
        ]

    def __str__(self) -> str:
        return f"Letters of {self.employer_id}"


class StatusLetter(models.Model):
    """One letter that an applicant is owed: it leaves at `due_at`, unless it is cancelled before."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="status_letters")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    OPEN = models.Q(sent_at=None, cancelled_at=None)

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=models.Q(sent_at=None, cancelled_at=None),
                name="status_letter_open_once",
            )
        ]
        indexes = [
            models.Index("due_at", name="status_letter_due", condition=models.Q(sent_at=None, cancelled_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"
