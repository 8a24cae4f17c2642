"""Words in PostgreSQL: its own full-text search, over the columns that it generates (`0011_profile_texts`)."""

from collections.abc import Iterable, Sequence

from django.db.models import BooleanField, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from candidates.models import ProfileText
from candidates.search.words import Clause

_HOLDS = "search_words @@ to_tsquery('english', %s)"
_RANK = "ts_rank(search_top, to_tsquery('english', %s))"


def holding(clauses: Sequence[Clause], *, joined_by: str) -> QuerySet[ProfileText]:
    """The texts in which everything that is asked for stands, or anything of it, by `joined_by`: AND or OR."""
    holds = RawSQL(_HOLDS, (_question(clauses, joined_by),), BooleanField())  # noqa: S611 - no operator gets in
    return ProfileText.objects.order_by().alias(holds=holds).filter(holds=True)


def ranks(clauses: Sequence[Clause], profile_ids: Sequence[int]) -> dict[int, float]:
    """How well each of these fits, the more the better; by skills and title most, by the résumé not at all."""
    rank = RawSQL(_RANK, (_question(clauses, "OR"),), FloatField())  # noqa: S611
    rows = ProfileText.objects.order_by().filter(profile__in=profile_ids).annotate(rank=rank)
    return dict(rows.values_list("pk", "rank"))


def _question(clauses: Iterable[Clause], joined_by: str) -> str:
    """Write clauses as a tsquery. Words are letters and digits alone, so nothing in them is an operator."""
    return {"AND": " & ", "OR": " | "}[joined_by].join(
        "(" + " | ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + ")" for phrase in clause.any_of) + ")"
        for clause in clauses
    )
