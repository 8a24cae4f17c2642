"""A look whether Greenhouse has what we believe it has, and what it found."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from integrations.models.connection import Connection, WithProblem
from integrations.models.export import Export


class ReconciliationState(models.TextChoices):
    """queued → running → succeeded | failed."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"


OPEN_RECONCILIATION = (ReconciliationState.QUEUED, ReconciliationState.RUNNING)


class Reconciliation(WithProblem):
    """One comparison of what we sent with what Greenhouse has. At most one is open per connection.

    `progress` says in which part it is and from where that goes on, so that a worker may die anywhere.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="reconciliations")
    state = models.CharField(max_length=10, choices=ReconciliationState.choices, default=ReconciliationState.QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField(default=0, help_text="People sent, when it began.")
    checked = models.PositiveIntegerField(default=0)
    found_count = models.PositiveIntegerField("sent and found", default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(state__in=OPEN_RECONCILIATION),
                name="reconciliation_one_open_per_connection",
            )
        ]

    def __str__(self) -> str:
        return f"Reconciliation {self.pk} of {self.connection} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RECONCILIATION


class FindingKind(models.TextChoices):
    """How Greenhouse differs from what we believe."""

    MISSING = "missing", "Sent and missing"
    MOVED = "moved", "Moved while we were not told"
    TWICE_ON_JOB = "twice_on_job", "On one job twice"
    TWO_PEOPLE = "two_people", "There as two people"
    FILE_TWICE = "file_twice", "A file is there twice"
    NOTE_TWICE = "note_twice", "Our note is there twice"
    UNKNOWN = "unknown", "There with our source, unknown to us"


class FindingState(models.TextChoices):
    """open → repaired | known; what is known is not asked about again."""

    OPEN = "open", "Open"
    REPAIRED = "repaired", "Repaired"
    KNOWN = "known", "Known"


class Finding(models.Model):
    """One difference. It stays the same row from report to report, so that what a person decided is remembered.

    Greenhouse's ids only: who it is about is said by the export, or read from Greenhouse when it is repaired.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=15, choices=FindingKind.choices)
    key = models.TextField(help_text="What tells it from others of its kind.")
    export = models.ForeignKey(Export, null=True, blank=True, on_delete=models.CASCADE, related_name="findings")
    candidate_remote_ids = models.JSONField(default=list, blank=True)
    application_remote_ids = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    seen_in = models.ForeignKey(Reconciliation, null=True, on_delete=models.SET_NULL, related_name="findings")
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "-found_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "key"], name="finding_unique")]

    def __str__(self) -> str:
        return self.get_kind_display()


class CheckedPerson(models.Model):
    """Somebody with our tag, while a comparison runs: a digest of an address, to see whether two people share it."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="people")
    digest = models.CharField(max_length=64)
    remote_id = models.CharField(max_length=40)

    class Meta:
        verbose_name_plural = "checked people"
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "digest", "remote_id"], name="checked_person_unique")
        ]

    def __str__(self) -> str:
        return self.remote_id
