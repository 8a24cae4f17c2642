"""The command line of each part of the program."""

import sys
from collections.abc import Mapping

from stack.child import Part
from stack.config import Config
from stack.paths import ROOT

DEMO_CREDENTIALS = {
    "Client ID": "demo-client-4",
    "Client secret": "demo-secret-0123456789abcdef",
    "API Key": "demo-api-key-0123456789abcdef",
    "Email": "admin@example.com",
}
DEMO_LOGINS = "admin@example.com, recruiter@example.com, viewer@example.com"
DEMO_PASSWORD = "purpose-demo"


def prepare(env: Mapping[str, str]) -> Part:
    """Migrate and load the demo employer, in one process: starting Django twice costs a second."""
    return Part("prepare", [sys.executable, str(ROOT / "bin" / "_prepare.py")], env, cwd=ROOT)


def web(env: Mapping[str, str], listening_fd: int) -> Part:
    command = [
        *(sys.executable, "-m", "gunicorn", "purposejobs.wsgi:application"),
        *("--bind", f"fd://{listening_fd}", "--worker-class", "gthread", "--workers", "2", "--threads", "8"),
        *("--graceful-timeout", "4", "--timeout", "60", "--access-logfile", "-", "--no-control-socket"),
        # Without the query and the keys of addresses: they are search words, names, one-time codes.
        *("--logger-class", "purposejobs.access_log.QuietLogger"),
        *("--access-logformat", '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s "%(a)s"'),
    ]
    return Part("web", command, env, grace_seconds=6, pass_fds=(listening_fd,), cwd=ROOT)


def worker(env: Mapping[str, str]) -> Part:
    command = [
        *(sys.executable, "-m", "celery", "-A", "purposejobs", "worker", "--concurrency", "2"),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]
    # A task cut off here is not lost: its row says what is owed, and the next start goes on with it.
    return Part("worker", command, env, grace_seconds=8, cwd=ROOT)


def beat(env: Mapping[str, str]) -> Part:
    command = [sys.executable, "-m", "celery", "-A", "purposejobs", "beat", "--loglevel", "INFO"]
    return Part("beat", command, env, grace_seconds=3, cwd=ROOT)


def sandbox(env: Mapping[str, str], config: Config) -> Part:
    command = [
        *(sys.executable, "-m", "sandbox", "--port", str(config.sandbox_port)),
        *("--data", str(config.var_dir / "sandbox.sqlite3")),
    ]
    return Part("sandbox", command, env, grace_seconds=4, cwd=ROOT)
