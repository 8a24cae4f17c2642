"""Many people of the network who are to be sent at once: their applications, made where there are none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.template.defaultfilters import pluralize

from accounts.models import Employer, User
from candidates.models import (
    Application,
    ApplicationOrigin,
    ApplicationStatus,
    Candidate,
    EventKind,
    Origin,
    Profile,
    TimelineEvent,
)
from candidates.sourcing import unsaved


@dataclass(frozen=True, slots=True)
class Picked:
    """The applications to be sent, one for each person, and how many are left out."""

    application_ids: list[int]
    left_out: int


def pick_many(*, employer: Employer, candidates: Iterable[Candidate], by: User) -> Picked:
    """Find each person's newest application at the employer, or make one from their profile.

    Whoever hides from the employer or does not want to be sent is left out, unless they applied there themselves.
    Effects: one transaction, a constant number of queries; a line in the timeline of each that is made.
    Repeat: the applications that are there.
    """
    ids = {candidate.pk for candidate in candidates}
    with transaction.atomic():
        profiles = Profile.objects.visible_to(employer).filter(candidate__in=ids, can_be_sent=True)
        willing = {row.candidate_id: row for row in profiles.select_related("candidate", "resume")}
        there = _newest(employer, ids)
        applied = _newest(employer, ids, origin=ApplicationOrigin.APPLIED)
        missing = [profile for pk, profile in willing.items() if pk not in there]
        made = [unsaved(employer=employer, profile=profile) for profile in missing]
        Application.objects.bulk_create(made, ignore_conflicts=True)  # somebody may press another button meanwhile
        found = _newest(employer, {row.candidate_id for row in made})
        _tell({found[row.candidate_id] for row in made if row.candidate_id in found}, by)
    kept = {pk: row for pk, row in (there | found).items() if pk in willing or pk in applied}
    chosen = [applied.get(pk, row) for pk, row in kept.items()]
    return Picked(sorted(chosen), len(ids) - len(chosen))


def left_out_in_words(count: int) -> str:
    """What is said of people who were left out."""
    who = f"{count:,} {pluralize(count, 'person is,people are')}"
    return f"{who} left out: they do not want to be put into hiring software, or are not in your network any more."


def _newest(employer: Employer, candidate_ids: Iterable[int], **only: str) -> dict[int, int]:
    """The newest application of each, by primary keys."""
    rows = Application.objects.visible_to(employer).filter(candidate__in=candidate_ids, **only)
    return dict(rows.order_by("created_at", "pk").values_list("candidate_id", "pk"))


def _tell(application_ids: Iterable[int], by: User) -> None:
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            application_id=pk,
            kind=EventKind.SOURCED,
            text="Picked from the network",
            origin=Origin.MEMBER,
            actor=by,
            status=ApplicationStatus.APPLIED,
        )
        for pk in application_ids
    )
