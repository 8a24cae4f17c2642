"""The promise of `make run`, seen from outside: real processes, real signals, real ports."""

import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack_process import Stack, answers

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc"),
]
SECOND_START_LIMIT_SECONDS = 20


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One program for the tests that leave it running."""
    with Stack(tmp_path_factory.mktemp("stack") / "var") as stack:
        yield stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A program that the test starts and stops itself."""
    stack = Stack(tmp_path / "var")
    yield stack
    stack.stop()


def test_run_when_started_prints_addresses_that_answer(running: Stack) -> None:
    assert answers(f"{running.app_url}/healthz")
    assert answers(running.sandbox_url)
    for words in (f"http://localhost:{running.port}", running.sandbox_url, "purpose-demo", "demo-client-4"):
        assert words in running.output()


def test_run_when_started_keeps_state_private(running: Stack) -> None:
    assert running.var_dir.stat().st_mode & 0o077 == 0
    assert (running.var_dir / "dev.env").stat().st_mode & 0o777 == 0o600
    assert "SECRET_KEY=" in (running.var_dir / "dev.env").read_text()


@pytest.mark.parametrize("part", ["web", "worker", "beat", "sandbox", "broker"])
def test_run_when_a_part_is_killed_starts_it_again(running: Stack, part: str) -> None:
    killed = running.kill(part)

    running.wait_for(lambda: running.pid_of(part) not in (None, killed))

    assert f"{part} was killed by SIGKILL; starting it again in" in running.output()
    running.wait_for(lambda: answers(f"{running.app_url}/readyz") and answers(running.sandbox_url))


def test_run_when_web_is_killed_refuses_no_caller(running: Stack) -> None:
    killed = running.kill("web")

    while running.pid_of("web") in (None, killed):
        # The supervisor holds the port open: who calls now waits, instead of being refused.
        socket.create_connection(("127.0.0.1", running.port), timeout=5).close()
    running.wait_for(lambda: answers(f"{running.app_url}/healthz"))


def test_run_when_worker_is_killed_leaves_none_of_its_children(running: Stack) -> None:
    running.wait_for(lambda: _worker_pids(running))
    before = _worker_pids(running)
    running.kill("worker")

    running.wait_for(lambda: len(_worker_pids(running)) == 3)  # the main process and `--concurrency 2`

    assert not before & _worker_pids(running)


def test_run_when_started_twice_on_one_folder_is_refused_in_one_sentence(running: Stack) -> None:
    second = Stack(running.var_dir)
    second.output_file = running.var_dir.parent / "second.output"
    try:
        second.start()
        second.wait_for(lambda: second.exit_code() is not None)
    finally:
        second.stop()

    assert second.exit_code() == 1
    assert "it is already running on" in second.output()
    assert second.output().count("\n") == 1
    assert answers(f"{running.app_url}/healthz")


def test_run_when_interrupted_leaves_no_process_and_ends_with_zero(stack: Stack) -> None:
    stack.start()
    stack.wait_ready()
    assert len(stack.processes()) > 6

    assert stack.stop(signal.SIGINT) == 0

    assert stack.processes() == {}
    assert not answers(f"{stack.app_url}/healthz")


def test_run_when_started_again_is_quick_and_keeps_the_data(stack: Stack) -> None:
    stack.start()
    stack.wait_ready()
    keys = (stack.var_dir / "dev.env").read_text()
    _execute(stack, "CREATE TABLE kept (word TEXT)")
    stack.stop(signal.SIGTERM)

    started_at = time.monotonic()
    stack.start()
    stack.wait_ready()

    assert time.monotonic() - started_at < SECOND_START_LIMIT_SECONDS
    assert (stack.var_dir / "dev.env").read_text() == keys
    _execute(stack, "INSERT INTO kept VALUES ('still here')")


def test_run_when_killed_outright_leaves_no_process(stack: Stack) -> None:
    stack.start()
    stack.wait_ready()

    stack.stop(signal.SIGKILL)

    stack.wait_for(lambda: stack.processes() == {}, timeout_seconds=10)


def test_run_when_killed_outright_starts_again_at_once(stack: Stack) -> None:
    stack.start()
    stack.wait_ready()
    stack.stop(signal.SIGKILL)

    stack.start()
    stack.wait_ready()

    assert answers(f"{stack.app_url}/healthz")


def test_run_when_interrupted_while_starting_leaves_no_process(stack: Stack) -> None:
    stack.start()
    stack.wait_for(lambda: (stack.var_dir / "logs" / "prepare.log").exists())

    assert stack.stop(signal.SIGINT) == 0

    assert stack.processes() == {}


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_run_when_a_port_is_taken_says_so_and_starts_nothing(stack: Stack, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stack.start({variable: str(port)})
        stack.wait_for(lambda: stack.exit_code() is not None)

    assert stack.exit_code() == 1
    assert f"port {port} is already in use" in stack.output()
    assert f"{variable}=" in stack.output()
    assert stack.output().count("\n") == 1
    assert not (stack.var_dir / "db.sqlite3").exists()


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "eighty"}, "PORT must be a port number"),
        ({"PORT": "9000", "SANDBOX_PORT": "9000"}, "PORT and SANDBOX_PORT are both 9000"),
        ({"GREENHOUSE_AUTH_URL": "https://auth.example"}, "only GREENHOUSE_AUTH_URL is set"),
        ({"VAR_DIR": "/proc/nowhere"}, "VAR_DIR (/proc/nowhere) cannot be used"),
        ({"REDIS_URL": "redis://:hidden@127.0.0.1:1/0"}, "REDIS_URL does not answer"),
    ],
)
def test_run_when_asked_for_the_impossible_explains_it(stack: Stack, env: dict[str, str], words: str) -> None:
    stack.start(env)
    stack.wait_for(lambda: stack.exit_code() is not None)

    assert stack.exit_code() == 1
    assert words in stack.output()
    assert "Traceback" not in stack.output()
    assert "hidden" not in stack.output()


def test_run_when_migrating_fails_shows_the_end_of_the_log(stack: Stack) -> None:
    stack.start({"DATABASE_URL": "sqlite:////proc/nowhere/db.sqlite3"})
    stack.wait_for(lambda: stack.exit_code() is not None)

    assert stack.exit_code() == 1
    assert "Preparing the database ended with code 1" in stack.output()
    assert "unable to open database file" in stack.output()
    assert stack.processes() == {}


def test_run_when_greenhouse_is_given_starts_no_sandbox(stack: Stack) -> None:
    elsewhere = "http://127.0.0.1:9"
    stack.start({"GREENHOUSE_HARVEST_URL": elsewhere, "GREENHOUSE_AUTH_URL": elsewhere})
    stack.wait_ready()

    assert stack.pid_of("sandbox") is None
    assert stack.pid_of("web")
    assert "demo-client-4" not in stack.output()
    assert not answers(stack.sandbox_url)


def test_run_when_the_folder_has_a_long_name_still_reaches_its_broker(tmp_path: Path) -> None:
    with Stack(tmp_path / ("a-long-name-" * 8) / "var") as stack:
        folders = [Path(word).parent for word in _broker_command(stack) if word.endswith(".sock")]
        assert answers(f"{stack.app_url}/readyz")
        assert len(str(folders[0])) < 100
    assert not folders[0].exists()


def _worker_pids(stack: Stack) -> set[int]:
    return {pid for pid, command in stack.processes().items() if " worker " in command}


def _broker_command(stack: Stack) -> list[str]:
    return next(command for command in stack.processes().values() if "-server " in command).split()


def _execute(stack: Stack, statement: str) -> None:
    with sqlite3.connect(stack.var_dir / "db.sqlite3", timeout=20) as database:
        database.execute(statement)
    database.close()
