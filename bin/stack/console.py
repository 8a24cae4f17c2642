"""What the person at the keyboard sees."""

import os
import sys
from datetime import datetime


class Problem(Exception):
    """A sentence that tells what is wrong and what to do about it."""


def say(text: str = "") -> None:
    """Print one line, also when nobody is left to read it: a closed terminal must not stop the stopping."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def note(text: str) -> None:
    """Print one line about something that happened while the program runs."""
    say(f"[{datetime.now().astimezone():%H:%M:%S}] {text}")


def styled(text: str, code: str) -> str:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{code}m{text}\033[0m"


def bold(text: str) -> str:
    return styled(text, "1")


def dim(text: str) -> str:
    return styled(text, "2")


def green(text: str) -> str:
    return styled(text, "32;1")


def red(text: str) -> str:
    return styled(text, "31;1")
