"""The search of the network as a recruiter's page shows it: each person with why, and what the team knows of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Lower, RowNumber

from accounts.models import Employer, Membership
from candidates import search
from candidates.marks import marks_of
from candidates.models import Activity, Candidate, Profile, ProfileTerm, TermKind
from candidates.search import Query, Results
from candidates.search.reasons import Names, reasons
from candidates.vocabulary import term_key
from integrations.models import Export

PER_PAGE = 15
_MOST_SKILLS = 8  # on a card


@dataclass(frozen=True)
class Found:
    """One person in the answer."""

    profile: Profile
    why: list[str]
    skills: list[tuple[str, bool]]
    mark: str
    exports: list[Export]
    last_doing: Activity | None
    facts: list[str]

    @property
    def candidate(self) -> Candidate:
        return self.profile.candidate


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
    )
    found = {profile.pk: profile for profile in profiles}
    names = _names(found)
    people = [profile.candidate_id for profile in found.values()]
    marks, exports, doings = marks_of(membership, people), _exports(employer, people), _doings(employer, people)
    asked = {term_key(name) for name in query.skills}
    return [
        Found(
            profile=(profile := found[pk]),
            why=reasons(query, profile, names[pk]),
            skills=_skills_first(names[pk], asked)[:_MOST_SKILLS],
            mark=marks.get(profile.candidate_id, ""),
            exports=exports.get(profile.candidate_id, []),
            last_doing=doings.get(profile.candidate_id),
            facts=_facts(profile, names[pk]),
        )
        for pk in profile_ids
        if pk in found
    ]


def narrowing(employer: Employer, query: Query) -> Q | None:
    """What only this room knows of a query, as a filter: who is in Greenhouse already."""
    if not query.outside:
        return None
    # Who is in its Greenhouse already is known to it, hidden or not: `for_employer` would ask the same and more.
    there = Export.objects.filter(connection__employer=employer).exclude(candidate_remote_id="")
    return ~Q(Exists(there.filter(candidate=OuterRef("candidate"))))


def _names(profile_ids: Iterable[int]) -> dict[int, Names]:
    """The names of their terms: a model, let alone a manager, for each of hundreds would cost more than the search."""
    names: dict[int, Names] = defaultdict(lambda: defaultdict(list))
    rows = ProfileTerm.objects.filter(profile__in=list(profile_ids)).order_by(Lower("term__name"), "term")
    for pk, kind, name in rows.values_list("profile", "term__kind", "term__name"):
        names[pk][kind].append(name)
    return names


def _facts(profile: Profile, names: Names) -> list[str]:
    """The line of a card that says the rest in short."""
    said = (
        profile.get_level_display(),
        profile.years_in_words,
        " or ".join(names[TermKind.LOCATION]),
        profile.get_remote_display(),
        profile.salary_in_words,
        profile.get_search_state_display(),
    )
    return [fact for fact in said if fact]


def _skills_first(names: Names, asked: set[str]) -> list[tuple[str, bool]]:
    """All skills, those asked for first: [("Python", True), ("Go", False)]."""
    skills = [(name, term_key(name) in asked) for name in names[TermKind.SKILL]]
    return sorted(skills, key=lambda skill: not skill[1])


def _exports(employer: Employer, people: Sequence[int]) -> dict[int, list[Export]]:
    """What was sent of these. None of them hides, or they would not be here: `for_employer` would ask that again."""
    found: dict[int, list[Export]] = {}
    rows = Export.objects.filter(connection__employer=employer, candidate__in=people)
    for export in rows.order_by("-pk"):
        found.setdefault(export.candidate_id, []).append(export)
    return found


def _doings(employer: Employer, people: Sequence[int]) -> dict[int, Activity]:
    """What the team did last with each."""
    turn = Window(RowNumber(), partition_by="candidate", order_by=[F("at").desc(), F("pk").desc()])
    rows = Activity.objects.filter(employer=employer, candidate__in=people).annotate(turn=turn).filter(turn=1)
    return {activity.candidate_id: activity for activity in rows.order_by().select_related("actor")}
