"""The sandbox's own pages: what they show and what their buttons do."""

import base64
import re
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.sandbox.browsing import page, press
from tests.sandbox_process import CLIENT_ID, PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET, SandboxProcess

GRANT = {"grant_type": "client_credentials"}


def read(sandbox: SandboxProcess, application: dict[str, Any]) -> dict[str, Any]:
    return sandbox.records("applications", id=application["id"])[0]


def test_dashboard_when_opened_then_credentials_arrivals_and_switches(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    text = page(sandbox)
    for words in (CLIENT_ID, "demo-api-key-0123456789abcdef", "admin@example.com", "Rosa Lund", "keys_retired"):
        assert words in text
    assert f'href="/people/{application["candidate_id"]}?application_id={application["id"]}"' in text
    assert "POST /v3/candidates" in text


@pytest.mark.parametrize(
    "path", ["/jobs", "/people", "/people?q=rosa", "/users", "/sources", "/credentials", "/traffic"]
)
def test_pages_when_opened_then_shown(sandbox: SandboxProcess, application: dict[str, Any], path: str) -> None:
    text = page(sandbox, path)
    assert text.count("<h1") == 1
    assert ("Rosa Lund" in text) == ("people" in path)


def test_pages_when_missing_then_404_in_words(sandbox: SandboxProcess) -> None:
    for path in ("/nothing", "/people/7", "/people/x", "/jobs/7", "/people/1/2"):
        assert "did not work" in page(sandbox, path, 404)
    assert requests.post(f"{sandbox.url}/nothing", timeout=10).status_code == 404


def test_person_when_opened_then_everything_about_them(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    content = base64.b64encode(b"%PDF my life").decode()
    file = {"application_id": application["id"], "filename": "Rosa.pdf", "type": "resume", "content": content}
    sandbox.api("POST", "/v3/attachments", token=token, json=file)
    note = {"candidate_id": application["candidate_id"], "body": "<script>x</script>", "note_type": "NOTE"}
    sandbox.api("POST", "/v3/notes", token=token, json=note)
    text = page(sandbox, f"/people/{application['candidate_id']}?application_id={application['id']}")
    for words in ("Rosa@people.example", "Perception Engineer", "Application Review", "Rosa.pdf"):
        assert words in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    link = re.search(r'href="(http[^"]+/files/[^"]+)"', text)
    assert link
    answer = requests.get(link[1].replace("&amp;", "&"), timeout=10)
    assert answer.content == b"%PDF my life"


def test_move_when_pressed_then_next_stage_or_the_one_chosen(
    sandbox: SandboxProcess, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}/move"
    text = press(sandbox, path, from_stage_id=application["job_interview_stage_id"])
    assert "Rosa Lund is now in Recruiter Call." in text
    stages = sandbox.records("job_interview_stages", job_id=application["job_id"], name="Offer")
    press(
        sandbox, path, from_stage_id=read(sandbox, application)["job_interview_stage_id"], to_stage_id=stages[0]["id"]
    )
    assert read(sandbox, application)["stage_name"] == "Offer"


def test_move_when_page_is_stale_then_refused_in_words(sandbox: SandboxProcess, application: dict[str, Any]) -> None:
    path = f"/applications/{application['id']}/move"
    press(sandbox, path, from_stage_id=application["job_interview_stage_id"])
    text = press(sandbox, path, from_stage_id=application["job_interview_stage_id"])
    assert "is not the current stage" in text
    assert read(sandbox, application)["stage_name"] == "Recruiter Call"


def test_reject_unreject_hire_when_pressed_then_done(sandbox: SandboxProcess, application: dict[str, Any]) -> None:
    base = f"/applications/{application['id']}"
    reason = sandbox.records("rejection_reasons", name="Position was filled")[0]
    text = press(sandbox, f"{base}/reject", rejection_reason_id=reason["id"], note="Sorry")
    assert (read(sandbox, application)["status"], "Unreject" in text) == ("rejected", True)
    detail = sandbox.records("rejection_details", application_id=application["id"])[0]
    assert detail["rejection_reason_id"] == reason["id"]
    press(sandbox, f"{base}/unreject")
    assert read(sandbox, application)["status"] == "in_process"
    assert "Choose a rejection reason" in press(sandbox, f"{base}/reject")
    press(sandbox, f"{base}/hire")
    assert read(sandbox, application)["status"] == "hired"


def test_job_when_closed_and_reopened_then_posts_wait_to_be_published(
    sandbox: SandboxProcess, job: dict[str, Any]
) -> None:
    press(sandbox, f"/jobs/{job['id']}/close")
    posts = sandbox.records("job_posts", job_id=job["id"])
    assert [post["live"] for post in posts] == [False, False]
    assert "open job can be published" in press(sandbox, f"/posts/{posts[0]['id']}/publish")
    press(sandbox, f"/jobs/{job['id']}/reopen")
    assert sandbox.records("jobs", id=job["id"])[0]["status"] == "open"
    press(sandbox, f"/posts/{posts[0]['id']}/publish")
    assert [post["live"] for post in sandbox.records("job_posts", job_id=job["id"])] == [True, False]


def test_post_when_edited_then_the_api_says_so(sandbox: SandboxProcess, job: dict[str, Any]) -> None:
    before = sandbox.records("job_posts", job_id=job["id"])[0]
    path = f"/posts/{before['id']}"
    press(sandbox, f"{path}/unpublish")
    press(sandbox, f"{path}/rename", title="Camera <b>Whisperer</b>")
    after = sandbox.records("job_posts", id=before["id"])[0]
    assert (after["live"], after["title"]) == (False, "Camera <b>Whisperer</b>")
    assert after["updated_at"] > before["updated_at"]
    assert "<b>Whisperer" not in page(sandbox, f"/jobs/{job['id']}")
    press(sandbox, f"{path}/delete")
    assert sandbox.records("job_posts", id=before["id"])[0]["active"] is False


@pytest.mark.parametrize("touches", [False, True])
def test_post_when_location_changes_then_updated_at_as_switched(
    sandbox: SandboxProcess, job: dict[str, Any], touches: bool
) -> None:
    sandbox.switches(location_touches_post=touches)
    before = sandbox.records("job_posts", job_id=job["id"])[0]
    press(sandbox, f"/posts/{before['id']}/locate", location="Oslo")
    (row,) = sandbox.records("job_post_locations", job_post_id=before["id"])
    assert (row["type"], row["plain_text_location"]) == ("free_text", "Oslo")
    after = sandbox.records("job_posts", id=before["id"])[0]
    assert (after["updated_at"] > before["updated_at"]) is touches


def test_post_when_added_and_published_then_in_the_api(
    sandbox: SandboxProcess, token: str, job: dict[str, Any]
) -> None:
    press(sandbox, f"/jobs/{job['id']}/add_post", title="Night Perception Engineer", location="Basel")
    post = sandbox.records("job_posts", title="Night Perception Engineer")[0]
    press(sandbox, f"/posts/{post['id']}/publish")
    found = sandbox.api("GET", f"/v3/job_posts?live=true&ids={post['id']}", token=token).json()
    assert found[0]["first_published_at"]


def test_users_when_buttons_are_pressed_then_changed(sandbox: SandboxProcess) -> None:
    user = sandbox.records("users", primary_email="recruiter@example.com")[0]
    press(sandbox, f"/users/{user['id']}/site_admin")
    press(sandbox, f"/users/{user['id']}/active")
    changed = sandbox.records("users", id=user["id"])[0]
    assert (changed["site_admin"], changed["deactivated"]) == (True, True)


def test_credential_when_scopes_or_revocation_change_then_at_once(sandbox: SandboxProcess, token: str) -> None:
    credential = sandbox.control("GET", "credentials")[-1]
    path = f"/credentials/{credential['id']}"
    press(sandbox, f"{path}/scopes", **{"harvest:jobs:list": "on"})
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 403
    assert "was revoked" in press(sandbox, f"{path}/revoked")
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401
    press(sandbox, f"{path}/revoked")
    assert sandbox.api("GET", "/v3/jobs", token=sandbox.token()).status_code == 200


def test_secret_when_rotated_by_button_then_old_one_is_shown_until_it_is_ended(sandbox: SandboxProcess) -> None:
    credential = sandbox.control("GET", "credentials")[-1]
    path = f"/credentials/{credential['id']}"
    text = press(sandbox, f"{path}/rotate")
    assert "has a new secret" in text
    assert "Old secret, until" in text
    assert sandbox.token(), "the old one still works"
    assert "Old secret, until" not in press(sandbox, f"{path}/end_old")
    assert sandbox.set_credential(CLIENT_ID)["old_secrets"] == []
    key = sandbox.control("GET", "credentials")[-3]
    assert "revoke it" in press(sandbox, f"/credentials/{key['id']}/rotate")


def test_tokens_when_ended_by_button_then_dead(sandbox: SandboxProcess, token: str) -> None:
    credential = sandbox.control("GET", "credentials")[-1]
    press(sandbox, f"/credentials/{credential['id']}/end_tokens")
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401
    assert sandbox.api("GET", "/v3/jobs", token=sandbox.token()).status_code == 200


def test_redirect_uris_when_saved_then_registered_or_refused(sandbox: SandboxProcess) -> None:
    path = f"/credentials/{sandbox.set_credential(PARTNER_CLIENT_ID)['id']}/redirects"
    press(sandbox, path, addresses="https://jobs.example/greenhouse/callback/\r\nhttps://b.example/x")
    expected = ["https://jobs.example/greenhouse/callback/", "https://b.example/x"]
    assert sandbox.set_credential(PARTNER_CLIENT_ID)["redirect_uris"] == expected
    assert "is no http or https address" in press(sandbox, path, addresses="javascript:alert(1)")
    assert sandbox.set_credential(PARTNER_CLIENT_ID)["redirect_uris"] == expected


def test_connected_integrations_when_disconnected_then_gone(sandbox: SandboxProcess) -> None:
    query = {"response_type": "code", "client_id": PARTNER_CLIENT_ID, "scope": "harvest:jobs:list"}
    query["redirect_uri"] = "http://127.0.0.1:8000/greenhouse/callback/"
    location = sandbox.consent(f"{sandbox.url}/authorize?{urlencode(query)}")
    form = {"grant_type": "authorization_code", "code": location.split("code=")[1]}
    form["redirect_uri"] = query["redirect_uri"]
    auth = (PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET)
    token = requests.post(f"{sandbox.url}/token", data=form, auth=auth, timeout=10).json()["access_token"]
    assert "Purpose Jobs (partner), at Lumen Robotics" in page(sandbox, "/credentials")
    partner, home = sandbox.set_credential(PARTNER_CLIENT_ID), sandbox.control("GET", "organizations")["Lumen Robotics"]
    assert "is disconnected" in press(sandbox, f"/credentials/{partner['id']}/disconnect", organization_id=home)
    assert "No partner is connected" in page(sandbox, "/credentials")
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401


def test_sources_when_buttons_are_pressed_then_the_api_shows_it(sandbox: SandboxProcess, token: str) -> None:
    source = sandbox.records("sources", name="Purpose Jobs")[0]

    def names() -> list[str]:
        return [row["name"] for row in sandbox.api("GET", "/v3/sources", token=token).json()]

    assert "Purpose Jobs" in page(sandbox, "/sources")
    press(sandbox, f"/sources/{source['id']}/rename", name="Job boards")
    assert "Purpose Jobs" not in names()
    assert "is taken" in press(sandbox, f"/sources/{source['id']}/rename", name="Indeed")
    assert "needs a name" in press(sandbox, f"/sources/{source['id']}/rename", name=" ")
    press(sandbox, f"/sources/{source['id']}/remove")
    assert "Job boards" not in names()
    press(sandbox, "/sources", name=" Purpose Jobs ")
    assert names()[0] == "Purpose Jobs"
    assert "is taken" in press(sandbox, "/sources", name="Purpose Jobs")


def test_trouble_when_ordered_on_the_page_then_met_once_or_called_off(sandbox: SandboxProcess) -> None:
    press(sandbox, "/trouble", kind="status 429", path="/token", times="2")
    (fault,) = sandbox.faults()
    assert (fault["kind"], fault["status"], fault["path"], fault["times"]) == ("status", 429, "/token", 2)
    press(sandbox, "/trouble/clear")
    assert sandbox.faults() == []
    press(sandbox, "/trouble", kind="html", path="/token")
    auth = (CLIENT_ID, "demo-secret-0123456789abcdef")
    answers = [requests.post(f"{sandbox.url}/token", auth=auth, data=GRANT, timeout=10) for _ in range(2)]
    assert [answer.headers["Content-Type"].split(";")[0] for answer in answers] == ["text/html", "application/json"]
    assert "must be one of" in press(sandbox, "/trouble", kind="sabotage", path="/token")


def test_switches_when_page_is_opened_then_every_one_is_there(sandbox: SandboxProcess) -> None:
    text = page(sandbox)
    for name in sandbox.switches():
        assert text.count(f'name="{name}"') == 1, name


def test_switches_when_form_is_sent_then_unticked_boxes_are_off(sandbox: SandboxProcess) -> None:
    press(sandbox, "/switches", keys_retired="on", rate_limit="9", expires="in", clock_ahead_seconds="-120")
    switches = sandbox.switches()
    assert switches["clock_ahead_seconds"] == -120
    assert (switches["keys_retired"], switches["introspection"]) == (True, False)
    assert (switches["rate_limit"], switches["expires"], switches["latency_ms"]) == (9, "in", 0)
    assert "must be a number" in press(sandbox, "/switches", rate_limit="many")


def test_form_when_another_site_sends_it_then_refused(sandbox: SandboxProcess, job: dict[str, Any]) -> None:
    for path in (f"/jobs/{job['id']}/close", "/_sandbox/reset"):
        headers = {"Origin": "https://evil.example"}
        answer = requests.post(sandbox.url + path, headers=headers, timeout=10, allow_redirects=False)
        assert answer.status_code == 403
    assert sandbox.records("jobs", id=job["id"])[0]["status"] == "open"


def test_pages_when_used_then_cost_no_rate_limit_and_are_not_logged(sandbox: SandboxProcess, token: str) -> None:
    sandbox.clear_requests()
    page(sandbox)
    page(sandbox, "/jobs")
    assert sandbox.requests() == []
