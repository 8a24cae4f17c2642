"""Words in PostgreSQL: its own full-text search, over the columns that it generates (`0011_profile_texts`)."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from django.db.models import BooleanField, FloatField, IntegerField, QuerySet, Value
from django.db.models.expressions import RawSQL

from candidates.models import ProfileQuerySet, ProfileText
from candidates.search.words import Clause

_HOLDS = "search_words @@ to_tsquery('english', %s)"
_RANK = "ts_rank(search_top, to_tsquery('english', %s))"


def holding(clauses: Sequence[Clause], *, joined_by: str) -> QuerySet[ProfileText]:
    """The texts in which everything that is asked for stands, or anything of it, by `joined_by`: AND or OR."""
    return _texts(_question(clauses, joined_by))


def lacking(clauses: Sequence[Clause]) -> QuerySet[ProfileText]:
    """The texts in which nothing of it stands."""
    return _texts(f"!({_question(clauses, 'OR')})")


def ranks(clauses: Sequence[Clause], profile_ids: Sequence[int]) -> dict[int, float]:
    """How well each of these fits, the more the better; by skills and title most, by the résumé not at all."""
    rank = RawSQL(_RANK, (_question(clauses, "OR"),), FloatField())  # noqa: S611 - no operator gets in
    rows = ProfileText.objects.order_by().filter(profile__in=profile_ids).annotate(rank=rank)
    return dict(rows.values_list("pk", "rank"))


def most_words_first(
    people: ProfileQuerySet, words: Sequence[str], besides: Sequence[Clause], columns: Sequence[str], limit: int
) -> QuerySet[Any, Any]:
    """Those with the most of these words first, then the newest, with the number as the last column; `besides` is
    what must be there in any case.

    Whoever has all, then whoever has all but one, and so on: each is a question to the index, and none is asked any
    more once there are enough. To count the words of everybody who has one would take as long as there are people.
    """
    others = [_question([clause], "AND") for clause in besides]
    by_count = [
        people.filter(pk__in=_texts(" & ".join([*others, _exactly(words, count)])).values("pk"))
        .annotate(hits=Value(count, IntegerField()))
        .order_by("-joined_at", "-pk")
        .values_list(*columns, "hits")[:limit]
        for count in range(len(words), 0, -1)
    ]
    # PostgreSQL takes parts with a limit one after the other, and stops when the whole has its own.
    return by_count[0].union(*by_count[1:], all=True)[:limit]


def _texts(question: str) -> QuerySet[ProfileText]:
    holds = RawSQL(_HOLDS, (question,), BooleanField())  # noqa: S611 - no operator gets in
    return ProfileText.objects.order_by().alias(holds=holds).filter(holds=True)


def _question(clauses: Iterable[Clause], joined_by: str) -> str:
    """Write clauses as a tsquery. Words are letters and digits alone, so nothing in them is an operator."""
    return {"AND": " & ", "OR": " | "}[joined_by].join(
        "(" + " | ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + ")" for phrase in clause.any_of) + ")"
        for clause in clauses
    )


def _exactly(words: Sequence[str], count: int) -> str:
    not_more = f" & !({_at_least(words, count + 1)})" if count < len(words) else ""
    return f"({_at_least(words, count)}){not_more}"


def _at_least(words: Sequence[str], count: int) -> str:
    return " | ".join("(" + " & ".join(chosen) + ")" for chosen in combinations(words, count))
