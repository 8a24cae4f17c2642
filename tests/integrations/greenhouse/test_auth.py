"""From a credential to a token: what is sent, how long the token lives and what it may do."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import requests
import responses

from integrations.greenhouse import errors
from integrations.greenhouse.auth import Introspection, Token
from tests.integrations.greenhouse.tokens_asked import (
    AUTH,
    HARVEST,
    HOUR,
    NOW,
    api_key,
    basic,
    client_credentials,
    failure,
    granted,
    introspect,
    sent_body,
)

CLAIMS = "https://auth.greenhouse.io/claims"


# What goes out


def test_client_credentials_when_asked_are_sent_as_a_form(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted())
    token = client_credentials(sub=61)
    request = http.calls[0].request
    assert parse_qs(sent_body(http)) == {"grant_type": ["client_credentials"], "sub": ["61"]}
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["Authorization"] == basic("lumen-4", "s3cret")
    assert request.url == f"{AUTH}/token"
    assert token == Token("jwt.a.b", NOW + HOUR, "client_credentials")


def test_client_credentials_when_nobody_is_named_act_as_the_integration(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted())
    client_credentials()
    assert parse_qs(sent_body(http)) == {"grant_type": ["client_credentials"]}


@pytest.mark.parametrize(("sub", "body"), [(None, {}), (61, {"sub": 61}), ("61", {"sub": 61})])
def test_api_key_when_exchanged_is_the_user_of_basic_auth(
    http: responses.RequestsMock, sub: int | str | None, body: dict[str, int]
) -> None:
    http.post(f"{HARVEST}/auth/token", json=granted(expires="2026-11-23T13:00:00Z", expires_in=None))
    token = api_key(sub=sub)
    assert json.loads(sent_body(http)) == body
    assert http.calls[0].request.headers["Authorization"] == basic("k3y", "")
    assert token == Token("jwt.a.b", NOW + HOUR, "api_key")


@pytest.mark.parametrize("pasted", ["“s3cret”", "ключ", "🔑", "\ud800"])
def test_credential_when_it_is_no_latin_text_is_sent_and_refused_by_greenhouse(
    http: responses.RequestsMock, pasted: str
) -> None:
    http.post(f"{AUTH}/token", json={"error": "invalid_client"}, status=401)
    assert type(failure(lambda: client_credentials(client_secret=pasted))) is errors.Unauthorized


def test_token_when_asked_with_a_session_uses_it(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted())
    session = requests.Session()
    session.headers["X-Ours"] = "1"
    client_credentials(session=session)
    assert http.calls[0].request.headers["X-Ours"] == "1"


@pytest.mark.parametrize("call", [client_credentials, api_key])
def test_token_when_the_address_is_unsafe_is_not_asked_for(call: Callable[..., Token]) -> None:
    key = "auth_url" if call is client_credentials else "harvest_url"
    with pytest.raises(ValueError, match="plain http"):
        call(**{key: "http://auth.example"})


def test_token_when_printed_hides_its_value() -> None:
    assert "jwt" not in repr(Token("jwt.a.b", NOW, "api_key"))


# How long it lives


@pytest.mark.parametrize(
    ("named", "life"),
    [
        ({"expires_in": 3600}, HOUR),
        ({"expires_in": "3600"}, HOUR),
        ({"expires_in": 3600.0, "expires_at": "2030-01-01T00:00:00Z"}, HOUR),
        ({"expires_at": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_at": "2026-11-23T13:00:00.000+00:00"}, HOUR),
        ({"expires_at": int((NOW + HOUR).timestamp())}, HOUR),
        ({"expires_at": str(int((NOW + HOUR).timestamp()))}, HOUR),
        ({"expires_at": int((NOW + HOUR).timestamp()) * 1000}, HOUR),
        ({"expires": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_at": "soon", "expires": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_in": None, "expires_at": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_in": -5, "expires_at": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_in": True, "expires_at": "2026-11-23T13:00:00Z"}, HOUR),
        ({"expires_in": 10**9}, timedelta(days=1)),
        ({"expires_in": 10**400}, timedelta(minutes=5)),
        ({"expires_in": "nan"}, timedelta(minutes=5)),
        ({"expires_at": "2026-11-23T11:00:00Z"}, timedelta(minutes=5)),
        ({"expires_at": 10**30}, timedelta(minutes=5)),
        ({"expires_at": {}}, timedelta(minutes=5)),
        ({}, timedelta(minutes=5)),
    ],
)
def test_token_when_its_end_is_named_in_any_way_lives_that_long(
    http: responses.RequestsMock, named: dict[str, object], life: timedelta
) -> None:
    http.post(f"{AUTH}/token", json={"token_type": "Bearer", "access_token": "jwt", **named})
    assert client_credentials().expires_at == NOW + life


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(minutes=-2), timedelta(days=400)])
def test_token_when_clocks_differ_lives_as_long_as_the_server_means(
    http: responses.RequestsMock, ahead: timedelta
) -> None:
    there = NOW + ahead
    named = {"expires_at": (there + HOUR).isoformat()}
    date = there.strftime("%a, %d %b %Y %H:%M:%S GMT")
    http.post(f"{AUTH}/token", json={"access_token": "jwt", **named}, headers={"Date": date})
    assert client_credentials().expires_at == NOW + HOUR


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 12:00:00 GMT"])
def test_token_when_the_date_is_odd_takes_the_end_as_named(http: responses.RequestsMock, date: str) -> None:
    body = {"access_token": "jwt", "expires_at": "2026-11-23T13:00:00Z"}
    http.post(f"{AUTH}/token", json=body, headers={"Date": date})
    assert client_credentials().expires_at == NOW + HOUR


# What a token may do


def test_introspection_when_active_tells_for_whom_and_what(http: responses.RequestsMock) -> None:
    claims = {"organization": {"id": 4010000001, "name": "Lumen Robotics"}, "user_role": "site_admin"}
    body = {"active": True, "client_id": "lumen-4", "sub": "61", "scope": "harvest:jobs:list harvest:users:list"}
    http.post(f"{AUTH}/introspect", json={**body, CLAIMS: claims})
    assert introspect() == Introspection(
        active=True,
        organization_id="4010000001",
        organization_name="Lumen Robotics",
        user_role="site_admin",
        subject="61",
        scopes=frozenset({"harvest:jobs:list", "harvest:users:list"}),
    )
    assert parse_qs(sent_body(http)) == {"token": ["t0ken"], "token_type_hint": ["access_token"]}
    assert http.calls[0].request.headers["Authorization"] == basic("lumen-4", "s3cret")


@pytest.mark.parametrize("extra", [{}, {"scope": "harvest:jobs:list", "sub": "61"}])
def test_introspection_when_inactive_tells_nothing_more(http: responses.RequestsMock, extra: dict[str, str]) -> None:
    http.post(f"{AUTH}/introspect", json={"active": False, **extra})
    assert introspect() == Introspection(active=False)


@pytest.mark.parametrize(
    ("body", "scopes"),
    [
        ({"scope": ["harvest:jobs:list", 5]}, {"harvest:jobs:list"}),
        ({"scope": None, CLAIMS: None}, set()),
        ({CLAIMS: {"organization": "Lumen", "user_role": ["a"]}, "sub": ""}, set()),
        ({}, set()),
    ],
)
def test_introspection_when_parts_are_missing_leaves_them_open(
    http: responses.RequestsMock, body: dict[str, object], scopes: set[str]
) -> None:
    http.post(f"{AUTH}/introspect", json={"active": True, **body})
    assert introspect() == Introspection(active=True, scopes=frozenset(scopes))


@pytest.mark.parametrize("active", [None, "true", 1])
def test_introspection_when_it_does_not_say_whether_active_is_unexpected(
    http: responses.RequestsMock, active: object
) -> None:
    http.post(f"{AUTH}/introspect", json={"active": active})
    error = failure(introspect)
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field == "active"
