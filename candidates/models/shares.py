"""How one of the team shows a person to the others: shared with them by name, or by a link for whoever has it."""

import secrets
import uuid

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.models.people import Candidate

MAX_NOTE = 1000


def new_link_key() -> str:
    """A key that nobody guesses: 192 bits."""
    return secrets.token_urlsafe(24)


class Share(models.Model):
    """That one of the team showed a person to colleagues, with a note."""

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="Of the form: pressed twice is once."
    )
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="shares")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="shares")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True, max_length=MAX_NOTE)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Share {self.pk}"


class SharedWith(models.Model):
    """One colleague whom a person was shown to. `emailed_at` is when the letter was taken to be sent."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="recipients")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="shared_with_me")
    emailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-share__at", "-pk"]
        verbose_name_plural = "shared with"
        constraints = [models.UniqueConstraint(fields=["share", "membership"], name="shared_with_unique")]
        # For the sweep of letters: next to nothing is in it.
        indexes = [models.Index("share", name="shared_unwritten", condition=models.Q(emailed_at=None))]

    def __str__(self) -> str:
        return f"{self.share_id} → {self.membership_id}"


class CandidateLinkQuerySet(models.QuerySet["CandidateLink"]):
    def live(self) -> "CandidateLinkQuerySet":
        return self.filter(revoked_at=None)


class CandidateLink(models.Model):
    """A link to a person's page for members of one employer, until somebody revokes it."""

    key = models.CharField(max_length=40, unique=True, default=new_link_key, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="candidate_links")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="shared_links")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CandidateLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "candidate", "made_by"],
                condition=models.Q(revoked_at=None),
                name="candidate_link_once_live",
            )
        ]

    def __str__(self) -> str:
        return f"Link {self.pk}"  # never the key: whoever may read a list may not follow all links

    def get_absolute_url(self) -> str:
        return reverse("open_candidate_link", args=[self.key])
