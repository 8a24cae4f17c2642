"""Whom an employer knows: who applied to it, or is somebody of the network whom it may see."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Employer, User
from candidates import activity
from candidates.models import AccessKind, Application, Candidate, Profile


def known_to(employer: Employer) -> QuerySet[Candidate]:
    """Everybody the employer has a page of; for all others the page does not exist."""
    applied = Application.objects.visible_to(employer).filter(candidate=OuterRef("pk"))
    visible = Profile.objects.visible_to(employer).filter(candidate=OuterRef("pk"))
    return Candidate.objects.filter(Exists(applied) | Exists(visible))


def names_known_to(employer: Employer, candidates: Iterable[Candidate]) -> dict[int, str]:
    """What the employer calls people: by the profile if it may see that, else as they last applied. Two queries.

    Shape: by primary key; whoever it does not know is not in it.
    """
    people = {candidate.pk: candidate for candidate in candidates}
    oldest_first = Application.objects.visible_to(employer).filter(candidate__in=people).order_by("created_at", "pk")
    names = {row.candidate_id: row.name for row in oldest_first.only("candidate", "first_name", "last_name")}
    visible = Profile.objects.visible_to(employer).filter(candidate__in=people)
    return names | {pk: people[pk].name for pk in visible.values_list("candidate", flat=True)}


def name_known_to(employer: Employer, candidate: Candidate) -> str:
    """What the employer calls one person; empty for somebody it does not know."""
    return names_known_to(employer, [candidate]).get(candidate.pk, "")


def note_look(*, employer: Employer, by: User, candidates: Iterable[Candidate], kind: AccessKind) -> None:
    """Write down who was seen as somebody of the network; what a person sent to this very employer is no secret to it.

    Effects: two statements. Repeat: as `activity.note_access`.
    """
    visible = Profile.objects.visible_to(employer).filter(candidate__in=[candidate.pk for candidate in candidates])
    activity.note_access(employer=employer, by=by, candidates=visible.values_list("candidate", flat=True), kind=kind)
