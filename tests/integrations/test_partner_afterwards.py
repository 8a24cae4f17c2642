"""A consent afterwards: its tokens are renewed, it ends in plain words, and what it allows can change."""

import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from integrations import budget, connecting, life
from integrations.credentials import ConnectionTokens, client_for, keep_alive
from integrations.greenhouse.errors import Unauthorized, Unavailable
from integrations.models import Connection, ConnectionState, SyncState
from tests.factories import GreenhouseJobFactory
from tests.integrations.conftest import run_sync
from tests.integrations.consent import BUTTON, come_back, consent, press_button, query_of
from tests.integrations.pasted import PAGE
from tests.sandbox_process import PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET, SandboxProcess

pytestmark = pytest.mark.usefixtures("partner")


@pytest.fixture
def granted(sandbox: SandboxProcess, as_alice: Client) -> Connection:
    consent(as_alice, sandbox)
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
    assert "Greenhouse is connected" in consent(as_alice, sandbox)
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
    consent(as_alice, sandbox)
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
    address = press_button(as_alice)
    asked = query_of(address)
    asked["scope"] = " ".join(s for s in asked["scope"].split() if ":notes:" not in s)
    page = come_back(as_alice, sandbox.consent(f"{address.partition('?')[0]}?{urlencode(asked)}"))
    assert "Press Connect with Greenhouse again and authorize everything it lists." in page
    assert _code() == (ConnectionState.ACTIVE, "")
    page = consent(as_alice, sandbox)
    assert "Press Connect with Greenhouse again and authorize" not in page
