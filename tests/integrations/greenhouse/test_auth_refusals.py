"""Asking for a token, in every refusal and every odd answer that Greenhouse is known for."""

from collections.abc import Callable

import pytest
import requests
import responses

from integrations.greenhouse import errors
from integrations.greenhouse.auth import Token
from tests.integrations.greenhouse.tokens_asked import (
    AUTH,
    HARVEST,
    api_key,
    client_credentials,
    failure,
    granted,
    introspect,
)

WAYS: list[tuple[Callable[[], object], str, str]] = [
    (client_credentials, AUTH, "/token"),
    (api_key, HARVEST, "/auth/token"),
    (introspect, AUTH, "/introspect"),
]


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
