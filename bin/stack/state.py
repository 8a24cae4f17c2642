"""The folder of all state: one run at a time, and keys that are made once."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from stack.console import Problem

# A run that was just killed needs a moment until its guard has cleared up and lets go of the lock.
LOCK_PATIENCE_SECONDS = 4


@contextmanager
def only_run(var_dir: Path) -> Iterator[int]:
    """Hold `var_dir` for this run, and yield the lock's file descriptor.

    Effects: creates the folder, readable by its owner alone, as it holds résumés and keys.
    Raises: Problem when another run has it, or when it cannot be written.
    """
    try:
        var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(var_dir / "run.lock", "a+")  # noqa: SIM115
    except OSError as error:
        raise Problem(
            f"VAR_DIR ({var_dir}) cannot be used: {error.strerror}; name another folder with VAR_DIR=/path."
        ) from None
    with lock:
        if not _locked(lock.fileno()):
            lock.seek(0)
            raise Problem(
                f"it is already running on {var_dir} (process {lock.read().strip() or 'unknown'}); "
                "stop that one, or name another folder with VAR_DIR=/path."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def _locked(fd: int) -> bool:
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def ensure_keys(path: Path) -> None:
    """Write the file with this folder's own random keys, unless it is there.

    Effects: creates the file with mode 0600, whole or not at all.
    """
    if path.exists():
        return
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(draft, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(
            "# Made on first start, for this folder only. Keep it: without FIELD_ENCRYPTION_KEYS the\n"
            "# stored Greenhouse credentials cannot be read again.\n"
            f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
            f"FIELD_ENCRYPTION_KEYS={Fernet.generate_key().decode()}\n"
        )
    draft.rename(path)
