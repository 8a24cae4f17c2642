"""A process that outlives the supervisor by a moment, to leave nothing behind when that is killed.

Linux can end a child with its parent, but not its grandchildren, and a worker's child may be in the middle
of a task. The guard holds the reading end of a pipe: when the supervisor is gone, for whatever reason, the
pipe closes, and the guard kills every process group it was told of. It also holds the lock on VAR_DIR, so
that the next start waits until the last process of this one is gone.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType


class Guard:
    """The supervisor's side of the pipe.

    Effects: starts one small process; leaving the `with` block ends it.
    """

    def __init__(self, held_fds: tuple[int, ...] = ()) -> None:
        self._process = subprocess.Popen(
            # Isolated, and without site-packages: it starts in milliseconds and needs nothing of ours.
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=held_fds,
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> "Guard":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin:
                self._process.stdin.close()
        self._process.wait()

    def watch(self, group: int) -> None:
        """Have this process group killed when we are gone."""
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}")

    def remove_at_end(self, folder: Path) -> None:
        """Have this temporary folder removed when we are gone."""
        self._tell(f"r{folder}")

    def _tell(self, line: str) -> None:
        # A guard that was killed itself leaves us as we would be without one.
        with contextlib.suppress(BrokenPipeError, ValueError):
            if self._process.stdin:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()


def kill_group(group: int) -> bool:
    """Kill what is left of a process group; False when nothing was."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


def stand_guard() -> None:
    """Read what to watch until the supervisor is gone, then clear up after it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    folders: set[str] = set()
    for line in sys.stdin:
        kind, value = line[0], line[1:].rstrip("\n")
        if kind == "+":
            groups.add(int(value))
        elif kind == "-":
            groups.discard(int(value))
        else:
            folders.add(value)
    deadline = time.monotonic() + 3
    while groups and time.monotonic() < deadline:
        groups = {group for group in groups if kill_group(group)}
        time.sleep(0.02)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    stand_guard()
