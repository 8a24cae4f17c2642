"""Which requests came, and how many a credential may still make."""

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.clock import stamp
from sandbox.exchange import Record, Request

_KEPT = 20_000
_SECRET = {"code", "refresh_token", "token", "client_secret"}


@dataclass(frozen=True)
class Seen:
    number: int
    at: str
    method: str
    path: str
    query: str
    status: int  # 0: the line was cut, no status was sent
    credential: str
    subject: str
    fault: str
    milliseconds: float


def _without_secrets(request: Request) -> str:
    """Return the query with what must not be read over a shoulder blacked out."""
    if not any(name in _SECRET for name, _ in request.params):
        return request.query
    return urlencode([(name, "***" if name in _SECRET else value) for name, value in request.params], safe="*:/")


class RequestLog:
    """The last API requests, oldest first. Bodies and headers are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[Seen] = deque(maxlen=_KEPT)
        self._numbers = itertools.count(1)

    def add(self, request: Request, *, status: int, credential: str, subject: str, fault: str, took: float) -> None:
        with self._lock:
            self._seen.append(
                Seen(
                    next(self._numbers),
                    stamp(),
                    request.method,
                    request.path,
                    _without_secrets(request),
                    status,
                    credential,
                    subject,
                    fault,
                    round(took * 1000, 2),
                )
            )

    def matching(self, *, method: str = "", path: str = "", after: int = 0) -> list[Record]:
        with self._lock:
            seen = list(self._seen)
        return [
            dict(vars(entry))
            for entry in seen
            if entry.number > after
            and method in ("", entry.method)
            and (not path or entry.path == path or entry.path.startswith(path.rstrip("/") + "/"))
        ]

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()


@dataclass(frozen=True)
class Allowance:
    limit: int
    remaining: int
    resets_at: int  # epoch seconds
    refused: bool

    def headers(self, prefix: str = "X-RateLimit", *, ahead: int = 0) -> dict[str, str]:
        """Write it down; `ahead` is by how many seconds the clock of the writer is."""
        values = {
            f"{prefix}-Limit": str(self.limit),
            f"{prefix}-Remaining": str(self.remaining),
            f"{prefix}-Reset": str(self.resets_at + ahead),
        }
        if self.refused:
            values["Retry-After"] = str(max(1, self.resets_at - int(time.time())))
        return values


class RateLimiter:
    """Counts per key in fixed windows: everything is allowed again at once when the window rolls."""

    UNLIMITED = 1_000_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, int]] = {}

    def spend(self, key: str, limit: int, window_seconds: int) -> Allowance:
        window_seconds = max(1, window_seconds)
        window = int(time.time()) // window_seconds
        resets_at = (window + 1) * window_seconds
        if limit <= 0:
            return Allowance(self.UNLIMITED, self.UNLIMITED, resets_at, refused=False)
        with self._lock:
            counted_window, count = self._counts.get(key, (window, 0))
            count = count + 1 if counted_window == window else 1
            self._counts[key] = (window, count)
        return Allowance(limit, max(0, limit - count), resets_at, refused=count > limit)

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()
