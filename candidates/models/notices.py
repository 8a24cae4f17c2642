"""What members of a team are told, in the page and by e-mail, and what each of them wants to be told."""

from django.db import models
from django.utils import timezone

from accounts.models import Employer, Membership
from candidates.models.applications import Application
from candidates.models.people import Candidate
from candidates.models.profile import Profile


class NoticeKind(models.TextChoices):
    """What a notice is about; each can be switched off."""

    NEW_APPLICANT = "new_applicant", "New applicants"
    REPLY = "reply", "Replies"
    STAGE_MOVED = "stage_moved", "Moves in Greenhouse"
    EXPORT_NEEDS_ATTENTION = "export_attention", "Exports that need attention"
    MENTION = "mention", "Mentions of you"
    SHARED = "shared", "People shared with you"
    SAVED_SEARCH = "saved_search", "New matches of your searches"


class Rhythm(models.TextChoices):
    """How often the notices of a kind are collected into a letter."""

    OFF = "off", "No e-mail"
    HOURLY = "hourly", "Every hour"
    DAILY = "daily", "Every day at 07:00 UTC"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def shown_to(self, membership: Membership) -> "NoticeQuerySet":
        """What a member finds on the page: nothing of somebody who is hidden from the employer by now."""
        return self.filter(membership=membership, in_page=True).still_visible(membership.employer)

    def still_visible(self, employer: Employer) -> "NoticeQuerySet":
        person = models.OuterRef("candidate")
        in_network = Profile.objects.visible_to(employer).filter(candidate=person)
        known = Application.objects.visible_to(employer).filter(candidate=person)
        return self.filter(models.Q(candidate=None) | models.Exists(in_network) | models.Exists(known))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing that one member is told. `email_at` is when it is owed by letter, if at all."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    text = models.CharField(max_length=300)
    url = models.CharField("path", max_length=500)
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    further = models.PositiveIntegerField(
        default=0, help_text="How many more of its kind came so fast that they share this one notice."
    )
    in_page = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    email_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index("membership", "created_at", name="notice_of_member"),
            models.Index(
                "membership", name="notice_unread", condition=models.Q(read_at=None, in_page=True)
            ),  # the bell, on every page
            models.Index(
                "email_at", name="notice_to_email", condition=models.Q(email_at__isnull=False, emailed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.kind}"


class NoticeChoice(models.Model):
    """What a member wants of one kind of notice, where that is not what everybody gets."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    in_page = models.BooleanField(default=True)
    by_email = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.OFF)

    class Meta:
        ordering = ["membership", "kind"]
        constraints = [models.UniqueConstraint(fields=["membership", "kind"], name="notice_choice_unique")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.kind}"
