"""One reading of a career site, from its first page to its last."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from integrations.models.connection import Connection, WithProblem
from integrations.problems import PROBLEMS


class SyncState(models.TextChoices):
    """queued → running → succeeded | partial | failed."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    PARTIAL = "partial", "Partly read"
    FAILED = "failed", "Failed"


class SyncKind(models.TextChoices):
    """How much of the career site is read."""

    FULL = "full", "All active positions"
    CHANGES = "changes", "What has changed"
    SURVEY = "survey", "What is not listed"


# A reading takes the place of an open one of these: what that was to show, it or the next one of its kind will.
TAKES_PLACE_OF = {
    SyncKind.FULL: (SyncKind.CHANGES, SyncKind.SURVEY),
    SyncKind.SURVEY: (SyncKind.CHANGES,),
    SyncKind.CHANGES: (),
}
ASKED = ("many_vanished", "many_kept")  # read to its end; whether many jobs close is for a person to say
OPEN_SYNC = (SyncState.QUEUED, SyncState.RUNNING)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def complete(self) -> "SyncRunQuerySet":
        """Those that were read to their end and taken over: nothing of the career site from before them is owed."""
        taken_over = Q(state=SyncState.SUCCEEDED) & ~Q(kind=SyncKind.SURVEY)
        return self.filter(taken_over | Q(problem_code__in=ASKED))

    def since_complete(self, run: "SyncRun") -> "SyncRunQuerySet":
        """This run and those before it that came to no end: what they wrote, nobody has taken over yet."""
        of = self.filter(connection=run.connection_id)
        last = of.filter(pk__lt=run.pk).complete().values_list("pk", flat=True).first()
        return of.filter(pk__gt=last or 0, pk__lte=run.pk)

    def end_for(self, kind: SyncKind) -> None:
        """End the open runs that a reading of this kind takes the place of; their workers stop at the next page."""
        now = timezone.now()
        self.filter(state__in=OPEN_SYNC, kind__in=TAKES_PLACE_OF[kind]).update(
            state=SyncState.PARTIAL,
            finished_at=now,
            lease_until=None,
            problem_code=PROBLEMS["reading_replaced"].code,
            problem_at=now,
        )


class SyncRun(WithProblem):
    """One reading of the career site. At most one is open per connection.

    `progress` holds, per collection, the next cursor, the pages read and whether its end was reached,
    so that a run stopped anywhere goes on from its last committed page.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sync_runs")
    kind = models.CharField(max_length=10, choices=SyncKind.choices, default=SyncKind.FULL)
    changed_since = models.DateTimeField(null=True, blank=True, help_text="Of a reading of changes: since when.")
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    pages_read = models.PositiveIntegerField(default=0)
    posts_read = models.PositiveIntegerField(default=0)
    jobs_changed = models.PositiveIntegerField(default=0)
    jobs_vanished = models.PositiveIntegerField(
        default=0, help_text="Jobs that would leave the company page if a person agreed."
    )
    skipped = models.JSONField(
        default=list, blank=True, help_text="The first records that could not be read: collection, id, title, field."
    )
    skipped_count = models.PositiveIntegerField(default=0, help_text="All records that could not be read.")
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=OPEN_SYNC), name="sync_one_open_per_connection"
            )
        ]

    def __str__(self) -> str:
        return f"Sync {self.pk} of {self.connection} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SYNC

    @property
    def is_complete(self) -> bool:
        """The same rule as `SyncRunQuerySet.complete`, for a row that is already here."""
        return self.problem_code in ASKED or (self.state == SyncState.SUCCEEDED and self.kind != SyncKind.SURVEY)

    @property
    def has_written(self) -> bool:
        """Tell whether it brought anything that was not in our rows already."""
        return any(step.get("written") for step in self.progress.values())

    def yields_to(self, kind: SyncKind) -> bool:
        """Tell whether a reading of this kind takes the place of this one."""
        return SyncKind(self.kind) in TAKES_PLACE_OF[kind]

    @property
    def percent(self) -> int:
        """How far the reading is, in whole per cent; it never goes back.

        Greenhouse does not say how many pages there are, so each page of an open collection covers half of
        what is left of it.
        """
        if self.state == SyncState.SUCCEEDED:
            return 100
        steps = list(self.progress.values())
        parts = [1.0 if step["done"] else 1 - 0.5 ** step["pages"] for step in steps]
        return round(97 * sum(parts) / len(parts)) if parts else 0
