"""An employer that is connected to the sandbox, and a budget with a clock to set."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Employer, User
from integrations.budget import Budget
from integrations.greenhouse import sync
from integrations.models import Connection, GreenhouseJob, GreenhouseJobPost, JobLink, SyncKind, SyncRun
from integrations.tasks import enqueue_sync
from jobs.models import Job
from tests.factories import ConnectionFactory, GreenhouseJobFactory
from tests.integrations.fixed_windows import FakeClock
from tests.sandbox_process import ADMIN_EMAIL, PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET, SandboxProcess


@pytest.fixture
def connection(sandbox: SandboxProcess, employer: Employer) -> Connection:
    source = sandbox.records("sources", name="Purpose Jobs")[0]
    user = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    return ConnectionFactory(
        employer=employer,
        acting_user_remote_id=str(user),
        source_remote_id=str(source["id"]),
        source_name="Purpose Jobs",
    )


def run_sync(connection: Connection, kind: SyncKind = SyncKind.FULL) -> SyncRun:
    """Read the career site to the end, as the worker does, and return the run; the connection is up to date then."""
    run = enqueue_sync(connection, by=None, kind=kind)
    for _ in range(50):
        run.refresh_from_db()
        if run.problem_code == "rate_limited" and run.retry_at:
            time.sleep(max(0, (run.retry_at - timezone.now()).total_seconds()))  # the budget opens no sooner
        SyncRun.objects.filter(pk=run.pk).update(retry_at=None)  # any other wait is over in no time
        if not sync.run(run.pk):
            break
    run.refresh_from_db()
    connection.refresh_from_db()
    return run


def import_all(connection: Connection, by: User) -> None:
    """Make a live job of every active position."""
    posts = GreenhouseJobPost.objects.filter(connection=connection).offered().select_related("greenhouse_job")
    for post in posts:
        job = Job.objects.create(employer=connection.employer, created_by=by, **post.as_job_fields())
        job.mark_live()
        job.save()
        JobLink.objects.create(job=job, post=post, is_imported=True, linked_by=by)


@pytest.fixture
def hiring(sandbox: SandboxProcess, connection: Connection) -> GreenhouseJob:
    """An open job of this Greenhouse, as a sync would have read it."""
    remote = sandbox.records("jobs", status="open", is_template=False)[0]
    return GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]), name=remote["name"])


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the budget."""
    return FakeClock()


@pytest.fixture
def shared(clock: FakeClock) -> Budget:
    """The budget that the workers of one connection share."""
    return Budget(str(uuid4()), clock=clock)


@pytest.fixture
def row(employer: Employer, alice: User, rita: User) -> Connection:
    """A connection of alice's, that nothing answers."""
    return ConnectionFactory(employer=employer)


@pytest.fixture
def partner(settings: Any) -> None:
    """This installation is a partner of the sandbox's."""
    settings.GREENHOUSE_PARTNER_CLIENT_ID = PARTNER_CLIENT_ID
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = PARTNER_CLIENT_SECRET
