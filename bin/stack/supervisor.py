"""Starts the parts in order, restarts what dies, stops them in order."""

import signal
import socket
import time
from dataclasses import dataclass
from types import FrameType

from stack import broker, parts
from stack.child import Child, Part, describe_exit
from stack.config import Config, child_environment
from stack.console import Problem, note, say
from stack.guard import Guard
from stack.ports import answers_http, check_free, listen
from stack.summary import print_summary

STOP_ORDER = ("prepare", "web", "beat", "worker", "sandbox", "broker")
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 30.0
HEALTHY_AFTER_SECONDS = 60
START_LIMIT_SECONDS = 120


@dataclass
class Restart:
    """When a part that died is started again."""

    delay_seconds: float = FIRST_DELAY_SECONDS
    due_at: float | None = None

    def plan(self, *, now: float, lived_seconds: float) -> float:
        """Set when to start again and return the delay, which doubles while the part keeps dying."""
        if lived_seconds > HEALTHY_AFTER_SECONDS:
            self.delay_seconds = FIRST_DELAY_SECONDS
        delay = self.delay_seconds
        self.due_at = now + delay
        self.delay_seconds = min(delay * 2, LONGEST_DELAY_SECONDS)
        return delay


class Supervisor:
    """Runs the whole family; one object per run.

    Effects: installs signal handlers; forks, so it lives in the main thread.
    """

    def __init__(self, config: Config, guard: Guard) -> None:
        self._config = config
        self._guard = guard
        self._children: dict[str, Child] = {}
        self._restarts: dict[str, Restart] = {}
        self._stop_requests = 0

    def run(self) -> None:
        """Run until told to stop.

        Effects: when it returns or raises, every process that it started has ended.
        Raises: Problem when something cannot start.
        """
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, self._on_signal)
        began_at = time.monotonic()
        with self._listen() as listening:
            try:
                self._start_all(listening.fileno())
                if not self._stopping():
                    print_summary(self._config, time.monotonic() - began_at)
                while not self._stopping():
                    self._restart_dead()
                    time.sleep(0.1)
            finally:
                self._stop_all()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _stopping(self) -> bool:
        return self._stop_requests > 0

    def _listen(self) -> socket.socket:
        # Both ports are looked at before anything is started or written.
        if self._config.with_sandbox:
            check_free("127.0.0.1", self._config.sandbox_port, "SANDBOX_PORT")
        return listen(self._config.host, self._config.port, "PORT")

    def _start_all(self, listening_fd: int) -> None:
        say("Starting Purpose Jobs …")
        env = child_environment(self._config, self._start_broker())
        if self._config.with_sandbox:
            self._start(parts.sandbox(env, self._config))
        self._start(parts.prepare(env))
        self._wait_for_end("prepare")
        if self._stopping():
            return
        del self._children["prepare"]
        for part in (parts.web(env, listening_fd), parts.worker(env), parts.beat(env)):
            self._start(part)
        self._wait_for_answer("web", self._config.reachable_host, self._config.port, "/healthz")
        if self._config.with_sandbox:
            self._wait_for_answer("sandbox", "127.0.0.1", self._config.sandbox_port, "/")

    def _start_broker(self) -> str:
        if self._config.redis_url:
            broker.check_given(self._config.redis_url)
            return self._config.redis_url
        part, redis_url = broker.embedded(self._config.var_dir / "valkey", self._guard, durable=True)
        broker.wait_until_ready(self._start(part), redis_url, self._stopping)
        return redis_url

    def _start(self, part: Part) -> Child:
        child = Child(part, self._config.logs_dir / f"{part.name}.log", self._guard)
        self._children[part.name] = child
        child.start()
        return child

    def _wait_for_end(self, name: str) -> None:
        child = self._children[name]
        while not self._stopping() and child.is_running():
            time.sleep(0.02)
        code = child.exit_code()
        if code and not self._stopping():
            raise Problem(_last_words(child, code, "Preparing the database"))

    def _wait_for_answer(self, name: str, host: str, port: int, path: str) -> None:
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not self._stopping() and not answers_http(host, port, path):
            for child in self._children.values():
                code = child.exit_code()
                if code is not None:
                    raise Problem(_last_words(child, code, child.part.name))
            if time.monotonic() > deadline:
                log = self._children[name].log
                raise Problem(f"{name} did not answer within {START_LIMIT_SECONDS} s; see {log}.")
            time.sleep(0.05)

    def _restart_dead(self) -> None:
        now = time.monotonic()
        for name, child in self._children.items():
            restart = self._restarts.setdefault(name, Restart())
            if restart.due_at is None:
                code = child.exit_code()
                if code is not None:
                    delay = restart.plan(now=now, lived_seconds=now - child.started_at)
                    note(f"{name} {describe_exit(code)}; starting it again in {delay:g} s (log: {child.log})")
            elif now >= restart.due_at:
                restart.due_at = None
                self._try_again(child)

    def _try_again(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:  # a full disk, a package being replaced: the next try may fare better
            note(f"{child.part.name} could not be started ({error.strerror})")

    def _stop_all(self) -> None:
        say("\nStopping …")
        for name in STOP_ORDER:
            if child := self._children.get(name):
                child.stop(hurry=lambda: self._stop_requests > 1)
        say("Stopped.")


def _last_words(child: Child, code: int, what: str) -> str:
    return f"{what} {describe_exit(code)}; the end of {child.log}:\n{child.last_lines()}"
