"""The rate budget that all workers share: never more than Greenhouse allows, never a wait for nothing."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations import budget
from integrations.budget import Budget, BudgetGate, Pass, Priority
from integrations.credentials import FixedToken, client_with
from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.headers import RateWindow
from integrations.greenhouse.schemas import Record
from integrations.greenhouse.transport import Call, Spending
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

ROOT = Path(__file__).resolve().parents[2]
START = 1_800_000_000.0
CALL = Call("GET", "/v3/jobs", url="https://harvest.example/v3/jobs")
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Greenhouse:
    """What a server with fixed windows counts and says, at the moment it gets a request."""

    clock: FakeClock
    limit: int = 50
    window_seconds: int = 30
    ahead: float = 0.0
    refused: int = 0
    counts: Counter[int] = field(default_factory=Counter)

    @property
    def now(self) -> float:
        return self.clock() + self.ahead

    def answer(self) -> Spending:
        number = int(self.now // self.window_seconds)
        self.counts[number] += 1
        left, reset = self.limit - self.counts[number], (number + 1) * self.window_seconds
        window = RateWindow(self.limit, max(0, left), NEVER, reset, int(self.now))
        if left < 0:
            self.refused += 1
            return Spending(window=window, retry_after_seconds=max(1, reset - int(self.now)))
        return Spending(window=window)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shared(clock: FakeClock) -> Budget:
    return Budget(str(uuid4()), clock=clock)


def ask(shared: Budget, greenhouse: Greenhouse, priority: Priority = Priority.INTERACTIVE) -> float:
    """One whole request; 0, or how long to wait instead."""
    ticket = shared.take(priority)
    if not ticket.wait_seconds:
        shared.give_back(ticket, greenhouse.answer())
    return ticket.wait_seconds


def spend(shared: Budget, greenhouse: Greenhouse, priority: Priority = Priority.INTERACTIVE) -> int:
    """Ask until told to wait; how many went through."""
    sent = 0
    while not ask(shared, greenhouse, priority):
        sent += 1
        assert sent < 1000, "nothing holds it back"
    return sent


# One window


def test_the_whole_window_can_be_used_and_not_one_request_more(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    assert spend(shared, greenhouse) == 50
    assert greenhouse.refused == 0


def test_who_comes_too_late_is_sent_to_the_end_of_the_window(clock: FakeClock, shared: Budget) -> None:
    clock.now = START + 12.25
    greenhouse = Greenhouse(clock)
    spend(shared, greenhouse)
    # The server says whole seconds, so its clock may be up to one second further than it says.
    assert 17.75 <= ask(shared, greenhouse) <= 18.8


def test_bulk_work_leaves_a_share_to_interactive_work(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    assert spend(shared, greenhouse, Priority.BULK) == 40
    assert spend(shared, greenhouse, Priority.INTERACTIVE) == 10


@pytest.mark.parametrize(("limit", "bulk"), [(1, 1), (2, 1), (3, 1), (5, 3), (10, 8), (11, 8), (150, 120)])
def test_the_share_is_a_fifth_but_two_at_least_and_never_all(
    clock: FakeClock, shared: Budget, limit: int, bulk: int
) -> None:
    greenhouse = Greenhouse(clock, limit=limit)
    assert spend(shared, greenhouse, Priority.BULK) == bulk


def test_requests_in_flight_count_as_spent(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    out = [shared.take(Priority.INTERACTIVE) for _ in range(12)]
    assert sum(not ticket.wait_seconds for ticket in out) == 9


def test_while_nothing_is_known_only_a_few_go_ahead(shared: Budget) -> None:
    out = [shared.take(Priority.INTERACTIVE) for _ in range(20)]
    assert sum(not ticket.wait_seconds for ticket in out) == 5
    assert out[-1].wait_seconds < 1
    for ticket in out[:5]:
        shared.give_back(ticket, Spending(is_unknown=True))
    after_an_outage = [shared.take(Priority.INTERACTIVE) for _ in range(3)]
    assert sum(not ticket.wait_seconds for ticket in after_an_outage) == 1


def test_answers_that_overtake_each_other_never_raise_what_is_left(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    tickets = [shared.take(Priority.INTERACTIVE) for _ in range(4)]
    answers = [greenhouse.answer() for _ in tickets]
    for ticket, answer in reversed(list(zip(tickets, answers, strict=True))):
        shared.give_back(ticket, answer)
    at_once = [shared.take(Priority.INTERACTIVE) for _ in range(10)]
    assert sum(not ticket.wait_seconds for ticket in at_once) == 5


def test_a_request_that_never_left_costs_nothing_and_one_without_an_answer_does(
    clock: FakeClock, shared: Budget
) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending())
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending(is_unknown=True))
    assert spend(shared, greenhouse) == 8


def test_an_outage_does_not_use_the_budget_up(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    clock.now += 31
    for _ in range(20):
        ticket = shared.take(Priority.BULK)
        assert not ticket.wait_seconds
        shared.give_back(ticket, Spending(is_unknown=True))


def test_the_pass_of_a_killed_worker_comes_back_when_its_request_must_be_over(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600, limit=10)
    ask(shared, greenhouse)
    for _ in range(9):
        shared.take(Priority.INTERACTIVE)
    assert ask(shared, greenhouse)
    clock.now += 31
    assert not ask(shared, greenhouse)


# From window to window


@pytest.mark.parametrize("ahead", [0, -120.4, 120.7])
def test_a_new_window_opens_by_itself_whatever_the_clocks_say(clock: FakeClock, shared: Budget, ahead: float) -> None:
    greenhouse = Greenhouse(clock, ahead=ahead)
    for _ in range(5):
        spend(shared, greenhouse)
        clock.now += ask(shared, greenhouse)
    assert greenhouse.refused == 0
    assert list(greenhouse.counts.values()) == [50] * 5


def test_requests_out_while_the_window_rolls_cannot_overshoot_the_new_one(clock: FakeClock, shared: Budget) -> None:
    clock.now += 20
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    late = [shared.take(Priority.INTERACTIVE) for _ in range(4)]
    clock.now += 12
    sent = spend(shared, greenhouse)
    assert sent + len(late) == 10
    for ticket in late:
        shared.give_back(ticket, greenhouse.answer())
    assert greenhouse.refused == 0


def test_only_a_few_go_ahead_into_a_window_that_nobody_has_seen(clock: FakeClock, shared: Budget) -> None:
    ask(shared, Greenhouse(clock))
    clock.now += 31
    at_once = [shared.take(Priority.BULK) for _ in range(10)]
    assert sum(not ticket.wait_seconds for ticket in at_once) == 5


def test_a_late_answer_of_the_old_window_does_not_close_the_new_one(clock: FakeClock, shared: Budget) -> None:
    clock.now += 20
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    ticket = shared.take(Priority.INTERACTIVE)
    late = Spending(window=greenhouse.answer().window, retry_after_seconds=20)
    clock.now += 12
    ask(shared, greenhouse)
    shared.give_back(ticket, late)
    assert spend(shared, greenhouse) == 9


def test_a_window_that_becomes_shorter_is_believed(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600, limit=10)
    ask(shared, greenhouse)
    clock.now += 2
    greenhouse.window_seconds, greenhouse.limit = 30, 50
    ask(shared, greenhouse)
    usage = shared.state()
    assert usage is not None
    assert usage.limit == 50
    assert usage.reset_at is not None
    assert (usage.reset_at - timezone.now()).total_seconds() < 31


def test_a_clock_that_is_set_is_noticed(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    greenhouse.ahead = -90
    greenhouse.counts.clear()
    clock.now += 31
    for _ in range(3):
        spend(shared, greenhouse)
        clock.now += ask(shared, greenhouse)
    assert greenhouse.refused == 0


@dataclass
class Travelling:
    ticket: Pass
    answer: Spending | None = None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(5, 25),
    window_seconds=st.sampled_from([1, 2, 7, 30]),
    ahead=st.floats(-150, 150),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["take", "take", "take", "serve", "serve", "land", "land", "lose", "wait"]),
            st.integers(0, 1000),
            st.floats(0, 1),
        ),
        min_size=60,
        max_size=250,
    ),
)
def test_no_order_of_requests_and_answers_overshoots(
    limit: int, window_seconds: int, ahead: float, steps: list[tuple[str, int, float]]
) -> None:
    """Requests leave, are served and land in any order, over many windows, with any difference of the clocks.

    Once a first answer has told the limit: before that, a handful goes ahead of it.
    """
    clock = FakeClock()
    greenhouse = Greenhouse(clock, limit=limit, window_seconds=window_seconds, ahead=ahead)
    shared = Budget(str(uuid4()), clock=clock)
    ask(shared, greenhouse)
    leaving: list[Travelling] = []
    returning: list[Travelling] = []
    for action, which, amount in steps:
        clock.now += amount * 0.05 + (amount * window_seconds / 2 if action == "wait" else 0)
        # Nobody waits longer than this for an answer.
        late = [item for item in (*leaving, *returning) if clock.now > item.ticket.taken_at + 25]
        leaving = [item for item in leaving if item not in late]
        returning = [item for item in returning if item not in late]
        for item in late:
            if item.answer is None:
                greenhouse.answer()
            shared.give_back(item.ticket, Spending(is_unknown=True))
        if action == "take":
            ticket = shared.take(Priority.BULK if which % 2 else Priority.INTERACTIVE)
            if not ticket.wait_seconds:
                leaving.append(Travelling(ticket))
        elif action == "serve" and leaving:
            item = leaving.pop(which % len(leaving))
            item.answer = greenhouse.answer()
            returning.append(item)
        elif action == "land" and returning:
            item = returning.pop(which % len(returning))
            assert item.answer is not None
            shared.give_back(item.ticket, item.answer)
        elif action == "lose" and returning:
            shared.give_back(returning.pop(which % len(returning)).ticket, Spending(is_unknown=True))
    assert greenhouse.refused == 0


# A 429


def test_a_429_stops_every_worker_until_the_time_it_names(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending(retry_after_seconds=9))
    other_worker = Budget("unused", clock=clock)
    other_worker._keys = shared._keys
    assert other_worker.take(Priority.INTERACTIVE).wait_seconds == pytest.approx(9, abs=0.05)
    clock.now += 31
    assert not ask(other_worker, greenhouse)


def test_somebody_elses_program_in_the_same_window_is_seen(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    for _ in range(30):
        greenhouse.answer()
    assert spend(shared, greenhouse) == 20
    assert greenhouse.refused == 0


# The gate


def test_the_gate_names_the_wait_and_does_not_wait_itself(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600)
    spend(shared, greenhouse)
    started = time.monotonic()
    with pytest.raises(RateLimited) as caught:
        BudgetGate(shared).take(CALL)
    assert time.monotonic() - started < 1
    assert (caught.value.code, caught.value.status) == ("budget_spent", None)
    assert caught.value.retry_after_seconds == budget.LONGEST_WAIT_SECONDS, "Celery must not hold a task for an hour"


def test_tasks_come_back_a_little_apart() -> None:
    exc = RateLimited("budget_spent", path="/v3/jobs", retry_after_seconds=10)
    now = timezone.now()
    waits = {(budget.come_back_at(exc) - now).total_seconds() for _ in range(20)}
    assert len(waits) == 20
    assert min(waits) >= 10
    assert max(waits) < 12


def test_the_status_page_learns_what_is_used(clock: FakeClock, shared: Budget) -> None:
    assert shared.state() is None
    greenhouse = Greenhouse(clock)
    for _ in range(7):
        ask(shared, greenhouse)
    usage = shared.state()
    assert usage is not None
    assert usage[:2] == (7, 50)
    assert usage.reset_at is not None
    clock.now += 31
    assert shared.state() == (0, 50, None)


# Many workers


def test_threads_cannot_overshoot_a_real_window(sandbox: SandboxProcess) -> None:
    sandbox.switches(rate_limit=20, rate_window_seconds=3600)
    token = sandbox.token(email=ADMIN_EMAIL)
    sandbox.clear_requests()
    gate = BudgetGate(Budget(str(uuid4())))
    start = threading.Barrier(8)

    def work(_: int) -> int:
        client, sent = client_with(FixedToken(token), gate), 0
        start.wait()
        for _ in range(200):
            try:
                client.fetch_page("sources", Record)
            except RateLimited as exc:
                if exc.retry_after_seconds > 1:  # not only until the first answers are there
                    return sent
                time.sleep(exc.retry_after_seconds / 10)
            else:
                sent += 1
        return sent

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 20
    assert {row["status"] for row in sandbox.requests("GET", "/v3")} == {200}


_WORKER = """
import sys, django
django.setup()
from datetime import datetime, UTC
from integrations.budget import Budget, Priority
from integrations.greenhouse.transport import Spending
shared, sent = Budget(sys.argv[1]), 0
print("ready", flush=True)
sys.stdin.readline()
while not shared.take(Priority.INTERACTIVE).wait_seconds:
    sent += 1
print(sent)
"""


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    yield running
    for process in running:
        process.kill()
        process.communicate()


def test_processes_share_one_window(processes: list[subprocess.Popen[str]]) -> None:
    name = str(uuid4())
    shared = Budget(name)
    reset = int(time.time()) + 3600
    known = Spending(window=RateWindow(40, 39, NEVER, reset, int(time.time())))
    shared.give_back(shared.take(Priority.INTERACTIVE), known)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "purposejobs.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _WORKER, name]
    for _ in range(2):
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=pipe, stdout=pipe))
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    sent = [int(process.communicate("go\n", timeout=30)[0]) for process in processes]
    assert sum(sent) == 39


def test_one_connections_budget_never_touches_anothers(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    spend(shared, greenhouse)
    other, others_greenhouse = Budget(str(uuid4()), clock=clock), Greenhouse(clock)
    assert spend(other, others_greenhouse) == 50


# Without Redis


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/s.sock?db=0", "memory://"])
def test_without_redis_everything_goes_and_quickly(
    settings: Any, shared: Budget, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    started = time.monotonic()
    for _ in range(100):
        ticket = shared.take(Priority.BULK)
        assert not ticket.wait_seconds
        shared.give_back(ticket, Spending())
    assert time.monotonic() - started < 2
    assert shared.state() is None
    assert caplog.text.count("not shared") == 1


def test_without_redis_greenhouse_itself_says_when_to_come_back(sandbox: SandboxProcess, settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}}
    sandbox.switches(rate_limit=2, rate_window_seconds=3600)
    client = client_with(FixedToken(sandbox.token(email=ADMIN_EMAIL)), BudgetGate(Budget(str(uuid4()))))
    client.fetch_page("sources", Record)
    client.fetch_page("sources", Record)
    with pytest.raises(RateLimited) as caught:
        client.fetch_page("sources", Record)
    assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
