"""The processes of a run: workers to be killed, and the beat that finds what they left."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stack_process import ROOT, end_with_the_tests

_STOP_SECONDS = 30


class Processes:
    """So many Celery workers, as `bin/run` starts them but with one process for the work, and one beat."""

    def __init__(self, count: int, *, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, {**os.environ, **environment}
        worker = ["worker", "--concurrency", "1", "--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
        beat = ["beat", "--schedule", str(folder / "beat-schedule"), "--loglevel", "WARNING"]
        self._commands = [[*worker, "--hostname", f"worker{number}@%h"] for number in range(count)] + [beat]
        self._running: list[subprocess.Popen[bytes]] = []

    def kill(self, worker: int, *, is_whole: bool) -> None:
        """Kill a worker, or only the process that does its work, which it then starts anew.

        Effects: SIGKILL. A worker that has no process yet is killed as a whole; one that has ended is started for it.
        """
        self.mend()  # two kills may fall due at once
        process = self._running[worker]
        children = [] if is_whole else _children(process.pid)
        if children:
            os.kill(children[-1], signal.SIGKILL)
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def mend(self) -> None:
        """Start again whatever has ended."""
        for number, process in enumerate(self._running):
            if process.poll() is not None:
                self._running[number] = self._start(number)

    def __enter__(self) -> Self:
        self._running = [self._start(number) for number in range(len(self._commands))]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        with (self._folder / f"process-{number}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "purposejobs", *self._commands[number]],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_the_tests,
            )


def _children(pid: int) -> list[int]:
    """Whom a process has started; nobody where the system does not tell."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
