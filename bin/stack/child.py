"""One process of the family: started in its own group, logged to its own file, stopped whole."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from stack.guard import Guard, kill_group

LOG_LIMIT_BYTES = 5 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Part:
    """What one process is started with."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    grace_seconds: float = 5
    pass_fds: tuple[int, ...] = ()
    user: int | None = None  # as whom (and as whose group) it runs, when started by root
    stop_signal: signal.Signals = signal.SIGTERM
    cwd: Path | None = None


@dataclass
class Child:
    """A part that runs, or ran.

    Effects: `start` forks; call it from the main thread only, since the kernel ties a child's life to the
    thread that forked it.
    """

    part: Part
    log: Path
    guard: Guard
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        rotate(self.log)
        with open(self.log, "ab", opener=_private) as log:
            log.write(f"--- {self.part.name} started {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC ---\n".encode())
            log.flush()
            self.process = subprocess.Popen(
                self.part.command,
                cwd=self.part.cwd,
                env=dict(self.part.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.part.pass_fds,
                preexec_fn=die_with(os.getpid()),
                user=self.part.user,
                group=self.part.user,
                extra_groups=None if self.part.user is None else [],
            )
        self.guard.watch(self.process.pid)
        self.started_at = time.monotonic()

    def exit_code(self) -> int | None:
        """Return how the process ended, None while it runs; sweep up what it left in its group.

        Effects: kills grandchildren of a dead child, so that a restart never runs beside the old workers.
        """
        if self.process is None:
            return 0
        code = self.process.poll()
        if code is not None:
            kill_group(self.process.pid)
            self.guard.forget(self.process.pid)
        return code

    def is_running(self) -> bool:
        return self.exit_code() is None

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask the process to end, and end it after its grace time, or at once when `hurry` says so."""
        if self.process is None or not self.is_running():
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.part.stop_signal)
        deadline = time.monotonic() + self.part.grace_seconds
        while self.is_running() and time.monotonic() < deadline and not hurry():
            time.sleep(0.02)
        kill_group(self.process.pid)
        self.process.wait()
        self.guard.forget(self.process.pid)

    def last_lines(self, count: int = 12) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-count:])


def describe_exit(code: int) -> str:
    """Say how a process ended: `ended with code 3`, `was killed by SIGKILL`."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def rotate(log: Path) -> None:
    """Set a log aside when it has grown large, keeping one old one."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def die_with(parent: int) -> Callable[[], None]:
    """Return what a new child runs first on Linux: tie its life to ours (the guard sees to the rest)."""

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # we died between the fork and the line above
                os._exit(1)

    return tie


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
