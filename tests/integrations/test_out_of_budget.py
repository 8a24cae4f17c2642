"""What work does that gets no pass: it is put off to the end of the rate window and leaves the worker at once."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from integrations.budget import Budget, Priority
from integrations.connecting import check
from integrations.credentials import client_for
from integrations.greenhouse import export, sync, tracking
from integrations.greenhouse.headers import RateWindow
from integrations.greenhouse.schemas import Record
from integrations.greenhouse.transport import Spending
from integrations.models import Connection, Export, ExportState, SyncRun, SyncState
from integrations.sending import export_application
from integrations.tasks import enqueue_sync
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.integrations.conftest import run_sync
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db
ENDS_IN = timedelta(seconds=20)


def leave(connection: Connection, left: int) -> None:
    """Say that Greenhouse has just told how many of 50 requests are left of the next 20 seconds."""
    now = int(time.time())
    window = RateWindow(50, left, datetime.now(UTC), now + round(ENDS_IN.total_seconds()), now)
    shared = Budget(connection.pk)
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending(window=window))


def spend(sandbox: SandboxProcess, connection: Connection, count: int, *, of: int) -> None:
    """Make that many requests of an hour's window."""
    sandbox.switches(rate_limit=of, rate_window_seconds=3600)
    client = client_for(connection)
    for _ in range(count):
        client.fetch_page("sources", Record)
    sandbox.clear_requests()


def is_at_the_reset(moment: datetime | None) -> bool:
    return moment is not None and -2 < (moment - timezone.now() - ENDS_IN).total_seconds() < 4


@pytest.fixture
def owed(sandbox: SandboxProcess, connection: Connection) -> Export:
    remote = next(row for row in sandbox.records("jobs", status="open") if not row["is_template"])
    job = GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]))
    link = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=job), job=JobFactory(employer=connection.employer)
    )
    row = export_application(ApplicationFactory(job=link.job))
    assert row is not None
    sandbox.clear_requests()
    return row


def asked(sandbox: SandboxProcess) -> int:
    return len(sandbox.requests(path="/v3"))


def test_a_sync_is_put_off_to_the_reset_without_asking_or_waiting(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    leave(connection, 0)
    run, started = enqueue_sync(connection, by=None), time.monotonic()
    assert sync.run(run.pk)
    run.refresh_from_db()
    assert time.monotonic() - started < 5
    assert is_at_the_reset(run.retry_at)
    assert (run.problem_code, run.attempts) == ("rate_limited", 0)
    assert asked(sandbox) == 0


def test_a_sync_comes_late_in_the_window_for_what_clicks_have_left(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    leave(connection, 10)
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk)
    run.refresh_from_db()
    assert run.retry_at is not None
    late = ENDS_IN * 0.75
    assert -2 < (run.retry_at - timezone.now() - late).total_seconds() < 4
    assert asked(sandbox) == 0


def test_a_sync_keeps_the_pages_it_still_had_budget_for(sandbox: SandboxProcess, connection: Connection) -> None:
    spend(sandbox, connection, 6, of=10)  # two are left for bulk work
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk)
    run.refresh_from_db()
    assert run.pages_read == asked(sandbox) == 2
    assert run.state == SyncState.RUNNING


def test_a_sync_gets_through_a_tiny_budget_window_by_window(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(rate_limit=4, rate_window_seconds=1)
    run = run_sync(connection)
    assert run.state == SyncState.SUCCEEDED
    assert {row["status"] for row in sandbox.requests(path="/v3")} <= {200, 429}


def test_a_sync_is_not_given_up_because_others_go_ahead(sandbox: SandboxProcess, connection: Connection) -> None:
    leave(connection, 10)
    run = enqueue_sync(connection, by=None)
    for _ in range(sync.MAX_ATTEMPTS + 2):
        SyncRun.objects.update(retry_at=None)
        assert sync.run(run.pk)


def test_an_applicant_goes_ahead_of_bulk_work(sandbox: SandboxProcess, connection: Connection, owed: Export) -> None:
    leave(connection, 10)
    run = enqueue_sync(connection, by=None)
    sync.run(run.pk)
    export.run(owed.pk)
    owed.refresh_from_db()
    assert owed.state == ExportState.SENT


def test_an_export_is_put_off_to_the_reset_and_was_no_attempt(
    sandbox: SandboxProcess, connection: Connection, owed: Export
) -> None:
    leave(connection, 0)
    started = time.monotonic()
    export.run(owed.pk)
    owed.refresh_from_db()
    assert time.monotonic() - started < 5
    assert is_at_the_reset(owed.retry_at)
    assert (owed.state, owed.attempts) == (ExportState.WAITING, 0)
    assert asked(sandbox) == 0


def test_sending_many_is_bulk_work(sandbox: SandboxProcess, connection: Connection, owed: Export) -> None:
    for _ in range(export.SINGLE_APPLICANTS + 1):
        assert export_application(ApplicationFactory(job=owed.application.job))
    leave(connection, 10)
    export.run(owed.pk)
    owed.refresh_from_db()
    assert owed.state == ExportState.WAITING
    assert asked(sandbox) == 0


def test_a_poll_is_put_off_to_the_reset(sandbox: SandboxProcess, connection: Connection, owed: Export) -> None:
    spend(sandbox, connection, 1, of=50)
    export.run(owed.pk)
    spend(sandbox, connection, 39 - asked(sandbox), of=50)
    Connection.objects.update(poll_due_at=timezone.now())
    tracking.poll(connection.pk)
    connection.refresh_from_db()
    assert connection.poll_due_at > timezone.now() + timedelta(seconds=110), "an hour off, so asked again before"
    assert asked(sandbox) == 0


def test_a_check_up_uses_the_reserved_share(sandbox: SandboxProcess, connection: Connection) -> None:
    spend(sandbox, connection, 24, of=30)
    assert check(connection) is None
    usage = Budget(connection.pk).state()
    assert usage is not None
    assert usage.used == 24 + asked(sandbox) > 24


def test_a_check_up_without_budget_asks_nothing_and_accuses_nobody(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    leave(connection, 0)
    failed = check(connection)
    assert failed is not None
    assert failed.problem.code == "connect_busy"
    connection.refresh_from_db()
    assert connection.is_active
    assert asked(sandbox) == 0
