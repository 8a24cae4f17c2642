"""Creating, changing, merging and removing people, and their tags."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.sandbox_process import SandboxProcess

PERSON: dict[str, Any] = {"first_name": "Rosa", "last_name": "Lund"}


def create(sandbox: SandboxProcess, token: str, **values: Any) -> dict[str, Any]:
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=PERSON | values)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_create_when_application_is_given_then_in_the_first_stage_with_its_source(
    sandbox: SandboxProcess, token: str, job: dict[str, Any]
) -> None:
    source = sandbox.records("sources", name="Purpose Jobs")[0]
    made = create(sandbox, token, application={"job_id": job["id"], "source_id": source["id"]})
    assert set(made) == {"candidate", "application"}
    assert made["application"]["candidate_id"] == made["candidate"]["id"]
    assert made["application"]["stage_name"] == "Application Review"
    assert made["application"]["status"] == "in_process"
    assert made["application"]["source_id"] == source["id"]


@pytest.mark.parametrize("envelope", ["bare", "without_application"])
def test_create_when_envelope_is_switched_then_in_that_form(
    sandbox: SandboxProcess, token: str, job: dict[str, Any], envelope: str
) -> None:
    sandbox.switches(candidate_envelope=envelope)
    made = create(sandbox, token, application={"job_id": job["id"]})
    if envelope == "bare":
        assert made["first_name"] == "Rosa"
    else:
        assert made["application"] is None
    assert len(sandbox.records("applications", job_id=job["id"])) == 2


def test_create_when_email_is_known_then_another_person(sandbox: SandboxProcess, token: str) -> None:
    emails = [{"value": "Same@People.example", "type": "personal"}]
    one = create(sandbox, token, email_addresses=emails)["candidate"]
    two = create(sandbox, token, email_addresses=emails)["candidate"]
    found = sandbox.api("GET", "/v3/candidates?email=SAME@people.example", token=token).json()
    assert [row["id"] for row in found] == [two["id"], one["id"]]


@pytest.mark.parametrize(
    "change",
    [
        {"first_name": ""},
        {"last_name": None},
        {"private": True},
        {"attachments": []},
        {"applications": []},
        {"is_private": "yes"},
        {"phone_numbers": [{"value": "1"}]},
        {"phone_numbers": [{"value": "1", "type": "cell"}]},
        {"email_addresses": [{"value": "nobody", "type": "work"}]},
        {"social_media_addresses": [{"value": "x", "type": "other"}]},
        {"tags": "one"},
        {"linked_user_ids": [1]},
        {"custom_fields": [{"name_key": "unknown", "value": 1}]},
        {"custom_fields": [{"name_key": "seniority", "custom_field_id": 1, "value": "Senior"}]},
        {"custom_fields": [{"name_key": "seniority", "value": "Godlike"}]},
        {"application": {}},
        {"application": {"job_id": 1}},
        {"application": {"job_id": "x"}},
        {"application": {"job_id": None, "candidate_id": 1}},
    ],
)
def test_create_when_body_is_wrong_then_422_and_nobody_is_made(
    sandbox: SandboxProcess, token: str, change: dict[str, Any]
) -> None:
    before = sandbox.counts()
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=PERSON | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert sandbox.counts() == before


def test_create_when_not_json_then_400(sandbox: SandboxProcess, token: str) -> None:
    answer = sandbox.api("POST", "/v3/candidates", token=token, data="{not json")
    assert (answer.status_code, answer.json()["message"]) == (400, "Bad Request")
    assert sandbox.api("POST", "/v3/candidates", token=token, json=[1]).status_code == 422


def test_custom_fields_when_written_then_read_as_a_map_and_replaced(sandbox: SandboxProcess, token: str) -> None:
    fields = [{"name_key": "seniority", "value": "Senior"}, {"name_key": "notice_period", "value": "3 months"}]
    made = create(sandbox, token, custom_fields=fields)["candidate"]
    expected = {"name": "Seniority", "type": "single_select", "value": "Senior"}
    assert made["custom_fields"]["seniority"] == expected
    path = f"/v3/candidates/{made['id']}"
    change = {"custom_fields": [{"name_key": "notice_period", "value": "none"}]}
    replaced = sandbox.api("PATCH", path, token=token, json=change).json()
    assert set(replaced["custom_fields"]) == {"notice_period"}
    sandbox.switches(custom_fields_patch="merge")
    change = {"custom_fields": [{"name_key": "seniority", "value": "Lead"}]}
    merged = sandbox.api("PATCH", path, token=token, json=change).json()
    assert set(merged["custom_fields"]) == {"notice_period", "seniority"}


def test_update_when_contacts_are_given_then_replaced_whole(sandbox: SandboxProcess, token: str) -> None:
    phones = [{"value": "1", "type": "home"}, {"value": "2", "type": "work"}]
    made = create(sandbox, token, phone_numbers=phones, tags=["One", "Two"])["candidate"]
    change = {"phone_numbers": [{"value": "3", "type": "mobile"}], "tags": ["Two", "Three", "Four"], "is_private": True}
    changed = sandbox.api("PATCH", f"/v3/candidates/{made['id']}", token=token, json=change).json()
    assert [phone["value"] for phone in changed["phone_numbers"]] == ["3"]
    assert changed["tags"] == ["Two", "Three", "Four"]
    assert changed["private"] is True
    assert changed["first_name"] == "Rosa"
    assert len(sandbox.records("applied_candidate_tags", candidate_id=made["id"])) == 3


def test_update_when_nobody_has_the_id_then_404(sandbox: SandboxProcess, token: str) -> None:
    assert sandbox.api("PATCH", "/v3/candidates/7", token=token, json={}).status_code == 404


def test_merge_when_done_then_secondary_is_gone_and_its_things_move(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    primary = create(sandbox, token, email_addresses=[{"value": "b@b.example", "type": "work"}])["candidate"]
    path = f"/v3/candidates/{primary['id']}/merge"
    body = {"secondary_candidate_id": application["candidate_id"]}
    merged = sandbox.api("POST", path, token=token, json=body).json()
    assert {entry["value"] for entry in merged["email_addresses"]} == {"b@b.example", "Rosa@people.example"}
    assert not sandbox.records("candidates", id=application["candidate_id"])
    assert sandbox.records("applications", id=application["id"])[0]["candidate_id"] == primary["id"]
    again = sandbox.api("POST", path, token=token, json={"secondary_candidate_id": primary["id"]})
    assert again.status_code == 422


def test_merge_when_both_are_on_the_job_then_the_primarys_application_stays(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    made = create(sandbox, token, application={"job_id": application["job_id"]})
    path = f"/v3/candidates/{made['candidate']['id']}/merge"
    sandbox.api("POST", path, token=token, json={"secondary_candidate_id": application["candidate_id"]})
    kept = sandbox.records("applications", candidate_id=made["candidate"]["id"])
    assert [row["id"] for row in kept] == [made["application"]["id"]]
    assert not sandbox.records("applications", id=application["id"])


def test_anonymise_when_fields_are_named_then_only_those(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    path = f"/v3/candidates/{application['candidate_id']}/anonymize"
    body = {"fields": ["full_name", "emails"]}
    changed = sandbox.api("PATCH", path, token=token, json=body).json()
    assert (changed["first_name"], changed["email_addresses"]) == ("Anonymized", [])
    assert sandbox.api("PATCH", path, token=token, json={"fields": ["face"]}).status_code == 422


def test_delete_when_done_then_everything_of_the_person_is_gone(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    path = f"/v3/candidates/{application['candidate_id']}"
    answer = sandbox.api("DELETE", path, token=token)
    assert answer.json()["id"] == application["candidate_id"]
    assert not sandbox.records("applications", id=application["id"])
    assert not sandbox.records("application_stages", application_id=application["id"])
    assert sandbox.api("DELETE", path, token=token).status_code == 404


def test_tag_when_applied_then_on_the_person_until_removed(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    tag = sandbox.api("POST", "/v3/candidate_tags", token=token, json={"name": "Sourced"}).json()
    body = {"candidate_id": application["candidate_id"], "candidate_tag_id": tag["id"]}
    applied = sandbox.api("POST", "/v3/applied_candidate_tags", token=token, json=body)
    assert applied.status_code == 201
    assert sandbox.api("GET", "/v3/candidates?tag=Sourced", token=token).json()[0]["tags"] == ["Sourced"]
    assert sandbox.api("POST", "/v3/applied_candidate_tags", token=token, json=body).status_code == 422
    sandbox.api("DELETE", f"/v3/applied_candidate_tags/{applied.json()['id']}", token=token)
    assert sandbox.api("GET", "/v3/candidates?tag=Sourced", token=token).json() == []


def test_tag_when_applied_in_v1_words_or_made_twice_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    body = {"candidate_id": application["candidate_id"], "tag": "Robotics"}
    assert sandbox.api("POST", "/v3/applied_candidate_tags", token=token, json=body).status_code == 422
    again = sandbox.api("POST", "/v3/candidate_tags", token=token, json={"name": "Robotics"})
    assert again.status_code == 422


def test_list_when_private_people_are_hidden_then_an_item_without_id(sandbox: SandboxProcess, token: str) -> None:
    create(sandbox, token, is_private=True)
    sandbox.switches(hidden_private_candidates=True)
    items = sandbox.api("GET", "/v3/candidates", token=token).json()
    assert set(items[0]) == {"message"}
    assert all("id" in item for item in items[1:])


def test_create_when_text_holds_a_lone_surrogate_then_still_answered(sandbox: SandboxProcess, token: str) -> None:
    body = '{"first_name": "\\ud800", "last_name": "x"}'
    answer = sandbox.api("POST", "/v3/candidates", token=token, data=body)
    assert answer.status_code == 201
    assert sandbox.api("GET", "/v3/candidates", token=token).status_code == 200


def test_create_when_many_at_once_then_each_is_kept_once(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(rate_limit=0)
    before = sandbox.counts()["candidates"]
    headers = {"Authorization": f"Bearer {token}"}

    def send(_: int) -> int:
        answer = requests.post(f"{sandbox.url}/v3/candidates", json=PERSON, headers=headers, timeout=30)
        return int(answer.json()["candidate"]["id"])

    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(send, range(80)))
    assert len(set(ids)) == 80
    assert sandbox.counts()["candidates"] == before + 80
