"""The second half of the tests, in a runner of its own beside the first: two halves take hardly longer than one."""

import os
import sys
import time
from pathlib import Path

from stack.child import Child, Part
from stack.guard import Guard
from stack.paths import ROOT

NOT_RUN = 3  # the exit code of a runner whose servers cannot be had, where that is allowed
_STOP_SECONDS = 70  # a moment longer than the runner gives its own tests
_LOOK_AGAIN_SECONDS = 0.2


def start_servers_half(folder: Path, guard: Guard) -> Child:
    """Start `bin/test --servers`, its output in a file until somebody follows it."""
    command = [sys.executable, str(ROOT / "bin" / "_test.py"), "--servers"]
    child = Child(Part("servers' half", command, dict(os.environ), _STOP_SECONDS), folder / "servers.log", guard)
    child.start()
    return child


def follow(child: Child) -> int:
    """Print all that the runner said, from its first line on, until it ends; return its exit code."""
    with open(child.log, errors="replace") as log:
        log.readline()  # which child this is
        while (code := child.exit_code()) is None:
            _print_news(log.read())
            time.sleep(_LOOK_AGAIN_SECONDS)
        _print_news(log.read())
    return code


def _print_news(text: str) -> None:
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()
