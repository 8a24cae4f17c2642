"""Reading only what has changed, and what a full reading finds gone, against the sandbox over real HTTP."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse import fetching
from integrations.greenhouse.listings import OVERLAP
from integrations.models import Connection, GreenhouseJobPost, JobLink, SyncKind, SyncState
from jobs.models import Job, JobState
from tests.integrations.conftest import import_all, run_sync
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db
CHANGES = SyncKind.CHANGES
_WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(?:integrations_(?:greenhouse\w+|joblink)|jobs_job)"')


@pytest.fixture
def imported(sandbox: SandboxProcess, connection: Connection, alice: User) -> list[JobLink]:
    """A career site that was read in full and imported, all of it live."""
    assert run_sync(connection).state == SyncState.SUCCEEDED
    import_all(connection, alice)
    sandbox.clear_requests()
    return list(JobLink.objects.select_related("job", "post").order_by("pk"))


def _asked(sandbox: SandboxProcess) -> list[tuple[str, dict[str, list[str]]]]:
    rows = sandbox.requests("GET", "/v3")
    return [(str(row["path"]).rpartition("/")[2], parse_qs(str(row["query"]))) for row in rows]


def _writes(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"][:200] for query in queries if _WRITE.match(query["sql"])]


def _location_of(link: JobLink) -> str:
    link.post.refresh_from_db()
    link.job.refresh_from_db()
    assert link.post.location == link.job.location
    return link.post.location


def test_changes_when_nothing_changed_asks_each_list_once_and_writes_no_row(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    since = timezone.now() - timedelta(hours=1)
    Connection.objects.update(changes_since=since)
    connection.refresh_from_db()
    with CaptureQueriesContext(database) as queries:
        run = run_sync(connection, CHANGES)
    assert (run.state, run.kind, run.jobs_changed) == (SyncState.SUCCEEDED, "changes", 0)
    asked = _asked(sandbox)
    names = [name for name, _ in asked]
    assert sorted(names) == sorted([*set(names), "job_posts"]), "once each, and once for deleted posts"
    assert {"job_posts", "jobs", "departments", "offices", "job_post_locations"} < set(names)
    moments = {query["updated_at"][0] for _, query in asked}
    assert moments == {f"gte|{(since - OVERLAP).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}"}
    assert _writes(queries) == []
    assert connection.changes_since is not None
    assert connection.changes_since > since, "the next one asks from here"


def test_changes_close_what_left_the_career_site_and_say_why(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    unpublished, internal, deleted, closed = imported[:4]
    sandbox.change_record("job_posts", int(unpublished.post.remote_id), live=False)
    sandbox.change_record("job_posts", int(internal.post.remote_id), internal=True)
    sandbox.change_record("job_posts", int(deleted.post.remote_id), active=False, live=False)
    sandbox.change_record("jobs", int(closed.post.job_remote_id), status="closed")
    with_closed_job = JobLink.objects.filter(post__job_remote_id=closed.post.job_remote_id)
    gone = {unpublished.job_id, internal.job_id, deleted.job_id, *with_closed_job.values_list("job", flat=True)}

    run = run_sync(connection, CHANGES)

    assert (run.state, run.jobs_changed) == (SyncState.SUCCEEDED, len(gone))
    assert set(Job.objects.filter(state=JobState.CLOSED).values_list("pk", flat=True)) == gone
    reasons = [Job.objects.get(pk=link.job_id).closed_reason for link in (unpublished, internal, deleted, closed)]
    assert len(set(reasons)) == 4
    assert "deleted" in reasons[2]
    assert JobLink.objects.count() == len(imported), "links stay"
    assert run_sync(connection, CHANGES).jobs_changed == 0


def test_changes_bring_what_is_new_and_what_is_renamed(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    renamed = imported[0]
    twin = sandbox.records("job_posts", id=int(renamed.post.remote_id))[0]
    new = sandbox.copy_record("job_posts", twin, title="Brand new")
    sandbox.change_record("job_posts", twin["id"], title="Renamed there")
    run = run_sync(connection, CHANGES)
    assert run.jobs_changed == 1
    assert Job.objects.get(pk=renamed.job_id).title == "Renamed there"
    assert GreenhouseJobPost.objects.offered().get(remote_id=str(new["id"])).title == "Brand new"


def test_changes_when_a_place_changes_reads_all_places_of_its_post(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    link = imported[0]
    post_id = int(link.post.remote_id)
    for row in sandbox.records("job_post_locations", job_post_id=post_id):
        sandbox.remove_record("job_post_locations", row["id"])  # which does not announce itself
    place = {"job_post_id": post_id, "type": "free_text", "office_id": None, "custom_location_id": None}
    sandbox.add_record("job_post_locations", plain_text_location="Oslo", **place)
    run_sync(connection, CHANGES)
    assert _location_of(link) == "Oslo"


def test_full_reading_heals_a_place_that_was_deleted(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    link = next(link for link in imported if link.post.location)
    for row in sandbox.records("job_post_locations", job_post_id=int(link.post.remote_id)):
        sandbox.remove_record("job_post_locations", row["id"])
    before = link.post.location
    run_sync(connection, CHANGES)
    assert _location_of(link) == before
    run_sync(connection)
    assert _location_of(link) == ""


def test_changes_when_an_old_draft_is_published_bring_its_places_and_its_job(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    placed = {row["job_post_id"] for row in sandbox.records("job_post_locations")}
    draft = next(row for row in sandbox.records("job_posts", live=True, internal=False) if row["id"] in placed)
    others = [row for row in sandbox.records("job_posts", job_id=draft["job_id"]) if row["id"] != draft["id"]]
    sandbox.hide_records("job_posts", [row["id"] for row in others])
    sandbox.change_record("job_posts", draft["id"], touch=False, live=False)
    sandbox.change_record("jobs", draft["job_id"], touch=False, status="draft")
    run_sync(connection)
    assert not GreenhouseJobPost.objects.filter(remote_id=str(draft["id"])).exists()
    sandbox.change_record("jobs", draft["job_id"], touch=False, status="open")
    sandbox.change_record("job_posts", draft["id"], live=True)
    run_sync(connection, CHANGES)
    assert GreenhouseJobPost.objects.offered().get(remote_id=str(draft["id"])).location


def test_changes_when_a_filter_is_refused_read_that_list_whole(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    sandbox.faults({"kind": "status", "status": 422, "path": "/v3/departments", "times": 1})
    assert run_sync(connection, CHANGES).state == SyncState.SUCCEEDED
    asked = [query for name, query in _asked(sandbox) if name == "departments"]
    assert ["updated_at" in query for query in asked] == [True, False]


def test_changes_that_fail_close_nothing_and_are_asked_for_again(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    since = connection.changes_since
    gone = imported[0]
    sandbox.change_record("job_posts", int(gone.post.remote_id), live=False)
    sandbox.faults({"kind": "status", "status": 403, "path": "/v3/offices", "times": 1})
    assert run_sync(connection, CHANGES).state == SyncState.FAILED
    assert Job.objects.live().count() == len(imported)
    assert connection.changes_since == since
    Connection.objects.update(state="active")
    connection.refresh_from_db()
    assert run_sync(connection, CHANGES).state == SyncState.SUCCEEDED
    assert Job.objects.live().count() == len(imported) - 1


def test_full_reading_asks_one_by_one_for_what_it_misses_and_says_why(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    unpublished, hidden, deleted, closed = imported[:4]
    ids = [int(link.post.remote_id) for link in (unpublished, hidden, deleted)]
    sandbox.change_record("job_posts", ids[0], touch=False, live=False)
    sandbox.hide_records("job_posts", [ids[1]])
    sandbox.change_record("job_posts", ids[2], touch=False, active=False, live=False)
    sandbox.change_record("jobs", int(closed.post.job_remote_id), touch=False, status="closed")
    assert run_sync(connection, CHANGES).jobs_changed == 0, "none of them announced itself"
    sandbox.clear_requests()

    run = run_sync(connection)

    assert run.state == SyncState.SUCCEEDED
    asked = [sorted(query) for name, query in _asked(sandbox) if name in ("job_posts", "jobs") and "ids" in query]
    assert sorted(asked) == [["active", "ids", "per_page"], ["ids", "per_page"], ["ids", "per_page"]]
    reasons = [Job.objects.get(pk=link.job_id).closed_reason for link in (unpublished, hidden, deleted, closed)]
    assert "not published" in reasons[0]
    assert "deleted" in reasons[1]
    assert reasons[2] == reasons[1]
    assert "closed" in reasons[3]


def test_a_right_lost_before_the_places_are_read_takes_no_place_away(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink], monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = GreenhouseJobPost.objects.exclude(location="").count()
    fetch = fetching._fetch

    def blinded(client: Any, reading: Any, query: dict[str, Any]) -> Any:
        if reading.collection == "job_post_locations":
            sandbox.switches(non_admin_lists="empty")
            sandbox.set_user(ADMIN_EMAIL, site_admin=False)
        return fetch(client, reading, query)

    monkeypatch.setattr(fetching, "_fetch", blinded)
    run = run_sync(connection)
    assert (run.state, run.problem_code) == (SyncState.FAILED, "not_site_admin")
    assert GreenhouseJobPost.objects.exclude(location="").count() == placed > 30


def test_full_reading_rewrites_no_row_that_is_as_it_was(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    with CaptureQueriesContext(database) as queries:
        assert run_sync(connection).jobs_changed == 0
    rewriting = [sql for sql in _writes(queries) if "INSERT" in sql or "jobs_job" in sql or "joblink" in sql]
    assert rewriting == []


def test_reading_counts_from_when_greenhouse_answered_first(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    sandbox.faults({"kind": "slow", "seconds": 1, "path": "/v3/offices", "times": 1})
    run = run_sync(connection, CHANGES)
    moments = [datetime.fromisoformat(step["at"]) for step in run.progress.values() if step.get("at")]
    assert connection.changes_since == min(moments) < max(moments)
    assert {moment.microsecond for moment in moments} == {0}, "by its clock, which names whole seconds"


def test_a_new_title_that_a_broken_off_reading_brought_is_taken_over_by_the_next(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    renamed = imported[0]
    sandbox.change_record("job_posts", int(renamed.post.remote_id), title="Renamed there")
    sandbox.faults({"kind": "nonsense", "path": "/v3/job_post_locations", "skip": 1, "times": 1})
    assert run_sync(connection, CHANGES).state == SyncState.FAILED
    assert GreenhouseJobPost.objects.filter(title="Renamed there").exists(), "the page was kept"
    run = run_sync(connection, CHANGES)
    assert (run.has_written, run.jobs_changed) == (False, 1)
    assert Job.objects.get(pk=renamed.job_id).title == "Renamed there"


def test_a_new_post_that_a_broken_off_reading_brought_still_gets_its_places(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    draft = sandbox.records("job_posts", id=int(imported[1].post.remote_id))[0]
    new = sandbox.copy_record("job_posts", draft, title="Brand new")
    place = {"type": "free_text", "plain_text_location": "Oslo", "updated_at": "2020-01-01T00:00:00.000Z"}
    sandbox.add_record("job_post_locations", job_post_id=new["id"], office_id=None, custom_location_id=None, **place)
    sandbox.faults({"kind": "nonsense", "path": "/v3/job_post_locations", "skip": 1, "times": 1})
    assert run_sync(connection, CHANGES).state == SyncState.FAILED
    assert run_sync(connection, CHANGES).state == SyncState.SUCCEEDED
    assert GreenhouseJobPost.objects.offered().get(remote_id=str(new["id"])).location == "Oslo"


def test_changes_when_a_department_is_renamed_reach_the_jobs_in_it(
    sandbox: SandboxProcess, connection: Connection, imported: list[JobLink]
) -> None:
    link = next(link for link in imported if link.job.department)
    department = sandbox.records("departments", name=link.job.department)[0]
    sandbox.change_record("departments", department["id"], name="Renamed team")
    run_sync(connection, CHANGES)
    assert Job.objects.get(pk=link.job_id).department == "Renamed team"
