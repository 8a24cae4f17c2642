"""What a piece of work costs: statements to the database, and where our own time goes."""

import cProfile
import os
import pstats
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_SCHEDULING = Path("/proc/thread-self/schedstat")
_READ = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass
class Statements:
    """Statements this thread sent; what opens and closes transactions is not counted."""

    reads: int = 0
    writes: int = 0
    by_table: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.reads + self.writes


@contextmanager
def counted_statements() -> Iterator[Statements]:
    """Count the statements that the block sends to the database."""
    counted = Statements()

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITE.match(sql):
            counted.writes += 1
            words = re.sub(r'["\s]+', " ", sql).split()
            table = words[1] if words[0].upper() == "UPDATE" else words[2]
            counted.by_table[table] = counted.by_table.get(table, 0) + 1
        elif _READ.match(sql):
            counted.reads += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield counted


@dataclass(frozen=True)
class Cost:
    """What one run of a piece of work took.

    Units: seconds. `wall` by the clock; `queued` the part of it in which this thread, or a PostgreSQL on this machine
        that it waited for, could have gone on but other programs had the processors (0 where the system does not
        say); `busy` the processor time of our whole process, all threads.
    """

    wall: float
    queued: float
    busy: float

    @property
    def seconds(self) -> float:
        """About the time it takes on a quiet machine: too little where queueing fell into a wait for the network."""
        return self.wall - self.queued

    def line(self) -> str:
        """Return the cost as a piece of a report."""
        return f"{self.seconds:.3f} s (by the clock {self.wall:.3f}, processor {self.busy:.3f})"


def timed(work: Callable[[], object]) -> Cost:
    """Do the work once and say what it took."""
    counters = [_SCHEDULING, *_database_server()]
    wall, queued, busy = time.perf_counter(), _queued_seconds(counters), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, _queued_seconds(counters) - queued, time.process_time() - busy)


def _database_server() -> list[Path]:
    """Where Linux counts for the process that serves our connection, if that is a PostgreSQL on this machine."""
    if connection.vendor != "postgresql":
        return []
    connection.ensure_connection()
    process = Path("/proc") / str(connection.connection.info.backend_pid)
    try:
        is_here = (process / "comm").read_text().startswith("postgres")
    except OSError:
        return []
    return [process / "schedstat"] if is_here else []


def _queued_seconds(counters: list[Path]) -> float:
    """Return how long these have waited for a processor so far, which Linux counts for each thread."""
    try:
        return sum(int(counter.read_text().split()[1]) for counter in counters) / 1e9
    except (OSError, IndexError):
        return 0.0


def machine() -> str:
    """Say on what and beside how much else this runs."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return f"{os.cpu_count()} cores, load {load}"


def profile_lines(work: Callable[[], object], *, count: int = 12) -> list[str]:
    """Run the work under cProfile and name the functions that took most time themselves.

    Shape: lines of text. Only this thread is seen: not the readers, who fetch and parse pages.
    """
    profile = cProfile.Profile()
    profile.runcall(work)
    stats: Any = pstats.Stats(profile)
    rows = sorted(stats.stats.items(), key=lambda item: item[1][2], reverse=True)[:count]
    return [f"{own * 1000:8.1f} ms {calls:8d} ×  {_place(*place)}" for place, (_, calls, own, _, _) in rows]


def _place(file: str, line: int, name: str) -> str:
    if file == "~":
        return name
    path = Path(file)
    shown = (
        path.relative_to(ROOT) if path.is_relative_to(ROOT) and ".venv" not in path.parts else Path(*path.parts[-3:])
    )
    return f"{shown}:{line} {name}"
