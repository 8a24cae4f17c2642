"""Whom a query means: everybody visible, narrowed down by what it says. Every part is a filter; none is a guess."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Employer, Membership
from candidates.models import (
    Activity,
    ActivityKind,
    Mark,
    MarkKind,
    Profile,
    ProfileQuerySet,
    ProfileTerm,
    Remote,
    Term,
    TermKind,
)
from candidates.search import postgres, sqlite
from candidates.search.query import Place, Query, Sort
from candidates.search.words import Clause, term_word
from candidates.vocabulary import term_key

_ENGINE = postgres if connection.vendor == "postgresql" else sqlite
_MOST_PLACES = 200
_REMOTE = {Place.REMOTE: (Remote.ONLY, Remote.OPEN), Place.ON_SITE: (Remote.OPEN, Remote.NO)}


@dataclass(frozen=True)
class Named:
    """The terms that a query names, by primary key, as they are known here."""

    skills: dict[int, str] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)


def named(query: Query, employer: Employer) -> Named:
    """Find the terms a query names. One query, or none.

    A skill of people alone whom the employer does not see is none: what they call one may tell who they are.
    """
    seen = ProfileTerm.objects.filter(term=OuterRef("pk"), profile__in=Profile.objects.visible_to(employer))
    skills = Q(Exists(seen), kind=TermKind.SKILL, key__in=[term_key(name) for name in query.skills])
    values = Q(kind=TermKind.VALUE, key__in=[term_key(name) for name in query.values])
    rule = Q()
    for chosen, part in ((query.skills, skills), (query.values, values)):
        rule |= part if chosen else Q()
    for name in query.locations:  # Berlin is also "Berlin, Germany", and York is also "New York"
        key = term_key(name)
        rule |= Q(kind=TermKind.LOCATION) & (Q(key__startswith=key) | Q(key__contains=f" {key}"))
    found: dict[str, dict[int, str]] = defaultdict(dict)
    if rule:
        for pk, kind, name in Term.objects.filter(rule).order_by().values_list("pk", "kind", "name")[:_MOST_PLACES]:
            found[kind][pk] = name
    return Named(found[TermKind.SKILL], found[TermKind.LOCATION], found[TermKind.VALUE])


def visible(membership: Membership, query: Query) -> ProfileQuerySet:
    """Everybody whom the member's employer may see and the query means, words and terms aside."""
    people = Profile.objects.visible_to(membership.employer).order_by()
    people = people.filter(_plain(query), _salary(query))
    if query.uncontacted:
        mailed = Activity.objects.filter(employer=membership.employer, kind=ActivityKind.EMAILED)
        people = people.filter(~Exists(mailed.filter(candidate=OuterRef("candidate"))))
    excluded = [clause for clause in query.clauses if clause.is_excluded]
    if excluded:
        people = people.filter(pk__in=_ENGINE.lacking(excluded).values("pk"))
    return people


def with_words(people: ProfileQuerySet, query: Query, terms: Named) -> ProfileQuerySet:
    """Keep those with the words and the terms of the query: one question to one index."""
    wanted = [*_words(query), *_skills(query, terms), *_other_terms(query, terms)]
    if not all(clause.any_of for clause in wanted):  # a term that nobody names
        return people.none()
    return people.filter(pk__in=_ENGINE.holding(wanted, joined_by="AND").values("pk")) if wanted else people


def marked(people: ProfileQuerySet, membership: Membership, query: Query, *, besides: int | None) -> ProfileQuerySet:
    """Keep those whom the member's marks put into this list: the marked ones, or all who are not skipped.

    Shape: `besides` is a candidate who stays, whatever their mark.
    """
    kind = MarkKind.BOOKMARKED if query.sort == Sort.BOOKMARKED else MarkKind.SKIPPED
    marks = Exists(Mark.objects.filter(membership=membership, kind=kind, candidate=OuterRef("candidate")))
    kept = ~marks if query.hides_skipped else Q(marks)
    return people.filter(kept | Q(candidate=besides) if besides else kept)


def most_skills_first(
    people: ProfileQuerySet, query: Query, terms: Named, columns: Sequence[str], limit: int
) -> list[Any]:
    """Read those with words and terms, and how many of the skills they have: the most first, then the newest."""
    besides = [*_words(query), *_other_terms(query, terms)]
    if not all(clause.any_of for clause in besides):
        return []
    return list(_ENGINE.most_words_first(people, [term_word(pk) for pk in terms.skills], besides, columns, limit))


def word_ranks(query: Query, profile_ids: list[int]) -> dict[int, float]:
    """How well the words of the query fit each of these people; empty where no words are asked for. One query."""
    wanted = _words(query)
    return _ENGINE.ranks(wanted, profile_ids) if wanted and profile_ids else {}


def _plain(query: Query) -> Q:
    """What the profile's own columns tell. Whoever says nothing of their years or level is not among these."""
    rule = Q()
    if query.remote:
        rule &= Q(remote__in=_REMOTE[Place(query.remote)])
    if query.levels:
        rule &= Q(level__in=query.levels)
    if query.states:
        rule &= Q(search_state__in=query.states)
    if query.years_min is not None:
        rule &= Q(years__gte=query.years_min)
    if query.years_max is not None:
        rule &= Q(years__lte=query.years_max)
    if query.joined:
        rule &= Q(joined_at__gte=timezone.now() - timedelta(days=int(query.joined)))
    return rule


def _salary(query: Query) -> Q:
    """Whoever would come for so much, and whoever has not said: two currencies cannot be compared."""
    if query.salary is None:
        return Q()
    unsaid = Q(salary_min=None, salary_max=None)
    enough = Q(salary_min__lte=query.salary) | Q(salary_min=None)
    return unsaid | Q(salary_currency=query.currency) & enough


def _words(query: Query) -> list[Clause]:
    return [clause for clause in query.clauses if not clause.is_excluded]


def _skills(query: Query, terms: Named) -> Iterator[Clause]:
    if query.skills and query.all_skills:
        yield from (Clause(((term_word(pk),),)) for pk in terms.skills)
        if len(terms.skills) < len(query.skills):
            yield Clause(())
    elif query.skills:
        yield _any_of(terms.skills)


def _other_terms(query: Query, terms: Named) -> Iterator[Clause]:
    if query.locations:
        yield _any_of(terms.locations)
    if query.values:
        yield _any_of(terms.values)


def _any_of(term_ids: Iterable[int]) -> Clause:
    return Clause(tuple((term_word(pk),) for pk in term_ids))
