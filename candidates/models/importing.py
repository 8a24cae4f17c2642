"""A file of people that an operator brings in, and what came of each of its rows."""

import uuid
from datetime import timedelta

from django.db import models

from accounts.models import User
from candidates.models.people import Candidate


def import_path(each: "CandidateImport", _filename: str) -> str:
    """Where a file of people rests: a random name, as for every upload."""
    return f"imports/{each.key.hex[:2]}/{each.key.hex}"


class ImportState(models.TextChoices):
    """Where an import is: read, looked at by a person, carried out."""

    READING = "reading", "Being read"
    UNREADABLE = "unreadable", "Cannot be read"
    READY = "ready", "Waits for you to confirm"
    IMPORTING = "importing", "Being imported"
    DONE = "done", "Imported"
    CANCELLED = "cancelled", "Cancelled"


class CandidateImport(models.Model):
    """One file of people. Its rows are the queue: what is done is done once, whoever is killed half-way.

    What the file says of people is in the file alone, which goes after `KEPT_FOR`; the rows say what came of each line.
    """

    KEPT_FOR = timedelta(days=7)
    WORKED_ON_BY = (ImportState.READING, ImportState.IMPORTING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=import_path, blank=True)
    filename = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.READING, db_index=True)
    problem = models.TextField(blank=True, help_text="Why the file cannot be read, in words for whoever chose it.")
    read_as = models.CharField(max_length=60, blank=True, help_text="The encoding and the separator that were found.")
    unknown_columns = models.JSONField(default=list, blank=True)
    writes_letters = models.BooleanField(
        "write to the new people",
        default=False,
        help_text="Each new person gets an email that says they are here, and where they see, change and delete it.",
    )
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField(help_text="When the operator said that these people agreed.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = "import of candidates"
        verbose_name_plural = "imports of candidates"

    def __str__(self) -> str:
        return self.filename

    @property
    def is_under_way(self) -> bool:
        return self.state in self.WORKED_ON_BY


class RowOutcome(models.TextChoices):
    """What a row does."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SKIPPED = "skipped", "Left alone"
    BAD = "bad", "Cannot be imported"


class CandidateImportRow(models.Model):
    """What comes of one line of the file, and that it has come of it."""

    of = models.ForeignKey(CandidateImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices)
    problems = models.JSONField(
        default=list, blank=True, help_text="Pairs of column and reason. They may quote the file, and go with it."
    )
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    owes_letter = models.BooleanField(default=False)
    letter_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["of", "line"]
        verbose_name = "row of an import"
        verbose_name_plural = "rows of imports"
        constraints = [models.UniqueConstraint(fields=["of", "line"], name="import_row_unique")]
        indexes = [
            models.Index("id", name="import_row_letter", condition=models.Q(owes_letter=True, letter_at=None)),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
