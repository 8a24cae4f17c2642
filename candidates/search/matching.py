"""Whom a query means: everybody visible, narrowed down by what it says. Every part is a filter; none is a guess."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership
from candidates.models import (
    Activity,
    ActivityKind,
    Mark,
    MarkKind,
    Profile,
    ProfileQuerySet,
    ProfileTerm,
    ProfileText,
    Remote,
    Term,
    TermKind,
)
from candidates.search import postgres, sqlite
from candidates.search.query import Place, Query, Sort
from candidates.vocabulary import term_key

_WORDS = postgres if connection.vendor == "postgresql" else sqlite
_MOST_PLACES = 200
_REMOTE = {Place.REMOTE: (Remote.ONLY, Remote.OPEN), Place.ON_SITE: (Remote.OPEN, Remote.NO)}


@dataclass(frozen=True)
class Named:
    """The terms that a query names, by primary key, as they are known here."""

    skills: dict[int, str] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)


def named(query: Query) -> Named:
    """Find the terms a query names. One query, or none."""
    skills = Q(kind=TermKind.SKILL, key__in=[term_key(name) for name in query.skills])
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


def matching(membership: Membership, query: Query, terms: Named) -> ProfileQuerySet:
    """Everybody whom the member's employer may see and the query means, whatever the member's marks."""
    people = Profile.objects.visible_to(membership.employer).order_by()
    people = people.filter(_plain(query), _salary(query))
    for asked, found, all_of in (
        (query.skills, terms.skills, query.all_skills),
        (query.locations, terms.locations, False),
        (query.values, terms.values, False),
    ):
        if asked:
            people = _with_terms(people, list(found), needed=len(asked) if all_of else 1)
    if query.uncontacted:
        mailed = Activity.objects.filter(employer=membership.employer, kind=ActivityKind.EMAILED)
        people = people.filter(~Exists(mailed.filter(candidate=OuterRef("candidate"))))
    return _with_words(people, query)


def marked(people: ProfileQuerySet, membership: Membership, query: Query, *, besides: int | None) -> ProfileQuerySet:
    """Keep those whom the member's marks put into this list: the marked ones, or all who are not skipped.

    Shape: `besides` is a candidate who stays, whatever their mark.
    """
    kind = MarkKind.BOOKMARKED if query.sort == Sort.BOOKMARKED else MarkKind.SKIPPED
    marks = Exists(Mark.objects.filter(membership=membership, kind=kind, candidate=OuterRef("candidate")))
    kept = ~marks if query.hides_skipped else Q(marks)
    return people.filter(kept | Q(candidate=besides) if besides else kept)


def holding_words(query: Query) -> QuerySet[ProfileText] | None:
    wanted = [clause for clause in query.clauses if not clause.is_excluded]
    return _WORDS.holding(wanted, joined_by="AND") if wanted else None


def word_ranks(query: Query, profile_ids: list[int]) -> dict[int, float]:
    """How well the words of the query fit each of these people; empty where no words are asked for. One query."""
    wanted = [clause for clause in query.clauses if not clause.is_excluded]
    return _WORDS.ranks(wanted, profile_ids) if wanted and profile_ids else {}


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


def _with_terms(people: ProfileQuerySet, term_ids: list[int], *, needed: int) -> ProfileQuerySet:
    if needed > len(term_ids):
        return people.none()
    having = ProfileTerm.objects.order_by()
    if needed == 1:
        return people.filter(pk__in=having.filter(term__in=term_ids).values("profile"))
    for pk in term_ids:
        people = people.filter(pk__in=having.filter(term=pk).values("profile"))
    return people


def _with_words(people: ProfileQuerySet, query: Query) -> ProfileQuerySet:
    excluded = [clause for clause in query.clauses if clause.is_excluded]
    held = holding_words(query)
    if held is not None:
        people = people.filter(pk__in=held.values("pk"))
    if excluded:
        people = people.exclude(pk__in=_WORDS.holding(excluded, joined_by="OR").values("pk"))
    return people
