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

from stack.browser import find_chromium
from stack.child import die_with
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

    def run(self, title: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Run one step in the foreground and remember its verdict."""
        say(f"\n{bold(f'── {title}')}")
        began_at = time.monotonic()
        code = run_python(arguments, env)
        self._add(title, green("ok") if code == 0 else red("FAILED"), f"{time.monotonic() - began_at:.1f} s")
        if code != 0:
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
    """Static checks, then everything on the embedded half, then what differs on the servers' half."""
    browser = find_chromium()
    if browser is None:
        verdicts.missing("browser tests", "no Chromium was found; install one, or name it with CHROMIUM=/path")

    def first(half: Half) -> None:
        env = {**half.env, **({"CHROMIUM": browser} if browser else {})}
        _static(verdicts, env)
        chosen = [] if browser else ["-m", "not browser"]
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", *chosen], env)

    def second(half: Half) -> None:
        # The runner's own tests are about the embedded parts; the whole program is driven on both.
        chosen = "not stack" if browser else IN_PROCESS_ONLY
        env = {**half.env, **({"CHROMIUM": browser} if browser else {})}
        verdicts.run(f"pytest on {half.title}", ["-m", "pytest", "-m", chosen], env)

    verdicts.run_half("embedded", embedded_half, "SQLite and embedded Valkey", first)
    verdicts.run_half("servers", server_half, "PostgreSQL and Redis", second)


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
