"""One search, answered: who is meant, and in which order. The same number of queries, however many there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from candidates.models import Candidate, Mark, MarkKind, ProfileQuerySet, SearchState
from candidates.search.matching import Named, marked, most_skills_first, named, visible, with_words, word_ranks
from candidates.search.query import Query, Sort

# So many are put in order. Nobody reads further; a search that finds more wants more words.
MOST = 500
_FOR_ALL_SKILLS, _FOR_WORDS = 10.0, 6.0
_FOR_STATE = {SearchState.ACTIVE: 1.0, SearchState.OPEN: 0.5, SearchState.NOT_LOOKING: 0.0}


class _Row(NamedTuple):
    pk: int
    search_state: str
    joined_at: datetime
    hits: int = 0


@dataclass(frozen=True)
class Results:
    """Who was found: profiles by primary key, in order, `MOST` at most."""

    query: Query
    terms: Named
    profile_ids: list[int]
    is_cut: bool
    skipped_count: int

    @property
    def count(self) -> int:
        return len(self.profile_ids)

    @property
    def unknown_skills(self) -> list[str]:
        """The skills asked for that nobody of the network names."""
        known = {name.casefold() for name in self.terms.skills.values()}
        return [name for name in self.query.skills if name.casefold() not in known]


def find(
    membership: Membership, query: Query, *, only: Q | None = None, whatever_mark_of: int | None = None
) -> Results:
    """Answer a search for a member: everybody visible to the employer whom the query means, the best or newest first.

    Shape: `only` narrows further by what this room does not know; somebody skipped is in the list all the same if
    they are the candidate `whatever_mark_of`. Four queries at most, whatever is found.
    """
    terms = named(query, membership.employer)
    everybody = visible(membership, query)
    if only is not None:
        everybody = everybody.filter(only)
    people = marked(everybody, membership, query, besides=whatever_mark_of)
    rows = _rows(people, membership, query, terms)
    return Results(
        query=query,
        terms=terms,
        profile_ids=[row.pk for row in _in_order(rows[:MOST], query)],
        is_cut=len(rows) > MOST,
        skipped_count=_skipped(with_words(everybody, query, terms), membership) if query.hides_skipped else 0,
    )


def neighbours(
    membership: Membership, query: Query, candidate: Candidate, *, only: Q | None = None
) -> tuple[Candidate | None, Candidate | None]:
    """Name who comes before and after somebody in the answer to a search; nobody twice if they are not in it."""
    ids = find(membership, query, only=only, whatever_mark_of=candidate.pk).profile_ids
    people = Candidate.objects.filter(profile__in=ids)
    try:
        at = ids.index(people.values_list("profile", flat=True).get(pk=candidate.pk))
    except (Candidate.DoesNotExist, ValueError):
        return None, None
    around = {"before": ids[at - 1] if at else None, "after": ids[at + 1] if at + 1 < len(ids) else None}
    found = {row.profile.pk: row for row in people.filter(profile__in=around.values()).select_related("profile")}
    return found.get(around["before"] or 0), found.get(around["after"] or 0)


def _rows(people: ProfileQuerySet, membership: Membership, query: Query, terms: Named) -> list[_Row]:
    """Read who is put in order: as many skills as possible first, then the newest."""
    columns = ("pk", "search_state", "joined_at")
    if query.sort == Sort.BEST and len(terms.skills) > 1 and not query.all_skills:
        return [_Row(*row) for row in most_skills_first(people, query, terms, columns, MOST + 1)]
    people = with_words(people, query, terms)
    if not query.hides_skipped:
        marks = Q(candidate__marks__membership=membership)
        rows = people.filter(marks).order_by(F("candidate__marks__at").desc(), "-pk").values_list(*columns)
    else:
        rows = people.order_by("-joined_at", "-pk").values_list(*columns)
    return [_Row(*row) for row in rows[: MOST + 1]]


def _in_order(rows: list[_Row], query: Query) -> list[_Row]:
    if query.sort != Sort.BEST:
        return rows
    ranks = word_ranks(query, [row.pk for row in rows])
    best = max(ranks.values(), default=0.0) or 1.0
    asked = len(query.skills) or 1

    def score(row: _Row) -> tuple[float, datetime, int]:
        points = (
            _FOR_ALL_SKILLS * row.hits / asked
            + _FOR_WORDS * ranks.get(row.pk, 0.0) / best
            + _FOR_STATE[SearchState(row.search_state)]
        )
        return points, row.joined_at, row.pk

    return sorted(rows, key=score, reverse=True)


def _skipped(people: ProfileQuerySet, membership: Membership) -> int:
    """Count from the marks, which are few, whatever the network holds."""
    is_one = Exists(people.filter(candidate=OuterRef("candidate")))
    return Mark.objects.order_by().filter(is_one, membership=membership, kind=MarkKind.SKIPPED).count()
