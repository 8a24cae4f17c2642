"""A client of Harvest v3 whose requests go nowhere, and what is looked at of them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from integrations.greenhouse import errors

BASE = "https://harvest.example"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
RATE = {
    "X-RateLimit-Limit": "50",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": str(int(NOW.timestamp()) + 17),
}
PERSON = {"first_name": "Ada", "last_name": "Byron"}


class Tokens:
    """A token source that hands out its values one after the other."""

    def __init__(self, *values: str) -> None:
        self.values = list(values or ["token-1"])
        self.refused: list[str] = []

    def current(self) -> str:
        return self.values[0]

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        if len(self.values) == 1:
            raise errors.Unauthorized("invalid_client", path="/token", status=401)
        return self.values.pop(1)


def sent(http: responses.RequestsMock) -> list[tuple[str, str, dict[str, str]]]:
    """Return what went out: method, path and query of each request."""
    parts = [(call.request.method or "", urlsplit(call.request.url or "")) for call in http.calls]
    return [(method, str(url.path), dict(parse_qsl(str(url.query)))) for method, url in parts]


def body_of(http: responses.RequestsMock, index: int = 0) -> Any:
    body = http.calls[index].request.body
    assert isinstance(body, bytes)
    return json.loads(body)


def next_link(collection: str, cursor: str) -> dict[str, str]:
    return {"Link": f'<{BASE}/v3/{collection}?cursor={cursor}>; rel="next"'}


def failure(call: Callable[[], object]) -> errors.GreenhouseError:
    with pytest.raises(errors.GreenhouseError) as caught:
        call()
    return caught.value
