"""Import 1,000 live posts from a Greenhouse that takes 80 ms to answer, beside the same requests with nothing done."""

import statistics
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.account import Account, account
from bench.employer import connected, forget_import, renew, sync_once, wrong_posts
from bench.floor import Floor, addresses_of
from bench.meters import Cost, counted_statements, machine, profile_lines, timed
from integrations.models import Connection

POSTS, LATENCY_MS, ROUNDS = 1000, 80, 7
PER_PAGE = 500
MAX_RATIO = 0.9
MAX_MORE_REQUESTS = 5  # per 500 posts, beyond the pages of posts and jobs
BUSY_SHARE = 0.2  # of the import's time; the sandbox and a database server wait as long, unseen from here
MAX_MORE_STATEMENTS = 30  # from half of the posts to all of them


@dataclass(frozen=True)
class Round:
    """The floor and an import, measured one right after the other."""

    floor: Cost
    imported: Cost

    @property
    def ratio(self) -> float:
        return self.imported.seconds / self.floor.seconds

    @property
    def clock_ratio(self) -> float:
        return self.imported.wall / self.floor.wall

    def line(self) -> str:
        """Return the round as a line of the report."""
        floor, imported = self.floor, self.imported
        return (
            f"floor {floor.seconds:.3f} s (by the clock {floor.wall:.3f})   "
            f"import {imported.line()}   ratio {self.ratio:.3f}"
        )


@dataclass(frozen=True)
class Figures:
    """What was measured. `statements` counts those of a first import, by how many posts it read."""

    posts: int
    jobs: int
    requests: Mapping[str, int]
    statements: Mapping[int, int]
    rounds: tuple[Round, ...]
    wrong_posts: int
    profile: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(one.ratio for one in self.rounds)

    @property
    def clock_ratio(self) -> float:
        return statistics.median(one.clock_ratio for one in self.rounds)

    @property
    def forced_requests(self) -> int:
        """The fewest the contract allows: it shows posts and jobs by pages of 500."""
        return -(-self.posts // PER_PAGE) - (-self.jobs // PER_PAGE)

    @property
    def more_requests(self) -> int:
        return sum(self.requests.values()) - self.forced_requests

    @property
    def allowed_requests(self) -> int:
        return MAX_MORE_REQUESTS * -(-self.posts // PER_PAGE)

    @property
    def more_statements(self) -> int:
        return max(self.statements.values()) - min(self.statements.values())

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        if self.ratio > MAX_RATIO:
            sentences.append(
                f"The import takes {self.ratio:.2f} times the floor; at most {MAX_RATIO} is allowed.{self._excuse()}"
            )
        if self.more_requests > self.allowed_requests:
            sentences.append(
                f"The import makes {self.more_requests} requests beyond the {self.forced_requests} that the contract "
                f"forces; at most {self.allowed_requests} are allowed."
            )
        if self.more_statements >= MAX_MORE_STATEMENTS:
            sentences.append(
                f"{self.more_statements} more statements to the database for twice the posts; "
                f"fewer than {MAX_MORE_STATEMENTS} are allowed."
            )
        if self.wrong_posts:
            sentences.append(
                f"{self.wrong_posts} posts are missing, not offered, not at their places or without their pay."
            )
        return sentences

    def _excuse(self) -> str:
        share = statistics.median(one.imported.queued / one.imported.wall for one in self.rounds)
        if share < BUSY_SHARE:
            return ""
        return f" Other programs had the processors for {share:.0%} of it: measure again when the machine is quiet."

    def _doubt(self) -> str:
        is_kept_only_without_queueing = self.ratio <= MAX_RATIO < self.clock_ratio
        return f": too much, but not proven.{self._excuse()}" if is_kept_only_without_queueing else ""

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        asked = ", ".join(f"{name} {count}" for name, count in self.requests.items())
        statements = ", ".join(f"{count} for {posts} posts" for posts, count in sorted(self.statements.items()))
        return [
            f"requests    {sum(self.requests.values())}: {asked}",
            f"            {self.forced_requests} forced, {self.more_requests} more, {self.allowed_requests} allowed",
            f"statements  {statements}: {self.more_statements} more",
            *(f"round {number:2d}    {one.line()}" for number, one in enumerate(self.rounds, start=1)),
            f"ratio       {self.ratio:.3f}, the median; at most {MAX_RATIO} ({machine()})",
            f"            {self.clock_ratio:.3f} by the clock{self._doubt()}",
            "where the writing thread's time goes (profiled, so slower than it is):",
            *self.profile,
        ]


def run() -> list[str]:
    """Measure, print, and return what is not as promised."""
    figures = measure(posts=POSTS, latency_ms=LATENCY_MS, rounds=ROUNDS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, posts: int, latency_ms: int, rounds: int) -> Figures:
    """Import that many posts, and half as many to see what grows.

    Effects: rows, taken away again; two sandboxes, one after the other.
    """
    with tempfile.TemporaryDirectory(prefix="purposejobs-bench-") as name:
        folder = Path(name)
        statements = {}
        with account(folder, posts=posts // 2, latency_ms=0) as half, connected(half) as connection:
            statements[posts // 2] = _statements(connection)
        with account(folder, posts=posts, latency_ms=latency_ms) as whole, connected(whole) as connection:
            renew(whole)
            statements[posts] = _statements(connection)
            requests = Counter(address.split("?")[0].rpartition("/")[2] for address in addresses_of(whole.sandbox))
            wrong = wrong_posts(whole, connection)
            jobs = whole.sandbox.counts()["jobs"]
            floor = Floor(whole.sandbox, addresses_of(whole.sandbox))
            floor.read()  # opens its connection, as the import above opened its own
            measured = tuple(_round(whole, connection, floor) for _ in range(rounds))
            forget_import(connection)
            renew(whole)
            profile = profile_lines(lambda: sync_once(connection))
    return Figures(posts, jobs, requests, statements, measured, wrong, tuple(profile))


def _statements(connection: Connection) -> int:
    with counted_statements() as counted:
        sync_once(connection)
    return counted.total


def _round(account: Account, connection: Connection, floor: Floor) -> Round:
    forget_import(connection)
    renew(account)
    floor_cost = timed(floor.read)
    renew(account)
    return Round(floor_cost, timed(lambda: sync_once(connection)))
