"""The way back from the consent: a state, a code or a browser that is not the right one saves nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import responses
from django.test import Client

from accounts.models import Employer, Membership, Role, User
from integrations.models import Connection
from tests.integrations.consent import CALLBACK, come_back, consent, press_button, query_of
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.usefixtures("partner")
STALE = "does not belong to a connection that you started"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "Somebody chose Deny"),
        ("invalid_scope", "refused our request before you could decide"),
        ("server_error", "refused our request before you could decide"),
        ("<script>alert(1)</script>", "refused our request before you could decide"),
        ("", "refused our request before you could decide"),
    ],
)
def test_callback_when_greenhouse_reports_an_error_says_it_in_our_words(
    as_alice: Client, error: str, words: str
) -> None:
    state = query_of(press_button(as_alice))["state"]
    page = as_alice.get(
        CALLBACK, {"error": error, "error_description": "Their words", "state": state}, follow=True
    ).text
    assert words in page
    assert "Their words" not in page
    assert "<script>alert" not in page
    assert not Connection.objects.exists()


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"state": None}, {"state": "ключ"}])
def test_callback_with_a_wrong_state_saves_nothing_and_spoils_nothing(
    sandbox: SandboxProcess, as_alice: Client, change: dict[str, str | None]
) -> None:
    location = sandbox.consent(press_button(as_alice))
    query = {name: value for name, value in {**query_of(location), **change}.items() if value is not None}
    assert STALE in as_alice.get(f"{CALLBACK}?{urlencode(query)}", follow=True).text
    assert not Connection.objects.exists()
    assert "Greenhouse is connected" in come_back(as_alice, location), "the real answer still counts"


def test_callback_without_a_beginning_saves_nothing(sandbox: SandboxProcess, as_alice: Client) -> None:
    assert STALE in as_alice.get(CALLBACK, {"code": "x", "state": "y"}, follow=True).text
    assert sandbox.requests("POST", "/token") == []


def test_callback_when_replayed_is_refused_and_changes_nothing(sandbox: SandboxProcess, as_alice: Client) -> None:
    location = sandbox.consent(press_button(as_alice))
    come_back(as_alice, location)
    before = Connection.objects.values().get()
    assert STALE in come_back(as_alice, location)
    assert Connection.objects.values().get() == before
    assert len(sandbox.requests("POST", "/token")) == 1


def test_callback_after_ten_minutes_is_refused(
    sandbox: SandboxProcess, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.partner.CONSENT_TAKES", timedelta(seconds=-1))
    assert STALE in consent(as_alice, sandbox)
    assert not Connection.objects.exists()


def test_callback_when_logged_out_asks_to_log_in_and_does_not_carry_the_code_along(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    parts = urlsplit(sandbox.consent(press_button(as_alice)))
    answer = Client().get(f"{parts.path}?{parts.query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert not Connection.objects.exists()


def test_callback_in_another_browser_or_by_another_person_saves_nothing(
    sandbox: SandboxProcess, as_alice: Client, as_charlie: Client, alice: User
) -> None:
    location = sandbox.consent(press_button(as_alice))
    assert STALE in come_back(as_charlie, location)
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert STALE in come_back(elsewhere, location)
    assert not Connection.objects.exists()


def test_callback_when_no_admin_any_more_saves_nothing(sandbox: SandboxProcess, as_alice: Client, alice: User) -> None:
    location = sandbox.consent(press_button(as_alice))
    Membership.objects.filter(user=alice).update(role=Role.RECRUITER)
    assert STALE in come_back(as_alice, location)
    assert not Connection.objects.exists()


def test_callback_connects_the_employer_it_was_begun_for(
    sandbox: SandboxProcess, as_alice: Client, alice: User, employer: Employer, other_employer: Employer
) -> None:
    Membership.objects.create(user=alice, employer=other_employer, role=Role.ADMIN)
    location = sandbox.consent(press_button(as_alice))
    as_alice.get("/employers/other/settings/integrations/")
    come_back(as_alice, location)
    assert Connection.objects.get().employer == employer


def test_code_when_older_than_it_may_be_is_named(sandbox: SandboxProcess, as_alice: Client) -> None:
    sandbox.switches(code_lifetime_seconds=0)
    assert "lives for one minute and works once" in consent(as_alice, sandbox)
    assert not Connection.objects.exists()


def test_code_when_our_own_secret_is_wrong_is_not_blamed_on_the_customer(
    sandbox: SandboxProcess, as_alice: Client, settings: Any
) -> None:
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = "wrong"
    assert "It is not about your account" in consent(as_alice, sandbox)


@pytest.mark.parametrize(
    "fault", [{"kind": "reset_after"}, {"kind": "status", "status": 503}, {"kind": "html"}, {"kind": "nonsense"}]
)
def test_code_when_the_answer_is_lost_is_said_and_nothing_is_saved(
    sandbox: SandboxProcess, as_alice: Client, fault: dict[str, Any]
) -> None:
    sandbox.faults({**fault, "method": "POST", "path": "/token", "times": 5})
    assert "Greenhouse did not hand over the access" in consent(as_alice, sandbox)
    assert not Connection.objects.exists()


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_code_when_the_connection_was_never_made_is_sent_once_more(
    http: responses.RequestsMock, as_alice: Client, settings: Any
) -> None:
    settings.GREENHOUSE_AUTH_URL = "https://auth.example"
    state = query_of(press_button(as_alice))["state"]
    http.post("https://auth.example/token", body=requests.ConnectTimeout("x"))
    http.post("https://auth.example/token", json={"error": "invalid_grant"}, status=400)
    page = as_alice.get(CALLBACK, {"code": "c", "state": state}, follow=True).text
    assert "works once" in page
    assert len(http.calls) == 2
