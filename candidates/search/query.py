"""What a recruiter looks for, as an address says it. Anybody may write anything there; what is odd asks for nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.http import urlencode

from candidates.models import Level, SearchState
from candidates.search.words import Clause, parse
from candidates.vocabulary import MAX_NAME, VALUES, term_key
from jobs.pay import COMMON_CURRENCIES, OTHER_CURRENCIES

LONGEST_TEXT, MOST_NAMES = 200, 12
MOST_SKILLS = 6  # of which all combinations are still a short question
_MOST_DIGITS = 9  # what a column of salaries holds for certain
_CURRENCIES = {*COMMON_CURRENCIES, *OTHER_CURRENCIES}


class Sort(models.TextChoices):
    """In which order people come; the last two are the recruiter's own marks alone."""

    BEST = "best", "Best match"
    NEWEST = "newest", "Newest"
    BOOKMARKED = "bookmarked", "Bookmarked"
    SKIPPED = "skipped", "Skipped"


class Place(models.TextChoices):
    """Where the work is to be done."""

    REMOTE = "remote", "Remote"
    ON_SITE = "on_site", "On site"


class Joined(models.TextChoices):
    """How many days ago somebody joined at most."""

    WEEK = "7", "In the last 7 days"
    MONTH = "30", "In the last 30 days"
    QUARTER = "90", "In the last 90 days"
    YEAR = "365", "In the last year"


@dataclass(frozen=True)
class Query:
    """One search of the network. `job` only names what it is for; `outside` asks for those not in the ATS yet."""

    text: str = ""
    skills: tuple[str, ...] = ()
    all_skills: bool = False
    locations: tuple[str, ...] = ()
    remote: str = ""
    levels: tuple[str, ...] = ()
    years_min: int | None = None
    years_max: int | None = None
    salary: int | None = None
    currency: str = ""
    values: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    uncontacted: bool = False
    outside: bool = False
    joined: str = ""
    sort: Sort = Sort.BEST
    job: int | None = None

    @classmethod
    def of(cls, asked: QueryDict) -> "Query":
        """Read an address, or a form."""
        salary = _number(asked, "salary")
        return cls(
            text=_line(asked.get("q", "")),
            skills=_names(asked.getlist("skills"))[:MOST_SKILLS],
            all_skills=asked.get("match") == "all",
            locations=_names(asked.getlist("locations")),
            remote=_one(asked, "remote", Place.values),
            levels=_some(asked, "level", Level.values),
            years_min=_number(asked, "years_min"),
            years_max=_number(asked, "years_max"),
            salary=salary,
            currency=(_one(asked, "currency", _CURRENCIES) or "EUR") if salary is not None else "",
            values=_some(asked, "value", VALUES),
            states=_some(asked, "state", SearchState.values),
            uncontacted="uncontacted" in asked,
            outside="outside" in asked,
            joined=_one(asked, "joined", Joined.values),
            sort=Sort(_one(asked, "sort", Sort.values) or Sort.BEST),
            job=_number(asked, "job"),
        )

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return parse(self.text)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked at all, beside an order."""
        return replace(self, sort=Sort.BEST, job=None) != Query()

    @property
    def hides_skipped(self) -> bool:
        return self.sort in {Sort.BEST, Sort.NEWEST}

    @property
    def parameters(self) -> dict[str, Any]:
        """What an address must say to ask for the same again, and nothing else."""
        said: dict[str, Any] = {
            "q": self.text,
            "skills": ", ".join(self.skills),
            "match": "all" if self.all_skills and self.skills else "",
            "locations": ", ".join(self.locations),
            "remote": self.remote,
            "level": list(self.levels),
            "years_min": self.years_min,
            "years_max": self.years_max,
            "salary": self.salary,
            "currency": self.currency,
            "value": list(self.values),
            "state": list(self.states),
            "uncontacted": "1" if self.uncontacted else "",
            "outside": "1" if self.outside else "",
            "joined": self.joined,
            "sort": "" if self.sort == Sort.BEST else self.sort.value,
            "job": self.job,
        }
        return {name: value for name, value in said.items() if value not in ("", None, [])}

    @cached_property
    def address(self) -> str:
        """The same as what comes behind the question mark. `Query.of` reads it back."""
        return urlencode(self.parameters, doseq=True)


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_TEXT]


def _names(texts: Iterable[str]) -> tuple[str, ...]:
    """Read names with commas between them, each once."""
    names: dict[str, str] = {}
    for text in texts:
        for name in text.replace(";", ",").split(","):
            if key := term_key(line := _line(name)[:MAX_NAME]):
                names.setdefault(key, line)
    return tuple(names.values())[:MOST_NAMES]


def _one(asked: QueryDict, name: str, values: Iterable[str]) -> str:
    value = asked.get(name, "")
    return value if value in values else ""


def _some(asked: QueryDict, name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Those of the values that are asked for, in their own order."""
    asked_for = set(asked.getlist(name))
    return tuple(value for value in values if value in asked_for)


def _number(asked: QueryDict, name: str) -> int | None:
    text = "".join(char for char in asked.get(name, "") if char not in " ,._'")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
