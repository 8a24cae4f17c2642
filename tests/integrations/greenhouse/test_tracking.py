"""Following people after they were sent, against the sandbox over real HTTP."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from integrations import sending, sweeps
from integrations.greenhouse import export, tracking
from integrations.models import Connection, ConnectionState, Export
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    remote = next(row for row in sandbox.records("jobs", status="open") if not row["is_template"])
    job = GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]))
    link = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=job), job=JobFactory(employer=connection.employer)
    )
    row = sending.export_application(ApplicationFactory(job=link.job))
    assert row is not None
    export.run(row.pk)
    row.refresh_from_db()
    return row


def _poll(row: Export) -> Export:
    Connection.objects.filter(pk=row.connection_id).update(poll_due_at=timezone.now())
    tracking.poll(row.connection_id)
    return Export.objects.select_related("application").get(pk=row.pk)


def _act(sandbox: SandboxProcess, row: Export, verb: str, **body: Any) -> None:
    answer = sandbox.api("POST", f"/v3/applications/{row.application_remote_id}/{verb}", json=body)
    assert answer.status_code == 204, answer.text


def _stages(sandbox: SandboxProcess, row: Export) -> list[dict[str, Any]]:
    job_id = int(row.greenhouse_job.remote_id)
    return sorted(sandbox.records("job_interview_stages", job_id=job_id), key=lambda stage: stage["sort_order"])


def test_poll_follows_the_stage_and_tells_each_change_once(sandbox: SandboxProcess, sent: Export) -> None:
    first, *_, last = _stages(sandbox, sent)
    row = _poll(sent)
    assert (row.remote_stage, row.application.status) == (first["name"], "in_review")
    _act(sandbox, sent, "move", from_stage_id=first["id"], to_stage_id=last["id"])
    _poll(sent)
    row = _poll(sent)
    assert (row.remote_stage, row.application.status) == (last["name"], "offer")
    texts = list(row.application.timeline.exclude(kind="note_added").values_list("text", flat=True))
    assert texts == [
        f"In Greenhouse at stage {last['name']}",
        f"In Greenhouse at stage {first['name']}",
        "Sent to Greenhouse",
    ]


@pytest.mark.parametrize(("key", "status"), [("WE_REJECTED_THEM", "rejected"), ("THEY_REJECTED_US", "withdrawn")])
def test_poll_tells_a_rejection_from_a_withdrawal(sandbox: SandboxProcess, sent: Export, key: str, status: str) -> None:
    reason = next(row for row in sandbox.records("rejection_reasons") if row["type"]["key"] == key)
    _act(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    row = _poll(sent)
    assert (row.remote_status, row.application.status) == ("rejected", status)
    assert row.rejection_reason == reason["name"]
    _act(sandbox, sent, "unreject")
    assert _poll(sent).application.status == "in_review"


def test_poll_sees_a_hire(sandbox: SandboxProcess, sent: Export) -> None:
    _act(sandbox, sent, "hire", **_opening(sandbox, sent))
    assert _poll(sent).application.status == "hired"


def _opening(sandbox: SandboxProcess, row: Export) -> dict[str, Any]:
    openings = sandbox.records("openings", job_id=int(row.greenhouse_job.remote_id), open=True)
    return {"opening_id": openings[0]["id"]} if openings else {}


def test_poll_sees_that_the_application_was_deleted(sandbox: SandboxProcess, sent: Export) -> None:
    sandbox.api("DELETE", f"/v3/applications/{sent.application_remote_id}")
    row = _poll(sent)
    assert (row.remote_status, row.application.status) == ("gone", "gone")


def test_poll_without_the_extra_fields_still_follows(sandbox: SandboxProcess, sent: Export) -> None:
    """`job_interview_stage_id` and `rejection_reason_id` may be absent (contract §10 no. 14)."""
    sandbox.switches(application_extras=False)
    reason = sandbox.records("rejection_reasons")[0]
    _act(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    assert _poll(sent).rejection_reason == reason["name"]


def test_poll_before_it_is_due_asks_nothing(sandbox: SandboxProcess, sent: Export) -> None:
    _poll(sent)
    sandbox.clear_requests()
    tracking.poll(sent.connection_id)
    assert sandbox.requests() == []
    assert sweeps.due_polls() == []


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        ({"kind": "status", "status": 503}, "unavailable", ConnectionState.ACTIVE),
        ({"kind": "truncate"}, "unavailable", ConnectionState.ACTIVE),
        ({"kind": "nonsense"}, "unexpected_reply", ConnectionState.ACTIVE),
        ({"kind": "status", "status": 403}, "scope_missing", ConnectionState.NEEDS_ATTENTION),
    ],
)
def test_poll_that_fails_names_it_changes_nothing_and_clears_itself(
    sandbox: SandboxProcess, sent: Export, fault: dict[str, Any], code: str, state: str
) -> None:
    before = _poll(sent)
    sandbox.faults({**fault, "path": "/v3/applications"})
    after = _poll(sent)
    connection = Connection.objects.get()
    assert (connection.problem_code, connection.state) == (code, state)
    assert after.remote_stage == before.remote_stage
    if state == ConnectionState.ACTIVE:
        _poll(sent)
        assert Connection.objects.get().problem_code == ""


def test_poll_when_nothing_moved_then_asks_one_request(sandbox: SandboxProcess, sent: Export) -> None:
    _poll(sent)
    sandbox.clear_requests()
    _poll(sent)
    assert [call["path"] for call in sandbox.requests()] == ["/v3/applications"]


def test_poll_that_is_shown_nothing_at_all_takes_nobody_for_gone(sandbox: SandboxProcess, sent: Export) -> None:
    before = _poll(sent).application.status
    cache.clear()
    sandbox.switches(non_admin_lists="empty")
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    assert _poll(sent).application.status == before
    assert Connection.objects.get().problem_code == "not_site_admin"
