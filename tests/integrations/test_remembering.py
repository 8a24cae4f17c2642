"""Answers that are kept for a little while, and pages that do not need them kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from integrations.remembering import remembered


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def test_remembered_within_its_time_asks_once() -> None:
    answers: Iterator[list[int]] = iter([[1], [2]])
    assert [remembered("what", lambda: next(answers), seconds=60) for _ in range(2)] == [[1], [1]]


def test_remembered_when_nothing_was_found_remembers_that_too() -> None:
    answers: Iterator[list[int]] = iter([[], [2]])
    assert [remembered("what", lambda: next(answers), seconds=60) for _ in range(2)] == [[], []]


def test_remembered_when_the_cache_is_away_asks_each_time(settings: Any) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nonexistent/s.sock"}
    settings.CACHES = {"default": down}
    answers = iter([1, 2])
    assert [remembered("what", lambda: next(answers), seconds=60) for _ in range(2)] == [1, 2]
