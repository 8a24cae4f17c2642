"""The life of a connection: it breaks, it mends, it pauses."""

import pytest

from accounts.models import User
from integrations import connecting, sending, sweeps
from integrations.greenhouse import export
from integrations.models import Connection, ConnectionState, Export, ExportState, SyncState
from tests.factories import ApplicationFactory, ExportFactory, GreenhouseJobFactory, JobLinkFactory
from tests.integrations.conftest import run_sync
from tests.integrations.pasted import OAUTH
from tests.integrations.trouble import ago, change
from tests.sandbox_process import CLIENT_ID, SandboxProcess

pytestmark = pytest.mark.django_db


# --- states ----------------------------------------------------------------------------------


def test_trouble_that_needs_a_person_stops_work_and_says_since_when(row: Connection) -> None:
    row.mark_trouble("key_refused")
    first = row.broken_since
    row.refresh_from_db()
    assert (row.state, row.problem_code, row.broken_since) == (ConnectionState.NEEDS_ATTENTION, "key_refused", first)
    change(row, broken_since=ago(hours=1))
    row.mark_trouble("user_deactivated")
    row.refresh_from_db()
    assert row.problem_code == "user_deactivated", "the cause of now is named"
    assert row.broken_since is not None
    assert row.broken_since < ago(minutes=59), "but it is broken as long as before"


def test_what_passes_by_itself_does_not_hide_what_a_person_must_repair(row: Connection) -> None:
    row.mark_trouble("key_refused")
    row.mark_trouble("unavailable")
    row.refresh_from_db()
    assert row.problem_code == "key_refused"


@pytest.mark.parametrize(
    ("code", "counts"), [("unavailable", True), ("unexpected_reply", True), ("rate_limited", False)]
)
def test_an_outage_leaves_it_active_and_only_waiting_is_no_trouble(row: Connection, code: str, counts: bool) -> None:
    row.mark_trouble(code)
    row.refresh_from_db()
    assert row.state == ConnectionState.ACTIVE
    assert (row.broken_since is not None) is counts


def test_an_answer_to_a_worker_ends_an_outage_but_not_what_a_check_found(row: Connection) -> None:
    row.mark_trouble("unavailable")
    row.mark_answering()
    row.refresh_from_db()
    assert (row.problem_code, row.broken_since) == ("", None)
    assert row.recovered_at is not None
    row.mark_trouble("not_site_admin")
    Connection.objects.get().mark_answering()
    row.refresh_from_db()
    assert row.state == ConnectionState.NEEDS_ATTENTION


def test_what_a_worker_learned_with_an_old_credential_is_not_written_beside_the_new_one(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    worker = Connection.objects.get()
    connecting.connect(employer=connection.employer, by=alice, **OAUTH)
    worker.mark_trouble("key_refused")
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.ACTIVE, "")
    connection.mark_trouble("scope_missing")
    worker.mark_well()
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION


def test_every_cause_clears_itself_by_the_recheck(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.set_credential(CLIENT_ID, revoked=True)
    assert run_sync(connection).state == SyncState.FAILED
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    sandbox.set_credential(CLIENT_ID, revoked=False)
    change(connection, poll_due_at=ago(seconds=1))
    for pk in sweeps.due_rechecks():
        connecting.recheck(pk)
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code, connection.broken_since) == (ConnectionState.ACTIVE, "", None)


def test_a_recheck_that_finds_the_cause_still_there_asks_again_in_five_minutes(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.set_credential(CLIENT_ID, revoked=True)
    assert run_sync(connection).state == SyncState.FAILED
    change(connection, poll_due_at=ago(seconds=1))
    connecting.recheck(connection.pk)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    assert ago(minutes=-4) < connection.poll_due_at < ago(minutes=-5, seconds=-1)
    assert sweeps.due_rechecks() == []


def test_an_outage_of_a_connection_nobody_is_followed_on_is_rechecked(row: Connection) -> None:
    row.mark_trouble("unavailable")
    assert sweeps.due_rechecks() == [row.pk]
    ExportFactory(connection=row, greenhouse_job__connection=row, state=ExportState.SENT)
    assert sweeps.due_rechecks() == [], "the poll sees it sooner"
    assert sweeps.due_polls() == [row.pk]


# --- pause -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "state"), [("key_refused", "needs_attention"), ("unavailable", "active")])
def test_after_three_days_in_vain_background_work_pauses(row: Connection, code: str, state: str) -> None:
    job = GreenhouseJobFactory(connection=row)
    ExportFactory(connection=row, greenhouse_job=job, state=ExportState.SENT)
    waiting = ExportFactory(connection=row, greenhouse_job=job)
    row.mark_trouble(code)
    change(row, sync_due_at=ago(minutes=1), poll_due_at=ago(minutes=1), broken_since=ago(days=2, hours=23))
    assert not row.is_paused
    assert sweeps.due_rechecks() + sweeps.due_polls() == [row.pk]
    change(row, broken_since=ago(days=3, minutes=1))
    assert row.state == state
    assert row.is_paused
    assert row.paused_since is not None
    assert sweeps.due_rechecks() == sweeps.due_polls() == sweeps.take_due_exports() == []
    assert list(sweeps.connections_to_sync()) == []
    row.mark_well()
    assert list(sweeps.connections_to_sync()) == [row]
    assert sweeps.take_due_exports() == [waiting.pk]


def test_testing_a_paused_connection_resumes_it(sandbox: SandboxProcess, connection: Connection) -> None:
    connection.mark_trouble("key_refused")
    change(connection, broken_since=ago(days=4))
    assert connecting.check(connection) is None
    connection.refresh_from_db()
    assert connection.is_active
    assert not connection.is_paused


def test_days_of_trouble_do_not_count_against_an_export(sandbox: SandboxProcess, connection: Connection) -> None:
    link = JobLinkFactory(post__greenhouse_job__connection=connection)
    row = sending.export_application(ApplicationFactory(job=link.job))
    assert row is not None
    Export.objects.update(created_at=ago(days=5))
    change(connection, recovered_at=ago(minutes=1))
    sandbox.switches(harvest_down=True)
    export.run(row.pk)
    row.refresh_from_db()
    assert row.state == ExportState.WAITING
