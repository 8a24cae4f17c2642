"""Keep an answer for a little while, so that the same question is not asked again on every page."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")


def remembered(key: str, ask: Callable[[], T], *, seconds: int) -> T:
    """Return what was answered under this key within so many seconds, else ask and remember.

    Effects: none of its own where the cache is away: then each question is asked, and no page is down because of it.
    Shape: anything but None, which would be asked for again.
    Raises: what `ask` raises; nothing is remembered then.
    """
    with suppress(RedisError, OSError):
        known: T | None = cache.get(key)
        if known is not None:
            return known
    answer = ask()
    with suppress(RedisError, OSError):
        cache.set(key, answer, seconds)
    return answer
