"""The run: people apply while workers, lines and the broker fail, until everybody has arrived."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import connection as database

from bench.broker import Broker
from bench.chaos.people import apply
from bench.chaos.plan import WORKERS, Kill, Person, Plan
from bench.chaos.processes import Processes
from bench.surroundings import database_url
from integrations.models import Export, ExportState
from jobs.models import Job
from tests.sandbox_process import SandboxProcess

LATENCY_MS = 30
# As fast as this machine goes, yet a limit that is counted: requests whose answer was lost weigh on it for long. The
# windows are short because one 429 closes the rest of its window.
RATE_LIMIT, WINDOW_SECONDS = 250, 5
_AT_ONCE = 3
_LOOK_EVERY_SECONDS = 0.05
_OVER = (ExportState.SENT, ExportState.NEEDS_ATTENTION, ExportState.CANCELLED)


@dataclass
class Course:
    """How a run went. Units: seconds by the clock."""

    seconds: float = 0.0
    killed: list[Kill] = field(default_factory=list)
    brokers_killed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())


def run(plan: Plan, sandbox: SandboxProcess, jobs: list[Job], broker: Broker, folder: Path, limit: float) -> Course:
    """Let everything happen that is planned, and return once nobody is on the way, or the time is over.

    Effects: processes, which end with it. Units: `limit` in seconds.
    """
    course, started = Course(), time.monotonic()
    people, kills = iter(plan.people), list(plan.kills)
    sandbox.switches(rate_limit=RATE_LIMIT, rate_window_seconds=WINDOW_SECONDS, latency_ms=LATENCY_MS)
    sandbox.clear_requests()
    sandbox.chaos(plan.seed, plan.percent)
    with Processes(WORKERS, folder=folder, environment={"DATABASE_URL": database_url()}) as processes:
        while time.monotonic() - started < limit and not _is_over(plan):
            _let_apply(people, jobs, plan)
            seen = int(sandbox.control("GET", "chaos")["seen"])
            while kills and kills[0].after_requests <= seen:
                course.killed.append(kills.pop(0))
                processes.kill(course.killed[-1].worker, is_whole=course.killed[-1].is_whole)
            if seen >= plan.broker_after and not course.brokers_killed:
                broker.kill()
                broker.start()
                course.brokers_killed += 1
            processes.mend()
            if Export.objects.filter(state=ExportState.SENT).count() >= plan.trouble_until:
                sandbox.calm()
            time.sleep(_LOOK_EVERY_SECONDS)
        course.seconds = time.monotonic() - started
    _count(course, sandbox)
    return course


def _let_apply(people: Iterator[Person], jobs: list[Job], plan: Plan) -> None:
    for person in islice(people, _AT_ONCE):
        apply(person, jobs, plan.seed)


def _is_over(plan: Plan) -> bool:
    return Export.objects.filter(state__in=_OVER).count() >= plan.exports


def _count(course: Course, sandbox: SandboxProcess) -> None:
    for row in sandbox.requests(path="/v3"):
        course.statuses[row["status"]] += 1
        if row["fault"]:
            name = f"status {row['status']}" if row["fault"] == "status" else row["fault"]
            course.faults[name] += 1
    database.close()  # so that nothing holds the database when it goes
