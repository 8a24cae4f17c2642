"""What happens in a run, all of it decided by the seed before anything starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

JOBS = 4
WORKERS = 4
_EXPORTS_PER_KILL = 8
# Everybody costs at least so many requests, so that every planned kill has its moment.
_LEAST_REQUESTS = 3
_FIRST_NAMES = ("Ada", "Zoë", "Björn", "李", "Søren", "Ngọc", "محمد", "Ольга", "Seán", "María José")
_SMALLEST_FILE, _LARGEST_FILE = 2_000, 120_000


class Before(Enum):
    """What of a person is in Greenhouse before they apply with us."""

    NOTHING = "nothing"
    PERSON = "person"
    APPLICATION = "application"


@dataclass(frozen=True)
class Person:
    """Somebody who applies. Shape: `jobs` are positions in the list of jobs; `files` holds the sizes of the answers
    that are files. Units: sizes in bytes, 0 for no résumé.
    """

    number: int
    first_name: str
    jobs: tuple[int, ...]
    before: Before
    resume_bytes: int
    files: tuple[int, ...]

    @property
    def last_name(self) -> str:
        return f"Okafor{self.number}"

    @property
    def email(self) -> str:
        return f"person{self.number}@chaos.example"

    @property
    def phone(self) -> str:
        return f"+49 30 55{self.number:06}"


@dataclass(frozen=True)
class Kill:
    """A SIGKILL once Greenhouse has seen so many requests.

    Shape: `is_whole` kills the worker, else only the process that does its work.
    """

    after_requests: int
    worker: int
    is_whole: bool


@dataclass(frozen=True)
class Plan:
    """A run. Shape: `trouble_until` is how many exports have arrived when Greenhouse is well again."""

    seed: int
    exports: int
    percent: int
    people: tuple[Person, ...]
    kills: tuple[Kill, ...]
    broker_after: int
    trouble_until: int

    @classmethod
    def of_seed(cls, seed: int, *, exports: int, percent: int) -> "Plan":
        dice = Random(seed)
        return cls(
            seed=seed,
            exports=exports,
            percent=percent,
            people=tuple(_people(dice, exports)),
            kills=_kills(dice, exports),
            broker_after=dice.randrange(exports, 2 * exports),
            trouble_until=exports - exports // 10,
        )


def _people(dice: Random, exports: int) -> Iterator[Person]:
    left, number = exports, 0
    while left:
        count = min(left, dice.choices((1, 2), (85, 15))[0])
        yield Person(
            number=number,
            first_name=dice.choice(_FIRST_NAMES),
            jobs=tuple(dice.sample(range(JOBS), count)),
            before=dice.choices((Before.NOTHING, Before.PERSON, Before.APPLICATION), (85, 11, 4))[0],
            resume_bytes=dice.choices((_size(dice), 0), (95, 5))[0],
            files=tuple(_size(dice) for _ in range(dice.choices((0, 1, 2), (75, 20, 5))[0])),
        )
        left, number = left - count, number + 1


def _size(dice: Random) -> int:
    return dice.randrange(_SMALLEST_FILE, _LARGEST_FILE)


def _kills(dice: Random, exports: int) -> tuple[Kill, ...]:
    moments = sorted(dice.sample(range(1, _LEAST_REQUESTS * exports), max(1, exports // _EXPORTS_PER_KILL)))
    return tuple(Kill(moment, dice.randrange(WORKERS), is_whole=dice.random() < 0.25) for moment in moments)
