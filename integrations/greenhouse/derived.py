"""What several records of the career site tell together. Pure functions: no I/O, no queries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from integrations.models import GreenhouseName
from jobs.pay import PayPeriod
from jobs.places import says_remote

_KIND_OF_PLACE = {"office": GreenhouseName.Kind.OFFICE, "custom_list": GreenhouseName.Kind.CUSTOM_LOCATION}
_YES = frozenset({"yes", "true", "1", "y"})
_CURRENCY = re.compile(r"[A-Z]{3}")
_PERIODS = (
    (PayPeriod.HOUR, re.compile(r"\bhour(?:s|ly)?\b|/ ?hr?\b|\bper hr\b", re.IGNORECASE)),
    (PayPeriod.DAY, re.compile(r"\bdaily\b|\b(?:per|a) day\b|\bday rate\b|/ ?day\b", re.IGNORECASE)),
    (PayPeriod.WEEK, re.compile(r"\bweek(?:s|ly)?\b", re.IGNORECASE)),
    (PayPeriod.MONTH, re.compile(r"\bmonth(?:s|ly)?\b|/ ?mo\b", re.IGNORECASE)),
)


class Name(NamedTuple):
    """What stands behind an id; `parent` and `position` as in `GreenhouseName`."""

    text: str
    parent: str = ""
    position: int = 0


Names = Mapping[tuple[str, str], Name]
_NOBODY = Name("")


class Place(NamedTuple):
    """What of a post's location makes its text, in the order of the columns it is read from."""

    kind: str
    name_remote_id: str
    text: str


class Range(NamedTuple):
    """What a pay input says of a post, in the order of the columns it is read from."""

    input_remote_id: str
    min_cents: int
    max_cents: int
    currency: str


def places_of(places: Iterable[Place], names: Names) -> list[str]:
    """Return the places of one post as text, in the order given and each once (contract §6.2)."""
    texts: dict[str, None] = {}
    for place in places:
        kind = _KIND_OF_PLACE.get(place.kind)
        text = names.get((kind, place.name_remote_id), _NOBODY).text if kind else place.text
        texts[(text or place.text).strip()] = None
    return [text for text in texts if text]


def department_path(remote_id: str, names: Names) -> list[str]:
    """Return the names from the top department down to this one; a tree that bites its tail is cut there."""
    path: list[str] = []
    seen: set[str] = set()
    while remote_id and remote_id not in seen:
        seen.add(remote_id)
        name = names.get((GreenhouseName.Kind.DEPARTMENT, remote_id), _NOBODY)
        path.append(name.text)
        remote_id = name.parent
    return [text for text in reversed(path) if text]


def custom_text(custom_fields: Mapping[str, Sequence[str]], key: str) -> str:
    """Return the text of one custom field, as `mapping.readable_fields` wrote it; empty if it is not there."""
    entry = custom_fields.get(key) if key else None
    return entry[1] if entry else ""


def is_remote(places: Sequence[str], said: str) -> bool:
    """Tell whether people may work from anywhere: by what the employer's own field says, else by every place's words.

    Shape: `said` is the field's text, empty where the employer chose no field or did not fill it in.
    """
    if said:
        return said.casefold() in _YES or says_remote(said)
    return bool(places) and all(says_remote(place) for place in places)


def pay_ranges(ranges: Iterable[Range], names: Names) -> list[dict[str, Any]]:
    """Return what a post says of pay, the main one first: title, ends in cents, currency and period.

    Left out: what nobody filled in, and amounts without a currency that we could name. An end of 0 is open.
    """
    inputs = [(names.get((GreenhouseName.Kind.PAY_INPUT, one.input_remote_id), _NOBODY), one) for one in ranges]
    told = sorted(
        ((name, one) for name, one in inputs if (one.min_cents or one.max_cents) and _CURRENCY.fullmatch(one.currency)),
        key=lambda pair: (pair[0] is _NOBODY, pair[0].position),
    )
    return [
        {
            "title": name.text,
            "min_cents": one.min_cents or None,
            "max_cents": one.max_cents or None,
            "currency": one.currency,
            "period": pay_period(name.text).value,
        }
        for name, one in told
    ]


def pay_period(title: str) -> PayPeriod:
    """Read from the title of a pay input what the pay is for; a year unless it says otherwise."""
    return next((period for period, words in _PERIODS if words.search(title)), PayPeriod.YEAR)
