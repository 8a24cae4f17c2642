"""Connect with Greenhouse: the whole way to the consent and back, over real HTTP, and each way it can go wrong."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
import responses
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, Membership, Role, User
from integrations import budget, connecting, life
from integrations.credentials import ConnectionTokens, client_for, keep_alive
from integrations.greenhouse.errors import Unauthorized, Unavailable
from integrations.models import Connection, ConnectionState, CredentialKind, SyncState
from tests.factories import GreenhouseJobFactory
from tests.integrations.conftest import run_sync
from tests.sandbox_process import (
    ADMIN_EMAIL,
    CLIENT_ID,
    CLIENT_SECRET,
    PARTNER_CLIENT_ID,
    PARTNER_CLIENT_SECRET,
    RECRUITER_EMAIL,
    SandboxProcess,
)

PAGE = "/employers/lumen-robotics/settings/integrations/"
START = PAGE + "greenhouse/"
CALLBACK = "/greenhouse/callback/"
BUTTON = f'action="{START}"'


@pytest.fixture(autouse=True)
def _partner(settings: Any) -> None:
    settings.GREENHOUSE_PARTNER_CLIENT_ID = PARTNER_CLIENT_ID
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = PARTNER_CLIENT_SECRET


def _start(client: Client) -> str:
    """Press the button and return the address of the consent."""
    answer = client.post(START)
    assert answer.status_code == 200
    return answer.headers["Refresh"].partition("url=")[2]


def _asked(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def _back(client: Client, location: str) -> str:
    """Follow Greenhouse's redirect and return the page one ends up on."""
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}", follow=True).text


def _connect(client: Client, sandbox: SandboxProcess, **choices: Any) -> str:
    return _back(client, sandbox.consent(_start(client), **choices))


# --- the way there -------------------------------------------------------------------------


def test_page_when_this_installation_is_a_partner_offers_it_to_admins(as_alice: Client, as_rita: Client) -> None:
    assert BUTTON in as_alice.get(PAGE).text
    assert BUTTON not in as_rita.get(PAGE).text


@pytest.mark.parametrize("missing", ["GREENHOUSE_PARTNER_CLIENT_ID", "GREENHOUSE_PARTNER_CLIENT_SECRET"])
def test_page_when_the_partner_is_not_configured_offers_nothing(as_alice: Client, settings: Any, missing: str) -> None:
    setattr(settings, missing, "")
    assert BUTTON not in as_alice.get(PAGE).text
    assert as_alice.post(START).status_code == 404


def test_start_by_role(client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client) -> None:
    assert client.post(START).status_code == 302
    assert as_charlie.post(START).status_code == 404
    assert as_rita.post(START).status_code == as_bob.post(START).status_code == 403
    assert as_alice.get(START).status_code == 405
    assert as_alice.post(START).status_code == 200


def test_start_leads_to_the_consent_with_our_exact_address_and_a_new_random_state(
    as_alice: Client, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    first, second = _start(as_alice), _start(as_alice)
    asked = _asked(first)
    assert first.startswith(f"{settings.GREENHOUSE_AUTH_URL}/authorize?")
    assert asked["redirect_uri"] == "https://jobs.example/greenhouse/callback/"
    assert (asked["response_type"], asked["client_id"]) == ("code", PARTNER_CLIENT_ID)
    assert "harvest:candidates:create" in asked["scope"].split()
    assert len(asked["state"]) >= 40
    assert asked["state"] != _asked(second)["state"]
    assert PARTNER_CLIENT_SECRET not in first


# --- and back ------------------------------------------------------------------------------


def test_consent_with_a_service_account_connects_and_keeps_both_tokens_encrypted(
    sandbox: SandboxProcess, as_alice: Client, alice: User
) -> None:
    page = _connect(as_alice, sandbox)
    assert "Greenhouse is connected to Lumen Robotics" in page
    row = Connection.objects.get()
    assert (row.state, row.credential_kind) == (ConnectionState.ACTIVE, CredentialKind.PARTNER)
    assert row.organization_name == "Lumen Robotics"
    assert row.acts_as_service_user
    assert (row.acting_user_remote_id, row.acting_user_name) == ("", "a Greenhouse service account")
    assert row.connected_by == alice
    assert row.source_name == "Purpose Jobs"
    assert row.refreshed_at is not None
    for secret in (row.token, row.refresh_token):
        assert secret.reveal()
        assert secret.reveal() not in secret.stored + page
    assert client_for(row).fetch_sources()


def test_consent_as_a_person_connects_in_their_name(sandbox: SandboxProcess, as_alice: Client) -> None:
    _connect(as_alice, sandbox, service_account=False)
    row = Connection.objects.get()
    user = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    assert (row.acting_user_remote_id, row.acts_as_service_user) == (str(user), False)
    assert row.acting_user_name == "Maya Okafor"


def test_consent_where_introspection_is_refused_connects_all_the_same(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    sandbox.switches(introspection=False)
    assert "Greenhouse is connected" in _connect(as_alice, sandbox)
    assert Connection.objects.get().state == ConnectionState.ACTIVE


@pytest.mark.parametrize("decision", ["deny"])
def test_consent_when_denied_says_so_and_saves_nothing(
    sandbox: SandboxProcess, as_alice: Client, decision: str
) -> None:
    assert "Somebody chose Deny" in _connect(as_alice, sandbox, decision=decision)
    assert not Connection.objects.exists()


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
    state = _asked(_start(as_alice))["state"]
    page = as_alice.get(
        CALLBACK, {"error": error, "error_description": "Their words", "state": state}, follow=True
    ).text
    assert words in page
    assert "Their words" not in page
    assert "<script>alert" not in page
    assert not Connection.objects.exists()


STALE = "does not belong to a connection that you started"


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"state": None}, {"state": "ключ"}])
def test_callback_with_a_wrong_state_saves_nothing_and_spoils_nothing(
    sandbox: SandboxProcess, as_alice: Client, change: dict[str, str | None]
) -> None:
    location = sandbox.consent(_start(as_alice))
    query = {name: value for name, value in {**_asked(location), **change}.items() if value is not None}
    assert STALE in as_alice.get(f"{CALLBACK}?{urlencode(query)}", follow=True).text
    assert not Connection.objects.exists()
    assert "Greenhouse is connected" in _back(as_alice, location), "the real answer still counts"


def test_callback_without_a_beginning_saves_nothing(sandbox: SandboxProcess, as_alice: Client) -> None:
    assert STALE in as_alice.get(CALLBACK, {"code": "x", "state": "y"}, follow=True).text
    assert sandbox.requests("POST", "/token") == []


def test_callback_when_replayed_is_refused_and_changes_nothing(sandbox: SandboxProcess, as_alice: Client) -> None:
    location = sandbox.consent(_start(as_alice))
    _back(as_alice, location)
    before = Connection.objects.values().get()
    assert STALE in _back(as_alice, location)
    assert Connection.objects.values().get() == before
    assert len(sandbox.requests("POST", "/token")) == 1


def test_callback_after_ten_minutes_is_refused(
    sandbox: SandboxProcess, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.partner.CONSENT_TAKES", timedelta(seconds=-1))
    assert STALE in _connect(as_alice, sandbox)
    assert not Connection.objects.exists()


def test_callback_when_logged_out_asks_to_log_in_and_does_not_carry_the_code_along(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    parts = urlsplit(sandbox.consent(_start(as_alice)))
    answer = Client().get(f"{parts.path}?{parts.query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert not Connection.objects.exists()


def test_callback_in_another_browser_or_by_another_person_saves_nothing(
    sandbox: SandboxProcess, as_alice: Client, as_charlie: Client, alice: User
) -> None:
    location = sandbox.consent(_start(as_alice))
    assert STALE in _back(as_charlie, location)
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert STALE in _back(elsewhere, location)
    assert not Connection.objects.exists()


def test_callback_when_no_admin_any_more_saves_nothing(sandbox: SandboxProcess, as_alice: Client, alice: User) -> None:
    location = sandbox.consent(_start(as_alice))
    Membership.objects.filter(user=alice).update(role=Role.RECRUITER)
    assert STALE in _back(as_alice, location)
    assert not Connection.objects.exists()


def test_callback_connects_the_employer_it_was_begun_for(
    sandbox: SandboxProcess, as_alice: Client, alice: User, employer: Employer, other_employer: Employer
) -> None:
    Membership.objects.create(user=alice, employer=other_employer, role=Role.ADMIN)
    location = sandbox.consent(_start(as_alice))
    as_alice.get("/employers/other/settings/integrations/")
    _back(as_alice, location)
    assert Connection.objects.get().employer == employer


def test_code_when_older_than_it_may_be_is_named(sandbox: SandboxProcess, as_alice: Client) -> None:
    sandbox.switches(code_lifetime_seconds=0)
    assert "lives for one minute and works once" in _connect(as_alice, sandbox)
    assert not Connection.objects.exists()


def test_code_when_our_own_secret_is_wrong_is_not_blamed_on_the_customer(
    sandbox: SandboxProcess, as_alice: Client, settings: Any
) -> None:
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = "wrong"
    assert "It is not about your account" in _connect(as_alice, sandbox)


@pytest.mark.parametrize(
    "fault", [{"kind": "reset_after"}, {"kind": "status", "status": 503}, {"kind": "html"}, {"kind": "nonsense"}]
)
def test_code_when_the_answer_is_lost_is_said_and_nothing_is_saved(
    sandbox: SandboxProcess, as_alice: Client, fault: dict[str, Any]
) -> None:
    sandbox.faults({**fault, "method": "POST", "path": "/token", "times": 5})
    assert "Greenhouse did not hand over the access" in _connect(as_alice, sandbox)
    assert not Connection.objects.exists()


def test_consent_of_somebody_who_is_no_site_admin_is_refused_with_the_way_out(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    page = _connect(as_alice, sandbox, email=RECRUITER_EMAIL, service_account=False)
    assert "the user who authorized us is not one" in page
    assert "tick the service account" in page
    assert not Connection.objects.exists()


def test_consent_for_another_organization_is_refused_and_the_old_connection_works_on(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    _connect(as_alice, sandbox)
    GreenhouseJobFactory(connection=Connection.objects.get())
    before = Connection.objects.values("organization_remote_id", "token", "refresh_token", "state").get()
    page = _connect(as_alice, sandbox, organization="Other Org")
    assert "linked to a different Greenhouse organization" in page
    assert Connection.objects.values("organization_remote_id", "token", "refresh_token", "state").get() == before
    assert client_for(Connection.objects.get()).fetch_sources()


def test_consent_takes_the_place_of_a_pasted_credential_and_back_again(
    sandbox: SandboxProcess, as_alice: Client, alice: User, employer: Employer
) -> None:
    pasted = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
    first = connecting.connect(employer=employer, by=alice, **pasted)
    job = GreenhouseJobFactory(connection=first)
    _connect(as_alice, sandbox)
    row = Connection.objects.get()
    assert (row.pk, row.credential_kind) == (first.pk, CredentialKind.PARTNER)
    assert (row.secret.reveal(), row.secret_last4, row.email) == ("", "", "")
    connecting.connect(employer=employer, by=alice, **pasted)
    row.refresh_from_db()
    assert (row.credential_kind, row.refresh_token.reveal(), row.refreshed_at) == (CredentialKind.OAUTH, "", None)
    assert list(row.greenhouse_jobs.all()) == [job]


# --- afterwards ----------------------------------------------------------------------------


@pytest.fixture
def granted(sandbox: SandboxProcess, as_alice: Client) -> Connection:
    _connect(as_alice, sandbox)
    sandbox.clear_requests()
    return Connection.objects.get()


def _code() -> tuple[str, str]:
    row = Connection.objects.get()
    return row.state, row.problem_code


def test_token_when_it_dies_is_refreshed_and_the_call_goes_through(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    before = granted.refresh_token.reveal()
    sandbox.expire_tokens()
    assert client_for(granted).fetch_sources()
    granted.refresh_from_db()
    assert granted.refresh_token.reveal() != before
    sandbox.expire_tokens()
    assert client_for(granted).fetch_sources(), "and again, with the rotated refresh token"


def test_import_reads_through_a_consent_and_names_its_end(sandbox: SandboxProcess, granted: Connection) -> None:
    assert run_sync(granted).state == SyncState.SUCCEEDED
    sandbox.disconnect()
    assert run_sync(granted).problem_code == "reconnect_needed"
    assert _code() == (ConnectionState.NEEDS_ATTENTION, "reconnect_needed")


def test_check_when_only_the_access_token_is_dead_renews_it_and_is_well(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    sandbox.expire_tokens()
    assert connecting.check(granted) is None
    assert _code() == (ConnectionState.ACTIVE, "")
    assert client_for(granted).fetch_sources()


def test_check_of_a_consent_is_paid_from_the_budget_of_its_connection(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    assert budget.state(granted.pk) is None
    connecting.check(granted)
    usage = budget.state(granted.pk)
    assert usage is not None
    assert usage.used >= 3


def test_check_writes_no_token_that_somebody_has_refreshed_meanwhile(
    sandbox: SandboxProcess, granted: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = connecting._note_findings

    def after_a_refresh(connection: Connection, findings: Any) -> None:
        Connection.objects.update(refreshed_at=timezone.now() - timedelta(hours=7))
        keep_alive(connection.pk)
        look(connection, findings)

    monkeypatch.setattr(connecting, "_note_findings", after_a_refresh)
    old = granted.token.reveal()
    assert connecting.check(granted) is None
    assert Connection.objects.get().token.reveal() != old


def test_disconnected_in_greenhouse_needs_attention_until_somebody_connects_again(
    sandbox: SandboxProcess, granted: Connection, as_alice: Client
) -> None:
    sandbox.disconnect()
    with pytest.raises(Unauthorized):
        client_for(granted).fetch_sources()
    assert _code() == (ConnectionState.NEEDS_ATTENTION, "reconnect_needed")
    failed = connecting.check(Connection.objects.get())
    assert failed is not None
    assert failed.problem.code == "reconnect_needed"
    page = as_alice.get(PAGE).text
    assert "Press Connect with Greenhouse again" in page
    assert page.index(BUTTON) < page.index("Test connection"), "the button that repairs it comes first"
    assert "Greenhouse is connected" in _connect(as_alice, sandbox)
    assert _code() == (ConnectionState.ACTIVE, "")


def test_refresh_whose_answer_is_lost_ends_in_plain_words_not_in_a_loop(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/token", "times": 1})
    Connection.objects.update(token_expires_at=timezone.now())
    for _ in range(3):
        with pytest.raises(Unauthorized):
            ConnectionTokens(granted.pk).current()
    assert _code() == (ConnectionState.NEEDS_ATTENTION, "reconnect_needed")
    assert len(sandbox.requests("POST", "/token")) == 2


def test_worker_killed_between_refresh_and_store_ends_in_plain_words(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    """Greenhouse has used up the token and nobody holds the new one: a person has to consent again."""
    form = {"grant_type": "refresh_token", "refresh_token": granted.refresh_token.reveal()}
    spent = requests.post(
        f"{sandbox.url}/token", data=form, auth=(PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET), timeout=10
    )
    assert spent.status_code == 200
    dead_workers_lease = timezone.now() - timedelta(seconds=1)
    Connection.objects.update(token_expires_at=timezone.now(), token_lease_until=dead_workers_lease)
    with pytest.raises(Unauthorized):
        ConnectionTokens(granted.pk).current()
    assert _code() == (ConnectionState.NEEDS_ATTENTION, "reconnect_needed")


def test_disconnected_here_forgets_the_grant_and_a_new_consent_goes_on_from_there(
    sandbox: SandboxProcess, granted: Connection, as_alice: Client, alice: User
) -> None:
    job = GreenhouseJobFactory(connection=granted)
    life.disconnect(connection=granted, by=alice)
    row = Connection.objects.get()
    assert (row.token.reveal(), row.refresh_token.reveal(), row.refreshed_at) == ("", "", None)
    _connect(as_alice, sandbox)
    row.refresh_from_db()
    assert (row.pk, row.state, row.disconnected_at) == (granted.pk, ConnectionState.ACTIVE, None)
    assert list(row.greenhouse_jobs.all()) == [job]


@pytest.mark.django_db(transaction=True)
def test_many_workers_with_a_dead_token_refresh_it_once(sandbox: SandboxProcess, granted: Connection) -> None:
    sandbox.expire_tokens()
    sandbox.faults({"kind": "slow", "method": "POST", "path": "/token", "seconds": 0.5})
    refused = granted.token.reveal()
    outcomes: list[str] = []

    def work() -> None:
        try:
            outcomes.append(ConnectionTokens(granted.pk).renew(refused))
        except Unavailable:
            outcomes.append("later")
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(outcomes) == 8
    assert len(sandbox.requests("POST", "/token")) == 1
    (token,) = {outcome for outcome in outcomes if outcome != "later"}
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200
    assert _code() == (ConnectionState.ACTIVE, "")


def test_scope_removed_later_is_named_by_the_check_and_gone_after_it_came_back(
    sandbox: SandboxProcess, granted: Connection
) -> None:
    scopes = sandbox.set_credential(PARTNER_CLIENT_ID)["scopes"]
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=[s for s in scopes if s != "harvest:candidates:create"])
    failed = connecting.check(granted)
    assert failed is not None
    assert (failed.problem.code, failed.detail) == ("consent_incomplete", "harvest:candidates:create")
    assert _code() == (ConnectionState.NEEDS_ATTENTION, "consent_incomplete")
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=scopes)
    assert connecting.check(Connection.objects.get()) is None
    assert _code() == (ConnectionState.ACTIVE, "")


def test_scope_added_later_is_an_invitation_to_press_the_button_again(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    """What we ask for grew by notes since the consent: only the notes are off, and the page says what to press."""
    address = _start(as_alice)
    asked = _asked(address)
    asked["scope"] = " ".join(s for s in asked["scope"].split() if ":notes:" not in s)
    page = _back(as_alice, sandbox.consent(f"{address.partition('?')[0]}?{urlencode(asked)}"))
    assert "Press Connect with Greenhouse again and authorize everything it lists." in page
    assert _code() == (ConnectionState.ACTIVE, "")
    page = _connect(as_alice, sandbox)
    assert "Press Connect with Greenhouse again and authorize" not in page


def test_whole_way_leaves_no_secret_in_logs_messages_or_pages(
    sandbox: SandboxProcess, as_alice: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    location = sandbox.consent(_start(as_alice))
    page = _back(as_alice, location)
    sandbox.expire_tokens()
    row = Connection.objects.get()
    old = (row.token.reveal(), row.refresh_token.reveal())
    client_for(row).fetch_sources()
    row.refresh_from_db()
    told = page + as_alice.get(PAGE).text + "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records)
    tokens = (row.token.reveal(), row.refresh_token.reveal(), *old)
    for secret in (PARTNER_CLIENT_SECRET, _asked(location)["code"], *tokens):
        assert secret not in told


# --- what the sandbox cannot do ------------------------------------------------------------


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_code_when_the_connection_was_never_made_is_sent_once_more(
    http: responses.RequestsMock, as_alice: Client, settings: Any
) -> None:
    settings.GREENHOUSE_AUTH_URL = "https://auth.example"
    state = _asked(_start(as_alice))["state"]
    http.post("https://auth.example/token", body=requests.ConnectTimeout("x"))
    http.post("https://auth.example/token", json={"error": "invalid_grant"}, status=400)
    page = as_alice.get(CALLBACK, {"code": "c", "state": state}, follow=True).text
    assert "works once" in page
    assert len(http.calls) == 2
