"""Import 10,000 live posts beside 1,000: what grows must grow no faster than the posts."""

import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.account import Account, account
from bench.employer import connected, renew, sync_once, wrong_posts
from bench.floor import addresses_of
from bench.meters import Cost, counted_statements, machine, timed

FEW, MANY, LATENCY_MS, ROUNDS = 1000, 10_000, 80, 3
MAX_RATIO = 1.1  # times as many posts may take at most this many times as long


@dataclass(frozen=True)
class Import:
    """What one first import took."""

    cost: Cost
    statements: int
    requests: int
    wrong_posts: int


@dataclass(frozen=True)
class Round:
    """An import of few posts and one of many, measured one right after the other."""

    few: Import
    many: Import

    @property
    def ratio(self) -> float:
        return self.many.cost.seconds / self.few.cost.seconds


@dataclass(frozen=True)
class Figures:
    """What was measured, for how many posts."""

    few: int
    many: int
    rounds: tuple[Round, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(one.ratio for one in self.rounds)

    @property
    def times(self) -> float:
        return self.many / self.few

    @property
    def growth(self) -> Mapping[str, float]:
        """How many times as many statements and requests the many posts take; the same in every round."""
        first = self.rounds[0]
        return {
            "statements": first.many.statements / first.few.statements,
            "requests": first.many.requests / first.few.requests,
        }

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        allowed = MAX_RATIO * self.times
        sentences = []
        if self.ratio > allowed:
            sentences.append(
                f"{self.times:g} times as many posts take {self.ratio:.1f} times as long; {allowed:.0f} are allowed."
            )
        sentences += [
            f"{self.times:g} times as many posts take {growth:.1f} times as many {name}."
            for name, growth in self.growth.items()
            if growth > self.times
        ]
        if wrong := sum(one.few.wrong_posts + one.many.wrong_posts for one in self.rounds):
            sentences.append(f"{wrong} posts are missing, not offered, or not as they should be.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        first = self.rounds[0]
        return [
            f"requests    {first.few.requests} for {self.few} posts, {first.many.requests} for {self.many}",
            f"statements  {first.few.statements} for {self.few} posts, {first.many.statements} for {self.many}",
            *(
                f"round {number:2d}    {one.few.cost.line()}; {one.many.cost.line()}; ratio {one.ratio:.2f}"
                for number, one in enumerate(self.rounds, start=1)
            ),
            f"ratio       {self.ratio:.2f}, the median; at most {MAX_RATIO * self.times:.0f} ({machine()})",
        ]


def run() -> list[str]:
    """Measure, print, and return what is not as promised."""
    figures = measure(few=FEW, many=MANY, latency_ms=LATENCY_MS, rounds=ROUNDS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, few: int, many: int, latency_ms: int, rounds: int) -> Figures:
    """Import both numbers of posts in turn.

    Effects: rows, taken away again; two sandboxes beside each other.
    """
    with tempfile.TemporaryDirectory(prefix="purposejobs-bench-") as name:
        folder = Path(name)
        with (
            account(folder, posts=few, latency_ms=latency_ms) as small,
            account(folder, posts=many, latency_ms=latency_ms) as large,
        ):
            measured = tuple(Round(_import(small), _import(large)) for _ in range(rounds))
    return Figures(few, many, measured)


def _import(account: Account) -> Import:
    renew(account)
    with connected(account) as connection:
        with counted_statements() as statements:
            cost = timed(lambda: sync_once(connection))
        wrong = wrong_posts(account, connection)
    return Import(cost, statements.total, len(addresses_of(account.sandbox)), wrong)
