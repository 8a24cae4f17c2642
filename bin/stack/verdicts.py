"""The test command: static checks, then the tests on both sets of servers, then one verdict."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from stack.beside import NOT_RUN, follow, start_servers_half
from stack.browser import find_chromium
from stack.child import Child, die_with
from stack.console import Problem, bold, green, red, say
from stack.guard import Guard
from stack.halves import Half, embedded_half, server_half
from stack.paths import ROOT

STATIC_CHECKS: dict[str, list[str]] = {
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "ruff check": ["-m", "ruff", "check", "."],
    "mypy": ["-m", "mypy"],
    "mypy, runner": ["-m", "mypy", "bin"],
    "manage.py check": ["manage.py", "check"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}
IN_PROCESS_ONLY = "not stack and not browser"
STOP_LIMIT_SECONDS = 60
MIN_PROCESSORS_FOR_BOTH = 2


class Terminated(KeyboardInterrupt):
    """We were asked to end by a signal that our children did not get."""


@dataclass
class Verdicts:
    """What has been run so far, and how it ended."""

    guard: Guard
    folder: Path
    required: bool  # whether a half or a browser that is missing counts as a failure
    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)

    def run(self, title: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Run one step in the foreground and remember its verdict."""
        say(f"\n{bold(f'── {title}')}")
        began_at = time.monotonic()
        self.passed(title, run_python(arguments, env) == 0, f"{time.monotonic() - began_at:.1f} s")

    def passed(self, title: str, is_ok: bool, remark: str) -> None:
        """Remember how a step ended."""
        self._add(title, green("ok") if is_ok else red("FAILED"), remark)
        if not is_ok:
            self.failed.append(title)

    def run_half(
        self,
        folder: str,
        make: Callable[[Path, Guard], AbstractContextManager[Half]],
        what: str,
        steps: Callable[[Half], None],
    ) -> None:
        """Start a half's servers, run `steps` on it and stop them; say loudly when it cannot be."""
        try:
            with make(self.folder / folder, self.guard) as half:
                steps(half)
        except Problem as problem:
            self.missing(f"pytest on {what}", str(problem))

    def missing(self, what: str, why: str) -> None:
        """Remember that something could not be run; a failure only where everything is required."""
        say(f"\n{red(f'── {what} was NOT run:')} {why}.")
        self._add(what, red("not run"), why.splitlines()[0])
        self.not_run.append(what)
        if self.required:
            self.failed.append(what)

    def conclude(self) -> int:
        """Print the verdict and return the exit code."""
        say()
        for line in self.lines:
            say(line)
        if self.failed:
            say(f"\n{red('Verdict: FAILED')} ({'; '.join(self.failed)}).")
            return 1
        say(f"\n{green('Verdict: everything that was run passed.')}")
        return 0

    def _add(self, title: str, verdict: str, remark: str) -> None:
        self.lines.append(f"  {verdict}  {title} ({remark})")


def run_all(verdicts: Verdicts) -> None:
    """Static checks and everything on the embedded half; beside it, on a second processor, the servers' half."""
    browser = find_chromium()
    if browser is None:
        verdicts.missing("browser tests", "no Chromium was found; install one, or name it with CHROMIUM=/path")

    def steps(half: Half) -> None:
        env = {**half.env, **({"CHROMIUM": browser} if browser else {})}
        _static(verdicts, env)
        chosen = [] if browser else ["-m", "not browser"]
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", *chosen], env)

    def first() -> None:
        verdicts.run_half("embedded", embedded_half, "SQLite and embedded Valkey", steps)

    if (os.cpu_count() or 1) < MIN_PROCESSORS_FOR_BOTH:
        first()
        run_servers(verdicts)
        return
    beside = start_servers_half(verdicts.folder, verdicts.guard)
    try:
        first()
        conclude_beside(verdicts, beside)
    finally:
        beside.stop()


def run_servers(verdicts: Verdicts) -> None:
    """On PostgreSQL and Redis all but the runner's own tests, which are about the embedded parts."""
    browser = find_chromium()

    def steps(half: Half) -> None:
        chosen = "not stack" if browser else IN_PROCESS_ONLY
        env = {**half.env, **({"CHROMIUM": browser} if browser else {})}
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", "-m", chosen], env)

    verdicts.run_half("servers", server_half, "PostgreSQL and Redis", steps)


def conclude_beside(verdicts: Verdicts, beside: Child) -> None:
    """Print what the other half said, wait for its end, and take its verdict over."""
    title = "pytest on PostgreSQL and Redis"
    say(f"\n{bold(f'── {title}, run beside it')}")
    code = follow(beside)
    if code == NOT_RUN:
        verdicts.missing(title, "its servers could not be had, as said above")
    else:
        verdicts.passed(title, code == 0, f"{time.monotonic() - beside.started_at:.1f} s, beside the other half")


def run_fast(verdicts: Verdicts) -> None:
    """Static checks, and the tests that need neither a browser nor the whole program."""

    def steps(half: Half) -> None:
        _static(verdicts, half.env)
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", "-m", IN_PROCESS_ONLY], half.env)

    verdicts.run_half("embedded", embedded_half, "SQLite and embedded Valkey", steps)


def run_chosen(verdicts: Verdicts, arguments: Sequence[str]) -> None:
    """Only pytest, on the embedded half, with the person's own arguments."""
    browser = find_chromium()

    def steps(half: Half) -> None:
        env = {**half.env, **({"CHROMIUM": browser} if browser else {})}
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", *arguments], env)

    verdicts.run_half("embedded", embedded_half, "SQLite and embedded Valkey", steps)


def run_python(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run our Python with these arguments; pass a signal on, and let it end by itself."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=dict(env), preexec_fn=die_with(os.getpid()))
    try:
        return process.wait()
    except KeyboardInterrupt as stop:
        if isinstance(stop, Terminated):  # Ctrl-C has reached the child as well, from the terminal
            process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_LIMIT_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
        raise


def on_terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _static(verdicts: Verdicts, env: Mapping[str, str]) -> None:
    for title, arguments in STATIC_CHECKS.items():
        verdicts.run(title, arguments, env)
