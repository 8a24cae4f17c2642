"""Reading who is new in Greenhouse: only hashes are kept, and only of recent people."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.utils import timezone

from integrations import sweeps
from integrations.greenhouse import recent
from integrations.greenhouse.harvest import stamp
from integrations.models import Connection, ConnectionState, GreenhouseJob, PeopleReading, RemoteIdentity
from tests.integrations.greenhouse.sending import person_in
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db

PHONE = {"phone_numbers": [{"value": "+49 30 1234567", "type": "mobile"}]}


def read(connection: Connection) -> PeopleReading:
    """Read as the worker does, once it is due."""
    reading, _ = PeopleReading.objects.get_or_create(connection=connection)
    PeopleReading.objects.filter(pk=reading.pk).update(due_at=timezone.now())
    recent.read(connection.pk)
    reading.refresh_from_db()
    return reading


def _asked(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    return [row for row in sandbox.requests("GET", "/v3/candidates") if row["status"] == 200]


def test_recent_people_are_kept_as_hashes_alone(sandbox: SandboxProcess, connection: Connection) -> None:
    made = person_in(sandbox, company="Acme", **PHONE)["candidate"]
    reading = read(connection)
    assert reading.read_since
    assert (reading.began_at, reading.cursor) == (None, "")
    assert reading.due_at > timezone.now() + timedelta(minutes=9)
    rows = RemoteIdentity.objects.filter(remote_id=str(made["id"]))
    assert sorted(rows.values_list("kind", flat=True)) == ["name_and_company", "phone"]
    held = str(list(RemoteIdentity.objects.values())) + str(PeopleReading.objects.values())
    assert "1234567" not in held
    assert "byron" not in held.casefold()


def test_the_second_reading_asks_for_what_changed_and_replaces_it(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    made = person_in(sandbox, **PHONE)["candidate"]
    read(connection)
    before = set(RemoteIdentity.objects.values_list("digest", flat=True))
    body = {"phone_numbers": [{"value": "+49 30 7654321", "type": "mobile"}]}
    sandbox.api("PATCH", f"/v3/candidates/{made['id']}", json=body)
    long_ago = timezone.now() - timedelta(days=1)
    PeopleReading.objects.update(read_since=long_ago)
    RemoteIdentity.objects.filter(remote_id=str(made["id"])).update(active_at=long_ago)
    read(connection)
    assert f"gte|{stamp(long_ago - recent.OVERLAP)}" in unquote(_asked(sandbox)[-1]["query"])
    now = RemoteIdentity.objects.filter(remote_id=str(made["id"]))
    assert now.count() == 1
    assert set(now.values_list("digest", flat=True)).isdisjoint(before)


def test_a_long_reading_goes_on_where_it_stopped_and_is_bounded(
    sandbox: SandboxProcess, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.greenhouse.harvest.PER_PAGE", "2")
    monkeypatch.setattr(recent, "PAGES_AT_ONCE", 2)
    monkeypatch.setattr(recent, "MOST_PAGES", 3)
    for number in range(7):
        person_in(sandbox, phone_numbers=[{"value": f"+1 555 000 00{number}0", "type": "home"}])
    reading = read(connection)
    assert reading.cursor
    assert reading.due_at <= timezone.now()
    reading = read(connection)
    assert (reading.cursor, reading.began_at, reading.pages) == ("", None, 3)
    assert RemoteIdentity.objects.filter(kind="phone").count() == 6


def test_people_of_long_ago_are_forgotten(sandbox: SandboxProcess, connection: Connection) -> None:
    old = timezone.now() - recent.LOOKS_BACK - timedelta(days=1)
    RemoteIdentity.objects.create(connection=connection, remote_id="1", kind="phone", digest="x", active_at=old)
    read(connection)
    assert not RemoteIdentity.objects.filter(remote_id="1").exists()


def test_with_another_key_of_ours_everything_is_read_anew(
    sandbox: SandboxProcess, connection: Connection, settings: Any
) -> None:
    person_in(sandbox, **PHONE)
    read(connection)
    before = set(RemoteIdentity.objects.values_list("digest", flat=True))
    settings.SECRET_KEY = "another-key-that-is-long-enough"
    read(connection)
    assert RemoteIdentity.objects.exists()
    assert set(RemoteIdentity.objects.values_list("digest", flat=True)).isdisjoint(before)


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "truncate"}])
def test_trouble_puts_it_off_and_keeps_the_place(
    sandbox: SandboxProcess, connection: Connection, fault: dict[str, Any]
) -> None:
    sandbox.faults({**fault, "method": "GET", "path": "/v3/candidates", "times": 5})
    reading = read(connection)
    assert reading.read_since is None
    assert reading.due_at > timezone.now() + timedelta(minutes=30)
    connection.refresh_from_db()
    assert connection.problem_code == "", "it is an aid, and stops nothing"


def test_who_is_due(connection: Connection, hiring: GreenhouseJob) -> None:
    assert sweeps.due_people() == [], "before the career site is read there is nobody to send"
    Connection.objects.update(synced_at=timezone.now())
    assert sweeps.due_people() == [connection.pk]
    PeopleReading.objects.update(is_on=False)
    assert sweeps.due_people() == []
    PeopleReading.objects.update(is_on=True)
    Connection.objects.update(state=ConnectionState.NEEDS_ATTENTION)
    assert sweeps.due_people() == []
