"""A connection is taken apart: what is forgotten, what stays, and how it goes on after connecting again."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Employer, User
from integrations import connecting, life, sending, sweeps, tasks
from integrations.checkup import CheckFailed
from integrations.credentials import ConnectionTokens
from integrations.fields import Secret
from integrations.greenhouse import ending, export, sync, tracking
from integrations.greenhouse.errors import Unavailable
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    ExportState,
    GreenhouseJobPost,
    GreenhouseName,
    JobLink,
    SyncRun,
    SyncState,
)
from jobs.models import Job, JobState
from tests.factories import ApplicationFactory, ExportFactory, GreenhouseJobFactory, JobLinkFactory, SyncRunFactory
from tests.integrations.conftest import run_sync
from tests.integrations.pasted import OAUTH
from tests.integrations.trouble import change, tick
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def test_disconnect_forgets_every_secret_at_once_and_keeps_the_rest(row: Connection, alice: User) -> None:
    change(row, token=Secret.of("t"), refresh_token=Secret.of("r"), token_expires_at=timezone.now())
    row.mark_trouble("key_refused")
    pending = ExportFactory(connection=row, greenhouse_job__connection=row)
    link = JobLinkFactory(post__greenhouse_job__connection=row)
    assert life.disconnect(connection=row, by=alice)
    row.refresh_from_db()
    assert row.state == ConnectionState.DISCONNECTED
    assert not any((row.secret, row.token, row.refresh_token, row.secret_last4, row.problem_code, row.broken_since))
    assert row.disconnected_at is not None
    pending.refresh_from_db()
    link.job.refresh_from_db()
    assert (pending.state, link.job.state) == (ExportState.PENDING, JobState.LIVE)
    assert not life.disconnect(connection=row, by=alice), "twice is harmless"
    assert sweeps.take_due_exports() == sweeps.due_polls() == sweeps.due_rechecks() == []
    assert tick() == []


def test_no_worker_in_flight_revives_it_or_writes_a_token_back(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Connection.objects.get()
    fetch = connecting.Credential.fetch_token

    def disconnect_first(self: Any, **kwargs: Any) -> Any:
        token = fetch(self, **kwargs)
        life.disconnect(connection=connection, by=alice)
        return token

    monkeypatch.setattr(connecting.Credential, "fetch_token", disconnect_first)
    with pytest.raises(Unavailable, match="credential_replaced"):
        ConnectionTokens(connection.pk).current()
    worker.mark_well()
    worker.mark_answering()
    worker.mark_trouble("key_refused")
    connecting.check(worker)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DISCONNECTED
    assert not any((connection.secret, connection.token, connection.problem_code))
    sandbox.clear_requests()
    with pytest.raises(Unavailable, match="disconnected"):
        ConnectionTokens(connection.pk).current()
    assert sandbox.requests() == []


def test_an_import_under_way_ends_and_changes_no_job(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sync(connection)
    post = GreenhouseJobPost.objects.offered().first()
    assert post is not None
    link = JobLinkFactory(post=post)
    Job.objects.filter(pk=link.job_id).update(title="As it was", state=JobState.LIVE)
    link.is_imported = True
    link.save()
    advance = sync._advance
    departments = GreenhouseName.objects.count()
    GreenhouseName.objects.all().delete()

    def disconnect_first(*args: Any) -> None:  # a page has arrived and is not written yet
        life.disconnect(connection=connection, by=alice)
        advance(*args)

    run = tasks.enqueue_sync(connection, by=None)
    monkeypatch.setattr(sync, "_advance", disconnect_first)
    assert not sync.run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.problem_code) == (SyncState.FAILED, "disconnected")
    link.job.refresh_from_db()
    assert link.job.title == "As it was"
    assert departments
    assert not GreenhouseName.objects.exists(), "nor was the page kept"


def test_a_reading_ended_before_its_last_step_closes_nothing(row: Connection, alice: User) -> None:
    link = JobLinkFactory(post__greenhouse_job__connection=row)
    run = SyncRunFactory(connection=row, state=SyncState.RUNNING)
    held = SyncRun.objects.select_related("connection").get(pk=run.pk)
    life.disconnect(connection=row, by=alice)
    held.posts_read = 1
    ending.finish(held)
    link.job.refresh_from_db()
    link.post.refresh_from_db()
    assert (link.job.state, link.post.is_live) == (JobState.LIVE, True)
    run.refresh_from_db()
    assert run.state == SyncState.FAILED


def test_who_waits_and_who_applies_meanwhile_are_sent_after_connecting_again(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    run_sync(connection)
    post = GreenhouseJobPost.objects.offered().first()
    link = JobLinkFactory(post=post)
    before = sending.export_application(ApplicationFactory(job=link.job))
    life.disconnect(connection=connection, by=alice)
    meanwhile = sending.export_application(ApplicationFactory(job=link.job))
    assert before is not None
    assert meanwhile is not None
    export.run(meanwhile.pk)
    assert sweeps.take_due_exports() == []

    again = connecting.connect(employer=employer, by=alice, **OAUTH)
    assert (again.pk, again.disconnected_at) == (connection.pk, None)
    Export.objects.update(woken_at=None)  # the minute that a woken worker has is over
    due = sweeps.take_due_exports()
    assert set(due) == {before.pk, meanwhile.pk}
    for pk in due:
        export.run(pk)
    assert set(Export.objects.values_list("state", flat=True)) == {ExportState.SENT}
    tracking.poll(connection.pk)
    assert JobLink.objects.filter(pk=link.pk).exists()


def test_another_organization_is_refused_on_connecting_again(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    GreenhouseJobFactory(connection=connection)
    change(connection, organization_remote_id="77")
    life.disconnect(connection=connection, by=alice)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert caught.value.problem.code == "other_organization"
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DISCONNECTED
    assert not connection.secret
