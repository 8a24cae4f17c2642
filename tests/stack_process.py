"""Starts the whole program by its one command, for tests that look at it from outside.

with Stack(tmp_path / "var") as stack:
    page.goto(stack.app_url)
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
RUNNING = "Purpose Jobs is running."
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
# The runner's own variables must come from the test, not from the shell or CI that it was started in.
OWN_VARIABLES = (
    *("HOST", "PORT", "SANDBOX_PORT", "VAR_DIR", "DATABASE_URL", "REDIS_URL", "BASE_URL", "SECRET_KEY"),
    *("FIELD_ENCRYPTION_KEYS", "GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL", "GREENHOUSE_APP_URL"),
)


class Stack:
    """One run of `bin/run` on free ports, with all its state in `var_dir`.

    Effects: `start` starts about ten processes; `stop` ends them. As a context manager it does both.
    Repeat: after `stop`, `start` runs again on the same data and the same ports.
    """

    def __init__(self, var_dir: Path, env: Mapping[str, str] | None = None) -> None:
        self.var_dir = var_dir
        self.port, self.sandbox_port = free_ports(2)
        self.app_url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._extra = dict(env or {})
        self.output_file = var_dir.parent / f"{var_dir.name}.output"

    def __enter__(self) -> "Stack":
        self.start()
        self.wait_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, env: Mapping[str, str] | None = None) -> None:
        """Run the command; return at once."""
        values = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        values |= {
            "PURPOSEJOBS_PYTHON": sys.executable,  # what the tests run on has every package; install nothing
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "VAR_DIR": str(self.var_dir),
            **self._extra,
            **(env or {}),
        }
        self.output_file.parent.mkdir(parents=True, exist_ok=True)
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "bin" / "run"],
                env=values,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_the_tests,
            )

    def output(self) -> str:
        """Return all that this run has printed so far."""
        return self.output_file.read_text()

    def wait_ready(self, timeout_seconds: float = 90) -> None:
        """Wait until the program says that it runs."""
        self.wait_for(lambda: RUNNING in self.output() or self.exit_code() is not None, timeout_seconds)
        assert RUNNING in self.output(), self.output()

    def wait_for(self, condition: Callable[[], object], timeout_seconds: float = 30) -> None:
        """Wait until `condition` holds; fail with the program's output when it does not in time."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            assert time.monotonic() < deadline, f"timed out; the program printed:\n{self.output()}"
            time.sleep(0.05)

    def exit_code(self) -> int | None:
        assert self.process is not None
        return self.process.poll()

    def stop(self, how: signal.Signals = signal.SIGINT, timeout_seconds: float = 40) -> int:
        """Stop the program and return its exit code; whatever is left after the time limit is killed."""
        if self.process is None:
            return 0
        if self.exit_code() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            raise

    def processes(self) -> dict[int, str]:
        """Return pid and command line of every live process of this run, however it is related to us."""
        found = {}
        for pid in _all_pids():
            try:
                if self._is_ours(Path(f"/proc/{pid}")):
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            except OSError:  # it ended while we looked
                continue
        return {pid: command for pid, command in found.items() if command}  # a zombie has no command line

    def _is_ours(self, process: Path) -> bool:
        if f"VAR_DIR={self.var_dir}".encode() in (process / "environ").read_bytes().split(b"\0"):
            return True
        # The broker writes its title over its environment, but works in a folder of the run.
        return (process / "cwd").readlink().is_relative_to(self.var_dir)

    def pid_of(self, part: str) -> int | None:
        """Return the first process of a part: web, worker, beat, sandbox or broker."""
        assert self.process is not None
        word = {
            "web": "gunicorn",
            "worker": " worker ",
            "beat": " beat ",
            "sandbox": "-m sandbox",
            "broker": "-server ",
        }[part]
        for pid, command in self.processes().items():
            if word in command and _parent(pid) == self.process.pid:
                return pid
        return None

    def kill(self, part: str) -> int:
        """Kill a part outright, as soon as it is there; return what its process was."""
        self.wait_for(lambda: self.pid_of(part))
        pid = self.pid_of(part)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    def log(self, part: str) -> str:
        return (self.var_dir / "logs" / f"{part}.log").read_text()


def answers(url: str, timeout_seconds: float = 15) -> bool:
    """Ask once; True for any answer below 500."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as reply:
            return bool(reply.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now; all are held until all are chosen."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def end_with_the_tests() -> None:
    """Have the kernel stop the program when the test process is killed before it could."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def _all_pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _parent(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.split("PPid:")[1].split()[0])
