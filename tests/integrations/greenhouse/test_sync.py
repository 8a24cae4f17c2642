"""Reading the career site, against the sandbox over real HTTP."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from integrations import importing
from integrations.fields import Secret
from integrations.greenhouse import fetching, sync
from integrations.models import (
    Connection,
    ConnectionState,
    GreenhouseJobPost,
    JobLink,
    SyncRun,
    SyncState,
)
from integrations.ownership import edit_job
from integrations.tasks import enqueue_sync
from jobs.models import Job, JobState
from tests.integrations.conftest import run_sync
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db


def _active_posts(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    open_jobs = {job["id"] for job in sandbox.records("jobs", status="open") if not job["is_template"]}
    live = sandbox.records("job_posts", live=True, internal=False, active=True)
    return [post for post in live if post["job_id"] in open_jobs]


def _import_all(connection: Connection, by: User) -> None:
    ids = set(GreenhouseJobPost.objects.offered().values_list("pk", flat=True))
    importing.import_posts(connection=connection, post_ids=ids, live_ids=ids, by=by)


def test_sync_reads_exactly_the_active_positions(sandbox: SandboxProcess, connection: Connection) -> None:
    run = run_sync(connection)
    expected = {str(post["id"]): post["title"] for post in _active_posts(sandbox)}
    assert run.state == SyncState.SUCCEEDED
    assert len(expected) > 30
    assert dict(GreenhouseJobPost.objects.offered().values_list("remote_id", "title")) == expected


def test_sync_resolves_every_kind_of_location_and_the_department(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    run_sync(connection)
    places = dict.fromkeys(("free_text", "office", "custom_list"), 0)
    for row in sandbox.records("job_post_locations"):
        post = GreenhouseJobPost.objects.offered().filter(remote_id=str(row["job_post_id"])).first()
        if post is None:
            continue
        places[row["type"]] += 1
        if row["type"] == "free_text":
            assert row["plain_text_location"] in post.location
        assert post.location
    assert all(places.values())
    departments = set(GreenhouseJobPost.objects.offered().values_list("greenhouse_job__department", flat=True))
    assert {"Autonomy", "Cloud"} <= departments


def test_sync_stores_no_script_and_no_frame(sandbox: SandboxProcess, connection: Connection) -> None:
    post = _active_posts(sandbox)[0]
    sandbox.change_record(
        "job_posts", post["id"], content="<p onclick='x()'>Hi</p><script>evil()</script><iframe></iframe>"
    )
    run_sync(connection)
    content = GreenhouseJobPost.objects.get(remote_id=str(post["id"])).content
    assert content == "<p>Hi</p>"


def test_sync_again_changes_nothing_and_makes_no_second_row(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    run_sync(connection)
    _import_all(connection, alice)
    before = list(
        GreenhouseJobPost.objects.order_by("pk").values_list("pk", "remote_id", "title", "location", "decision")
    )
    run = run_sync(connection)
    after = list(
        GreenhouseJobPost.objects.order_by("pk").values_list("pk", "remote_id", "title", "location", "decision")
    )
    assert after == before
    assert run.jobs_changed == 0


def test_sync_that_fails_on_page_two_closes_nothing(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.seed(posts=600, jobs=30)
    run_sync(connection)
    _import_all(connection, alice)
    gone = GreenhouseJobPost.objects.offered().order_by("pk").first()
    assert gone is not None
    sandbox.change_record("job_posts", int(gone.remote_id), live=False)
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/job_posts", "skip": 1, "times": 100})
    live_before = Job.objects.live().count()

    run = run_sync(connection)

    assert (run.state, run.problem_code) == (SyncState.FAILED, "unavailable")
    assert run.posts_read == 500, "page one was read"
    assert Job.objects.live().count() == live_before
    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "status", "status": 403}, "scope_missing"),
        ({"kind": "nonsense"}, "unexpected_reply"),
        ({"kind": "html"}, "unexpected_reply"),
    ],
)
def test_sync_when_greenhouse_answers_wrongly_fails_in_words(
    sandbox: SandboxProcess, connection: Connection, fault: dict[str, Any], code: str
) -> None:
    sandbox.faults({**fault, "path": "/v3/jobs", "times": 100})
    run = run_sync(connection)
    connection.refresh_from_db()
    assert (run.state, run.problem_code, connection.problem_code) == (SyncState.FAILED, code, code)


def test_sync_goes_on_from_the_page_where_it_was_stopped(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.seed(posts=1200, jobs=10)
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/job_posts", "skip": 1, "times": 1})
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk), "put off, still open"
    run.refresh_from_db()
    assert (run.state, run.posts_read) == (SyncState.RUNNING, 500)
    assert run.retry_at
    SyncRun.objects.update(retry_at=timezone.now() + sync.LEASE)
    sandbox.clear_requests()
    assert not sync.run(run.pk), "not before its time"
    assert sandbox.requests() == []
    sandbox.clear_requests()
    run = run_sync(connection)
    assert run.state == SyncState.SUCCEEDED
    first_pages = [row for row in sandbox.requests("GET", "/v3/job_posts") if "cursor" not in str(row["query"])]
    assert first_pages == [], "page one is not read again"


def test_sync_out_of_budget_waits_for_the_window_and_then_ends(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.switches(rate_limit=3, rate_window_seconds=2)
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk)
    run.refresh_from_db()
    assert run.problem_code == "rate_limited"
    assert run.retry_at
    sandbox.switches(rate_limit=0)
    assert run_sync(connection).state == SyncState.SUCCEEDED


def test_sync_whose_token_died_gets_one_new_token(sandbox: SandboxProcess, connection: Connection) -> None:
    run_sync(connection)
    sandbox.expire_tokens()
    run = run_sync(connection)
    assert run.state == SyncState.SUCCEEDED


def test_sync_with_a_revoked_credential_needs_attention(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.set_credential("demo-client-4", revoked=True)
    sandbox.expire_tokens()
    run = run_sync(connection)
    connection.refresh_from_db()
    assert (run.state, run.problem_code) == (SyncState.FAILED, "key_refused")
    assert connection.state == ConnectionState.NEEDS_ATTENTION


def test_sync_closes_a_job_whose_post_went_and_reopens_it_as_it_was(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    run_sync(connection)
    _import_all(connection, alice)
    link = JobLink.objects.select_related("post").order_by("pk")[0]
    sandbox.change_record("job_posts", int(link.post.remote_id), live=False)
    run = run_sync(connection)
    job = Job.objects.get(pk=link.job_id)
    assert (run.jobs_changed, job.state) == (1, JobState.CLOSED)
    assert job.closed_reason == "The post is not published in Greenhouse."

    sandbox.change_record("job_posts", int(link.post.remote_id), live=True)
    run_sync(connection)
    assert Job.objects.get(pk=link.job_id).state == JobState.LIVE


def test_sync_whose_lists_are_suddenly_empty_closes_nothing(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    run_sync(connection)
    _import_all(connection, alice)
    live = Job.objects.live().count()
    sandbox.switches(non_admin_lists="empty")
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    run = run_sync(connection)
    assert (run.state, run.problem_code) == (SyncState.PARTIAL, "listing_empty")
    assert Job.objects.live().count() == live > 30


def test_sync_follows_the_post_but_keeps_what_a_recruiter_typed(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    run_sync(connection)
    _import_all(connection, alice)
    link = JobLink.objects.select_related("post").order_by("pk")[0]
    edit_job(job=link.job, changes={"location": "Moon"}, by=alice)
    sandbox.change_record("job_posts", int(link.post.remote_id), title="Renamed there")
    run_sync(connection)
    job = Job.objects.get(pk=link.job_id)
    assert (job.title, job.location) == ("Renamed there", "Moon")


def test_two_imports_at_once_are_one_sync(connection: Connection, alice: User) -> None:
    assert enqueue_sync(connection, by=alice) == enqueue_sync(connection, by=None)
    assert SyncRun.objects.count() == 1


def test_run_while_another_worker_holds_the_run_does_nothing(sandbox: SandboxProcess, connection: Connection) -> None:
    run = enqueue_sync(connection, by=None)
    SyncRun.objects.update(lease_until=timezone.now() + sync.LEASE)
    sandbox.clear_requests()
    assert sync.run(run.pk) is False
    assert sandbox.requests() == []


def test_sync_asks_for_at_most_three_more_pages_than_the_posts_and_jobs_need(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.seed(posts=1000, jobs=100)
    sandbox.clear_requests()
    run_sync(connection)
    posts, jobs = (len(sandbox.requests("GET", f"/v3/{name}")) for name in ("job_posts", "jobs"))
    assert (posts, jobs) == (3, 1)
    assert len(sandbox.requests()) <= posts + jobs + 3 * posts


def test_sync_with_a_revoked_api_key_asks_for_a_person_at_once(sandbox: SandboxProcess, connection: Connection) -> None:
    Connection.objects.update(credential_kind="api_key", secret=Secret.of("revoked-key"))
    run = enqueue_sync(connection, by=None)
    assert sync.run(run.pk) is False, "no second try with a key that is refused"
    run.refresh_from_db()
    assert run.problem_code == "key_refused"


def test_sync_whose_user_loses_the_right_between_two_pages_closes_nothing(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.seed(posts=600, jobs=30)
    run_sync(connection)
    _import_all(connection, alice)
    live = Job.objects.live().count()
    fetch = fetching._fetch

    def blind(client: Any, reading: Any, query: dict[str, Any]) -> Any:
        page = fetch(client, reading, query)
        return replace(page, items=(), next_cursor=None) if query.get("cursor") else page

    monkeypatch.setattr(fetching, "_fetch", blind)
    run = run_sync(connection)
    assert (run.state, run.problem_code) == (SyncState.PARTIAL, "listing_empty")
    assert Job.objects.live().count() == live > 600
