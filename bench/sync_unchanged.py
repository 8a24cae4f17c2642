"""Read the career site again when nothing has changed there: what most syncs of a day are."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from bench.account import account
from bench.employer import connected, renew, sync_once
from bench.floor import addresses_of
from bench.meters import Cost, Statements, counted_statements, timed
from integrations import importing
from integrations.models import Connection, GreenhouseJobPost

POSTS, LATENCY_MS, ROUNDS = 1000, 80, 5


@dataclass(frozen=True)
class Figures:
    """What a second sync asks, takes and writes."""

    requests: int
    jobs_changed: int
    statements: Statements
    rounds: tuple[Cost, ...]
    importing: Cost

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        tables = ", ".join(f"{table} {count}" for table, count in sorted(self.statements.by_table.items()))
        return [
            f"requests    {self.requests}",
            f"statements  {self.statements.reads} read, {self.statements.writes} write: {tables}",
            f"changed     {self.jobs_changed} of our jobs",
            *(
                f"round {number:2d}    {one.seconds:.3f} s   (by the clock {one.wall:.3f}, processor {one.busy:.3f})"
                for number, one in enumerate(self.rounds, start=1)
            ),
            f"beside it   making our jobs of the posts, which Import does: {self.importing.seconds:.3f} s",
        ]


def run() -> list[str]:
    """Measure and print; no figure has a limit yet."""
    print("\n".join(measure(posts=POSTS, latency_ms=LATENCY_MS, rounds=ROUNDS).lines()))
    return []


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
        importing = timed(lambda: _import_all(connection))
        renew(greenhouse)
        with counted_statements() as statements:
            changed = sync_once(connection).jobs_changed
        requests = len(addresses_of(greenhouse.sandbox))
        measured = []
        for _ in range(rounds):
            renew(greenhouse)
            measured.append(timed(lambda: sync_once(connection)))
    return Figures(requests, changed, statements, tuple(measured), importing)


def _import_all(connection: Connection) -> None:
    ids = set(GreenhouseJobPost.objects.filter(connection=connection).offered().values_list("pk", flat=True))
    somebody = User.objects.create(email=f"bench-{connection.pk}@example.com")
    importing.import_posts(connection=connection, post_ids=ids, live_ids=ids, by=somebody)
