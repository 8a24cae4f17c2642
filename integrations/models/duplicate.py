"""Who may be there already: people in Greenhouse who look like one of ours, and what a recruiter decided."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Employer, User
from candidates.models import Candidate
from integrations.matching import Evidence
from integrations.models.connection import Connection
from integrations.models.export import Export, ExportQuerySet, ExportState


class Verdict(models.TextChoices):
    """What a recruiter said of somebody who may be the same person."""

    SAME = "same", "Same person"
    OTHER = "other", "Someone else"


class PossibleDuplicateQuerySet(models.QuerySet["PossibleDuplicate"]):
    def for_employer(self, employer: Employer) -> "PossibleDuplicateQuerySet":
        return self.filter(connection__employer=employer)

    def undecided(self) -> "PossibleDuplicateQuerySet":
        return self.filter(verdict="")


class PossibleDuplicate(models.Model):
    """Somebody in Greenhouse who may be a candidate of ours; decided once, and remembered for all their exports."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="possible_duplicates")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=40, help_text="The person in Greenhouse.")
    evidence = models.JSONField(default=list, help_text="What speaks for the same person, the strongest first.")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)

    objects = PossibleDuplicateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "candidate", "remote_id"], name="possible_duplicate_unique"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(decided_at__isnull=False), name="possible_duplicate_decided_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} ~ {self.remote_id}"

    @property
    def evidence_in_words(self) -> list[str]:
        return [Evidence(kind).label for kind in self.evidence if kind in Evidence.values]


def exports_waiting_for_decision() -> ExportQuerySet:
    return Export.objects.filter(state=ExportState.NEEDS_ATTENTION, problem_code="duplicate_unsure")


def exports_decided_about() -> ExportQuerySet:
    """Those that stopped because somebody might be the person, and of whom that is known now."""
    found = PossibleDuplicate.objects.filter(connection=OuterRef("connection"), candidate=OuterRef("candidate"))
    is_decided = Exists(found.filter(verdict=Verdict.SAME)) | ~Exists(found.undecided())
    return exports_waiting_for_decision().filter(is_decided)


class PeopleReading(models.Model):
    """How far the recent people of one Greenhouse are read, so that they can be recognised without an e-mail."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="people_reading")
    is_on = models.BooleanField(default=True)
    read_since = models.DateTimeField(null=True, blank=True, help_text="When the last complete reading began.")
    began_at = models.DateTimeField(null=True, blank=True, help_text="When the reading under way began.")
    cursor = models.TextField(blank=True, editable=False)
    pages = models.PositiveIntegerField(default=0, help_text="Of the reading under way.")
    due_at = models.DateTimeField(default=timezone.now)
    key_check = models.CharField(max_length=40, blank=True, editable=False)

    def __str__(self) -> str:
        return f"Recent people of {self.connection}"


class RemoteIdentity(models.Model):
    """One mark of a recent person in Greenhouse, as a keyed hash: it can be compared, and never read."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="identities")
    remote_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Evidence.choices)
    digest = models.CharField(max_length=40)
    active_at = models.DateTimeField(help_text="When something last happened to the person there.")

    class Meta:
        verbose_name_plural = "remote identities"
        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id", "digest"], name="remote_identity_unique")
        ]
        indexes = [
            models.Index(fields=["connection", "digest"], name="remote_identity_digest"),
            models.Index(fields=["connection", "active_at"], name="remote_identity_active"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.remote_id}"


def digest_of(connection_id: int, kind: str, mark: str) -> str:
    """Hash a mark with our own key, for one connection alone: nothing can be compared between employers."""
    return salted_hmac("integrations.RemoteIdentity", f"{connection_id}:{kind}:{mark}").hexdigest()[:40]
