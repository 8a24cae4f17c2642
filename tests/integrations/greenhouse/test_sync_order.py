"""In which order a sync asks, and what it writes, over real HTTP."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.models import Connection, GreenhouseJob, GreenhouseJobPost, SyncState
from tests.integrations.conftest import run_sync
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def _asked(sandbox: SandboxProcess) -> list[str]:
    return [str(row["path"]).rpartition("/")[2] for row in sandbox.requests("GET", "/v3")]


def _misplaced(sandbox: SandboxProcess) -> set[str]:
    """Offered posts that show a place where Greenhouse has none, or none where it has one."""
    placed = {str(row["job_post_id"]) for row in sandbox.records("job_post_locations")}
    offered = GreenhouseJobPost.objects.offered().values_list("remote_id", "location")
    return {remote_id for remote_id, location in offered if bool(location) != (remote_id in placed)}


def test_sync_of_many_posts_asks_for_places_while_posts_still_come(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.seed(posts=600, jobs=10)
    sandbox.faults({"kind": "slow", "seconds": 1, "path": "/v3/job_posts", "skip": 1, "times": 1})
    sandbox.clear_requests()
    run_sync(connection)
    asked = _asked(sandbox)
    last_posts = len(asked) - 1 - asked[::-1].index("job_posts")
    assert asked.index("job_post_locations") < last_posts
    assert not _misplaced(sandbox)


def test_sync_of_few_posts_asks_for_their_places_by_id(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.clear_requests()
    run_sync(connection)
    asked = sandbox.requests("GET", "/v3/job_post_locations")
    assert len(asked) == 1
    assert "job_post_ids=" in str(asked[0]["query"])
    assert not _misplaced(sandbox)


def test_sync_that_restarts_its_posts_still_places_every_one(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.seed(posts=600, jobs=10)
    sandbox.faults({"kind": "status", "status": 422, "path": "/v3/job_posts", "skip": 1, "times": 1})
    assert run_sync(connection).state == SyncState.SUCCEEDED
    assert GreenhouseJobPost.objects.offered().count() > 600
    assert not _misplaced(sandbox)


def test_sync_again_joins_nothing_that_is_joined_already(sandbox: SandboxProcess, connection: Connection) -> None:
    run_sync(connection)
    with CaptureQueriesContext(database) as queries:
        run_sync(connection)
    assert [query["sql"] for query in queries if "FROM (VALUES" in query["sql"]] == []


def test_sync_when_a_job_moves_to_another_department_follows(sandbox: SandboxProcess, connection: Connection) -> None:
    run_sync(connection)
    moved = GreenhouseJob.objects.exclude(department__in=("", "Sales"))[0]
    sales = sandbox.records("departments", name="Sales")[0]["id"]
    sandbox.change_record("jobs", int(moved.remote_id), department_id=sales)
    run_sync(connection)
    moved.refresh_from_db()
    assert moved.department == "Sales"
