"""From a credential to a token, in every shape and every refusal that Greenhouse is known for."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from integrations.greenhouse import auth, errors
from integrations.greenhouse.auth import Grant, Introspection, Token

AUTH, HARVEST = "https://auth.example", "https://harvest.example"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLAIMS = "https://auth.greenhouse.io/claims"


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def client_credentials(**changes: Any) -> Token:
    given = {"auth_url": AUTH, "client_id": "lumen-4", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.fetch_token_with_client_credentials(**{**given, **changes})


def api_key(**changes: Any) -> Token:
    given = {"harvest_url": HARVEST, "api_key": "k3y", "now": lambda: NOW}
    return auth.exchange_api_key(**{**given, **changes})


def code(**changes: Any) -> Grant:
    given = {"auth_url": AUTH, "client_id": "partner-9", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.exchange_code(**{**given, "code": "c0de", "redirect_uri": "https://us.example/back/", **changes})


def refreshed(**changes: Any) -> Grant:
    given = {"auth_url": AUTH, "client_id": "partner-9", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.refresh(**{**given, "refresh_token": "r3fresh", **changes})


def introspect() -> Introspection:
    return auth.introspect(auth_url=AUTH, client_id="lumen-4", client_secret="s3cret", token="t0ken")


WAYS: list[tuple[Callable[[], object], str, str]] = [
    (client_credentials, AUTH, "/token"),
    (api_key, HARVEST, "/auth/token"),
    (introspect, AUTH, "/introspect"),
]


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


# Refusals


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"error": "invalid_client"}),
        (400, {"error": "invalid_client"}),
        (401, {"message": "Unauthorized", "errorId": "err-1"}),
        (401, {"message": "Invalid credentials"}),
    ],
)
@pytest.mark.parametrize(("call", "host", "path"), WAYS)
def test_credential_when_wrong_is_unauthorized(
    http: responses.RequestsMock,
    call: Callable[[], object],
    host: str,
    path: str,
    status: int,
    body: dict[str, str],
) -> None:
    http.post(host + path, json=body, status=status, headers={"X-Request-Id": "req-1"})
    error = failure(call)
    assert (type(error), error.code, error.status) == (errors.Unauthorized, "invalid_client", status)
    assert (error.path, error.request_id) == (path, "req-1")
    assert error.__context__ is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"message": "client_id=lumen does not contain a valid client ID suffix"}, "client_id_suffix"),
        ({"message": "grant_type must be included in the /token request"}, "bad_request"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        ({"error": "invalid_scope", "message": "x"}, "invalid_scope"),
        ({"error": "something_with_lumen_in_it"}, "bad_request"),
        ({"error": {"a": 1}, "message": ["b"]}, "bad_request"),
        ([], "bad_request"),
    ],
)
def test_request_when_refused_has_a_stable_code_and_none_of_their_words(
    http: responses.RequestsMock, body: object, code: str
) -> None:
    http.post(f"{AUTH}/token", json=body, status=400)
    error = failure(client_credentials)
    assert (type(error), error.code, error.status) == (errors.Rejected, code, 400)
    assert "lumen" not in f"{error} {vars(error)}"


def test_request_when_refused_with_a_page_is_rejected(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", body="<html>", status=400)
    assert failure(client_credentials).code == "bad_request"


@pytest.mark.parametrize("status", [404, 410])
def test_api_key_when_the_exchange_is_gone_is_told_so(http: responses.RequestsMock, status: int) -> None:
    http.post(f"{HARVEST}/auth/token", json={"message": "Resource not found"}, status=status)
    error = failure(api_key)
    assert isinstance(error, errors.Rejected)
    assert (error.code, error.status) == ("keys_retired", status)


def test_introspection_when_not_offered_is_not_found(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/introspect", json={"message": "Resource not found"}, status=404)
    error = failure(introspect)
    assert (type(error), error.code) == (errors.NotFound, "not_found")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, errors.Forbidden),
        (302, errors.Unavailable),
        (500, errors.Unavailable),
        (503, errors.Unavailable),
        (429, errors.RateLimited),
    ],
)
@pytest.mark.parametrize(("call", "host", "path"), WAYS)
def test_token_call_when_the_status_is_bad_is_safe_to_repeat(
    http: responses.RequestsMock,
    call: Callable[[], object],
    host: str,
    path: str,
    status: int,
    kind: type[errors.GreenhouseError],
) -> None:
    http.post(host + path, body="<html>", status=status, headers={"Retry-After": "9", "Location": "/login"})
    error = failure(call)
    assert (type(error), error.status, error.path) == (kind, status, path)
    assert getattr(error, "retry_after_seconds", 9) == 9


@pytest.mark.parametrize(
    "cause", [requests.ReadTimeout("x"), requests.ConnectionError("x"), requests.ConnectTimeout("x")]
)
@pytest.mark.parametrize(("call", "host", "path"), WAYS)
def test_token_call_when_no_answer_comes_is_unavailable(
    http: responses.RequestsMock, call: Callable[[], object], host: str, path: str, cause: Exception
) -> None:
    http.post(host + path, body=cause)
    assert type(failure(call)) is errors.Unavailable


@pytest.mark.parametrize("text", ["", "<!doctype html>", '{"access_token": "jw', "[]", "null", '"jwt"'])
@pytest.mark.parametrize(("call", "host", "path"), WAYS)
def test_token_call_when_the_answer_is_no_object_is_unexpected(
    http: responses.RequestsMock, call: Callable[[], object], host: str, path: str, text: str
) -> None:
    http.post(host + path, body=text)
    assert type(failure(call)) is errors.UnexpectedReply


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"access_token": None}, "access_token"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": 5}, "access_token"),
        ({"access_token": "jwt\r\nX-Evil: 1"}, "access_token"),
        ({"access_token": "jwt with spaces"}, "access_token"),
        ({"token_type": "mac"}, "token_type"),
    ],
)
@pytest.mark.parametrize("call", [client_credentials, api_key])
def test_token_when_the_answer_has_none_we_can_send_is_unexpected(
    http: responses.RequestsMock, call: Callable[[], Token], changes: dict[str, object], field: str
) -> None:
    url = f"{AUTH}/token" if call is client_credentials else f"{HARVEST}/auth/token"
    http.post(url, json=granted(**changes))
    error = failure(call)
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field == field


@pytest.mark.parametrize("named", [{"token_type": "bearer"}, {"token_type": None}, {"token_type": "BEARER"}])
def test_token_when_its_type_is_written_otherwise_is_taken(
    http: responses.RequestsMock, named: dict[str, object]
) -> None:
    http.post(f"{AUTH}/token", json=granted(**named))
    assert client_credentials().value == "jwt.a.b"


# What a customer allows a partner

GRANTS: list[Callable[..., Grant]] = [code, refreshed]


def granted_pair(**changes: Any) -> dict[str, Any]:
    return granted(expires_in=None, expires_at="2026-11-23T13:00:00Z", refresh_token="n3xt", **changes)


def test_consent_address_when_made_holds_what_the_contract_asks_for() -> None:
    address = auth.consent_address(
        auth_url=f"{AUTH}/",
        client_id="partner-9",
        redirect_uri="https://us.example/back/",
        scopes=["harvest:jobs:list", "harvest:users:list"],
        state="st&te",
    )
    host, _, query = address.partition("?")
    assert host == f"{AUTH}/authorize"
    assert parse_qs(query) == {
        "response_type": ["code"],
        "client_id": ["partner-9"],
        "redirect_uri": ["https://us.example/back/"],
        "scope": ["harvest:jobs:list harvest:users:list"],
        "state": ["st&te"],
    }


def test_code_when_exchanged_is_sent_as_a_form_with_the_redirect_uri(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted_pair())
    assert code() == Grant(Token("jwt.a.b", NOW + HOUR, "partner"), "n3xt")
    assert parse_qs(sent_body(http)) == {
        "grant_type": ["authorization_code"],
        "code": ["c0de"],
        "redirect_uri": ["https://us.example/back/"],
    }
    assert http.calls[0].request.headers["Authorization"] == basic("partner-9", "s3cret")


def test_refresh_token_when_used_brings_both_tokens_anew(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted_pair())
    assert refreshed() == Grant(Token("jwt.a.b", NOW + HOUR, "partner"), "n3xt")
    assert parse_qs(sent_body(http)) == {"grant_type": ["refresh_token"], "refresh_token": ["r3fresh"]}


def test_refresh_token_when_the_answer_brings_no_other_is_kept(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted())
    assert refreshed().refresh_token == "r3fresh"


def test_grant_when_printed_hides_both_tokens() -> None:
    assert "s3" not in repr(Grant(Token("s3-access", NOW, "partner"), "s3-refresh"))


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("error", ["invalid_grant", "invalid_request", "access_denied"])
@pytest.mark.parametrize("call", GRANTS)
def test_grant_when_the_token_or_code_is_dead_is_rejected_whatever_the_status(
    http: responses.RequestsMock, call: Callable[..., Grant], error: str, status: int
) -> None:
    http.post(f"{AUTH}/token", json={"error": error, "error_description": "r3fresh is dead"}, status=status)
    refusal = failure(call)
    assert (type(refusal), refusal.code, refusal.status) == (errors.Rejected, error, status)
    assert "r3fresh" not in f"{refusal} {vars(refusal)}"


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("call", GRANTS)
def test_grant_when_the_partner_is_refused_is_unauthorized(
    http: responses.RequestsMock, call: Callable[..., Grant], status: int
) -> None:
    http.post(f"{AUTH}/token", json={"error": "invalid_client"}, status=status)
    assert type(failure(call)) is errors.Unauthorized


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": requests.ConnectTimeout("x")}, errors.Unavailable),
        ({"body": "", "status": 429, "headers": {"Retry-After": "9"}}, errors.RateLimited),
        ({"body": requests.ReadTimeout("x")}, errors.OutcomeUnknown),
        ({"body": requests.ConnectionError("x")}, errors.OutcomeUnknown),
        ({"body": "", "status": 503}, errors.OutcomeUnknown),
        ({"body": "<html>"}, errors.OutcomeUnknown),
        ({"json": {"token_type": "Bearer"}}, errors.OutcomeUnknown),
        ({"json": {"access_token": "jwt", "refresh_token": "with spaces"}}, errors.OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("call", GRANTS)
def test_grant_when_nothing_usable_comes_back_says_whether_it_may_have_been_used(
    http: responses.RequestsMock,
    call: Callable[..., Grant],
    answer: dict[str, Any],
    kind: type[errors.GreenhouseError],
) -> None:
    http.post(f"{AUTH}/token", **answer)
    assert type(failure(call)) is kind


def test_code_when_it_brings_no_refresh_token_is_of_no_use(http: responses.RequestsMock) -> None:
    http.post(f"{AUTH}/token", json=granted())
    assert type(failure(code)) is errors.OutcomeUnknown


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
