"""What the columns of a file of people mean, and what is wrong in a cell, in plain words. No rows."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from candidates.forms import LinkField
from candidates.making.person import Person
from candidates.models import Level, Remote, SearchState, TermKind, company_key
from candidates.vocabulary import (
    CURRENCIES,
    FIXED,
    MAX_COMPANIES,
    MAX_LOCATIONS,
    MAX_NAME,
    MAX_SALARY,
    MAX_SKILLS,
    MAX_SUMMARY,
    term_key,
)

_GROUPED = re.compile(r"\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+")
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}


class Problem(NamedTuple):
    """What is wrong in one cell of a row; no column where it is wrong with all of it."""

    column: str
    reason: str


class Column(NamedTuple):
    """One column of the file: what reads a cell, and what it says, for the page that explains the file."""

    read: Callable[[str], Any]
    says: str


def person_of(cells: Mapping[str, str]) -> tuple[Person | None, list[Problem]]:
    """Read one row; without problems there is a person.

    Shape: `cells` by the names in `COLUMNS`, empty or left out where nothing is said; others are not looked at.
    """
    values: dict[str, Any] = {}
    problems = []
    for name, column in COLUMNS.items():
        try:
            values[name] = column.read(cells.get(name, ""))
        except ValidationError as exc:
            problems.append(Problem(name, " ".join(exc.messages)))
    if not problems:
        problems = _salary_problems(values)
    return (None, problems) if problems else (_person(values), [])


def _person(values: dict[str, Any]) -> Person:
    kinds = {
        TermKind.SKILL: "skills",
        TermKind.POSITION: "positions",
        TermKind.VALUE: "values",
        TermKind.INTEREST: "interests",
        TermKind.LOCATION: "locations",
    }
    return Person(
        email=values["email"],
        first_name=values["first_name"],
        last_name=values["last_name"],
        # Of whom the file says nothing, whatever was known or usual stays.
        fields={field: values[name] for name, field in _FIELDS.items() if values[name] not in ("", None)},
        names={kind: values[name] for kind, name in kinds.items()},
        hidden_from=values["hidden_from"],
    )


def _salary_problems(values: dict[str, Any]) -> list[Problem]:
    least, most, currency = (values[name] for name in ("salary_min", "salary_max", "salary_currency"))
    if least is not None and most is not None and least > most:
        return [Problem("salary_max", "This is less than salary_min.")]
    if not currency and (least is not None or most is not None):
        return [Problem("salary_currency", "Say in which currency, for example EUR.")]
    return []


def _line(*, most: int, needed: str = "") -> Callable[[str], Any]:
    field = forms.CharField(
        max_length=most,
        required=bool(needed),
        error_messages={"required": needed, "max_length": f"This is too long. Enter at most {most} characters."},
    )
    return lambda text: field.clean(" ".join(text.split()))


def _summary(text: str) -> Any:
    return _SUMMARY.clean(text.replace("\r\n", "\n"))


def _email(text: str) -> Any:
    return _EMAIL.clean(text).lower()


def _choice(choices: type[TextChoices]) -> Callable[[str], Any]:
    """By its value or as the pages call it, in any case."""
    known = {_plain(word): member.value for member in choices for word in (member.value, member.label)}

    def read(text: str) -> str:
        if not text.strip():
            return ""
        if _plain(text) not in known:
            raise ValidationError(f"“{text.strip()[:40]}” is none of these: {', '.join(choices.labels)}.")
        return known[_plain(text)]

    return read


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip().casefold()))


def _names(*, most: int, longest: int = MAX_NAME, between: str = r"[;,\n]") -> Callable[[str], list[str]]:
    """Several short names in one cell; each once, in their order."""

    def read(text: str) -> list[str]:
        names: dict[str, str] = {}
        for part in re.split(between, text):
            if name := " ".join(part.split()):
                names.setdefault(name.casefold(), name)
        if len(names) > most:
            raise ValidationError(f"These are {len(names)}. Enter at most {most}.")
        for name in names.values():
            if len(name) > longest:
                raise ValidationError(f"“{name[:30]}…” is too long for one of them. Put ; in between.")
        return list(names.values())

    return read


def _fixed(kind: TermKind) -> Callable[[str], Any]:
    read_names = _names(most=len(FIXED[kind]))
    known = {term_key(name): name for name in FIXED[kind]}

    def read(text: str) -> list[str]:
        names = read_names(text)
        for name in names:
            if term_key(name) not in known:
                raise ValidationError(f"“{name[:40]}” is none of these: {', '.join(known.values())}.")
        return [known[term_key(name)] for name in names]

    return read


def _number(*, most: int, unit: str) -> Callable[[str], Any]:
    def read(text: str) -> int | None:
        digits = re.sub(r"\D", "", text) if _GROUPED.fullmatch(text.strip()) else text.strip()
        if not digits:
            return None
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
            raise ValidationError(f"“{text.strip()[:20]}” is not a whole number.")
        if int(digits) > most:
            raise ValidationError(f"Enter at most {most} {unit}.")
        return int(digits)

    return read


def _currency(text: str) -> str:
    code = text.strip().upper()
    if code and code not in CURRENCIES:
        raise ValidationError(f"“{code[:10]}” is no currency. Write its three letters, for example EUR.")
    return code


def _yes_or_no(text: str) -> bool | None:
    word = text.strip().casefold()
    if not word:
        return None
    if word not in _YES | _NO:
        raise ValidationError("Enter yes or no.")
    return word in _YES


def _companies(text: str) -> list[str]:
    names = _COMPANIES(text)
    for name in names:
        # Never left out in silence: who thinks to be hidden must be.
        if not company_key(name):
            raise ValidationError(f"“{name[:60]}” is no name or web address of a company.")
    return names


_EMAIL = forms.EmailField(
    max_length=254,
    error_messages={
        "required": "There is no address. It is how people are told apart.",
        "invalid": "This is not an email address.",
    },
)
_SUMMARY = forms.CharField(
    required=False,
    max_length=MAX_SUMMARY,
    error_messages={"max_length": f"This is too long. Enter at most {MAX_SUMMARY} characters."},
)
_LINK = LinkField(label="web", example="ada.example", max_length=190)
# A comma may belong to the name: "Acme, Inc."
_COMPANIES = _names(most=MAX_COMPANIES, longest=200, between=r"[;\n]")
COLUMNS: dict[str, Column] = {
    "first_name": Column(_line(most=150, needed="There is no first name."), "Needed"),
    "last_name": Column(_line(most=150, needed="There is no last name."), "Needed"),
    "email": Column(_email, "Needed; one person each"),
    "pronouns": Column(_line(most=40), "she/her"),
    "title": Column(_line(most=200), "What they do"),
    "company": Column(_line(most=200), "Where they work"),
    "summary": Column(_summary, f"At most {MAX_SUMMARY} characters"),
    "linkedin": Column(_LINK.clean, "A web address"),
    "github": Column(_LINK.clean, "A web address"),
    "portfolio": Column(_LINK.clean, "A web address"),
    "skills": Column(_names(most=MAX_SKILLS), f"Up to {MAX_SKILLS}, with ; between them"),
    "positions": Column(_fixed(TermKind.POSITION), ", ".join(FIXED[TermKind.POSITION])),
    "values": Column(_fixed(TermKind.VALUE), ", ".join(FIXED[TermKind.VALUE])),
    "interests": Column(_fixed(TermKind.INTEREST), ", ".join(FIXED[TermKind.INTEREST])),
    "locations": Column(_names(most=MAX_LOCATIONS), f"Up to {MAX_LOCATIONS} cities or countries, with ; between them"),
    "remote": Column(_choice(Remote), ", ".join(Remote.labels)),
    "level": Column(_choice(Level), ", ".join(Level.labels)),
    "years": Column(_number(most=60, unit="years"), "Of experience"),
    "salary_min": Column(_number(most=MAX_SALARY, unit="a year"), "A year, a whole number"),
    "salary_max": Column(_number(most=MAX_SALARY, unit="a year"), "A year, a whole number"),
    "salary_currency": Column(_currency, "Three letters, for example EUR"),
    "search_state": Column(_choice(SearchState), ", ".join(SearchState.labels)),
    "hidden_from": Column(
        _companies, f"Up to {MAX_COMPANIES} companies that must not see them, by name or web address, with ; between"
    ),
    "can_be_sent": Column(_yes_or_no, "yes or no: employers may put them into their hiring software"),
}
# Column of the file -> column of `Profile`, where it is one.
_FIELDS = {
    "pronouns": "pronouns",
    "title": "current_title",
    "company": "current_company",
    "summary": "summary",
    "linkedin": "linkedin_url",
    "github": "github_url",
    "portfolio": "portfolio_url",
    "remote": "remote",
    "level": "level",
    "years": "years",
    "salary_min": "salary_min",
    "salary_max": "salary_max",
    "salary_currency": "salary_currency",
    "search_state": "search_state",
    "can_be_sent": "can_be_sent",
}
