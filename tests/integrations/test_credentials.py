"""Secrets at rest, and one token for all workers."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection as db
from django.utils import timezone

from integrations.credentials import ConnectionTokens, client_for
from integrations.fields import DecryptionError, Secret
from integrations.greenhouse.errors import Unauthorized, Unavailable
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
    Connection.objects.update(token_expires_at=timezone.now() + timedelta(seconds=30))
    tokens.current()
    assert _tokens_minted(sandbox) == 2


def test_a_second_worker_with_the_refused_token_takes_the_renewed_one(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    tokens = ConnectionTokens(connection.pk)
    refused = tokens.current()
    renewed = tokens.renew(refused)
    assert ConnectionTokens(connection.pk).renew(refused) == renewed != refused
    assert _tokens_minted(sandbox) == 2


def test_while_one_worker_renews_the_others_use_the_old_token_or_come_back_later(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    tokens = ConnectionTokens(connection.pk)
    held = tokens.current()
    Connection.objects.update(
        token_lease_until=timezone.now() + timedelta(seconds=30),
        token_expires_at=timezone.now() + timedelta(seconds=30),
    )
    assert tokens.current() == held
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
