"""What comes across with a job, exactly, against the sandbox over real HTTP."""

from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from integrations import importing
from integrations.greenhouse import joining
from integrations.models import (
    Connection,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhousePayRange,
    GreenhousePostLocation,
    SyncState,
)
from jobs.models import Job
from jobs.questions import QuestionKind, read_questions
from tests.integrations.conftest import run_sync
from tests.integrations.greenhouse.shapes import SHAPES
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {**SHAPES["job_posts"]["questions"][0]},
    {**SHAPES["job_posts"]["questions"][1], "required": True, "private": True},
]


def _new_post(sandbox: SandboxProcess, **changes: Any) -> dict[str, Any]:
    """A live post of an open job of its own, in a department of the third level, with two places and two pays."""
    root = sandbox.add_record("departments", name="Engineering", parent_id=None, external_id=None)
    middle = sandbox.add_record("departments", name="Platform", parent_id=root["id"], external_id=None)
    leaf = sandbox.add_record("departments", name="Storage", parent_id=middle["id"], external_id=None)
    office = sandbox.add_record("offices", name="HQ", location="Zug, Switzerland", parent_id=None, external_id=None)
    custom_fields = {
        "employment_type": {"name": "Employment Type", "type": "single_select", "value": "Part-time"},
        "contract": {"name": "Contract", "type": "short_text", "value": "Permanent"},
        "remote": {"name": "Remote?", "type": "yes_no", "value": True},
    }
    job = sandbox.add_record(
        "jobs",
        name="Internal name",
        requisition_id="REQ-7",
        status="open",
        confidential=False,
        is_template=None,
        department_id=leaf["id"],
        office_ids=[office["id"]],
        custom_fields=custom_fields,
        opened_at="2026-10-01T09:00:00.000Z",
    )
    values = {"job_id": job["id"], "title": "Storage Engineer", "language": "de", "questions": QUESTIONS, **changes}
    post = sandbox.copy_record("job_posts", sandbox.records("job_posts", live=True, internal=False)[0], **values)
    for values in (
        {"type": "office", "office_id": office["id"]},
        {"type": "free_text", "plain_text_location": "Remote, Europe"},
    ):
        sandbox.add_record("job_post_locations", job_post_id=post["id"], **values)
    salary, hourly = (
        sandbox.add_record("pay_inputs", title=title, priority=priority)
        for title, priority in (("Salary, monthly", -2), ("Hourly bonus", -1))
    )
    for pay_input, cents in ((hourly, 2500), (salary, 500_000)):
        sandbox.add_record(
            "pay_input_ranges",
            pay_input_id=pay_input["id"],
            job_post_id=post["id"],
            currency_type="CHF",
            min_cents=cents,
            max_cents=2 * cents,
        )
    return post


def _import(connection: Connection, remote_id: int, by: User) -> Job:
    post = GreenhouseJobPost.objects.get(remote_id=str(remote_id))
    importing.import_posts(connection=connection, post_ids={post.pk}, live_ids={post.pk}, by=by)
    return Job.objects.get(greenhouse_link__post=post)


def test_sync_brings_every_field_of_a_post_and_its_job(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    planted = _new_post(sandbox)
    run_sync(connection)
    job = _import(connection, planted["id"], alice)
    assert (job.title, job.language, job.description) == ("Storage Engineer", "de", job.greenhouse_link.post.content)
    assert (job.location, job.is_remote) == ("Zug, Switzerland · Remote, Europe", False)
    assert (job.department, job.employment_type) == ("Storage", "Part-time")
    assert (job.pay_min_cents, job.pay_max_cents, job.pay_currency, job.pay_period) == (
        *(500_000, 1_000_000),
        *("CHF", "month"),
    )
    assert job.first_published_at == job.greenhouse_link.post.first_published_at is not None
    (question,) = read_questions(job.questions)
    assert (question.key, question.kind, question.is_private) == ("question_42", QuestionKind.ONE_OF, True)
    post, theirs = job.greenhouse_link.post, job.greenhouse_link.post.greenhouse_job
    assert theirs is not None
    assert (theirs.department_path, theirs.offices) == ("Engineering › Platform › Storage", "Zug, Switzerland")
    assert (theirs.requisition_id, theirs.custom_fields["contract"]) == ("REQ-7", ["Contract", "Permanent"])
    assert theirs.opened_at is not None
    assert post.public_url == planted["public_url"]
    assert [(one["title"], one["period"]) for one in post.pay_ranges] == [
        ("Salary, monthly", "month"),
        ("Hourly bonus", "hour"),
    ]


def test_sync_when_the_fields_change_lets_the_job_follow(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    planted = _new_post(sandbox)
    run_sync(connection)
    job = _import(connection, planted["id"], alice)
    sandbox.change_record("job_posts", planted["id"], questions=[], language="xx")
    for row in sandbox.records("pay_input_ranges", job_post_id=planted["id"]):
        sandbox.remove_record("pay_input_ranges", row["id"])
    office_place = sandbox.records("job_post_locations", job_post_id=planted["id"], type="office")[0]
    sandbox.remove_record("job_post_locations", office_place["id"])
    run_sync(connection)
    job.refresh_from_db()
    assert (job.location, job.is_remote) == ("Remote, Europe", True)
    assert (job.questions, job.language, job.pay_min_cents, job.pay_currency) == ([], "xx", None, "")


def test_several_posts_of_one_job_stay_several_jobs(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    first = _new_post(sandbox)
    second = sandbox.copy_record("job_posts", first)
    run_sync(connection)
    jobs = [_import(connection, post["id"], alice) for post in (first, second)]
    assert jobs[0].pk != jobs[1].pk
    assert jobs[0].greenhouse_link.post.greenhouse_job == jobs[1].greenhouse_link.post.greenhouse_job
    assert [job.title for job in jobs] == ["Storage Engineer"] * 2


def test_rejoin_when_other_custom_fields_are_chosen_applies_them_without_a_request(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    planted = _new_post(sandbox)
    run_sync(connection)
    sandbox.clear_requests()
    connection.employment_type_key, connection.remote_key = "contract", "remote"
    connection.save()
    with CaptureQueriesContext(database) as queries:
        joining.rejoin(connection)
    assert sandbox.requests() == []
    post = GreenhouseJobPost.objects.select_related("greenhouse_job").get(remote_id=str(planted["id"]))
    assert post.greenhouse_job is not None
    assert (post.greenhouse_job.employment_type, post.is_remote) == ("Permanent", True)
    assert GreenhouseJob.objects.exclude(employment_type__in=("", "Permanent")).count() == 0
    assert len(queries) <= 10, "the same number however many jobs"


def test_sync_without_the_scope_for_pay_leaves_pay_out_and_remembers(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    run_sync(connection)
    known = GreenhousePayRange.objects.count()
    scopes = [scope for scope in sandbox.set_credential("demo-client-4")["scopes"] if "pay_input" not in scope]
    sandbox.set_credential("demo-client-4", scopes=scopes)
    run = run_sync(connection)
    connection.refresh_from_db()
    assert run.state == SyncState.SUCCEEDED
    assert {"harvest:pay_inputs:list", "harvest:pay_input_ranges:list"} <= set(connection.refused_scopes)
    assert GreenhousePayRange.objects.count() == known > 0, "what was known stays"
    assert GreenhouseJobPost.objects.exclude(pay_currency="").exists()
    sandbox.clear_requests()
    assert run_sync(connection).state == SyncState.SUCCEEDED
    assert sandbox.requests("GET", "/v3/pay_inputs") == [], "not asked again until a check-up finds the scope"


# Odd records


def _plant_odd_records(sandbox: SandboxProcess, job_id: int) -> dict[str, int]:
    post = sandbox.records("job_posts", live=True, internal=False)[0]
    nulls = dict.fromkeys(("content", "language", "public_url", "first_published_at", "questions", "job_board_id"))
    made = {
        "bare": sandbox.copy_record("job_posts", post, title="Bare", job_id=job_id, **nulls),
        "twin": sandbox.copy_record("job_posts", post, title="Bare", job_id=job_id),
        "huge": sandbox.copy_record("job_posts", post, job_id=job_id, content="<p>" + "word " * 200_000 + "</p>"),
        "prospects": sandbox.copy_record("job_posts", post, title="Join our network", job_id=None),
        "unnamed": sandbox.copy_record("job_posts", post, title=None, job_id=job_id),
        "wordy": sandbox.copy_record("job_posts", post, title="Wordy", live="yes", job_id=job_id),
        "empty": sandbox.add_record("job_posts", live=True, internal=False, active=True),
    }
    sandbox.add_record("job_post_locations", job_post_id=made["bare"]["id"], type=None)
    sandbox.add_record("job_post_locations", job_post_id=made["twin"]["id"], type=7)
    sandbox.add_record("departments", name=None, parent_id=None)
    sandbox.add_record("jobs", name=None, status="open", is_template=None, department_id=2**40)
    return {name: record["id"] for name, record in made.items()}


def test_sync_with_odd_records_names_them_and_reads_the_rest(sandbox: SandboxProcess, connection: Connection) -> None:
    usual = run_sync(connection)
    assert (usual.skipped, usual.skipped_count) == ([], 0)
    job = sandbox.records("jobs", status="open", is_template=False)[0]
    made = _plant_odd_records(sandbox, job["id"])
    run = run_sync(connection)
    assert run.state == SyncState.SUCCEEDED
    named = {(entry["collection"], entry["title"], entry["field"]) for entry in run.skipped}
    assert {("job_posts", "", "title"), ("job_posts", "Wordy", "live"), ("jobs", "", "name")} <= named
    assert ("job_post_locations", "", "type") in named
    assert run.skipped_count == len(run.skipped) == 5, "and the post with nothing in it"
    titles = dict(GreenhouseJobPost.objects.values_list("remote_id", "title"))
    assert [titles[str(made[name])] for name in ("bare", "twin", "prospects")] == ["Bare", "Bare", "Join our network"]
    assert len(GreenhouseJobPost.objects.get(remote_id=str(made["huge"])).content) > 1_000_000
    prospects = GreenhouseJobPost.objects.get(remote_id=str(made["prospects"]))
    assert (prospects.job_remote_id, prospects.greenhouse_job, prospects.is_offered) == ("", None, False)


def test_sync_when_a_known_post_becomes_odd_keeps_its_job_live(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    planted = _new_post(sandbox)
    run_sync(connection)
    job = _import(connection, planted["id"], alice)
    places = GreenhousePostLocation.objects.filter(post_remote_id=str(planted["id"])).count()
    sandbox.change_record("job_posts", planted["id"], title=5)
    sandbox.change_record("jobs", planted["job_id"], name=None)
    run = run_sync(connection)
    job.refresh_from_db()
    assert (run.state, run.skipped_count, run.jobs_changed) == (SyncState.SUCCEEDED, 2, 0)
    assert (job.is_live, job.title) == (True, "Storage Engineer")
    assert GreenhousePostLocation.objects.filter(post_remote_id=str(planted["id"])).count() == places == 2


def test_sync_when_very_many_records_are_odd_names_a_hundred_and_counts_all(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    post = sandbox.records("job_posts", live=True, internal=False)[0]
    kept = {name: value for name, value in post.items() if name != "id"}
    sandbox.add_records("job_posts", [{**kept, "title": None} for _ in range(130)])
    run = run_sync(connection)
    assert (run.state, len(run.skipped), run.skipped_count) == (SyncState.SUCCEEDED, 100, 130)


def test_sync_when_no_record_fits_any_more_says_that_greenhouse_answers_otherwise(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    planted = _new_post(sandbox)
    run_sync(connection)
    job = _import(connection, planted["id"], alice)
    sandbox.change_records(
        "job_posts", [{"id": row["id"], "title": {"text": row["title"]}} for row in sandbox.records("job_posts")]
    )
    run = run_sync(connection)
    job.refresh_from_db()
    assert (run.state, run.problem_code, job.is_live) == (SyncState.FAILED, "unexpected_reply", True)
