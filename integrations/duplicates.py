"""The duplicate desk: who waits there, and what a recruiter decides. No HTTP."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import EventKind, Origin
from candidates.services import tell
from integrations import sending
from integrations.models import (
    Connection,
    Export,
    ExportQuerySet,
    PeopleReading,
    PossibleDuplicate,
    PossibleDuplicateQuerySet,
    RemoteIdentity,
    Verdict,
    exports_decided_about,
    exports_waiting_for_decision,
)

_WORDS = {
    Verdict.SAME: "Same person as in Greenhouse, says {}",
    Verdict.OTHER: "Not the person in Greenhouse who looked alike, says {}",
}


def waiting(employer: Employer) -> ExportQuerySet:
    """One export for each person of whom it is not known whether they are in Greenhouse, the longest waiting first."""
    rows = exports_waiting_for_decision().for_employer(employer)
    earlier = exports_waiting_for_decision().filter(
        connection=OuterRef("connection"), candidate=OuterRef("candidate"), pk__lt=OuterRef("pk")
    )
    return rows.exclude(Exists(earlier)).order_by("problem_at", "pk")


def name_of(suspect: PossibleDuplicate) -> str:
    """The person's name as they gave it to this employer; another one may know them by another."""
    exports = Export.objects.for_employer(suspect.connection.employer).filter(candidate=suspect.candidate_id)
    newest = exports.select_related("application").first()
    return newest.application.name if newest else "This person"


def decided_last(employer: Employer) -> QuerySet[PossibleDuplicate]:
    """What was decided, the newest first, each with the `first_name` and `last_name` that this employer knows."""
    rows = PossibleDuplicate.objects.for_employer(employer).exclude(verdict="").select_related("decided_by")
    exports = Export.objects.for_employer(employer).filter(candidate=OuterRef("candidate"))
    names = {field: Subquery(exports.values(f"application__{field}")[:1]) for field in ("first_name", "last_name")}
    return rows.annotate(**names).filter(Exists(exports)).order_by("-decided_at")


def is_waiting(export: Export) -> bool:
    return exports_waiting_for_decision().filter(pk=export.pk).exists()


def waiting_of(suspect: PossibleDuplicate) -> ExportQuerySet:
    """All exports of the person that wait for the decision."""
    return exports_waiting_for_decision().filter(connection=suspect.connection_id, candidate=suspect.candidate_id)


def suspects_of(export: Export) -> PossibleDuplicateQuerySet:
    """Those who may be the person of an export, and of whom nobody has said anything."""
    rows = PossibleDuplicate.objects.undecided()
    return rows.filter(connection=export.connection_id, candidate=export.candidate_id)


def decide(*, suspect: PossibleDuplicate, verdict: Verdict, by: User) -> bool:
    """Keep what a recruiter said of one of those who may be the person; False if somebody was quicker.

    Effects: one transaction; a line in the timeline of each application that waits. Once nothing is open about the
        person, their exports go on by themselves.
    Repeat: harmless; the first decision stands.
    """
    with transaction.atomic():
        open_row = PossibleDuplicate.objects.undecided().filter(pk=suspect.pk)
        if not open_row.update(verdict=verdict, decided_by=by, decided_at=timezone.now()):
            return False
        for export in waiting_of(suspect).select_related("application"):
            text = _WORDS[verdict].format(by)
            tell(application=export.application, kind=EventKind.FOUND, text=text, origin=Origin.MEMBER, actor=by)
        for export in exports_decided_about().filter(pk__in=waiting_of(suspect).values("pk")):
            sending.send_again(export=export)
    return True


def switch_reading(*, connection: Connection, is_on: bool) -> None:
    """Read recent people from now on, or no more; what was kept of them is then deleted.

    Effects: one transaction. Repeat: harmless.
    """
    with transaction.atomic():
        values = {"is_on": is_on, "due_at": timezone.now(), "read_since": None, "began_at": None, "cursor": ""}
        PeopleReading.objects.get_or_create(connection=connection)
        PeopleReading.objects.filter(connection=connection).exclude(is_on=is_on).update(**values)
        if not is_on:
            RemoteIdentity.objects.filter(connection=connection).delete()
