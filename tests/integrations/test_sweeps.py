"""Beat's sweeps: who is due, who was forgotten, who died at work."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations import sweeps, tasks
from integrations.greenhouse import ending
from integrations.models import Connection, ConnectionState, Export, ExportState, SyncKind, SyncRun, SyncState
from tests.factories import ConnectionFactory, ExportFactory, GreenhouseJobPostFactory, SyncRunFactory

pytestmark = pytest.mark.django_db
SOON, LATE = timedelta(minutes=5), timedelta(minutes=-5)


def _at(delta: timedelta) -> Any:
    return timezone.now() + delta


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"state": "pending"}, True),
        ({"state": "waiting", "retry_at": LATE}, True),
        ({"state": "waiting", "retry_at": SOON}, False),
        ({"state": "unknown", "retry_at": LATE}, True),
        ({"state": "sending", "lease_until": LATE}, True),
        ({"state": "sending", "lease_until": SOON}, False),
        ({"state": "sent"}, False),
        ({"state": "needs_attention"}, False),
        ({"state": "cancelled"}, False),
        ({"state": "pending", "woken_at": timedelta(seconds=-5)}, False),
        ({"state": "pending", "woken_at": LATE}, True),
    ],
)
def test_exports_that_are_due_are_taken_once(values: dict[str, Any], due: bool) -> None:
    moments = {name: _at(value) for name, value in values.items() if isinstance(value, timedelta)}
    export = ExportFactory(**{**values, **moments})
    assert sweeps.take_due_exports() == ([export.pk] if due else [])
    assert sweeps.take_due_exports() == [], "not again before the worker had its chance"


def test_no_connection_waits_behind_the_many_exports_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "EXPORTS_AT_ONCE", 2)
    first = ExportFactory()
    for _ in range(3):
        ExportFactory(connection=first.connection, greenhouse_job=first.greenhouse_job)
    other = ExportFactory()
    assert sweeps.take_due_exports() == [first.pk, other.pk]


def test_an_export_whose_worker_died_reads_back_first() -> None:
    export = ExportFactory(state=ExportState.SENDING, lease_until=_at(LATE), step_in_flight="person")
    sweeps.take_due_exports()
    export.refresh_from_db()
    assert (export.state, export.step_in_flight) == (ExportState.UNKNOWN, "person")


@pytest.mark.parametrize("state", [ConnectionState.NEEDS_ATTENTION, ConnectionState.DISCONNECTED])
def test_exports_of_a_connection_that_does_not_work_are_left(state: str) -> None:
    ExportFactory(connection__state=state, greenhouse_job__connection__state=state)
    Connection.objects.update(state=state)
    assert sweeps.take_due_exports() == []


def test_an_export_is_claimed_by_one_worker_only() -> None:
    export = ExportFactory()
    lease = timedelta(seconds=150)
    assert [Export.objects.claim(export.pk, lease=lease) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"sync_due_at": LATE}, True),
        ({"sync_due_at": SOON}, False),
        ({}, False),
        ({"sync_due_at": LATE, "state": "needs_attention"}, False),
    ],
)
def test_connections_to_sync(values: dict[str, Any], due: bool) -> None:
    moments = {name: _at(value) for name, value in values.items() if isinstance(value, timedelta)}
    connection = ConnectionFactory(**{**values, **moments})
    assert list(sweeps.connections_to_sync()) == ([connection] if due else [])
    SyncRunFactory(connection=connection)
    assert list(sweeps.connections_to_sync()) == []


@pytest.mark.parametrize(
    ("hours_ago", "kind"), [(None, SyncKind.FULL), (1, SyncKind.CHANGES), (21, SyncKind.CHANGES), (25, SyncKind.FULL)]
)
def test_a_reading_is_of_changes_but_once_a_day(hours_ago: int | None, kind: SyncKind) -> None:
    at = None if hours_ago is None else _at(timedelta(hours=-hours_ago))
    connection = ConnectionFactory(full_synced_at=at, changes_since=at, sync_due_at=_at(LATE))
    tasks.wake_due_syncs()
    assert SyncRun.objects.get(connection=connection).kind == kind


@pytest.mark.django_db(transaction=True)
def test_readings_when_an_employer_is_deleted_meanwhile_then_nobody_waits_because_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deleted, other = ConnectionFactory(sync_due_at=_at(LATE)), ConnectionFactory(sync_due_at=_at(LATE))
    due = list(sweeps.connections_to_sync())
    monkeypatch.setattr(sweeps, "connections_to_sync", lambda: sorted(due, key=lambda row: row.pk != deleted.pk))
    deleted.employer.delete()
    tasks.wake_due_syncs()
    assert SyncRun.objects.get().connection == other


def test_a_full_reading_that_was_broken_off_is_followed_by_a_full_one() -> None:
    now = timezone.now()
    connection = ConnectionFactory(full_synced_at=now, changes_since=now)
    SyncRunFactory(connection=connection, state=SyncState.FAILED)
    assert sweeps.kind_due(connection) == SyncKind.FULL
    SyncRunFactory(connection=connection, kind=SyncKind.CHANGES, state=SyncState.FAILED)
    assert sweeps.kind_due(connection) == SyncKind.CHANGES


def test_full_readings_of_many_connections_are_spread() -> None:
    at = _at(-sweeps.FULL_EVERY + sweeps.FULL_SPREAD / 2)
    kinds = [sweeps.kind_due(Connection(pk=pk, full_synced_at=at)) for pk in range(1, 101)]
    assert 40 <= kinds.count(SyncKind.FULL) <= 60


@pytest.mark.parametrize(("own", "minutes"), [(None, 15), (60, 60)])
def test_the_interval_is_the_connections_own_and_spread(own: int | None, minutes: int) -> None:
    connection = ConnectionFactory(sync_minutes=own)
    waits = {(ending.next_sync_at(connection) - timezone.now()).total_seconds() / 60 for _ in range(20)}
    assert len(waits) == 20
    assert all(0.89 * minutes <= wait <= 1.11 * minutes for wait in waits)


def test_forgotten_syncs_are_those_nobody_holds() -> None:
    held = SyncRunFactory(state=SyncState.RUNNING, lease_until=_at(SOON))
    dead = SyncRunFactory(state=SyncState.RUNNING, lease_until=_at(LATE))
    waits = SyncRunFactory(state=SyncState.RUNNING, retry_at=_at(SOON))
    ripe = SyncRunFactory(state=SyncState.RUNNING, retry_at=_at(LATE))
    done = SyncRunFactory(state=SyncState.SUCCEEDED)
    SyncRun.objects.update(created_at=_at(LATE))
    found = set(sweeps.forgotten_syncs())
    assert found == {dead.pk, ripe.pk}
    assert found.isdisjoint({held.pk, waits.pk, done.pk})


def test_runs_go_after_thirty_days_but_for_what_is_still_needed() -> None:
    long_ago, later = _at(-timedelta(days=31)), _at(-timedelta(days=29))

    def ended(connection: Connection, **values: Any) -> SyncRun:
        return SyncRunFactory(
            **{"connection": connection, "state": SyncState.SUCCEEDED, "finished_at": long_ago, **values}
        )

    one, lonely = ConnectionFactory(), ConnectionFactory()
    shows_a_post, gone = ended(one), ended(one)
    post = GreenhouseJobPostFactory(connection=one, greenhouse_job__connection=one, seen_in=shows_a_post)
    kept = [
        shows_a_post,
        ended(one, kind=SyncKind.SURVEY),
        ended(one, kind=SyncKind.CHANGES),
        ended(one, state=SyncState.PARTIAL, problem_code="many_vanished"),
        ended(one, finished_at=later, state=SyncState.FAILED),
        ended(one, state=SyncState.RUNNING, finished_at=None),
        ended(lonely, state=SyncState.FAILED),
    ]
    tasks.sweep_webhooks()
    assert set(SyncRun.objects.all()) == set(kept)
    assert gone not in kept
    post.refresh_from_db()
    assert post.seen_in == shows_a_post


def test_polls_and_rechecks_by_state() -> None:
    export = ExportFactory(state=ExportState.SENT)
    ConnectionFactory()
    broken = ConnectionFactory(state=ConnectionState.NEEDS_ATTENTION)
    assert sweeps.due_polls() == [export.connection_id]
    assert sweeps.due_rechecks() == [broken.pk]


def test_a_broker_that_is_down_does_not_stop_the_page(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("broker")

    monkeypatch.setattr(tasks.run_sync, "apply_async", refuse)
    connection = ConnectionFactory()
    with django_capture_on_commit_callbacks(execute=True):
        run = tasks.enqueue_sync(connection, by=None)
    assert run.state == SyncState.QUEUED
    assert "broker" in caplog.text
