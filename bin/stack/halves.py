"""The two sets of servers that the tests run on."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack import broker
from stack.child import Child, Part
from stack.console import Problem
from stack.guard import Guard
from stack.ports import unused_port
from stack.postgres import start_postgres

# What decides where the program runs must come from the half, not from the shell of whoever runs the tests.
_OWN_VARIABLES = (
    *("HOST", "PORT", "SANDBOX_PORT", "BASE_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS"),
    *("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL", "GREENHOUSE_APP_URL", "DJANGO_SETTINGS_MODULE"),
    *("GREENHOUSE_PARTNER_CLIENT_ID", "GREENHOUSE_PARTNER_CLIENT_SECRET"),
)


@dataclass(frozen=True)
class Half:
    """Servers that run, and the environment that leads the tests to them."""

    title: str
    env: Mapping[str, str]


@contextmanager
def embedded_half(folder: Path, guard: Guard) -> Iterator[Half]:
    """Run what `make run` uses: SQLite, and the embedded broker on its socket."""
    part, redis_url = broker.embedded(folder / "valkey", guard, durable=False)
    child = Child(part, folder / "broker.log", guard)
    child.start()
    try:
        broker.wait_until_ready(child, redis_url, lambda: False)
        yield Half("SQLite and embedded Valkey", _env(folder, f"sqlite:///{folder / 'db.sqlite3'}", redis_url))
    finally:
        child.stop()


@contextmanager
def server_half(folder: Path, guard: Guard) -> Iterator[Half]:
    """Run what production uses: PostgreSQL and Redis, given ones or our own.

    Raises: Problem when one of them cannot be had.
    """
    folder.mkdir()
    started: list[Child] = []
    try:
        database_url, database = os.environ.get("TEST_DATABASE_URL", ""), "PostgreSQL of TEST_DATABASE_URL"
        if not database_url:
            child, database_url, database = start_postgres(folder / "postgres", guard)
            started.append(child)
        redis_url, server = os.environ.get("TEST_REDIS_URL", ""), "Redis of TEST_REDIS_URL"
        if not redis_url:
            child, redis_url, server = _start_redis(folder, guard)
            started.append(child)
        yield Half(f"{database} and {server}", _env(folder, database_url, redis_url))
    finally:
        for child in started:
            child.stop()


def _start_redis(folder: Path, guard: Guard) -> tuple[Child, str, str]:
    on_path = shutil.which("redis-server")
    server = Path(on_path) if on_path else broker.find_server()
    port = unused_port()
    where = ["--port", str(port), "--bind", "127.0.0.1"]
    command = broker.server_command(server, folder, where, durable=False)
    child = Child(Part("redis", command, dict(os.environ)), folder / "redis.log", guard)
    child.start()
    redis_url = f"redis://127.0.0.1:{port}/0"
    try:
        broker.wait_until_ready(child, redis_url, lambda: False)
    except Problem:
        child.stop()
        raise
    return child, redis_url, _redis_version(server)


def _redis_version(server: Path) -> str:
    words = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
    number = words.partition("v=")[2].split(" ")[0]
    name = "Valkey" if "valkey" in server.name else "Redis"
    return f"{name} {number} over TCP".replace("  ", " ")


def _env(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES}
    var_dir = str(folder / "var")
    return env | {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "VAR_DIR": var_dir, "DEBUG": "true"}
