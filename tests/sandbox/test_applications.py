"""Applications and their way through the stages."""

from typing import Any

import pytest

from tests.sandbox_process import SandboxProcess


def read(sandbox: SandboxProcess, token: str, application_id: int) -> dict[str, Any]:
    found = sandbox.api("GET", f"/v3/applications?ids={application_id}", token=token).json()
    return dict(found[0])


def act(sandbox: SandboxProcess, token: str, application: dict[str, Any], action: str, **body: Any) -> int:
    path = f"/v3/applications/{application['id']}/{action}"
    answer = sandbox.api("POST", path, token=token, json=body)
    assert answer.status_code != 204 or not answer.content
    return answer.status_code


def stages(sandbox: SandboxProcess, job_id: int) -> list[dict[str, Any]]:
    return sorted(sandbox.records("job_interview_stages", job_id=job_id), key=lambda row: int(row["sort_order"]))


def test_stage_id_when_read_then_is_the_row_and_not_the_job_stage(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    path = f"/v3/application_stages?application_ids={application['id']}&current=true"
    (current,) = sandbox.api("GET", path, token=token).json()
    assert application["stage_id"] == current["id"]
    assert application["job_interview_stage_id"] == current["job_interview_stage_id"]
    by_job_stage = f"/v3/applications?stage_ids={application['job_interview_stage_id']}"
    assert sandbox.api("GET", by_job_stage, token=token).json() == []


def test_stage_rows_when_made_then_one_per_stage_and_unvisited_empty(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    rows = sandbox.records("application_stages", application_id=application["id"])
    assert len(rows) == len(stages(sandbox, application["job_id"])) >= 6
    assert [row["current"] for row in rows if row["entered_at"]] == [True]


def test_extras_when_switched_off_then_absent(sandbox: SandboxProcess, token: str, application: dict[str, Any]) -> None:
    sandbox.switches(application_extras=False)
    shown = read(sandbox, token, application["id"])
    assert not {"job_interview_stage_id", "rejection_reason_id"} & set(shown)


def test_create_when_stage_is_chosen_then_there(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    other = sandbox.records("jobs", name="Site Reliability Engineer")[0]
    stage = stages(sandbox, other["id"])[2]
    body = {
        "candidate_id": application["candidate_id"],
        "job_id": other["id"],
        "initial_stage_id": stage["id"],
        "created_at": "2026-01-02T03:04:05Z",
    }
    answer = sandbox.api("POST", "/v3/applications", token=token, json=body)
    assert answer.status_code == 201
    assert answer.json()["stage_name"] == stage["name"]
    assert answer.json()["created_at"] == "2026-01-02T03:04:05.000Z"


@pytest.mark.parametrize(
    "change",
    [
        {"job_id": 1},
        {"candidate_id": 1},
        {"initial_stage_id": 1},
        {"attachments": []},
        {"answers": []},
        {"source_id": 1},
        {"referrer_id": 1},
        {"recruiter_id": 1},
        {"created_at": "2026-01-01"},
    ],
)
def test_create_when_body_is_wrong_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], change: dict[str, Any]
) -> None:
    other = sandbox.records("jobs", name="Site Reliability Engineer")[0]
    body = {"candidate_id": application["candidate_id"], "job_id": other["id"]} | change
    before = sandbox.counts()
    assert sandbox.api("POST", "/v3/applications", token=token, json=body).status_code == 422
    assert sandbox.counts() == before


def test_create_when_job_is_a_template_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    template = sandbox.records("jobs", is_template=True)[0]
    body = {"candidate_id": application["candidate_id"], "job_id": template["id"]}
    assert sandbox.api("POST", "/v3/applications", token=token, json=body).status_code == 422


@pytest.mark.parametrize(("rule", "status", "count"), [("422", 422, 1), ("allow", 201, 2), ("return_existing", 201, 1)])
def test_create_when_second_on_the_job_then_as_switched(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], rule: str, status: int, count: int
) -> None:
    sandbox.switches(second_application=rule)
    body = {"candidate_id": application["candidate_id"], "job_id": application["job_id"]}
    assert sandbox.api("POST", "/v3/applications", token=token, json=body).status_code == status
    assert len(sandbox.records("applications", **body)) == count


def test_move_when_no_target_then_one_stage_on(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    plan = stages(sandbox, application["job_id"])
    assert act(sandbox, token, application, "move", from_stage_id=plan[0]["id"]) == 204
    moved = read(sandbox, token, application["id"])
    assert (moved["stage_name"], moved["job_interview_stage_id"]) == (plan[1]["name"], plan[1]["id"])
    assert moved["stage_id"] != application["stage_id"]
    assert moved["updated_at"] > application["updated_at"]
    assert moved["last_activity_at"] > application["last_activity_at"]
    left = sandbox.records("application_stages", id=application["stage_id"])[0]
    assert (left["current"], bool(left["exited_at"])) == (False, True)


def test_move_when_switched_to_leave_no_trace_then_updated_at_stays(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    sandbox.switches(stage_move_touches_application=False)
    act(sandbox, token, application, "move", from_stage_id=application["job_interview_stage_id"])
    moved = read(sandbox, token, application["id"])
    assert moved["stage_name"] != application["stage_name"]
    assert moved["updated_at"] == application["updated_at"]


def test_move_when_guard_is_stale_or_target_foreign_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    plan = stages(sandbox, application["job_id"])
    foreign = sandbox.records("job_interview_stages")[0]["id"]
    assert act(sandbox, token, application, "move") == 422
    assert act(sandbox, token, application, "move", from_stage_id=plan[1]["id"]) == 422
    assert act(sandbox, token, application, "move", from_stage_id=application["stage_id"]) == 422
    assert act(sandbox, token, application, "move", from_stage_id=plan[0]["id"], to_stage_id=foreign) == 422
    last = plan[-1]["id"]
    assert act(sandbox, token, application, "move", from_stage_id=plan[0]["id"], to_stage_id=last) == 204
    assert act(sandbox, token, application, "move", from_stage_id=last) == 422


def test_move_when_to_another_job_then_its_first_stage(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    other = sandbox.records("jobs", name="Site Reliability Engineer")[0]
    current = application["job_interview_stage_id"]
    assert act(sandbox, token, application, "move", from_stage_id=current, to_job_id=other["id"]) == 204
    moved = read(sandbox, token, application["id"])
    assert (moved["job_id"], moved["job_interview_stage_id"]) == (
        other["id"],
        stages(sandbox, other["id"])[0]["id"],
    )
    assert len(sandbox.records("application_stages", application_id=application["id"], current=True)) == 1


def test_reject_when_done_then_detail_and_reason_until_unrejected(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    reason = sandbox.records("rejection_reasons", name="Withdrew: compensation")[0]
    body = {"rejection_reason_id": reason["id"], "notes": "Asked for more"}
    assert act(sandbox, token, application, "reject", **body) == 204
    rejected = read(sandbox, token, application["id"])
    assert (rejected["status"], rejected["rejection_reason_id"]) == ("rejected", reason["id"])
    (detail,) = sandbox.records("rejection_details", application_id=application["id"])
    assert detail["rejected_at"] == rejected["rejected_at"]
    assert sandbox.records("notes", id=detail["rejection_note_id"])[0]["body"] == "Asked for more"
    assert act(sandbox, token, application, "reject", **body) == 422
    assert act(sandbox, token, application, "unreject") == 204
    back = read(sandbox, token, application["id"])
    assert (back["status"], back["rejected_at"], back["stage_id"]) == ("in_process", None, application["stage_id"])
    assert not sandbox.records("rejection_details", application_id=application["id"])
    assert act(sandbox, token, application, "unreject") == 422


def test_rejection_when_changed_then_new_reason_in_both_places(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    one, two = sandbox.records("rejection_reasons")[:2]
    act(sandbox, token, application, "reject", rejection_reason_id=one["id"])
    detail = sandbox.records("rejection_details", application_id=application["id"])[0]
    path = f"/v3/rejection_details/{detail['id']}"
    sandbox.api("PATCH", path, token=token, json={"rejection_reason_id": two["id"]})
    assert read(sandbox, token, application["id"])["rejection_reason_id"] == two["id"]


def test_hire_when_last_opening_is_taken_then_job_and_posts_close(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    assert act(sandbox, token, application, "hire", start_date="2027-01-01T09:00:00Z") == 204
    assert read(sandbox, token, application["id"])["status"] == "hired"
    job = sandbox.records("jobs", id=application["job_id"])[0]
    assert (job["status"], bool(job["closed_at"])) == ("closed", True)
    assert not sandbox.records("job_posts", job_id=job["id"], live=True)
    assert act(sandbox, token, application, "hire") == 422


def test_hire_when_several_openings_then_one_must_be_named(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    job = sandbox.records("jobs", name="Senior Robotics Software Engineer")[0]
    body = {"candidate_id": application["candidate_id"], "job_id": job["id"]}
    second = sandbox.api("POST", "/v3/applications", token=token, json=body).json()
    assert act(sandbox, token, second, "hire") == 422
    opening = sandbox.records("openings", job_id=job["id"])[0]
    assert act(sandbox, token, second, "hire", opening_id=opening["id"]) == 204
    assert sandbox.records("jobs", id=job["id"])[0]["status"] == "open"
    assert sandbox.records("openings", id=opening["id"])[0]["application_id"] == second["id"]


def test_prospect_when_converted_then_a_new_application(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    pool = sandbox.records("prospect_pools")[0]
    body = {"candidate_id": application["candidate_id"], "prospect": True, "prospect_pool_id": pool["id"]}
    prospect = sandbox.api("POST", "/v3/applications", token=token, json=body).json()
    assert (prospect["prospect"], prospect["job_id"], prospect["stage_id"]) == (True, None, None)
    detail = sandbox.records("prospect_details", application_id=prospect["id"])[0]
    assert detail["pool_id"] == pool["id"]
    other = sandbox.records("jobs", name="Site Reliability Engineer")[0]
    path = f"/v3/applications/{prospect['id']}/convert_to_candidate"
    made = sandbox.api("POST", path, token=token, json={"job_id": other["id"]}).json()
    assert (made["job_id"], made["prospect"]) == (other["id"], False)
    assert made["id"] != prospect["id"]
    assert read(sandbox, token, prospect["id"])["status"] == "converted"


def test_update_when_source_is_changed_then_shown(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    source = sandbox.records("sources", name="Referral")[0]
    path = f"/v3/applications/{application['id']}"
    changed = sandbox.api("PATCH", path, token=token, json={"source_id": source["id"]})
    assert changed.json()["source_id"] == source["id"]
    assert sandbox.api("PATCH", path, token=token, json={"status": "hired"}).status_code == 422


def test_delete_when_done_then_gone_and_the_person_stays(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    path = f"/v3/applications/{application['id']}"
    message = sandbox.api("DELETE", path, token=token).json()["message"]
    assert message == f"Application {application['id']} deleted successfully"
    assert sandbox.records("candidates", id=application["candidate_id"])
    assert sandbox.api("DELETE", path, token=token).status_code == 404
