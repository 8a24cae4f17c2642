"""What a customer allows a partner: the consent's address, the code, and the tokens that follow each other."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from integrations.greenhouse import auth, errors
from integrations.greenhouse.auth import Grant, Token
from tests.integrations.greenhouse.tokens_asked import AUTH, HOUR, NOW, basic, failure, granted, sent_body


def code(**changes: Any) -> Grant:
    given = {"auth_url": AUTH, "client_id": "partner-9", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.exchange_code(**{**given, "code": "c0de", "redirect_uri": "https://us.example/back/", **changes})


def refreshed(**changes: Any) -> Grant:
    given = {"auth_url": AUTH, "client_id": "partner-9", "client_secret": "s3cret", "now": lambda: NOW}
    return auth.refresh(**{**given, "refresh_token": "r3fresh", **changes})


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
