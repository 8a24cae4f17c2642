"""Asking Greenhouse for a token as one customer does: what the tests of auth have in common."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from integrations.greenhouse import auth, errors
from integrations.greenhouse.auth import Introspection, Token

AUTH, HARVEST = "https://auth.example", "https://harvest.example"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def client_credentials(**changes: Any) -> Token:
    given = {"auth_url": AUTH, "client_id": "lumen-4", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.fetch_token_with_client_credentials(**{**given, **changes})


def api_key(**changes: Any) -> Token:
    given = {"harvest_url": HARVEST, "api_key": "k3y", "now": lambda: NOW}
    return auth.exchange_api_key(**{**given, **changes})


def introspect() -> Introspection:
    return auth.introspect(auth_url=AUTH, client_id="lumen-4", client_secret="s3cret", token="t0ken")


def failure(call: Callable[[], object]) -> errors.GreenhouseError:
    with pytest.raises(errors.GreenhouseError) as caught:
        call()
    return caught.value


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def sent_body(http: responses.RequestsMock) -> str:
    body = http.calls[0].request.body
    assert isinstance(body, bytes)
    return body.decode()


def granted(**changes: Any) -> dict[str, Any]:
    return {"token_type": "Bearer", "access_token": "jwt.a.b", "expires_in": 3600, **changes}
