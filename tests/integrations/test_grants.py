"""A partner's grant over its life: refreshed once, stored before use, kept alive, and ended in plain words."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from django.db import connections
from django.utils import timezone

from integrations import sweeps, tasks
from integrations.credentials import ConnectionTokens, keep_alive
from integrations.fields import Secret
from integrations.greenhouse.errors import RateLimited, Unauthorized, Unavailable
from integrations.models import Connection, ConnectionState, CredentialKind
from tests.factories import ConnectionFactory

AUTH = "https://auth.example"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _partner(settings: Any) -> None:
    settings.GREENHOUSE_AUTH_URL = AUTH
    settings.GREENHOUSE_PARTNER_CLIENT_ID = "partner-client-9"
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = "partner-secret"


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def granted(db: None) -> Connection:
    """A connection whose access token is over."""
    return _granted()


def _granted(**changes: Any) -> Connection:
    now = timezone.now()
    row = {
        "credential_kind": CredentialKind.PARTNER,
        "secret": Secret(""),
        "token": Secret.of("access-1"),
        "token_expires_at": now - HOUR,
        "refresh_token": Secret.of("refresh-1"),
        "refreshed_at": now - 2 * HOUR,
    }
    return ConnectionFactory(**{**row, **changes})


def _answer(number: int) -> dict[str, Any]:
    return {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": 3600}


def _tokens() -> tuple[str, str]:
    row = Connection.objects.get()
    return row.token.reveal(), row.refresh_token.reveal()


def test_token_when_over_is_refreshed_and_both_new_ones_are_stored(
    http: responses.RequestsMock, granted: Connection
) -> None:
    http.post(f"{AUTH}/token", json=_answer(2))
    assert ConnectionTokens(granted.pk).current() == "access-2"
    assert _tokens() == ("access-2", "refresh-2")
    row = Connection.objects.get()
    assert row.refreshed_at is not None
    assert row.refreshed_at > timezone.now() - timedelta(minutes=1)
    assert row.token_lease_until is None


def test_tokens_when_stored_are_ciphertext(http: responses.RequestsMock, granted: Connection) -> None:
    http.post(f"{AUTH}/token", json=_answer(2))
    ConnectionTokens(granted.pk).current()
    row = Connection.objects.get()
    assert "access-2" not in row.token.stored
    assert "refresh-2" not in row.refresh_token.stored


def test_second_worker_when_the_first_has_refreshed_meanwhile_takes_its_token(
    http: responses.RequestsMock, granted: Connection
) -> None:
    """It read the row before and got the lease after: only a second look keeps it from using the dead token."""
    before = ConnectionTokens(granted.pk)
    stale = Connection.objects.get()
    http.post(f"{AUTH}/token", json=_answer(2))
    ConnectionTokens(granted.pk).current()
    assert before._renew(stale, refused="") == "access-2"
    assert len(http.calls) == 1
    assert Connection.objects.get().token_lease_until is None


@pytest.mark.parametrize("status", [400, 401])
def test_refresh_when_the_grant_is_dead_asks_for_a_new_consent_and_never_asks_greenhouse_again(
    http: responses.RequestsMock, granted: Connection, status: int
) -> None:
    http.post(f"{AUTH}/token", json={"error": "invalid_grant"}, status=status)
    for _ in range(3):
        with pytest.raises(Unauthorized) as caught:
            ConnectionTokens(granted.pk).current()
        assert caught.value.code == "reconnect_needed"
    row = Connection.objects.get()
    assert (row.state, row.problem_code) == (ConnectionState.NEEDS_ATTENTION, "reconnect_needed")
    assert row.problem_entries.get().problem_code == "reconnect_needed"
    assert _tokens() == ("", "")
    assert len(http.calls) == 1


def test_refresh_when_we_are_refused_keeps_the_refresh_token_and_works_once_we_are_right_again(
    http: responses.RequestsMock, granted: Connection
) -> None:
    http.post(f"{AUTH}/token", json={"error": "invalid_client"}, status=401)
    with pytest.raises(Unauthorized):
        ConnectionTokens(granted.pk).current()
    assert Connection.objects.get().problem_code == "reconnect_needed"
    assert _tokens() == ("", "refresh-1")
    http.upsert(responses.POST, f"{AUTH}/token", json=_answer(2))
    assert ConnectionTokens(granted.pk).current() == "access-2"


def test_refresh_when_the_first_answer_is_lost_is_asked_once_more_and_told_the_truth(
    http: responses.RequestsMock, granted: Connection
) -> None:
    http.post(f"{AUTH}/token", body=requests.ConnectionError("cut"))
    http.post(f"{AUTH}/token", json={"error": "invalid_grant"}, status=400)
    with pytest.raises(Unauthorized) as caught:
        ConnectionTokens(granted.pk).current()
    assert caught.value.code == "reconnect_needed"


def test_refresh_when_greenhouse_never_saw_the_first_request_goes_through(
    http: responses.RequestsMock, granted: Connection
) -> None:
    http.post(f"{AUTH}/token", body=requests.ConnectionError("cut"))
    http.post(f"{AUTH}/token", json=_answer(2))
    assert ConnectionTokens(granted.pk).current() == "access-2"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 503}, Unavailable),
        ({"body": requests.ConnectTimeout("x")}, Unavailable),
        ({"body": requests.ReadTimeout("x")}, Unavailable),
        ({"status": 429, "headers": {"Retry-After": "9"}}, RateLimited),
    ],
)
def test_refresh_when_greenhouse_is_down_forgets_nothing_and_can_be_tried_again(
    http: responses.RequestsMock, granted: Connection, answer: dict[str, Any], kind: type[Exception]
) -> None:
    http.post(f"{AUTH}/token", **answer)
    with pytest.raises(kind):
        ConnectionTokens(granted.pk).current()
    row = Connection.objects.get()
    assert (row.state, row.problem_code, row.token_lease_until) == (ConnectionState.ACTIVE, "", None)
    assert _tokens() == ("access-1", "refresh-1")


def _meanwhile(http: responses.RequestsMock, status: int, body: dict[str, Any], **changes: Any) -> None:
    """Answer the refresh, but change the row while it is under way."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        Connection.objects.update(**changes)
        return status, {}, json.dumps(body)

    http.add_callback(responses.POST, f"{AUTH}/token", callback=answer)


NEW_CONSENT = {
    "token": Secret.of("access-9"),
    "token_expires_at": timezone.now() + HOUR,
    "refresh_token": Secret.of("refresh-9"),
    "refreshed_at": timezone.now(),
}


@pytest.mark.parametrize(("status", "body"), [(200, _answer(2)), (400, {"error": "invalid_grant"})])
def test_refresh_when_a_new_consent_came_meanwhile_leaves_that_alone(
    http: responses.RequestsMock, granted: Connection, status: int, body: dict[str, Any]
) -> None:
    _meanwhile(http, status, body, **NEW_CONSENT)
    assert ConnectionTokens(granted.pk).current() == "access-9"
    assert _tokens() == ("access-9", "refresh-9")
    assert Connection.objects.get().state == ConnectionState.ACTIVE


def test_refresh_when_disconnected_meanwhile_writes_nothing_back(
    http: responses.RequestsMock, granted: Connection
) -> None:
    wiped = {"token": Secret(""), "refresh_token": Secret(""), "refreshed_at": None, "token_expires_at": None}
    _meanwhile(http, 200, _answer(2), state=ConnectionState.DISCONNECTED, **wiped)
    with pytest.raises(Unavailable):
        ConnectionTokens(granted.pk).current()
    assert _tokens() == ("", "")


def test_refresh_when_replaced_by_another_kind_of_credential_meanwhile_writes_nothing_back(
    http: responses.RequestsMock, granted: Connection
) -> None:
    _meanwhile(http, 200, _answer(2), credential_kind=CredentialKind.OAUTH, token=Secret.of("other"))
    with pytest.raises(Unavailable):
        ConnectionTokens(granted.pk).current()
    assert _tokens() == ("other", "refresh-1")


def test_refresh_when_this_installation_is_no_partner_any_more_says_so(
    http: responses.RequestsMock, granted: Connection, settings: Any
) -> None:
    settings.GREENHOUSE_PARTNER_CLIENT_ID = ""
    with pytest.raises(Unauthorized) as caught:
        ConnectionTokens(granted.pk).current()
    assert caught.value.code == "partner_refused"
    assert _tokens() == ("access-1", "refresh-1")


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_refresh_once() -> None:
    granted = _granted()
    sent: list[int] = []
    under_way = threading.Event()

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        sent.append(1)
        under_way.wait(2)
        return 200, {}, json.dumps(_answer(1 + len(sent)))

    def work() -> None:
        try:
            got.append(ConnectionTokens(granted.pk).current())
        except Unavailable:
            got.append("later")
            under_way.set()
        finally:
            connections.close_all()

    got: list[str] = []
    with responses.RequestsMock() as http:
        http.add_callback(responses.POST, f"{AUTH}/token", callback=answer)
        workers = [threading.Thread(target=work) for _ in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(sent) == 1
    assert set(got) <= {"access-2", "later"}
    assert "access-2" in got
    assert _tokens() == ("access-2", "refresh-2")


# Kept alive


def test_sweep_when_idle_for_six_hours_finds_the_grant_also_in_trouble(db: None) -> None:
    now = timezone.now()
    idle = _granted(refreshed_at=now - 7 * HOUR, token_expires_at=now + HOUR)
    broken = _granted(refreshed_at=now - 8 * HOUR, state=ConnectionState.NEEDS_ATTENTION, problem_code="not_site_admin")
    _granted(refreshed_at=now - 5 * HOUR)
    _granted(refreshed_at=now - 9 * HOUR, state=ConnectionState.DISCONNECTED)
    _granted(refreshed_at=now - 9 * HOUR, problem_code="reconnect_needed")
    ConnectionFactory(refreshed_at=now - 9 * HOUR)
    assert sweeps.due_keepalives() == [broken.pk, idle.pk]


def test_keep_alive_when_called_twice_refreshes_once_although_the_token_is_good(
    http: responses.RequestsMock, db: None
) -> None:
    now = timezone.now()
    idle = _granted(refreshed_at=now - 7 * HOUR, token_expires_at=now + HOUR)
    http.post(f"{AUTH}/token", json=_answer(2))
    keep_alive(idle.pk)
    keep_alive(idle.pk)
    assert _tokens() == ("access-2", "refresh-2")
    assert len(http.calls) == 1


def test_keep_alive_task_of_every_idle_grant_is_sent_within_what_a_task_may_wait(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = [_granted(refreshed_at=timezone.now() - 7 * HOUR).pk for _ in range(3)]
    sent: list[tuple[int, float]] = []
    monkeypatch.setattr(
        tasks.keep_grant_alive, "apply_async", lambda args, countdown, **_: sent.append((*args, countdown))
    )
    tasks.keep_grants_alive()
    assert sorted(pk for pk, _ in sent) == idle
    assert all(0 <= countdown <= 50 for _, countdown in sent)


def test_keep_alive_task_when_greenhouse_is_down_leaves_the_grant_for_the_next_sweep(
    http: responses.RequestsMock, db: None
) -> None:
    idle = _granted(refreshed_at=timezone.now() - 7 * HOUR)
    http.post(f"{AUTH}/token", status=503)
    with pytest.raises(Unavailable):
        tasks.keep_grant_alive(idle.pk)
    assert sweeps.due_keepalives() == [idle.pk]


def test_trouble_of_a_consent_is_told_in_words_that_fit_it(db: None) -> None:
    granted, pasted = _granted(), ConnectionFactory()
    for connection in (granted, pasted):
        connection.mark_trouble("scope_missing")
    assert (granted.problem_code, pasted.problem_code) == ("consent_incomplete", "scope_missing")
    assert Connection.objects.get(pk=granted.pk).problem_code == "consent_incomplete"
