"""What became of an application, line by line."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from candidates.models.applications import Application, ApplicationStatus


class Origin(models.TextChoices):
    """From where we know of a change."""

    APPLICANT = "applicant", "Applicant"
    MEMBER = "member", "Team"
    EXPORT = "export", "Purpose Jobs"
    POLL = "poll", "Greenhouse"
    WEBHOOK = "webhook", "Greenhouse (webhook)"


class EventKind(models.TextChoices):
    """What happened."""

    APPLIED = "applied", "Applied"
    SOURCED = "sourced", "Sourced"
    REQUESTED = "requested", "To be sent"
    FOUND = "found", "Found"
    SENT = "sent", "Sent"
    LINKED = "linked", "Linked"
    CONTACTS_ADDED = "contacts_added", "Contacts added"
    FILE_ADDED = "file_added", "File added"
    NOTE_ADDED = "note_added", "Note added"
    STAGE_MOVED = "stage_moved", "Stage moved"
    TRANSFERRED = "transferred", "Moved to another job"
    CONVERTED = "converted", "Put on a job"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNREJECTED = "unrejected", "Unrejected"
    HIRED = "hired", "Hired"
    UNHIRED = "unhired", "Unhired"
    MERGED = "merged", "Merged"
    PRIVATE = "private", "Private"
    ANONYMIZED = "anonymized", "Anonymized"
    GONE = "gone", "Gone"
    CANCELLED = "cancelled", "Cancelled"


STATUS_EVENTS = {
    ApplicationStatus.APPLIED: EventKind.APPLIED,
    ApplicationStatus.SENT: EventKind.SENT,
    ApplicationStatus.IN_REVIEW: EventKind.STAGE_MOVED,
    ApplicationStatus.INTERVIEWING: EventKind.STAGE_MOVED,
    ApplicationStatus.OFFER: EventKind.STAGE_MOVED,
    ApplicationStatus.HIRED: EventKind.HIRED,
    ApplicationStatus.REJECTED: EventKind.REJECTED,
    ApplicationStatus.WITHDRAWN: EventKind.WITHDRAWN,
    ApplicationStatus.GONE: EventKind.GONE,
}
# Lines that tell where somebody stands; files, notes and the like say nothing of it.
ABOUT_STATUS = frozenset({*STATUS_EVENTS.values(), EventKind.LINKED, EventKind.UNREJECTED, EventKind.UNHIRED})


class TimelineEvent(models.Model):
    """One change in the life of an application: what, when, who, as whom, from where.

    `status` is set where the change is one of status: so it also tells how long somebody took to get there.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    text = models.TextField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    as_whom = models.CharField(max_length=300, blank=True, help_text="The ATS's user in whose name it was done.")
    status = models.CharField(max_length=15, choices=ApplicationStatus.choices, blank=True)
    at = models.DateTimeField(default=timezone.now, help_text="When it happened, by the ATS's clock where it says so.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text
