"""What an employer's team did with a person of the network, and who looked at whom."""

from django.db import models
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.models.people import Candidate


class MarkKind(models.TextChoices):
    """What one recruiter thinks of a person, for themselves."""

    SKIPPED = "skipped", "Skipped"
    BOOKMARKED = "bookmarked", "Bookmarked"


class Mark(models.Model):
    """A recruiter's own skip or bookmark: never both."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="marks")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=MarkKind.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["membership", "candidate"], name="mark_unique")]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.get_kind_display()}"


class ActivityKind(models.TextChoices):
    """What somebody of the team did with a person, beside what happens to an application."""

    NOTED = "noted", "Note"
    EMAILED = "emailed", "Email sent"
    REPLIED = "replied", "Reply"
    SHARED = "shared", "Shared with the team"
    LINK_COPIED = "link_copied", "Link made"
    LINK_REVOKED = "link_revoked", "Link revoked"
    DO_NOT_CONTACT = "do_not_contact", "Do not contact"
    CONTACT_AGAIN = "contact_again", "May be contacted again"


class Activity(models.Model):
    """One thing that the team did, or that the person answered. The page shows it among the applications' own lines."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="activities")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=15, choices=ActivityKind.choices)
    text = models.TextField(
        help_text="One sentence for the team. Never the words of a letter, which are kept where they belong."
    )
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "activities"
        indexes = [models.Index("employer", "candidate", "at", name="activity_of_a_person")]

    def __str__(self) -> str:
        return self.text


class AccessKind(models.TextChoices):
    """How an employer came to see something of a profile."""

    LISTED = "listed", "In a list"
    OPENED = "opened", "Profile opened"
    RESUME = "resume", "Résumé opened"
    EMAILED = "emailed", "E-mailed"
    SHARED = "shared", "Shared with the team"
    SENT = "sent", "Sent to the employer's ATS"
    DOWNLOADED = "downloaded", "In a download"


class ProfileAccess(models.Model):
    """That somebody of an employer saw a profile: for the operator, and for the person themselves.

    In a list once a day and member; everything else each time. Outlives the member; goes with the person.
    """

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="profile_accesses")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="accesses")
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    on = models.DateField(default=timezone.localdate)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "profile accesses"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "employer", "candidate", "on"],
                condition=models.Q(kind="listed"),
                name="listed_once_a_day",
            )
        ]
        # For the sweep, which runs over every access there ever was.
        indexes = [models.Index("on", name="access_listed_on", condition=models.Q(kind="listed"))]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.kind} {self.candidate_id}"
