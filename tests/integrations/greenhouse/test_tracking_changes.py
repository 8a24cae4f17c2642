"""What happens to an application in Greenhouse after it was sent there: each change once, with its date."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from candidates.models import ApplicationStatus
from integrations.models import Connection, Export, SendsAs
from tests.integrations.greenhouse.tracked import fresh, kinds, poll, press, send, told
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    return poll(send(sandbox, connection))


def _stages(sandbox: SandboxProcess, row: Export) -> list[dict[str, Any]]:
    rows = sandbox.records("job_interview_stages", job_id=int(row.remote_job_id))
    return sorted(rows, key=lambda stage: stage["sort_order"])


def test_a_rejection_when_read_then_says_by_whom_why_and_when(sandbox: SandboxProcess, sent: Export) -> None:
    reason = next(r for r in sandbox.records("rejection_reasons") if r["type"]["key"] == "WE_REJECTED_THEM")
    press(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    long_ago = timezone.now() + timedelta(seconds=1)  # to the second, after it was sent
    detail = sandbox.records("rejection_details", application_id=int(sent.application_remote_id))[0]
    sandbox.change_record("rejection_details", detail["id"], rejected_at=long_ago.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    row = poll(sent)
    line = row.application.timeline.get(kind="rejected")
    assert line.text == f"Rejected in Greenhouse: {reason['name']}"
    assert line.as_whom == sandbox.records("users", primary_email="admin@example.com")[0]["name"]
    assert (line.status, line.origin) == ("rejected", "poll")
    assert row.remote_since == line.at == row.application.status_at


def test_hired_and_unhired_when_read_then_both_are_told_and_the_person_is_back_at_the_stage(
    sandbox: SandboxProcess, sent: Export
) -> None:
    opening = sandbox.records("openings", job_id=int(sent.remote_job_id), open=True)[0]
    press(sandbox, sent, "hire", opening_id=opening["id"])
    assert poll(sent).status == ApplicationStatus.HIRED
    press(sandbox, sent, "unhire")
    row = poll(sent)
    assert (row.status, row.application.status) == ("in_review", "in_review")
    assert kinds(row) == ["stage_moved", "hired", "unhired"]


def test_a_transfer_to_a_job_we_do_not_know_when_read_then_the_export_remembers_it_and_our_job_stays(
    sandbox: SandboxProcess, sent: Export
) -> None:
    other = [row for row in sandbox.records("jobs", status="open") if not row["is_template"]][1]
    ours = sent.application.job_id
    press(sandbox, sent, "transfer", job_id=other["id"])
    row = poll(sent)
    assert (row.remote_job_id, row.application.job_id) == (str(other["id"]), ours)
    assert row.greenhouse_job_id == sent.greenhouse_job_id
    assert kinds(row) == ["stage_moved", "transferred"]
    assert "that we do not know" in row.application.timeline.get(kind="transferred").text


def test_a_converted_prospect_when_read_then_its_new_application_is_followed(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    prospect = poll(send(sandbox, connection, sends_as=SendsAs.PROSPECT))
    assert prospect.status == ApplicationStatus.SENT
    job = next(
        row for row in sandbox.records("jobs", status="open") if str(row["id"]) == prospect.greenhouse_job.remote_id
    )
    press(sandbox, prospect, "convert", job_id=job["id"])
    row = poll(prospect)
    assert row.former_application_ids == [prospect.application_remote_id]
    assert row.application_remote_id != prospect.application_remote_id
    assert (row.status, row.remote_job_id) == ("in_review", str(job["id"]))
    assert kinds(poll(row)) == ["stage_moved", "converted", "stage_moved"]
    assert row.application.timeline.get(kind="converted").text == f"Put on a job in Greenhouse: {job['name']}"


def test_an_application_when_deleted_and_made_anew_on_the_same_job_then_the_new_one_is_followed(
    sandbox: SandboxProcess, sent: Export
) -> None:
    old = sandbox.records("applications", id=int(sent.application_remote_id))[0]
    new = sandbox.copy_record("applications", old)
    press(sandbox, sent, "delete")
    row = poll(sent)
    assert (row.application_remote_id, row.status) == (str(new["id"]), "in_review")
    assert kinds(row) == ["stage_moved", "linked"]


def test_a_gone_application_when_it_is_there_again_then_is_back(sandbox: SandboxProcess, sent: Export) -> None:
    sandbox.hide_records("applications", [int(sent.application_remote_id)])
    assert poll(sent).status == ApplicationStatus.GONE
    sandbox.hide_records("applications", [int(sent.application_remote_id)], hidden=False)
    row = poll(sent)
    assert (row.status, kinds(row)) == ("in_review", ["stage_moved", "gone", "stage_moved"])


def test_what_no_release_of_ours_has_seen_when_read_then_is_survived_and_said(
    sandbox: SandboxProcess, sent: Export
) -> None:
    """A status word we do not know, no name of the stage, a job id beyond 32 bits."""
    here = {"status": "on_ice", "stage_name": None, "job_interview_stage_id": None, "job_id": 2**40}
    sandbox.change_record("applications", int(sent.application_remote_id), **here)
    row = poll(sent)
    assert (row.remote_status, row.remote_job_id) == ("on_ice", str(2**40))
    texts = row.application.timeline.values_list("text", flat=True)
    assert f"In Greenhouse at stage {sent.remote_stage}, with the status “on_ice”" in texts


def test_the_stage_when_its_id_is_not_shown_then_comes_from_the_stages_of_the_application(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    sandbox.switches(application_extras=False)
    row = poll(send(sandbox, connection))
    first = _stages(sandbox, row)[0]
    assert (row.remote_stage, row.remote_stage_id) == (first["name"], str(first["id"]))
    entered = sandbox.records("application_stages", application_id=int(row.application_remote_id), current=True)[0]
    assert row.remote_since is not None
    assert row.remote_since.strftime("%Y-%m-%dT%H:%M:%S") == entered["entered_at"][:19]


def test_following_without_the_optional_scopes_when_something_moves_then_goes_on(
    sandbox: SandboxProcess, sent: Export
) -> None:
    first, *_, last = _stages(sandbox, sent)
    sandbox.faults({"kind": "status", "status": 403, "path": "/v3/application_stages"})
    press(sandbox, sent, "move", from_stage_id=first["id"], to_stage_id=last["id"])
    assert poll(sent).remote_stage == last["name"]
    assert Connection.objects.get().refused_scopes == ["harvest:application_stages:list"]
    assert Connection.objects.get().problem_code == ""


def test_an_application_when_sent_to_two_jobs_then_stands_where_it_stands_best(
    sandbox: SandboxProcess, sent: Export
) -> None:
    other = send(sandbox, sent.connection, job=1)
    Export.objects.filter(pk=other.pk).update(application=sent.application)
    other = poll(other)
    first, *_, last = _stages(sandbox, other)
    press(sandbox, other, "move", from_stage_id=first["id"], to_stage_id=last["id"])
    reason = sandbox.records("rejection_reasons")[0]
    press(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    poll(sent)
    assert (fresh(sent).status, fresh(other).status) == ("rejected", "offer")
    assert poll(sent).application.status == "offer"


def test_poll_and_webhook_when_both_bring_the_news_then_it_is_told_once(sandbox: SandboxProcess, sent: Export) -> None:
    first, *_, last = _stages(sandbox, sent)
    press(sandbox, sent, "move", from_stage_id=first["id"], to_stage_id=last["id"])
    told(sent)
    poll(sent)
    row = told(sent)
    assert kinds(row) == ["stage_moved", "stage_moved"]
    assert row.application.timeline.get(text__endswith=last["name"]).origin == "webhook"
