"""The runner's parts that need no running program."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from stack.beside import NOT_RUN, follow
from stack.broker import embedded
from stack.child import LOG_LIMIT_BYTES, Child, Part, rotate
from stack.config import Config, child_environment, read_env_file
from stack.console import Problem
from stack.guard import Guard
from stack.halves import Half
from stack.supervisor import Restart
from stack.verdicts import Verdicts, conclude_beside

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard() as guard:
        yield guard


def test_config_when_nothing_is_set_has_the_documented_defaults() -> None:
    config = Config.from_environment({})

    assert (config.host, config.port, config.sandbox_port) == ("127.0.0.1", 8000, 8001)
    assert config.var_dir.is_absolute()
    assert config.var_dir.name == "var"
    assert config.with_sandbox


def test_config_when_var_dir_is_relative_counts_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Config.from_environment({"VAR_DIR": "state"}).var_dir == tmp_path / "state"


def test_child_environment_when_there_is_a_sandbox_leads_everything_to_it() -> None:
    env = child_environment(Config.from_environment({"SANDBOX_PORT": "9001"}), "redis://x")

    names = ("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL", "GREENHOUSE_APP_URL")
    assert {env[name] for name in names} == {"http://127.0.0.1:9001"}


def test_child_environment_when_there_is_a_sandbox_makes_us_its_partner() -> None:
    config = Config.from_environment({})
    assert child_environment(config, "redis://x")["GREENHOUSE_PARTNER_CLIENT_ID"] == "partner-client-9"
    elsewhere = dict.fromkeys(("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL"), "https://greenhouse.example")
    assert "GREENHOUSE_PARTNER_CLIENT_ID" not in child_environment(Config.from_environment(elsewhere), "redis://x")


def test_env_file_when_a_variable_is_set_already_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("SANDBOX_PORT", "")  # so that monkeypatch takes it back afterwards
    monkeypatch.delenv("SANDBOX_PORT")
    file = tmp_path / ".env"
    file.write_text('# a comment\nPORT=9999\nSANDBOX_PORT="8124"\n')

    read_env_file(file)

    assert (os.environ["PORT"], os.environ["SANDBOX_PORT"]) == ("8123", "8124")


def test_restart_when_a_part_keeps_dying_waits_longer_up_to_a_limit() -> None:
    restart = Restart()
    assert [restart.plan(now=0, lived_seconds=1) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_restart_when_a_part_lived_long_is_quick_again() -> None:
    restart = Restart(delay_seconds=16)
    assert restart.plan(now=0, lived_seconds=61) == 0.5


def test_guard_when_the_supervisor_is_gone_kills_what_it_was_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "socket"
    folder.mkdir()
    process = subprocess.Popen(SLEEP, start_new_session=True)
    with Guard() as guard:
        guard.watch(process.pid)
        guard.remove_at_end(folder)

    assert process.wait(10) == -9
    assert not folder.exists()


def test_guard_when_a_group_ended_by_itself_leaves_its_number_alone() -> None:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    with Guard() as guard:
        guard.watch(process.pid)
        guard.forget(process.pid)

    assert process.poll() is None
    process.kill()
    process.wait()


def test_stop_when_a_child_ignores_the_request_kills_it_after_its_grace(guard: Guard, tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('deaf', flush=True); time.sleep(600)"
    )
    child = Child(Part("deaf", [sys.executable, "-c", deaf], os.environ, 0.3), tmp_path / "deaf.log", guard)
    child.start()
    _wait_for(lambda: "\ndeaf" in child.log.read_text())

    child.stop()

    assert child.exit_code() == -9


@pytest.mark.parametrize(("size", "rotated"), [(LOG_LIMIT_BYTES, False), (LOG_LIMIT_BYTES + 1, True)])
def test_rotate_when_a_log_is_large_sets_it_aside(tmp_path: Path, size: int, rotated: bool) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * size)

    rotate(log)

    assert log.exists() is not rotated
    assert (tmp_path / "web.log.1").exists() is rotated


@pytest.mark.parametrize("name", ["x" * 120, "with space", "per%cent", "ümlaut"])
def test_broker_when_a_path_will_not_do_for_a_socket_moves_the_socket(guard: Guard, tmp_path: Path, name: str) -> None:
    _, redis_url = embedded(tmp_path / name, guard, durable=False)

    assert redis_url.startswith("redis+socket:///tmp/purposejobs-")


@pytest.mark.parametrize(("required", "code"), [(True, 1), (False, 0)])
def test_verdict_when_a_half_cannot_run_fails_only_where_both_are_required(
    guard: Guard, tmp_path: Path, required: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def unavailable(folder: Path, guard: Guard) -> Iterator[Half]:
        raise Problem("no PostgreSQL was found")
        yield

    verdicts = Verdicts(guard, tmp_path, required)
    verdicts.run_half("servers", unavailable, "PostgreSQL and Redis", lambda half: None)

    assert verdicts.conclude() == code
    assert "pytest on PostgreSQL and Redis was NOT run: no PostgreSQL was found" in capsys.readouterr().out


def test_verdict_when_a_step_fails_names_it(guard: Guard, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = Verdicts(guard, tmp_path, required=False)
    verdicts.run("a good step", ["-c", ""], os.environ)
    verdicts.run("a bad step", ["-c", "raise SystemExit(3)"], os.environ)

    assert verdicts.conclude() == 1
    assert "FAILED (a bad step)" in capsys.readouterr().out


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def a_runner_that(says: str, tmp_path: Path, guard: Guard) -> Child:
    child = Child(Part("half", [sys.executable, "-uc", says], os.environ), tmp_path / "half.log", guard)
    child.start()
    return child


def test_follow_when_the_other_half_ends_has_printed_every_line_of_it(
    guard: Guard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    says = "import time; print('first'); time.sleep(0.5); print('last', end=''); raise SystemExit(7)"
    assert follow(a_runner_that(says, tmp_path, guard)) == 7
    assert capsys.readouterr().out == "first\nlast"


@pytest.mark.parametrize(
    ("code", "required", "verdict"),
    [(0, True, 0), (1, False, 1), (-9, False, 1), (NOT_RUN, True, 1), (NOT_RUN, False, 0)],
)
def test_verdict_when_the_other_half_ended_is_that_of_both(
    guard: Guard, tmp_path: Path, code: int, required: bool, verdict: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)" if code < 0 else f"raise SystemExit({code})"
    verdicts = Verdicts(guard, tmp_path, required)
    conclude_beside(verdicts, a_runner_that(ends, tmp_path, guard))
    assert verdicts.conclude() == verdict
    assert ("NOT run" in capsys.readouterr().out) is (code == NOT_RUN)
