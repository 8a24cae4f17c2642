"""What the headers of a Greenhouse answer say: budget left, when to come back, where the next page is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

Headers = Mapping[str, str]

# The rate window is 30 seconds long, so a 429 that names no time is over by then at the latest.
_WINDOW_SECONDS: Final = 30.0
_LONGEST_WAIT_SECONDS: Final = 120.0
_SHORTEST_WAIT_SECONDS: Final = 1.0
# `Date` has whole seconds and an answer takes time to arrive; only more than this is a wrong clock.
_CLOCK_TOLERANCE: Final = timedelta(seconds=5)

_LINK: Final = re.compile(r'\s*<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)\s*(?:,|$)')
_REL: Final = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
_REQUEST_ID: Final = re.compile(r"[\w.:/=+-]{1,100}")


@dataclass(frozen=True, slots=True)
class RateWindow:
    """How much of the current rate window is left.

    Units: `reset_at` is by our clock. `server_reset` and `server_now` are whole seconds since 1970 by the
        server's: the first names the window, the second is when it answered, where it said so.
    """

    limit: int
    remaining: int
    reset_at: datetime
    server_reset: int
    server_now: int | None = None


class BadLink(ValueError):
    """The `Link` header does not lead to the next page of the same collection."""


def by_our_clock(moment: datetime, headers: Headers, now: datetime) -> datetime:
    """Return a moment the server named, moved by the difference between its clock and ours.

    Units: aware UTC datetimes. A token or a rate window would otherwise end too early or too late on a
    machine whose clock is wrong.
    """
    server_now = _http_date(headers.get("Date", ""))
    if server_now is None:
        return moment
    ahead = server_now - now
    return moment if abs(ahead) <= _CLOCK_TOLERANCE else moment - ahead


def answered_at(headers: Headers) -> datetime | None:
    """Return when the server answered, by its own clock and in whole seconds; None where it does not say."""
    return _http_date(headers.get("Date", ""))


def rate_window(headers: Headers, now: datetime) -> RateWindow | None:
    """Return the rate window, or None where the headers are missing or make no sense."""
    try:
        limit = int(headers["X-RateLimit-Limit"])
        remaining = int(headers["X-RateLimit-Remaining"])
        server_reset = int(headers["X-RateLimit-Reset"])
        reset_at = by_our_clock(datetime.fromtimestamp(server_reset, UTC), headers, now)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    if limit <= 0 or remaining < 0:
        return None
    date = _http_date(headers.get("Date", ""))
    return RateWindow(limit, remaining, reset_at, server_reset, int(date.timestamp()) if date else None)


def retry_after_seconds(headers: Headers, now: datetime) -> float:
    """Return how long a 429 asks to wait, between 1 and 120: `Retry-After`, else the end of the window."""
    named = headers.get("Retry-After", "").strip()
    window = rate_window(headers, now)
    seconds = _WINDOW_SECONDS
    if (wait := _seconds(named)) is not None:
        seconds = wait
    elif (moment := _http_date(named)) is not None:
        seconds = (by_our_clock(moment, headers, now) - now).total_seconds()
    elif window is not None:
        seconds = (window.reset_at - now).total_seconds()
    return min(max(seconds, _SHORTEST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS)


def request_id(headers: Headers) -> str | None:
    """Return the id by which Greenhouse's support finds the request; odd values are dropped, not logged."""
    named = headers.get("X-Request-Id", "")
    return named if _REQUEST_ID.fullmatch(named) else None


def next_cursor(headers: Headers, url: str) -> str | None:
    """Return the cursor of the page after the one read from `url`, or None when that was the last.

    Only the cursor is taken from the link, since the next request carries the token: it must not go where a
    reply says. So the link may name Greenhouse by another address than ours, as behind a proxy, but no other
    collection. A header that cannot be read is refused, because taking it for "no more pages" would lose the rest.

    Raises: BadLink.
    """
    targets = _next_targets(headers.get("Link", ""))
    if not targets:
        return None
    try:
        found = urlsplit(urljoin(url, targets[0]))
        same = _collection(found) == _collection(urlsplit(url))
        cursors = parse_qs(found.query, max_num_fields=20).get("cursor", [])
    except ValueError:
        raise BadLink from None
    if len(targets) > 1 or not same or len(cursors) != 1:
        raise BadLink
    return cursors[0]


def _next_targets(header: str) -> list[str]:
    targets, position = [], 0
    header = header.strip()
    while position < len(header):
        link = _LINK.match(header, position)
        rel = _REL.search(link[2]) if link else None
        if link is None or rel is None:
            raise BadLink
        if "next" in (rel[1] or rel[2] or "").lower().split():
            targets.append(link[1])
        position = link.end()
    return targets


def _collection(url: SplitResult) -> str:
    """`v3/jobs`, whatever stands before it."""
    return "/".join(url.path.split("/")[-2:])


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
