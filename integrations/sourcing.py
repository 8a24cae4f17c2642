"""The search of the network as a recruiter's page shows it: each person with why, and what the team knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from accounts.models import Employer, Membership
from candidates import search
from candidates.marks import marks_of
from candidates.models import Activity, Candidate, Profile, TermKind
from candidates.search import Query, Results
from candidates.search.reasons import reasons
from candidates.vocabulary import term_key
from integrations.models import Export

PER_PAGE = 15


@dataclass(frozen=True)
class Found:
    """One person in the answer."""

    profile: Profile
    why: list[str]
    skills: list[tuple[str, bool]]
    mark: str
    exports: list[Export]
    last_doing: Activity | None

    @property
    def candidate(self) -> Candidate:
        return self.profile.candidate

    @property
    def places(self) -> list[str]:
        return self.profile.names_of(TermKind.LOCATION)


def find(membership: Membership, query: Query) -> Results:
    """Answer a search. Four queries at most."""
    return search.find(membership, query, only=narrowing(membership.employer, query))


def neighbours(membership: Membership, query: Query, candidate: Candidate) -> tuple[Candidate | None, Candidate | None]:
    """Name who comes before and after somebody in the answer to a search."""
    return search.neighbours(membership, query, candidate, only=narrowing(membership.employer, query))


def shown(membership: Membership, query: Query, profile_ids: Sequence[int]) -> list[Found]:
    """Load what the page shows of these, in their order. Five queries; who has hidden meanwhile is left out."""
    employer = membership.employer
    profiles = (
        Profile.objects.visible_to(employer)
        .filter(pk__in=profile_ids)
        .select_related("candidate", "text")
        .defer("text__resume", "text__indexed_at")
        .prefetch_related("terms")
    )
    found = {profile.pk: profile for profile in profiles}
    people = [profile.candidate_id for profile in found.values()]
    marks, exports, doings = marks_of(membership, people), _exports(employer, people), _doings(employer, people)
    asked = {term_key(name) for name in query.skills}
    return [
        Found(
            profile=(profile := found[pk]),
            why=reasons(query, profile),
            skills=_skills_first(profile, asked),
            mark=marks.get(profile.candidate_id, ""),
            exports=exports.get(profile.candidate_id, []),
            last_doing=doings.get(profile.candidate_id),
        )
        for pk in profile_ids
        if pk in found
    ]


def narrowing(employer: Employer, query: Query) -> Q | None:
    """What only this room knows of a query, as a filter: who is in Greenhouse already."""
    if not query.outside:
        return None
    there = Export.objects.for_employer(employer).exclude(candidate_remote_id="")
    return ~Q(Exists(there.filter(candidate=OuterRef("candidate"))))


def _skills_first(profile: Profile, asked: set[str]) -> list[tuple[str, bool]]:
    """All skills, those asked for first: [("Python", True), ("Go", False)]."""
    skills = [(name, term_key(name) in asked) for name in profile.names_of(TermKind.SKILL)]
    return sorted(skills, key=lambda skill: not skill[1])


def _exports(employer: Employer, people: Sequence[int]) -> dict[int, list[Export]]:
    found: dict[int, list[Export]] = {}
    rows = Export.objects.for_employer(employer).filter(candidate__in=people).select_related("connection")
    for export in rows.order_by("-pk"):
        found.setdefault(export.candidate_id, []).append(export)
    return found


def _doings(employer: Employer, people: Sequence[int]) -> dict[int, Activity]:
    """What the team did last with each."""
    turn = Window(RowNumber(), partition_by="candidate", order_by=[F("at").desc(), F("pk").desc()])
    rows = Activity.objects.filter(employer=employer, candidate__in=people).annotate(turn=turn).filter(turn=1)
    return {activity.candidate_id: activity for activity in rows.order_by().select_related("actor")}
