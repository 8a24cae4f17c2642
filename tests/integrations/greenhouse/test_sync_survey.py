"""Reading what is not on the career site, against the sandbox over real HTTP."""

import pytest

from accounts.models import User
from integrations.models import Connection, GreenhouseJob, GreenhouseJobPost, GreenhouseName, SyncKind, SyncState
from jobs.models import Job
from tests.integrations.conftest import import_all, run_sync
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def test_survey_brings_what_is_not_listed_and_closes_nothing(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    run_sync(connection)
    import_all(connection, alice)
    live = Job.objects.live().count()
    posts = sandbox.records("job_posts", live=True, internal=False)
    sandbox.change_record("job_posts", posts[0]["id"], touch=False, live=False)
    sandbox.change_record("job_posts", posts[1]["id"], touch=False, active=False, live=False)
    sandbox.change_record("job_posts", posts[2]["id"], touch=False, internal=True)
    sandbox.change_record("jobs", posts[3]["job_id"], touch=False, status="draft")
    board = sandbox.records("job_boards")[0]
    sandbox.change_record("job_boards", board["id"], status="draft")

    run = run_sync(connection, SyncKind.SURVEY)

    assert (run.state, run.jobs_changed) == (SyncState.SUCCEEDED, 0)
    assert Job.objects.live().count() == live, "the next reading of changes closes them"
    rows = [GreenhouseJobPost.objects.get(remote_id=str(post["id"])) for post in posts[:3]]
    assert [(row.is_live, row.is_active, row.is_internal) for row in rows] == [
        (False, True, False),
        (False, False, False),
        (True, True, True),
    ]
    assert GreenhouseJob.objects.get(remote_id=str(posts[3]["job_id"])).status == "draft"
    boards = GreenhouseName.objects.filter(kind=GreenhouseName.Kind.JOB_BOARD)
    assert not boards.get(remote_id=str(board["id"])).is_live
    assert boards.get(remote_id=str(board["id"])).name
    unlisted = GreenhouseJobPost.objects.filter(is_live=False, greenhouse_job__isnull=False)
    assert unlisted.count() > 2, "joined with their jobs"
    assert connection.surveyed_at == run.finished_at
    assert run_sync(connection, SyncKind.CHANGES).jobs_changed > 2


def test_survey_without_the_scope_for_boards_goes_on_and_remembers(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.faults({"kind": "status", "status": 403, "path": "/v3/job_boards", "times": 1})
    assert run_sync(connection, SyncKind.SURVEY).state == SyncState.SUCCEEDED
    assert connection.refused_scopes == ["harvest:job_boards:list"]
    sandbox.clear_requests()
    assert run_sync(connection, SyncKind.SURVEY).state == SyncState.SUCCEEDED
    assert sandbox.requests("GET", "/v3/job_boards") == []
