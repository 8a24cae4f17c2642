"""Words in SQLite: its FTS5, over the virtual table that triggers fill (`0011_profile_texts`)."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from candidates.models import ProfileText
from candidates.search.words import Clause

_MATCH = "SELECT rowid FROM candidates_profiletext_words WHERE candidates_profiletext_words MATCH %s"
# The weights are of headline, about and wishes; as in PostgreSQL, the résumé finds people, but does not rank them.
_RANK = """
    SELECT rowid, -bm25(candidates_profiletext_words, 10.0, 4.0, 2.0, 0.0) FROM candidates_profiletext_words
    WHERE candidates_profiletext_words MATCH %s
"""


def holding(clauses: Sequence[Clause], *, joined_by: str) -> QuerySet[ProfileText]:
    """The texts in which everything that is asked for stands, or anything of it, by `joined_by`: AND or OR."""
    found = RawSQL(_MATCH, (_question(clauses, joined_by),))  # noqa: S611 - no quotation mark gets in
    return ProfileText.objects.order_by().filter(pk__in=found)


def ranks(clauses: Sequence[Clause], profile_ids: Sequence[int]) -> dict[int, float]:
    """How well each of these fits, the more the better; by skills and title most, by the résumé not at all."""
    with connection.cursor() as cursor:
        cursor.execute(_RANK, (_question(clauses, "OR"),))
        rows = dict(cursor.fetchall())
    return {pk: rows.get(pk, 0.0) for pk in profile_ids}


def _question(clauses: Iterable[Clause], joined_by: str) -> str:
    """Write clauses as an FTS5 query. Words are letters and digits alone, so nothing ends a quotation."""
    return f" {joined_by} ".join(
        "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in clause.any_of) + ")" for clause in clauses
    )
