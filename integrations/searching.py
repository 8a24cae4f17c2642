"""What somebody typed into a search field, where anybody may write anything, as the words to look for."""

from collections.abc import Iterable

from django.db.models import Q

_LONGEST = 200  # characters
_MOST_WORDS = 6  # each is a condition of the query, and a database takes only so many
_MOST_PAGES = 100_000


def cleaned(text: str) -> str:
    """Leave what a search can hold. Shape: no NUL, which PostgreSQL cannot even be asked for; single spaces."""
    return " ".join(text.replace("\x00", "").split())[:_LONGEST]


def words_of(text: str) -> list[str]:
    """Read the first words of a search; what comes after them narrows nothing."""
    return cleaned(text).split()[:_MOST_WORDS]


def every_word(text: str, lookups: Iterable[str]) -> Q:
    """Say as a filter that every word is found by one of these lookups; an id may be written #123."""
    rule, lookups = Q(), tuple(lookups)
    for word in words_of(text):
        anywhere = Q()
        for lookup in lookups:
            anywhere |= Q(**{lookup: word.removeprefix("#") or word})
        rule &= anywhere
    return rule


def page_number(text: str) -> int:
    """Read which page of a list an address asks for; the first one for anything odd."""
    return min(int(text), _MOST_PAGES) if text.isdecimal() and len(text) < 10 else 1
