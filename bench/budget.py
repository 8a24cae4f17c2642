"""Four worker processes on one rate budget, and two hundred connections beside each other, over real HTTP."""

import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.test.utils import override_settings

from accounts.models import Employer
from bench.broker import Broker
from bench.meters import machine
from integrations.budget import Budget, BudgetGate, Pass, Priority
from integrations.credentials import ConnectionTokens, client_with
from integrations.fields import Secret
from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.schemas import Record
from integrations.greenhouse.transport import Call
from integrations.models import Connection, ConnectionState, CredentialKind
from sandbox import seed
from sandbox.context import World
from sandbox.seed.credentials import Planned, add
from sandbox.store import Store
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

WORKERS, READS = 4, 2000
LIMIT, WINDOW_SECONDS = 50, 1  # 50 per 30 seconds, compressed
CONNECTIONS, READS_EACH, THREADS = 200, 10, 2
MIN_USED = 0.95
processes = multiprocessing.get_context("fork")  # a worker is a fork of its parent, as Celery's are


@dataclass
class TimedGate(BudgetGate):
    """The gate of the program, and how long each request stood before it."""

    budget: Budget
    priority: Priority
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.budget, self.priority)

    def take(self, call: Call) -> Pass:
        started = time.perf_counter()
        try:
            return super().take(call)
        finally:
            self.waits.append(time.perf_counter() - started)


@dataclass(frozen=True)
class Shared:
    """What four workers made of one budget. Shape: `windows` counts the requests of each full window."""

    statuses: Counter[int]
    windows: tuple[int, ...]
    limit: int
    tokens: int
    seconds: float

    @property
    def used(self) -> float:
        return sum(self.windows) / (self.limit * len(self.windows)) if self.windows else 0.0

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        if self.used < MIN_USED:
            sentences.append(f"{self.used:.1%} of the budget was used; at least {MIN_USED:.0%} is promised.")
        if self.statuses[429]:
            sentences.append(f"Greenhouse answered 429 {self.statuses[429]} times; never is promised.")
        if self.tokens != 1:
            sentences.append(f"{self.tokens} tokens were minted; one is promised.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        answers = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        fullest, emptiest = (max(self.windows), min(self.windows)) if self.windows else (0, 0)
        return [
            f"answers     {answers} in {self.seconds:.1f} s, {WORKERS} processes ({machine()})",
            f"budget      {self.used:.1%} used of {len(self.windows)} full windows of {self.limit}; "
            f"at least {MIN_USED:.0%} is promised; {emptiest} to {fullest} a window",
            f"tokens      {self.tokens} minted",
        ]


@dataclass(frozen=True)
class Beside:
    """What many connections at once had of each other. Units: `waits` in seconds, of all but the greedy one."""

    connections: int
    expected: int
    answered: int
    statuses: Counter[int]
    waits: tuple[float, ...]
    held_back: int
    greedy_held_back: int

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        if self.held_back or self.answered != self.expected:
            sentences.append(
                f"{self.held_back} requests were held back by another connection's budget, "
                f"{self.answered} of {self.expected} were answered."
            )
        if self.statuses[429]:
            sentences.append(f"Greenhouse answered 429 {self.statuses[429]} times; never is promised.")
        if not self.greedy_held_back:
            sentences.append("Nothing held the greedy connection back, so this proved nothing.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        median, p95 = statistics.median(self.waits), statistics.quantiles(self.waits, n=20)[-1]
        return [
            f"beside      {self.connections} connections at once, one of them greedy and held back "
            f"{self.greedy_held_back} times",
            f"wait        {median * 1000:.1f} ms median, {p95 * 1000:.1f} ms p95, {max(self.waits) * 1000:.0f} ms "
            f"at most before the gate, of {len(self.waits)} requests of the others; {self.held_back} held back",
        ]


def run() -> list[str]:
    """Measure, print, and return what is not as promised."""
    shared = measure_shared(reads=READS)
    print("\n".join(shared.lines()), flush=True)
    beside = measure_beside(count=CONNECTIONS, reads=READS_EACH)
    print("\n".join(beside.lines()))
    return shared.failures() + beside.failures()


def measure_shared(*, reads: int) -> Shared:
    """Let four processes read as fast as one budget lets them, two for people and two in bulk.

    Effects: rows, taken away again; a sandbox and a broker of its own.
    """
    with greenhouse(1) as (sandbox, ids):
        sandbox.switches(rate_limit=LIMIT, rate_window_seconds=WINDOW_SECONDS)
        left = processes.Value("i", reads)
        started = time.monotonic()
        kinds = [Priority.INTERACTIVE, Priority.BULK] * (WORKERS // 2)
        run_all([processes.Process(target=_read_all, args=(ids[0], kind, left)) for kind in kinds])
        seconds = time.monotonic() - started
        asked = sandbox.requests("GET", "/v3")
        numbers = Counter(int(datetime.fromisoformat(row["at"]).timestamp()) // WINDOW_SECONDS for row in asked)
        full = range(min(numbers) + 1, max(numbers))  # the first and the last are cut off
        statuses = Counter(row["status"] for row in asked)
        tokens = len(sandbox.requests("POST", "/token"))
    return Shared(statuses, tuple(numbers[number] for number in full), LIMIT, tokens, seconds)


def measure_beside(*, count: int, reads: int) -> Beside:
    """Let many connections read at once, one of them far more than its budget. Effects: as `measure_shared`."""
    with greenhouse(count) as (sandbox, ids):
        sandbox.switches(rate_limit=LIMIT, rate_window_seconds=3600, token_rate_limit=0)
        greedy = ids[0]
        results: SimpleQueue[Any] = processes.SimpleQueue()
        shares = [ids[number::WORKERS] for number in range(WORKERS)]
        workers = [
            processes.Process(target=_read_beside, args=(share, greedy, reads, results)) for share in shares if share
        ]
        told = run_all(workers, results)
        statuses = Counter(row["status"] for row in sandbox.requests("GET", "/v3"))
    others = [row for row in told if row[0] != greedy]
    return Beside(
        connections=count,
        expected=reads * len(others),
        answered=sum(row[1] for row in others),
        statuses=statuses,
        waits=tuple(wait for row in others for wait in row[3]),
        held_back=sum(row[2] for row in others),
        greedy_held_back=sum(row[2] for row in told if row[0] == greedy),
    )


# --- in a worker process ---------------------------------------------------------------------


def _read_all(connection_id: int, priority: Priority, left: Any) -> None:
    client = client_with(ConnectionTokens(connection_id), BudgetGate(Budget(connection_id), priority))
    while _is_more(left):
        while True:
            try:
                client.fetch_page("sources", Record, params={"per_page": "1"})
                break
            except RateLimited as exc:
                time.sleep(exc.retry_after_seconds)  # where a task would be put off


def _is_more(left: Any) -> bool:
    with left.get_lock():
        left.value -= 1
        return bool(left.value >= 0)


@dataclass
class Reader:
    """One connection of many in a worker process, and what became of its requests."""

    connection_id: int
    gate: TimedGate
    answered: int = 0
    held_back: int = 0

    def read(self) -> None:
        client = client_with(ConnectionTokens(self.connection_id), self.gate)
        try:
            client.fetch_page("sources", Record, params={"per_page": "1"})
            self.answered += 1
        except RateLimited:
            self.held_back += 1


def _read_beside(ids: list[int], greedy: int, reads: int, results: "SimpleQueue[Any]") -> None:
    readers = [Reader(pk, TimedGate(Budget(pk), Priority.BULK if pk == greedy else Priority.INTERACTIVE)) for pk in ids]
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(reads):  # in turn, so that all windows are open side by side
            for reader in readers:
                greed = 2 * LIMIT // reads if reader.connection_id == greedy else 1
                for _ in range(greed):
                    pool.submit(reader.read)
    for reader in readers:
        results.put((reader.connection_id, reader.answered, reader.held_back, reader.gate.waits))


# --- the surroundings ------------------------------------------------------------------------


def run_all(workers: list[Any], results: "SimpleQueue[Any] | None" = None) -> list[Any]:
    """Run the processes to their end and return what they told. Raises: RuntimeError when one failed."""
    connections.close_all()  # a fork must not share them
    told = []
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        while results is not None and not results.empty():
            told.append(results.get())
        time.sleep(0.02)
    while results is not None and not results.empty():
        told.append(results.get())
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a worker process failed")
    return told


@contextmanager
def greenhouse(count: int) -> Iterator[tuple[SandboxProcess, list[int]]]:
    """Run a Greenhouse with as many credentials, and connect an employer to each, without a token yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="purposejobs-bench-")))
        url = stack.enter_context(Broker(folder)).cache_url
        planned = [Planned(f"Employer {n}", "oauth", f"bench-client-{n}", f"bench-secret-{n}") for n in range(count)]
        data = folder / "greenhouse.sqlite3"
        _plant(data, planned)
        sandbox = stack.enter_context(SandboxProcess(data=data, seed="empty"))
        caches = {"default": {**settings.CACHES["default"], "LOCATION": url}}
        urls = {"GREENHOUSE_HARVEST_URL": sandbox.url, "GREENHOUSE_AUTH_URL": sandbox.url}
        stack.enter_context(override_settings(CACHES=caches, **urls))
        user = str(sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"])
        rows = [_connect(number, plan, user) for number, plan in enumerate(planned)]
        sandbox.clear_requests()
        try:
            yield sandbox, [row.pk for row in rows]
        finally:
            Employer.objects.filter(connection__in=rows).delete()


def _plant(data: Path, planned: list[Planned]) -> None:
    world = World(Store(str(data)), seed_name="empty")
    seed.fill_if_new(world)
    with world.store.unit():
        for plan in planned:
            add(world.store, plan)
    world.store.close()


def _connect(number: int, plan: Planned, user: str) -> Connection:
    employer = Employer.objects.create(name=plan.name, slug=f"bench-budget-{number}")
    return Connection.objects.create(
        employer=employer,
        state=ConnectionState.ACTIVE,
        credential_kind=CredentialKind.OAUTH,
        client_id=plan.client_id,
        secret=Secret.of(plan.secret),
        email=ADMIN_EMAIL,
        acting_user_remote_id=user,
    )
