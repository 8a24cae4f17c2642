"""The rate budget that all workers share, among threads and processes, and what is left of it without Redis."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from integrations.budget import Budget, BudgetGate, Priority
from integrations.credentials import FixedToken, client_with
from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.headers import RateWindow
from integrations.greenhouse.schemas import Record
from integrations.greenhouse.transport import Spending
from tests.integrations.fixed_windows import NEVER, FakeClock, Greenhouse, spend
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

ROOT = Path(__file__).resolve().parents[2]


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
