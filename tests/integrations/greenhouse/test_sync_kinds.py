"""Which reading goes before which, when several are wanted at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db import connection as database
from django.utils import timezone

from accounts.models import User
from integrations import tasks
from integrations.greenhouse import sync
from integrations.models import Connection, SyncKind, SyncRun, SyncState
from integrations.tasks import enqueue_sync
from tests.factories import ConnectionFactory, SyncRunFactory
from tests.integrations.conftest import run_sync
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db
FULL, CHANGES, SURVEY = SyncKind.FULL, SyncKind.CHANGES, SyncKind.SURVEY


@pytest.mark.parametrize(
    ("under_way", "wanted", "is_replaced"),
    [
        (CHANGES, FULL, True),
        (SURVEY, FULL, True),
        (CHANGES, SURVEY, True),
        (FULL, FULL, False),
        (FULL, CHANGES, False),
        (FULL, SURVEY, False),
        (SURVEY, CHANGES, False),
    ],
)
def test_enqueue_while_another_is_under_way(under_way: SyncKind, wanted: SyncKind, is_replaced: bool) -> None:
    connection = ConnectionFactory(changes_since=timezone.now())
    first = SyncRunFactory(connection=connection, kind=under_way, state=SyncState.RUNNING)
    run = enqueue_sync(connection, by=None, kind=wanted)
    first.refresh_from_db()
    assert (run != first) == is_replaced
    if is_replaced:
        assert (first.state, first.problem_code) == (SyncState.PARTIAL, "reading_replaced")
        assert (run.kind, run.state) == (wanted, SyncState.QUEUED)


def test_enqueue_when_the_other_has_ended_before_we_look_at_it_begins_all_the_same(
    monkeypatch: pytest.MonkeyPatch, alice: User
) -> None:
    create, tries = SyncRun.objects.create, []

    def beaten(**values: Any) -> SyncRun:
        tries.append(values)
        if len(tries) == 1:
            raise IntegrityError("sync_one_open_per_connection")
        return create(**values)

    monkeypatch.setattr(SyncRun.objects, "create", beaten)
    run = enqueue_sync(ConnectionFactory(), by=alice)
    assert (run.kind, run.requested_by, len(tries)) == (FULL, alice, 2)


@pytest.mark.django_db(transaction=True)
def test_enqueue_when_the_employer_was_deleted_meanwhile_gives_up() -> None:
    connection = Connection.objects.get(pk=ConnectionFactory().pk)
    connection.employer.delete()
    tries = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT"):
            tries.append(sql)
            assert len(tries) < 10, "without end"
        return execute(sql, *rest)

    with database.execute_wrapper(count), pytest.raises(IntegrityError):
        enqueue_sync(connection, by=None)


def test_enqueue_changes_when_nothing_was_ever_read_reads_all() -> None:
    assert enqueue_sync(ConnectionFactory(), by=None, kind=CHANGES).kind == FULL


def test_a_worker_whose_reading_was_replaced_writes_nothing_more(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sync(connection)
    since = connection.changes_since
    advance = sync._advance

    def replaced(*args: Any) -> None:
        enqueue_sync(connection, by=alice)
        advance(*args)

    changes = enqueue_sync(connection, by=None, kind=CHANGES)
    monkeypatch.setattr(sync, "_advance", replaced)
    assert not sync.run(changes.pk)
    monkeypatch.setattr(sync, "_advance", advance)
    changes.refresh_from_db()
    connection.refresh_from_db()
    assert (changes.state, changes.problem_code) == (SyncState.PARTIAL, "reading_replaced")
    assert connection.changes_since == since, "what it did not finish is asked for again"
    full = SyncRun.objects.get(state=SyncState.QUEUED)
    assert (full.kind, full.requested_by) == (FULL, alice)
    assert not sync.run(full.pk)
    full.refresh_from_db()
    assert full.state == SyncState.SUCCEEDED


def test_the_daily_full_reading_is_followed_by_a_survey(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_wake", lambda *_: None)
    tasks.run_sync(enqueue_sync(connection, by=alice).pk)
    assert list(SyncRun.objects.values_list("kind", flat=True)) == ["full"], "a person asked for no more"
    tasks.run_sync(enqueue_sync(connection, by=None).pk)
    survey = SyncRun.objects.get(kind=SURVEY)
    tasks.run_sync(survey.pk)
    survey.refresh_from_db()
    assert survey.state == SyncState.SUCCEEDED
    assert not SyncRun.objects.filter(state=SyncState.QUEUED).exists()


def test_a_full_reading_of_the_same_day_is_followed_by_no_other_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_wake", lambda *_: None)
    connection = ConnectionFactory(surveyed_at=timezone.now() - timedelta(hours=19))
    ended = SyncRunFactory(connection=connection, state=SyncState.SUCCEEDED, finished_at=timezone.now())
    tasks.run_sync(ended.pk)  # a message that comes twice, or a reading that a delivery asked for
    assert not SyncRun.objects.filter(kind=SURVEY).exists()
    Connection.objects.update(surveyed_at=timezone.now() - timedelta(hours=21))
    tasks.run_sync(ended.pk)
    assert SyncRun.objects.filter(kind=SURVEY).exists()


def test_a_token_refused_right_after_an_outage_is_renewed_all_the_same(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    run_sync(connection)
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/", "times": 20})
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk), "put off"
    sandbox.clear_faults()
    sandbox.expire_tokens()
    assert run_sync(connection).state == SyncState.SUCCEEDED
    run.refresh_from_db()
    assert run.state == SyncState.SUCCEEDED
