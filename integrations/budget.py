"""How many requests a connection may still make in Greenhouse's rate window, shared by all workers.

The window is Greenhouse's: its answers say how long it is, how large, and what is left. Every request takes a pass
before it leaves and gives it back with what its answer said. What is left for others is the smallest count any
answer of this window has shown, less the passes still out and those whose request was lost on the way, since nobody
knows whether those are in that count.
So any number of workers at once cannot overshoot, also where the window rolls while requests are out.

Nothing here waits: whoever gets no pass is told when to come back. Without Redis everything is let through, and
Greenhouse's own 429 is the only limit.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import redis
from django.conf import settings
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.retry import Retry

from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.transport import CONNECT_SECONDS, READ_SECONDS, Call, Spending

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS: Final = 120.0  # then ask again: Celery must not hold a task for longer (see settings)
JITTER_SECONDS: Final = 1.0

_LUA: Final = (Path(__file__).parent / "budget.lua").read_text(encoding="utf-8")
_ANSWER_SECONDS: Final = 1.0  # the longest that a request waits for Redis
_PAUSE_SECONDS: Final = 5.0  # then nobody asks a Redis that does not answer
_MARGIN_SECONDS: Final = 5.0  # a pass outlives the longest request; what a killed worker held comes back after it

Clock = Callable[[], float]
_silent_until: dict[str, float] = {}


class Priority(StrEnum):
    """Who goes first: a share of each window is kept from bulk work."""

    INTERACTIVE = "interactive"  # a click, an applicant
    BULK = "bulk"  # imports and polls


class Usage(NamedTuple):
    """How much of the current window is used. Shape: no `reset_at` when no window is running."""

    used: int
    limit: int
    reset_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pass:
    """The right to one request, or how long to wait for it."""

    wait_seconds: float
    id: str
    taken_at: float


class Budget:
    """The rate window of one connection, or of another thing that Greenhouse counts by itself.

    Effects: three keys in Redis, one script. Nothing raises when Redis is down.
    """

    def __init__(self, name: int | str, *, clock: Clock | None = None) -> None:
        """Shape: `clock` is for tests; without one, Redis tells the time, the same to all workers."""
        key = f"purposejobs:budget:{{{name}}}"
        self._keys = [key, f"{key}:flight", f"{key}:lost"]
        self._clock = clock

    def take(self, priority: Priority, *, seconds: float = CONNECT_SECONDS + READ_SECONDS) -> Pass:
        """Take a pass for a request that lasts no longer than `seconds`, or learn how long to wait for one.

        Shape: `wait_seconds` is 0 with a pass in hand.
        """
        name = secrets.token_hex(8)
        answer = self._run("take", priority.value, name, seconds + _MARGIN_SECONDS)
        if answer is None:
            return Pass(0, "", 0)
        wait, taken_at = map(float, answer)
        return Pass(wait, name, taken_at)

    def give_back(self, ticket: Pass, spending: Spending) -> None:
        """Give a pass back with what its request cost."""
        if not ticket.id:
            return
        window = spending.window
        told = (window.limit, window.remaining, window.server_reset, window.server_now) if window else (None,) * 4
        outcome = "unknown" if spending.is_unknown else "known"
        self._run("give_back", ticket.id, ticket.taken_at, outcome, *told, spending.retry_after_seconds)

    def state(self) -> Usage | None:
        """Return how much is used; None before the first answer, after an hour of silence and without Redis."""
        answer = self._run("show")
        if not answer:
            return None
        used, limit, ends_in = answer
        reset_at = timezone.now() + timedelta(seconds=float(ends_in)) if ends_in else None
        return Usage(round(float(used)), round(float(limit)), reset_at)

    def _run(self, verb: str, *arguments: object) -> Any:
        now = self._clock() if self._clock else None
        return _run(self._keys, [verb, now, *arguments])


class BudgetGate:
    """A budget as the client knows it. Requests of bulk work leave the reserved share alone."""

    def __init__(self, budget: Budget, priority: Priority = Priority.INTERACTIVE) -> None:
        self._budget = budget
        self._priority = priority

    def take(self, call: Call) -> Pass:
        """Take a pass. Raises: RateLimited (`budget_spent`), which says when to come back."""
        ticket = self._budget.take(self._priority, seconds=CONNECT_SECONDS + (call.read_seconds or READ_SECONDS))
        if ticket.wait_seconds:
            wait = min(ticket.wait_seconds, LONGEST_WAIT_SECONDS)
            raise RateLimited("budget_spent", path=call.path, retry_after_seconds=wait)
        return ticket

    def give_back(self, ticket: Pass, spending: Spending) -> None:
        self._budget.give_back(ticket, spending)


def state(connection_id: int) -> Usage | None:
    """Return how much of a connection's window is used, if that is known. For the status page."""
    return Budget(connection_id).state()


def come_back_at(exc: RateLimited) -> datetime:
    """Return when to try again: a little apart for each, so that not all come at once."""
    wait = exc.retry_after_seconds + random.uniform(0, JITTER_SECONDS)  # noqa: S311
    return timezone.now() + timedelta(seconds=wait)


# --- Redis -----------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _script(url: str) -> Script:
    """One pool per process; redis-py makes new connections by itself after a fork."""
    client = redis.Redis.from_url(
        url,
        socket_timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),  # a connection may have died while nobody used it
        decode_responses=True,
    )
    return client.register_script(_LUA)


def _run(keys: list[str], arguments: list[object]) -> Any:
    """Run the script; None where Redis cannot be had. Raises: nothing that Redis may cause."""
    url = settings.CACHES["default"]["LOCATION"]
    if time.monotonic() < _silent_until.get(url, 0):
        return None
    try:
        return _script(url)(keys, ["" if value is None else str(value) for value in arguments])
    except (RedisError, OSError, ValueError) as error:  # ValueError: the broker is not a Redis at all
        _silent_until[url] = time.monotonic() + _PAUSE_SECONDS
        log.warning("the rate budget is not shared for now: %s", error)
        return None
