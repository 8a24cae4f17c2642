"""People made up of pieces of others: enough of them to measure with. No rows."""

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from candidates.making.person import Person
from candidates.models import TermKind

# Nobody can have an address here: .example is reserved (RFC 2606).
DOMAIN = "made.example"
_OF_A_PLACE = ("remote", "salary_min", "salary_max", "salary_currency")
_OF_A_MOOD = ("search_state", "can_be_sent")
_OF_NOBODY = ("linkedin_url", "github_url", "portfolio_url")
MOST_YEARS = 40


def variations(people: Sequence[Person], *, count: int, first: int = 0, seed: int = 1) -> Iterator[Person]:
    """Yield so many people, none alike: the career of one, names of two more, place, interests and mood of others.

    Shape: `first` is the number that the first address begins to count from.
    Repeat: the same people for the same seed and `first`.
    """
    chance = random.Random(f"{seed}:{first}")  # noqa: S311 - nothing secret hangs on it
    for number in range(first, first + count):
        yield _variation(chance, people, number)


def _variation(chance: random.Random, people: Sequence[Person], number: int) -> Person:
    career, first, last, place, taste, mood = (chance.choice(people) for _ in range(6))
    fields = {name: value for name, value in career.fields.items() if name not in _OF_NOBODY}
    _take(fields, place.fields, _OF_A_PLACE)
    _take(fields, mood.fields, _OF_A_MOOD)
    if years := fields.get("years"):
        fields["years"] = min(MOST_YEARS, max(0, years + chance.randint(-2, 3)))
    skills = [*career.names[TermKind.SKILL], chance.choice(chance.choice(people).names[TermKind.SKILL])]
    names = {
        **taste.names,
        TermKind.POSITION: career.names[TermKind.POSITION],
        TermKind.SKILL: list(dict.fromkeys(skills)),
        TermKind.LOCATION: place.names[TermKind.LOCATION],
    }
    return replace(
        career,
        email=f"{_address(first.first_name)}.{_address(last.last_name)}.{number}@{DOMAIN}",
        first_name=first.first_name,
        last_name=last.last_name,
        fields=fields,
        names=names,
        hidden_from=mood.hidden_from,
    )


def _take(fields: dict[str, Any], others: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        fields.pop(name, None)
        if name in others:
            fields[name] = others[name]


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", plain) or "somebody"
