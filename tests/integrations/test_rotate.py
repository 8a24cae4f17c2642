"""`manage.py rotate_secrets`: every secret moves to the first key, and none is lost on the way."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from integrations.fields import DecryptionError, Secret, rotate
from integrations.management.commands import rotate_secrets
from integrations.models import Connection
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db
OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


def _rotate() -> str:
    out = StringIO()
    call_command("rotate_secrets", stdout=out, stderr=out)
    return out.getvalue()


def _stored_with(settings: Any, key: str, **secrets: str) -> Connection:
    settings.FIELD_ENCRYPTION_KEYS = [key]
    row = ConnectionFactory(**{name: Secret.of(text) for name, text in secrets.items()})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    return row


def _read_with_the_new_key_alone(settings: Any, row: Connection) -> list[str]:
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    row.refresh_from_db()
    return [row.secret.reveal(), row.token.reveal(), row.refresh_token.reveal()]


def test_every_secret_of_every_row_can_be_read_with_the_new_key_alone(settings: Any) -> None:
    rows = [_stored_with(settings, OLD, secret=f"s{n}", token="t", refresh_token="r") for n in range(3)]
    out = _rotate()
    assert "9 encrypted anew, 0 were already, 0 unreadable" in out
    for number, row in enumerate(rows):
        assert _read_with_the_new_key_alone(settings, row) == [f"s{number}", "t", "r"]


def test_a_second_run_finds_nothing_to_do_and_writes_nothing(settings: Any) -> None:
    row = _stored_with(settings, OLD, secret="s", token="")
    _rotate()
    before = Connection.objects.values_list("secret", flat=True).get(pk=row.pk)
    assert "0 encrypted anew, 1 were already" in _rotate()
    assert Connection.objects.values_list("secret", flat=True).get(pk=row.pk) == before


def test_an_empty_column_stays_empty(settings: Any) -> None:
    row = _stored_with(settings, OLD, secret="s")
    _rotate()
    row.refresh_from_db()
    assert (row.token.stored, row.refresh_token.stored) == ("", "")


def test_when_stopped_half_way_the_next_run_does_the_rest(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_secrets, "ROWS_AT_ONCE", 2)
    rows = [_stored_with(settings, OLD, secret=f"s{n}") for n in range(5)]
    seen: list[str] = []

    def rotate_three(stored: str) -> str | None:
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(stored)
        return rotate(stored)

    with monkeypatch.context() as patched:
        patched.setattr(rotate_secrets, "rotate", rotate_three)
        with pytest.raises(KeyboardInterrupt):
            _rotate()
    assert "2 encrypted anew, 3 were already, 0 unreadable" in _rotate()
    assert [_read_with_the_new_key_alone(settings, row)[0] for row in rows] == ["s0", "s1", "s2", "s3", "s4"]


def test_a_secret_saved_meanwhile_is_not_overwritten(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = _stored_with(settings, OLD, secret="old")

    def save_another(stored: str) -> str | None:
        Connection.objects.filter(pk=row.pk).update(secret=Secret.of("entered meanwhile"))
        return rotate(stored)

    monkeypatch.setattr(rotate_secrets, "rotate", save_another)
    assert "0 encrypted anew" in _rotate()
    assert _read_with_the_new_key_alone(settings, row)[0] == "entered meanwhile"


def test_what_fits_no_key_is_named_left_alone_and_fails_the_command_after_the_rest(settings: Any) -> None:
    lost = _stored_with(settings, LOST, secret="gone")
    good = _stored_with(settings, OLD, secret="kept")
    out = StringIO()
    with pytest.raises(CommandError, match="1 could not be read") as caught:
        call_command("rotate_secrets", stdout=out, stderr=out)
    assert caught.value.returncode == 1
    assert f"integrations.Connection {lost.pk}: secret fits no key" in out.getvalue()
    assert _read_with_the_new_key_alone(settings, good)[0] == "kept"
    with pytest.raises(DecryptionError):
        _read_with_the_new_key_alone(settings, lost)
    settings.FIELD_ENCRYPTION_KEYS = [LOST]
    lost.refresh_from_db()
    assert lost.secret.reveal() == "gone"
