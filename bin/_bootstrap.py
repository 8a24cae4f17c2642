"""Make `.venv` hold the pinned packages, then become the supervisor, the test run or the benchmark.

Standard library only: nothing is installed yet when this starts. Two of these may run at once (`make run`
beside `make test`); a file lock lets one install while the other waits. PURPOSEJOBS_PYTHON names a Python
that has everything already, and nothing is installed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
# There while an installation runs. Found at the start, it tells that one was killed half-way.
UNFINISHED = VENV / ".unfinished"
BIN = str(ROOT / "bin")
ENTRY = {
    "run": [f"{BIN}/_supervisor.py"],
    "test": [f"{BIN}/_test.py"],
    "bench": ["-m", "bench"],
    "chaos": ["-m", "bench.chaos"],
}
RUNTIME, DEVELOPMENT = ["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]
REQUIREMENTS = {"run": RUNTIME, "test": DEVELOPMENT, "bench": RUNTIME, "chaos": RUNTIME}


class BootstrapError(Exception):
    """A sentence for the person at the keyboard."""


def main() -> None:
    purpose, arguments = sys.argv[1], sys.argv[2:]
    try:
        python = os.environ.get("PURPOSEJOBS_PYTHON") or str(ready_venv(purpose))
    except BootstrapError as error:
        sys.exit(f"Purpose Jobs cannot start: {error}")
    except KeyboardInterrupt:
        print("\nStopped; the next start picks the installation up again.", file=sys.stderr)
        sys.exit(130)
    if purpose in ("bench", "chaos"):
        os.chdir(ROOT)  # `-m` finds the package from where it stands
    os.execv(python, [python, *ENTRY[purpose], *arguments])


def ready_venv(purpose: str) -> Path:
    """Return the Python of a `.venv` that holds what `purpose` needs.

    Effects: creates the venv and installs packages where they are missing or the pins have changed.
    Repeat: takes milliseconds when nothing has changed.
    Raises: BootstrapError.
    """
    with exclusive():
        if not venv_works():
            create_venv()
        stamp = VENV / f".installed-{purpose}"
        wanted = digest(purpose)
        if not stamp.exists() or stamp.read_text() != wanted:
            install(purpose)
            for covered, files in REQUIREMENTS.items():
                if set(files) <= set(REQUIREMENTS[purpose]):
                    (VENV / f".installed-{covered}").write_text(digest(covered))
    return VENV_PYTHON


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the lock of this checkout. It sits on this file: `.venv` itself may be deleted and made anew."""
    with open(__file__, "rb+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another installation into .venv …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def venv_works() -> bool:
    if UNFINISHED.exists() or not VENV_PYTHON.exists():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def digest(purpose: str) -> str:
    """Sum up what decides the content of the venv: the pins, and the Python that it was made with."""
    checksum = hashlib.sha256((VENV / "pyvenv.cfg").read_bytes())
    for name in ["constraints.txt", *REQUIREMENTS[purpose]]:
        checksum.update((ROOT / name).read_bytes())
    return checksum.hexdigest()


def create_venv() -> None:
    print(f"Creating .venv with Python {sys.version.split()[0]} …", flush=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    if has_ensurepip():
        run_or_explain([sys.executable, "-m", "venv", str(VENV)], "creating .venv failed")
    elif uv := shutil.which("uv"):
        run_or_explain([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], "creating .venv failed")
    else:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise BootstrapError(
            f"this Python ({sys.executable}) cannot create a virtual environment. "
            f"On Debian and Ubuntu: apt install python{version}-venv (or python3-venv)."
        )


def has_ensurepip() -> bool:
    # Run, not imported: Debian ships the package's folder without what makes it work.
    probe = [sys.executable, "-c", "import ensurepip, venv; ensurepip.version()"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def install(purpose: str) -> None:
    """Install the pinned packages, by uv where it is on PATH (five times as fast), else by pip."""
    wanted = ["-c", str(ROOT / "constraints.txt"), "-r", str(ROOT / REQUIREMENTS[purpose][-1])]
    print("Installing the pinned packages into .venv (once, about half a minute) …", flush=True)
    whole_before = any(VENV.glob(".installed-*"))
    UNFINISHED.touch()
    uv = shutil.which("uv")
    by_uv = [uv, "pip", "install", "--quiet", "--python", str(VENV_PYTHON), *wanted] if uv else None
    if not by_uv or subprocess.run(by_uv, check=False).returncode != 0:
        pip = [str(VENV_PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *wanted]
        code = subprocess.run(pip, check=False).returncode
        if code != 0:
            # A refusal, such as no network, leaves what was there as it was: `make run` must go on working.
            if code > 0 and whole_before:
                UNFINISHED.unlink()
            raise BootstrapError("installing the packages failed; pip's own words are above.")
    UNFINISHED.unlink()


def run_or_explain(command: list[str], sentence: str) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise BootstrapError(f"{sentence}.")


if __name__ == "__main__":
    main()
