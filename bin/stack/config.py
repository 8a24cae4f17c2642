"""What the environment and `.env` ask of the runner."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import environ

from stack.console import Problem
from stack.paths import ROOT

_SANDBOX_PARTNER = ("partner-client-9", "partner-secret-0123456789abcdef")


@dataclass(frozen=True)
class Config:
    """Where the program shall run, and which of its parts come from elsewhere."""

    host: str
    port: int
    sandbox_port: int
    var_dir: Path
    redis_url: str | None
    with_sandbox: bool
    base_url: str

    @classmethod
    def from_environment(cls, values: Mapping[str, str]) -> "Config":
        """Read the runner's variables.

        Raises: Problem, naming the variable.
        """
        port = _port(values, "PORT", 8000)
        sandbox_port = _port(values, "SANDBOX_PORT", 8001)
        with_sandbox = _wants_sandbox(values)
        if with_sandbox and port == sandbox_port:
            raise Problem(f"PORT and SANDBOX_PORT are both {port}; give one of them another number.")
        return cls(
            host=values.get("HOST") or "127.0.0.1",
            port=port,
            sandbox_port=sandbox_port,
            # A folder given by the person counts from where they stand, the default from the checkout.
            var_dir=Path(values.get("VAR_DIR") or ROOT / "var").absolute(),
            redis_url=values.get("REDIS_URL") or None,
            with_sandbox=with_sandbox,
            base_url=values.get("BASE_URL") or f"http://localhost:{port}",
        )

    @property
    def reachable_host(self) -> str:
        """The address to ask from this machine when the program listens on all of them."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def logs_dir(self) -> Path:
        return self.var_dir / "logs"


def read_env_file(path: Path) -> None:
    """Add the file's variables to the environment, where they are not set already.

    Effects: changes `os.environ`. The same reader as in the settings, so both understand a file alike.
    """
    if path.is_file():
        environ.Env.read_env(path, overwrite=False)


def child_environment(config: Config, redis_url: str) -> dict[str, str]:
    """Return the environment of all parts: ours, with everything decided that was left open."""
    values = {
        **os.environ,
        "PORT": str(config.port),
        "SANDBOX_PORT": str(config.sandbox_port),
        "VAR_DIR": str(config.var_dir),
        "BASE_URL": config.base_url,
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
    }
    if config.with_sandbox:
        for name in ("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL", "GREENHOUSE_APP_URL"):
            values[name] = config.sandbox_url
        # The sandbox's own partner, so that "Connect with Greenhouse" can be tried.
        values["GREENHOUSE_PARTNER_CLIENT_ID"], values["GREENHOUSE_PARTNER_CLIENT_SECRET"] = _SANDBOX_PARTNER
    return values


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"{name} must be a port number from 1 to 65535, not “{text}”.")
    return int(text)


def _wants_sandbox(values: Mapping[str, str]) -> bool:
    given = [name for name in ("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL") if values.get(name)]
    if len(given) == 1:
        raise Problem(
            f"only {given[0]} is set; set GREENHOUSE_HARVEST_URL and GREENHOUSE_AUTH_URL both, "
            "or neither to use the built-in sandbox."
        )
    return not given
