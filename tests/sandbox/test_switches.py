"""Each open question of the contract as a switch: both outcomes can be had."""

import base64
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    LIMITED_CLIENT_ID,
    LIMITED_CLIENT_SECRET,
    SandboxProcess,
)

DEMO = (CLIENT_ID, CLIENT_SECRET)
LIMITED = (LIMITED_CLIENT_ID, LIMITED_CLIENT_SECRET)
CLAIMS = "https://auth.greenhouse.io/claims"


def ask(sandbox: SandboxProcess) -> requests.Response:
    return requests.post(f"{sandbox.url}/token", auth=DEMO, data={"grant_type": "client_credentials"}, timeout=10)


@pytest.mark.parametrize(
    ("status", "says"), [("401", "Invalid credentials"), ("404", "Resource not found"), ("410", "use OAuth")]
)
def test_keys_when_retired_then_with_the_status_chosen(sandbox: SandboxProcess, status: str, says: str) -> None:
    sandbox.switches(keys_retired=True, keys_retired_status=status)
    answer = requests.post(f"{sandbox.url}/auth/token", auth=(API_KEY, ""), timeout=10)
    assert answer.status_code == int(status)
    assert says in answer.json()["message"]


def test_token_answer_when_scope_is_switched_on_then_names_them(sandbox: SandboxProcess) -> None:
    assert "scope" not in ask(sandbox).json()
    sandbox.switches(token_scope=True)
    sandbox.set_credential(CLIENT_ID, scopes=["harvest:jobs:list", "harvest:sources:list"])
    assert ask(sandbox).json()["scope"] == "harvest:jobs:list harvest:sources:list"


@pytest.mark.parametrize(
    ("switch", "told"), [("actual", "site_admin"), ("basic", "basic"), ("unknown", "grand_vizier"), ("absent", None)]
)
def test_introspection_when_role_is_switched_then_told_so(
    sandbox: SandboxProcess, switch: str, told: str | None
) -> None:
    sandbox.switches(introspection_role=switch)
    form = {"token": sandbox.token(email=ADMIN_EMAIL)}
    body = requests.post(f"{sandbox.url}/introspect", auth=DEMO, data=form, timeout=10).json()
    assert body[CLAIMS].get("user_role") == told
    assert body[CLAIMS]["organization"]["name"] == "Lumen Robotics"


def test_introspection_when_off_then_404(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(introspection=False)
    answer = requests.post(f"{sandbox.url}/introspect", auth=DEMO, data={"token": token}, timeout=10)
    assert answer.status_code == 404


@pytest.mark.parametrize("kind", ["full", "message", "none"])
def test_refusals_when_terse_then_with_less_body_and_all_headers(
    sandbox: SandboxProcess, token: str, kind: str
) -> None:
    sandbox.switches(error_bodies=kind)
    limited = sandbox.token(client=LIMITED)
    person = {"first_name": "A", "last_name": "B"}
    forbidden = sandbox.api("POST", "/v3/candidates", token=limited, json=person)
    broken = sandbox.api("POST", "/v3/candidates", token=token, data="{")
    sandbox.switches(rate_limit=1, rate_window_seconds=3600)
    sandbox.renew_limits()
    sandbox.api("GET", "/v3/sources", token=token)
    spent = sandbox.api("GET", "/v3/sources", token=token)
    assert [answer.status_code for answer in (forbidden, broken, spent)] == [403, 400, 429]
    assert all("X-RateLimit-Remaining" in answer.headers for answer in (forbidden, broken, spent))
    assert int(spent.headers["Retry-After"]) >= 1
    keys = {"full": [{"message", "errors"}] * 2 + [{"message"}], "message": [{"message"}] * 3, "none": []}[kind]
    told = [answer for answer in (forbidden, broken, spent) if answer.content]
    assert [set(answer.json()) for answer in told] == keys


def test_refusals_when_terse_then_422_still_says_why(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(error_bodies="none")
    answer = sandbox.api("GET", "/v3/jobs?page=2", token=token)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 2)


@pytest.mark.parametrize("ahead", [120, -120])
def test_clock_when_wrong_then_everywhere_and_tokens_live_as_long(sandbox: SandboxProcess, ahead: int) -> None:
    sandbox.switches(clock_ahead_seconds=ahead)
    answer = ask(sandbox)
    date = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    expires = datetime.fromisoformat(answer.json()["expires_at"]).timestamp()
    assert abs(date - time.time() - ahead) < 5
    assert abs(expires - time.time() - ahead - 3600) < 5
    assert answer.json()["expires_in"] == 3600
    listed = sandbox.api("GET", "/v3/jobs", token=answer.json()["access_token"])
    assert listed.status_code == 200
    reset = int(listed.headers["X-RateLimit-Reset"])
    assert 0 <= reset - parsedate_to_datetime(listed.headers["Date"]).timestamp() <= 31


def behind_seconds(sandbox: SandboxProcess, job: dict[str, Any]) -> float:
    changed = sandbox.change_record("jobs", job["id"], name="Other")
    return (datetime.now(UTC) - datetime.fromisoformat(changed["updated_at"])).total_seconds()


def test_clock_when_wrong_then_records_are_dated_by_it_until_reset(
    sandbox: SandboxProcess, job: dict[str, Any]
) -> None:
    sandbox.switches(clock_ahead_seconds=-120)
    assert abs(behind_seconds(sandbox, job) - 120) < 5
    sandbox.kill()
    sandbox.start()
    assert abs(behind_seconds(sandbox, job) - 120) < 5, "also after a restart"
    sandbox.reset()
    assert behind_seconds(sandbox, job) < 5


def attach(sandbox: SandboxProcess, token: str, application: dict[str, Any]) -> requests.Response:
    content = base64.b64encode(b"%PDF-1.4 my life").decode()
    body = {"application_id": application["id"], "filename": "cv.pdf", "type": "resume", "content": content}
    return sandbox.api("POST", "/v3/attachments", token=token, json=body)


@pytest.mark.parametrize("status", ["422", "413"])
def test_attachment_when_too_large_then_with_the_status_chosen(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], status: str
) -> None:
    sandbox.switches(attachment_max_bytes=5, attachment_too_large_status=status)
    assert attach(sandbox, token, application).status_code == int(status)
    assert sandbox.records("attachments", application_id=application["id"]) == []


@pytest.mark.parametrize("on", [False, True])
def test_attachment_when_content_type_is_switched_then_shown(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], on: bool
) -> None:
    sandbox.switches(attachment_content_type=on)
    assert attach(sandbox, token, application).json().get("content_type") == ("application/pdf" if on else None)


@pytest.mark.parametrize("required", [False, True])
def test_note_when_visibility_is_missing_then_as_switched(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], required: bool
) -> None:
    sandbox.switches(note_visibility_required=required)
    note = {"candidate_id": application["candidate_id"], "body": "Hello", "note_type": "NOTE"}
    assert sandbox.api("POST", "/v3/notes", token=token, json=note).status_code == (422 if required else 201)
    note["visibility"] = "private"
    assert sandbox.api("POST", "/v3/notes", token=token, json=note).status_code == 201


@pytest.mark.parametrize("allowed", [True, False])
def test_move_when_job_and_stage_are_named_then_as_switched(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], allowed: bool
) -> None:
    sandbox.switches(job_and_stage_together=allowed)
    other = next(job for job in sandbox.records("jobs", status="open") if job["id"] != application["job_id"])
    stage = sandbox.records("job_interview_stages", job_id=other["id"])[0]
    body = {"from_stage_id": application["job_interview_stage_id"], "to_job_id": other["id"]}
    body["to_stage_id"] = stage["id"]
    answer = sandbox.api("POST", f"/v3/applications/{application['id']}/move", token=token, json=body)
    assert answer.status_code == (204 if allowed else 422)


@pytest.mark.parametrize(
    "wrong", [{"clock_ahead_seconds": "soon"}, {"rate_limit": -1}, {"introspection_role": "king"}, {"token_scope": 1}]
)
def test_switches_when_value_is_wrong_then_refused(sandbox: SandboxProcess, wrong: dict[str, Any]) -> None:
    before = sandbox.switches()
    with pytest.raises(AssertionError, match="422"):
        sandbox.switches(**wrong)
    assert sandbox.switches() == before


def test_token_answers_when_ordered_then_html_or_200_without_a_token_or_late(sandbox: SandboxProcess) -> None:
    sandbox.faults(
        {"kind": "html", "path": "/token"},
        {"kind": "nonsense", "path": "/token"},
        {"kind": "slow", "path": "/token", "seconds": 0.4},
    )
    page, nothing, late = ask(sandbox), ask(sandbox), ask(sandbox)
    assert [answer.status_code for answer in (page, nothing, late)] == [200, 200, 200]
    assert page.text.startswith("<!doctype html>")
    assert "access_token" not in nothing.json()
    assert late.elapsed.total_seconds() >= 0.4


@pytest.mark.parametrize(("where", "statuses"), [("both", (200, 200)), ("form", (200, 400)), ("query", (400, 200))])
def test_token_when_parameters_are_read_in_one_place_then_only_there(
    sandbox: SandboxProcess, where: str, statuses: tuple[int, int]
) -> None:
    sandbox.switches(parameters_in=where)
    grant = {"grant_type": "client_credentials"}
    in_form = requests.post(f"{sandbox.url}/token", auth=DEMO, data=grant, timeout=10)
    in_query = requests.post(f"{sandbox.url}/token", auth=DEMO, params=grant, timeout=10)
    assert (in_form.status_code, in_query.status_code) == statuses


@pytest.mark.parametrize(
    ("allowed", "statuses"), [("all", [200, 200, 200]), ("pipe", [200, 200, 422]), ("brackets", [422, 422, 200])]
)
def test_dates_when_spellings_are_switched_then_only_those(
    sandbox: SandboxProcess, token: str, allowed: str, statuses: list[int]
) -> None:
    sandbox.switches(date_spellings=allowed)
    one, two = "2026-03-04T02:58:14.000Z", "2026-09-04T02:58:14.000Z"
    queries = [{"updated_at": f"gte|{one}"}, {"updated_at": f"gte|{one}|lte|{two}"}, {"updated_at[gte]": one}]
    answers = [sandbox.api("GET", "/v3/jobs", token=token, params=query) for query in queries]
    assert [answer.status_code for answer in answers] == statuses


def test_cursor_when_its_lifetime_is_over_then_422(sandbox: SandboxProcess, token: str) -> None:
    following = sandbox.api("GET", "/v3/jobs?per_page=2", token=token).links["next"]["url"]
    path = following.removeprefix(sandbox.url)
    assert sandbox.api("GET", path, token=token).status_code == 200
    sandbox.switches(cursor_lifetime_seconds=1)
    deadline = time.time() + 10
    while sandbox.api("GET", path, token=token).status_code == 200 and time.time() < deadline:
        time.sleep(0.1)
    assert "cursor" in sandbox.api("GET", path, token=token).text
    fresh = sandbox.api("GET", "/v3/jobs?per_page=2", token=token).links["next"]["url"]
    assert sandbox.api("GET", fresh.removeprefix(sandbox.url), token=token).status_code == 200


@pytest.mark.parametrize("allowed", ["like_applications", "listed_keys_only"])
def test_candidate_when_inner_application_has_more_keys_then_as_switched(
    sandbox: SandboxProcess, token: str, job: dict[str, Any], allowed: str
) -> None:
    sandbox.switches(inner_application=allowed)
    source = sandbox.records("sources")[0]["id"]
    person: dict[str, Any] = {"first_name": "A", "last_name": "B"}
    person["application"] = {"job_id": job["id"], "source_id": source}
    assert sandbox.api("POST", "/v3/candidates", token=token, json=person).status_code == 201
    before = sandbox.counts()
    person["application"]["created_at"] = "2026-03-04T02:58:14.000Z"
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=person)
    assert answer.status_code == (201 if allowed == "like_applications" else 422)
    assert (sandbox.counts() == before) is (allowed == "listed_keys_only")


@pytest.mark.parametrize(("when", "status"), [("fetched_at_once", 422), ("fetched_later", 201)])
def test_attachment_when_its_address_fails_then_said_or_not(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], when: str, status: int
) -> None:
    sandbox.switches(attachment_urls=when)
    body = {"application_id": application["id"], "filename": "cv.pdf", "type": "resume"}
    body["url"] = "http://127.0.0.1:9/nothing-is-here"
    assert sandbox.api("POST", "/v3/attachments", token=token, json=body).status_code == status
