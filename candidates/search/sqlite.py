"""Words in SQLite: its FTS5, over the virtual table that triggers fill (`0011_profile_texts`)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from candidates.models import ProfileQuerySet, ProfileText
from candidates.search.words import Clause

_MATCH = "SELECT rowid FROM candidates_profiletext_words WHERE candidates_profiletext_words MATCH %s"
# The weights are of headline, about and wishes; as in PostgreSQL, the résumé finds people, but does not rank them.
_RANK = """
    SELECT rowid, -bm25(candidates_profiletext_words, 10.0, 4.0, 2.0, 0.0) FROM candidates_profiletext_words
    WHERE candidates_profiletext_words MATCH %s
"""


def holding(clauses: Sequence[Clause], *, joined_by: str) -> QuerySet[ProfileText]:
    """The texts in which everything that is asked for stands, or anything of it, by `joined_by`: AND or OR."""
    return _texts(_question(clauses, joined_by))


def lacking(clauses: Sequence[Clause]) -> QuerySet[ProfileText]:
    """The texts in which nothing of it stands."""
    return ProfileText.objects.order_by().exclude(pk__in=holding(clauses, joined_by="OR").values("pk"))


def ranks(clauses: Sequence[Clause], profile_ids: Sequence[int]) -> dict[int, float]:
    """How well each of these fits, the more the better; by skills and title most, by the résumé not at all."""
    with connection.cursor() as cursor:
        cursor.execute(_RANK, (_question(clauses, "OR"),))
        rows = dict(cursor.fetchall())
    return {pk: rows.get(pk, 0.0) for pk in profile_ids}


def most_words_first(
    people: ProfileQuerySet, words: Sequence[str], besides: Sequence[Clause], columns: Sequence[str], limit: int
) -> QuerySet[Any, Any]:
    """Those with the most of these words first, then the newest, with the number as the last column; `besides` is
    what must be there in any case.
    """
    if besides:
        people = people.filter(pk__in=holding(besides, joined_by="AND").values("pk"))
    has = (Case(When(pk__in=_texts(f'"{word}"').values("pk"), then=1), default=0) for word in words)
    hits = sum(has, start=Value(0, IntegerField()))
    rows = people.annotate(hits=hits).filter(hits__gt=0)
    return rows.order_by("-hits", "-joined_at", "-pk").values_list(*columns, "hits")[:limit]


def _texts(question: str) -> QuerySet[ProfileText]:
    found = RawSQL(_MATCH, (question,))  # noqa: S611 - no quotation mark gets in
    return ProfileText.objects.order_by().filter(pk__in=found)


def _question(clauses: Iterable[Clause], joined_by: str) -> str:
    """Write clauses as an FTS5 query. Words are letters and digits alone, so nothing ends a quotation."""
    return f" {joined_by} ".join(
        "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in clause.any_of) + ")" for clause in clauses
    )
