"""Read the career site again when nothing has changed there: what most syncs of a day are, and what one of them is."""

import statistics
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from bench.account import Account, account
from bench.employer import connected, renew, sync_once
from bench.floor import addresses_of
from bench.meters import Cost, Statements, counted_statements, timed
from integrations import importing
from integrations.models import Connection, GreenhouseJobPost, SyncKind

POSTS, LATENCY_MS, ROUNDS = 1000, 80, 5
# What a reading writes about itself; everything else is a career site's rows, or our jobs.
BOOKKEEPING = frozenset({"integrations_syncrun", "integrations_connection", "integrations_stepreport"})
_TWICE = frozenset({"job_posts"})  # deleted posts are left out of the list and have one of their own


@dataclass(frozen=True)
class Reading:
    """What one reading of a career site that has not changed asks, writes and takes."""

    kind: str
    requests: Mapping[str, int]
    jobs_changed: int
    statements: Statements
    rounds: tuple[Cost, ...]

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        tables = ", ".join(f"{table} {count}" for table, count in sorted(self.statements.by_table.items()))
        asked = ", ".join(f"{name} {count}" for name, count in sorted(self.requests.items()))
        seconds = statistics.median(one.seconds for one in self.rounds)
        wall = statistics.median(one.wall for one in self.rounds)
        return [
            f"{self.kind}: requests    {sum(self.requests.values())}: {asked}",
            f"{self.kind}: statements  {self.statements.reads} read, {self.statements.writes} write: {tables}",
            f"{self.kind}: changed     {self.jobs_changed} of our jobs",
            f"{self.kind}: median      {seconds:.3f} s   (by the clock {wall:.3f})",
        ]


@dataclass(frozen=True)
class Figures:
    """A reading of changes, which beat makes every quarter of an hour, and the full one of every day."""

    changes: Reading
    full: Reading

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        return [*self.changes.lines(), *self.full.lines()]

    def failures(self) -> list[str]:
        """Name the promises that a reading of changes broke, a sentence each."""
        found = [
            f"{name} was asked for {count} times though nothing changed."
            for name, count in sorted(self.changes.requests.items())
            if count > 1 + (name in _TWICE)
        ]
        written = sorted(set(self.changes.statements.by_table) - BOOKKEEPING)
        found += [f"{table} was written though nothing changed." for table in written]
        changed = self.changes.jobs_changed + self.full.jobs_changed
        return [*found, f"{changed} jobs were changed."] if changed else found


def run() -> list[str]:
    """Measure, print, and return what was promised and is not so."""
    figures = measure(posts=POSTS, latency_ms=LATENCY_MS, rounds=ROUNDS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, posts: int, latency_ms: int, rounds: int) -> Figures:
    """Import that many posts, make jobs of all, and sync again and again.

    Effects: rows, taken away again; a sandbox.
    """
    with (
        tempfile.TemporaryDirectory(prefix="purposejobs-bench-") as folder,
        account(Path(folder), posts=posts, latency_ms=latency_ms) as greenhouse,
        connected(greenhouse) as connection,
    ):
        sync_once(connection)
        _import_all(connection)
        return Figures(
            changes=_read(greenhouse, connection, SyncKind.CHANGES, rounds),
            full=_read(greenhouse, connection, SyncKind.FULL, rounds),
        )


def _read(greenhouse: Account, connection: Connection, kind: SyncKind, rounds: int) -> Reading:
    renew(greenhouse)
    with counted_statements() as statements:
        changed = sync_once(connection, kind).jobs_changed
    requests = Counter(address.partition("?")[0].rpartition("/")[2] for address in addresses_of(greenhouse.sandbox))
    measured = []
    for _ in range(rounds):
        renew(greenhouse)
        measured.append(timed(lambda: sync_once(connection, kind)))
    return Reading(kind.value, requests, changed, statements, tuple(measured))


def _import_all(connection: Connection) -> None:
    ids = set(GreenhouseJobPost.objects.filter(connection=connection).offered().values_list("pk", flat=True))
    somebody = User.objects.create(email=f"bench-{connection.pk}@example.com")
    importing.import_posts(connection=connection, post_ids=ids, live_ids=ids, by=somebody)
