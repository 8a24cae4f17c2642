"""Keep the words of profiles where the search finds them. A profile that is deleted takes its words along."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from candidates.models import Profile, ProfileTerm, ProfileText, TermKind
from candidates.search.words import fold, term_word

AT_ONCE = 500
MOST_CHARACTERS = 50_000  # of a résumé; PostgreSQL takes a megabyte of words
_SAID = {
    "headline": ("candidate__first_name", "candidate__last_name", "current_title", TermKind.SKILL),
    "about": ("current_company", TermKind.POSITION, "summary"),
    "wishes": (TermKind.LOCATION, TermKind.VALUE, TermKind.INTEREST),
    "resume": ("resume__words__text",),
}
_WORDS = "words"
_COLUMNS = [name for names in _SAID.values() for name in names if not isinstance(name, TermKind)]


def refresh(profile_ids: Iterable[int]) -> None:
    """Read these profiles again; whoever saved one, or its terms, name or résumé, calls this afterwards.

    Effects: a transaction of four statements for each 500. Repeat: harmless, also in the middle of a saving.
    """
    for ids in _chunks(profile_ids):
        with transaction.atomic():
            _refresh(ids)


def _refresh(ids: Sequence[int]) -> None:
    now = timezone.now()
    # Touching the rows locks them on PostgreSQL: whoever reads a profile while it is being saved would else write the
    # older words over the newer ones. On SQLite the transaction itself is the lock.
    Profile.objects.filter(pk__in=ids).update(joined_at=F("joined_at"))
    terms = _terms(ids)
    rows = Profile.objects.order_by().filter(pk__in=ids).values("pk", *_COLUMNS)
    ProfileText.objects.bulk_create(
        [ProfileText(profile_id=row["pk"], indexed_at=now, **_texts(row, terms[row["pk"]])) for row in rows],
        update_conflicts=True,
        unique_fields=["profile"],
        update_fields=[*_SAID, "indexed_at"],
    )


def stale(limit: int) -> list[int]:
    """Profiles that were changed after the search last read them, or that it has never read."""
    changed = Q(updated_at__gt=F("text__indexed_at")) | Q(candidate__updated_at__gt=F("text__indexed_at"))
    rows = Profile.objects.order_by("pk").filter(Q(text=None) | changed)
    return list(rows.values_list("pk", flat=True)[:limit])


def _chunks(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    each = sorted(set(ids))
    return (each[start : start + AT_ONCE] for start in range(0, len(each), AT_ONCE))


@lru_cache(maxsize=10_000)  # thousands share a skill
def _folded(name: str) -> str:
    return fold(name)


def _terms(profile_ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """The names of their terms by kind, as they are compared, and under `_WORDS` the words that stand for them."""
    terms: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = ProfileTerm.objects.filter(profile__in=profile_ids).order_by("pk")
    for pk, kind, name, term in rows.values_list("profile", "term__kind", "term__name", "term"):
        terms[pk][kind].append(_folded(name))
        terms[pk][_WORDS].append(term_word(term))
    return terms


def _texts(row: dict[str, Any], terms: dict[str, list[str]]) -> dict[str, str]:
    def said(name: str) -> Iterator[str]:
        if isinstance(name, TermKind):
            yield from terms[name]
        else:
            yield fold((row[name] or "")[:MOST_CHARACTERS])

    texts = {column: " ".join(text for name in names for text in said(name)) for column, names in _SAID.items()}
    return texts | {"wishes": " ".join([texts["wishes"], *terms[_WORDS]])}
