"""Secrets at rest, and one token for all workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import responses
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection as db
from django.utils import timezone

from integrations import credentials
from integrations.connecting import check
from integrations.credentials import ConnectionTokens, client_for, sole_minter
from integrations.fields import DecryptionError, Secret
from integrations.greenhouse.errors import RateLimited, Unauthorized, Unavailable
from integrations.models import Connection
from tests.factories import ConnectionFactory
from tests.sandbox_process import CLIENT_ID, CLIENT_SECRET, SandboxProcess

pytestmark = pytest.mark.django_db


def _stored() -> str:
    with db.cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_connection")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_plain_secret_and_neither_does_a_repr() -> None:
    connection = ConnectionFactory(secret=Secret.of("plain-as-day"))
    assert "plain-as-day" not in _stored()
    fresh = Connection.objects.get()
    assert fresh.secret.reveal() == "plain-as-day"
    assert "plain-as-day" not in f"{fresh.secret!r}{fresh.secret}{vars(fresh)}"
    assert connection.pk == fresh.pk


def test_only_a_secret_can_be_stored() -> None:
    with pytest.raises(TypeError):
        ConnectionFactory(secret="plain text by mistake")


def test_keys_rotate_the_first_encrypts_and_all_decrypt(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    ConnectionFactory(secret=Secret.of("kept"))
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert Connection.objects.get().secret.reveal() == "kept"
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(DecryptionError) as caught:
        Connection.objects.get().secret.reveal()
    assert "kept" not in str(caught.value)


def _tokens_minted(sandbox: SandboxProcess) -> int:
    return len(sandbox.requests("POST", "/token"))


def test_one_token_is_minted_and_shared(sandbox: SandboxProcess, connection: Connection) -> None:
    first, second = ConnectionTokens(connection.pk), ConnectionTokens(connection.pk)
    assert first.current() == second.current() == first.current()
    assert _tokens_minted(sandbox) == 1


def test_a_token_about_to_end_is_renewed_before_it_does(sandbox: SandboxProcess, connection: Connection) -> None:
    tokens = ConnectionTokens(connection.pk)
    tokens.current()
    now = timezone.now()
    Connection.objects.update(token_expires_at=now + timedelta(seconds=59), refreshed_at=now - timedelta(seconds=3541))
    tokens.current()
    assert _tokens_minted(sandbox) == 2


def test_tokens_that_live_half_a_minute_are_shared_too(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(token_lifetime_seconds=30)
    assert len({ConnectionTokens(connection.pk).current() for _ in range(5)}) == 1
    assert _tokens_minted(sandbox) == 1


@pytest.mark.parametrize("expires", ["both", "at", "in", "none"])
def test_a_token_is_shared_whatever_it_says_of_its_end(
    sandbox: SandboxProcess, connection: Connection, expires: str
) -> None:
    sandbox.switches(expires=expires)
    assert len({ConnectionTokens(connection.pk).current() for _ in range(3)}) == 1
    assert _tokens_minted(sandbox) == 1


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_token_ends_by_our_clock_where_clocks_differ(settings: Any, connection: Connection, minutes: int) -> None:
    settings.GREENHOUSE_AUTH_URL = "https://auth.example"
    there = timezone.now() + timedelta(minutes=minutes)
    answer = {"token_type": "Bearer", "access_token": "t", "expires_at": f"{there + timedelta(hours=1):%FT%TZ}"}
    with responses.RequestsMock() as http:
        http.post("https://auth.example/token", json=answer, headers={"Date": format_datetime(there, usegmt=True)})
        ConnectionTokens(connection.pk).current()
        ConnectionTokens(connection.pk).current()
    connection.refresh_from_db()
    assert connection.token_expires_at is not None
    assert abs((connection.token_expires_at - timezone.now()).total_seconds() - 3600) < 5


def test_who_finds_a_renewed_token_under_the_lease_gets_no_other(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    tokens = ConnectionTokens(connection.pk)
    before = Connection.objects.get()  # what a worker read a moment before another one renewed
    held = tokens.current()
    assert tokens._renew(before, refused="") == held
    assert _tokens_minted(sandbox) == 1
    connection.refresh_from_db()
    assert connection.token_lease_until is None


@pytest.mark.django_db(transaction=True)
def test_workers_without_a_token_wait_for_the_one_that_gets_it(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(latency_ms=200, single_active_token=True)

    def work(_: int) -> int:
        try:
            return len(client_for(connection).fetch_sources())
        finally:
            db.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    assert _tokens_minted(sandbox) == 1


def test_only_the_refused_token_is_forgotten(sandbox: SandboxProcess, connection: Connection) -> None:
    tokens = ConnectionTokens(connection.pk)
    held = tokens.current()
    tokens.forget("another")
    assert tokens.current() == held
    tokens.forget(held)
    assert tokens.current() != held


def test_where_only_the_newest_token_lives_a_check_up_stops_nobody(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.switches(single_active_token=True)
    client = client_for(connection)
    client.fetch_sources()
    assert check(connection) is None
    minted = _tokens_minted(sandbox)
    assert client.fetch_sources()
    assert _tokens_minted(sandbox) == minted, "the check-up's token is everybody's"


def test_while_a_check_up_gets_its_tokens_nobody_else_gets_one(
    sandbox: SandboxProcess, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "PATIENCE_SECONDS", 0)
    with sole_minter(connection.pk), pytest.raises(Unavailable):
        ConnectionTokens(connection.pk).current()
    assert _tokens_minted(sandbox) == 0
    assert ConnectionTokens(connection.pk).current()


def test_the_token_endpoint_has_a_budget_of_its_own(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(token_rate_limit=3)
    tokens = ConnectionTokens(connection.pk)
    for _ in range(2):
        tokens.renew(tokens.current())  # the first of them gets two
    with pytest.raises(RateLimited) as caught:
        tokens.renew(tokens.current())
    assert caught.value.code == "budget_spent"
    assert {row["status"] for row in sandbox.requests("POST", "/token")} == {200}
    assert client_for(connection).fetch_sources(), "the token at hand still works"


def test_a_second_worker_with_the_refused_token_takes_the_renewed_one(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    tokens = ConnectionTokens(connection.pk)
    refused = tokens.current()
    renewed = tokens.renew(refused)
    assert ConnectionTokens(connection.pk).renew(refused) == renewed != refused
    assert _tokens_minted(sandbox) == 2


def test_while_one_worker_renews_the_others_use_the_old_token_or_come_back_later(
    sandbox: SandboxProcess, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = ConnectionTokens(connection.pk)
    held = tokens.current()
    Connection.objects.update(
        token_lease_until=timezone.now() + timedelta(seconds=30),
        token_expires_at=timezone.now() + timedelta(seconds=30),
    )
    assert tokens.current() == held
    monkeypatch.setattr(credentials, "PATIENCE_SECONDS", 0)
    Connection.objects.update(token_expires_at=timezone.now())
    with pytest.raises(Unavailable):
        tokens.current()
    assert _tokens_minted(sandbox) == 1


def test_a_failed_renewal_lets_go_of_the_lease(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(auth_down=True)
    with pytest.raises(Unavailable):
        ConnectionTokens(connection.pk).current()
    sandbox.switches(auth_down=False)
    assert ConnectionTokens(connection.pk).current()


def test_a_call_with_a_dead_token_gets_one_new_token_and_goes_through(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    client = client_for(connection)
    client.fetch_sources()
    sandbox.expire_tokens()
    assert client.fetch_sources()
    assert _tokens_minted(sandbox) == 2


def test_a_revoked_credential_is_refused_after_one_renewal(sandbox: SandboxProcess, connection: Connection) -> None:
    client = client_for(connection)
    client.fetch_sources()
    sandbox.set_credential(CLIENT_ID, revoked=True)
    sandbox.expire_tokens()
    with pytest.raises(Unauthorized) as caught:
        client.fetch_sources()
    assert CLIENT_SECRET not in repr(caught.value)


@pytest.mark.parametrize("lookup", ["secret", "secret__startswith", "token__contains", "token__regex"])
def test_nobody_can_search_in_secrets(lookup: str) -> None:
    with pytest.raises(FieldError):
        Connection.objects.filter(**{lookup: "x"}).exists()
