"""What a recruiter in Greenhouse does to people, by buttons or by the control API, and what the API then tells."""

import base64
from typing import Any

import pytest

from tests.sandbox.browsing import page, press
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess


@pytest.fixture
def prospect(sandbox: SandboxProcess) -> dict[str, Any]:
    return sandbox.records("applications", prospect=True)[0]


def read(sandbox: SandboxProcess, application: dict[str, Any]) -> dict[str, Any]:
    return sandbox.records("applications", id=application["id"])[0]


def person_of(sandbox: SandboxProcess, application: dict[str, Any]) -> dict[str, Any]:
    return sandbox.records("candidates", id=application["candidate_id"])[0]


def hide_from(sandbox: SandboxProcess, email: str) -> None:
    user_id = sandbox.records("users", primary_email=email)[0]["id"]
    assert "no longer sees" in sandbox.act("users", user_id, "sees_private")


def test_private_person_when_the_user_lacks_the_right_then_a_message_and_no_write(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    blind, seeing = sandbox.token(email=ADMIN_EMAIL), sandbox.token(email="hannah@lumen-robotics.example")
    hide_from(sandbox, ADMIN_EMAIL)
    path = "/v3/candidates?email=Rosa@people.example"
    assert sandbox.api("GET", path, token=blind).json()[0]["id"] == application["candidate_id"]
    press(sandbox, f"/people/{application['candidate_id']}/private")
    assert set(sandbox.api("GET", path, token=blind).json()[0]) == {"message"}
    assert sandbox.api("GET", path, token=seeing).json()[0]["private"] is True
    one = f"/v3/candidates/{application['candidate_id']}"
    assert sandbox.api("PATCH", one, token=blind, json={"title": "x"}).status_code == 403
    assert sandbox.api("PATCH", one, token=seeing, json={"title": "x"}).status_code == 200


def test_merge_when_pressed_then_applications_and_contacts_move_and_the_id_is_gone(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], prospect: dict[str, Any]
) -> None:
    olu, rosa = prospect["candidate_id"], application["candidate_id"]
    assert "was not found" in press(sandbox, f"/people/{olu}/merge", other="nobody@people.example")
    assert f"the id {rosa} is gone" in press(sandbox, f"/people/{olu}/merge", other="rosa@PEOPLE.example")
    assert not sandbox.records("candidates", id=rosa)
    assert read(sandbox, application)["candidate_id"] == olu
    emails = [entry["value"] for entry in person_of(sandbox, prospect)["email_addresses"]]
    assert "Rosa@people.example" in emails
    found = sandbox.api("GET", "/v3/candidates?email=rosa@people.example", token=token).json()
    assert [row["id"] for row in found] == [olu]


@pytest.mark.parametrize("how", ["off", "into_older", "into_newer"])
def test_auto_merge_when_switched_then_the_answered_id_stays_or_is_gone(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], how: str
) -> None:
    sandbox.switches(auto_merge=how)
    person: dict[str, Any] = {"first_name": "R", "last_name": "L", "application": {"job_id": application["job_id"]}}
    person["email_addresses"] = [{"value": "rosa@people.example", "type": "work"}]
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=person)
    made = answer.json()["candidate"]["id"]
    left = [row["id"] for row in sandbox.api("GET", "/v3/candidates?email=rosa@people.example", token=token).json()]
    older = application["candidate_id"]
    assert left == {"off": [made, older], "into_older": [older], "into_newer": [made]}[how]
    kept = sandbox.records("applications", job_id=application["job_id"])
    assert len([row for row in kept if row["candidate_id"] in left]) == len(left), "one application a person and job"


def test_prospect_when_pooled_and_converted_then_a_new_application_and_the_old_one_converted(
    sandbox: SandboxProcess, token: str, job: dict[str, Any], prospect: dict[str, Any]
) -> None:
    stage = sandbox.records("prospect_pool_stages", name="In conversation")[0]
    press(sandbox, f"/applications/{prospect['id']}/pool", stage_id=stage["id"])
    path = f"/v3/prospect_details?application_ids={prospect['id']}"
    (detail,) = sandbox.api("GET", path, token=token).json()
    assert (detail["pool_stage_id"], detail["pool_id"]) == (stage["id"], stage["prospect_pool_id"])
    assert "a candidate now" in press(sandbox, f"/applications/{prospect['id']}/convert", job_id=job["id"])
    mine = sandbox.records("applications", candidate_id=prospect["candidate_id"])
    assert [(row["status"], row["job_id"], row["prospect"]) for row in mine] == [
        ("in_process", job["id"], False),
        ("converted", None, True),
    ]
    assert "not an open prospect" in press(sandbox, f"/applications/{prospect['id']}/convert", job_id=job["id"])


def test_transfer_when_pressed_then_on_the_other_job_in_its_first_stage(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    other = sandbox.records("jobs", name="Motion Planning Engineer")[0]
    text = press(sandbox, f"/applications/{application['id']}/transfer", job_id=other["id"])
    assert "is now on Motion Planning Engineer" in text
    moved = read(sandbox, application)
    assert (moved["job_id"], moved["stage_name"]) == (other["id"], "Application Review")
    stages = sandbox.records("application_stages", application_id=application["id"], current=True)
    assert [row["job_interview_stage_id"] for row in stages] == [moved["job_interview_stage_id"]]


def test_hire_when_taken_back_then_in_process_and_the_job_is_open_again(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    sandbox.act("applications", application["id"], "hire")
    assert sandbox.records("jobs", id=application["job_id"])[0]["status"] == "closed"
    assert "Unhire" in page(sandbox, f"/people/{application['candidate_id']}")
    press(sandbox, f"/applications/{application['id']}/unhire")
    assert read(sandbox, application)["status"] == "in_process"
    assert sandbox.records("jobs", id=application["job_id"])[0]["status"] == "open"
    (opening,) = sandbox.records("openings", job_id=application["job_id"])
    assert (opening["open"], opening["application_id"]) == (True, None)


def test_person_when_anonymised_or_deleted_then_empty_or_gone(
    sandbox: SandboxProcess, application: dict[str, Any], prospect: dict[str, Any]
) -> None:
    press(sandbox, f"/people/{application['candidate_id']}/anonymise")
    person = person_of(sandbox, application)
    assert (person["first_name"], person["email_addresses"]) == ("Anonymized", [])
    press(sandbox, f"/people/{prospect['candidate_id']}/delete")
    assert not sandbox.records("applications", id=prospect["id"])
    sandbox.act("applications", application["id"], "delete")
    assert not sandbox.records("applications", id=application["id"])
    assert person_of(sandbox, application)


def test_files_when_added_then_the_old_resume_becomes_other_and_blocked_ones_are_refused(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}/attach"
    press(sandbox, path, filename="one.txt", type="resume", content="Hello")
    press(sandbox, path, filename="two.txt", type="resume", content="Hello")
    assert "is not allowed" in press(sandbox, path, filename="page.html", type="other")
    files = sandbox.records("attachments", application_id=application["id"])
    assert [(row["filename"], row["type"]) for row in files] == [("two.txt", "resume"), ("one.txt", "other")]


def test_person_when_added_by_hand_then_on_a_job_or_a_prospect_and_merged_where_switched(
    sandbox: SandboxProcess, job: dict[str, Any]
) -> None:
    form = {"first_name": "Ane", "last_name": "Vik", "emails": "ane@people.example, ane@work.example"}
    press(sandbox, "/people", **form, job_id=job["id"])
    (ane,) = sandbox.records("candidates", first_name="Ane")
    assert [entry["value"] for entry in ane["email_addresses"]] == ["ane@people.example", "ane@work.example"]
    sandbox.switches(auto_merge="into_older")
    assert "the two are merged" in press(sandbox, "/people", **form)
    mine = sandbox.records("applications", candidate_id=ane["id"])
    assert {row["prospect"] for row in mine} == {True, False}
    assert "has an @" in press(sandbox, "/people", first_name="X", emails="nowhere")


ACTIVITIES: list[tuple[str, dict[str, Any]]] = [
    ("applications move", {"from_stage_id": "job_interview_stage_id"}),
    ("applications reject", {"rejection_reason_id": "rejection_reasons"}),
    ("applications hire", {}),
    ("applications attach", {"filename": "cv.txt"}),
    ("candidates note", {"body": "Hello"}),
    ("candidates tag", {"tags": "Robotics, New"}),
    ("candidates edit", {"first_name": "Rosa"}),
    ("candidates consider", {}),
]


@pytest.mark.parametrize(("what", "fields"), ACTIVITIES, ids=[what for what, _ in ACTIVITIES])
def test_activity_when_anything_happens_then_dated(
    sandbox: SandboxProcess, application: dict[str, Any], what: str, fields: dict[str, Any]
) -> None:
    collection, action = what.split()
    values = {name: application.get(value, value) for name, value in fields.items()}
    if action == "reject":
        values["rejection_reason_id"] = sandbox.records("rejection_reasons")[0]["id"]
    before = person_of(sandbox, application)["last_activity_at"], application["last_activity_at"]
    record_id = application["id" if collection == "applications" else "candidate_id"]
    sandbox.act(collection, record_id, action, **values)
    assert person_of(sandbox, application)["last_activity_at"] > before[0]
    if collection == "applications":
        assert read(sandbox, application)["last_activity_at"] > before[1]


def test_activity_when_the_api_adds_a_note_or_a_file_then_the_application_is_dated_and_not_touched(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    note = {"candidate_id": application["candidate_id"], "application_id": application["id"], "note_type": "NOTE"}
    sandbox.api("POST", "/v3/notes", token=token, json=note | {"body": "Hello"})
    noted = read(sandbox, application)
    assert noted["last_activity_at"] > application["last_activity_at"]
    file = {"application_id": application["id"], "filename": "cv.txt", "type": "resume"}
    sandbox.api("POST", "/v3/attachments", token=token, json=file | {"content": base64.b64encode(b"x").decode()})
    assert read(sandbox, application)["last_activity_at"] >= noted["last_activity_at"]
    assert read(sandbox, application)["updated_at"] == application["updated_at"]


@pytest.mark.parametrize(
    "order",
    [
        {"collection": "applications", "id": 5, "action": "move"},
        {"collection": "sources", "id": "x", "action": "move"},
        {"collection": "jobs", "action": "close"},
    ],
)
def test_act_when_there_is_no_such_record_or_button_then_refused(sandbox: SandboxProcess, order: Any) -> None:
    with pytest.raises(AssertionError, match="404|422"):
        sandbox.control("POST", "act", body=order)


def test_person_page_when_a_prospect_then_its_pool_and_the_way_to_a_job(
    sandbox: SandboxProcess, prospect: dict[str, Any]
) -> None:
    text = page(sandbox, f"/people/{prospect['candidate_id']}")
    for words in ("Robotics talent: Contacted", "Make a candidate for", "Merge another person", "Make private"):
        assert words in text
