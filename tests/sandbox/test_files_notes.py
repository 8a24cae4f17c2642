"""Attachments and notes."""

import base64
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import time_machine

from sandbox.context import World
from sandbox.exchange import Refusal, Request
from sandbox.present import download, file_url
from sandbox.store import Store
from tests.sandbox_process import SandboxProcess

PDF = b"%PDF-1.4 a resume"
NOTE = {"body": "Came through Purpose Jobs", "note_type": "NOTE", "visibility": "public"}


def file_body(application: dict[str, Any], **values: Any) -> dict[str, Any]:
    content = base64.b64encode(PDF).decode()
    body = {"application_id": application["id"], "filename": "Rosa Lund.pdf", "type": "resume"}
    return {name: value for name, value in (body | {"content": content} | values).items() if value is not None}


def upload(sandbox: SandboxProcess, token: str, application: dict[str, Any], **values: Any) -> requests.Response:
    return sandbox.api("POST", "/v3/attachments", token=token, json=file_body(application, **values))


def test_attachment_when_uploaded_then_its_link_downloads_the_bytes(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    made = upload(sandbox, token, application)
    assert made.status_code == 201
    assert made.json()["candidate_id"] == application["candidate_id"]
    path = f"/v3/attachments?application_ids={application['id']}"
    (listed,) = sandbox.api("GET", path, token=token).json()
    answer = requests.get(listed["url"], timeout=10)
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert "Rosa%20Lund.pdf" in answer.headers["Content-Disposition"]


def test_attachment_link_when_forged_or_expired_then_403(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    url = upload(sandbox, token, application).json()["url"]
    assert requests.get(url[:-1] + ("0" if url[-1] != "0" else "1"), timeout=10).status_code == 403
    assert requests.get(url.replace("expires=", "expires=1"), timeout=10).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=10).status_code == 403


def test_attachment_link_when_a_week_is_over_then_403() -> None:
    world = World(Store(":memory:"))
    with world.store.unit():
        record = world.store.add("attachments", filename="cv.txt")
        world.store.put_blob(record["id"], b"kept")
    address = urlsplit(file_url(world, "http://sandbox", record))
    request = Request("GET", address.path, address.query, {}, b"", "http://sandbox")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=6, hours=23)):
        assert download(world, request).body == b"kept"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, hours=1)), pytest.raises(Refusal, match="403"):
        download(world, request)


def test_attachment_when_second_resume_then_first_becomes_other(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    first = upload(sandbox, token, application).json()["id"]
    upload(sandbox, token, application, type="take_home_test")
    second = upload(sandbox, token, application).json()["id"]
    types = {row["id"]: row["type"] for row in sandbox.records("attachments", application_id=application["id"])}
    assert (types[first], types[second]) == ("other", "resume")
    assert sorted(types.values()) == ["other", "resume", "take_home_test"]


@pytest.mark.parametrize(
    "change",
    [
        {"content": None},
        {"url": "https://files.example/cv.pdf"},
        {"content": "not base64!"},
        {"content": ""},
        {"content": None, "url": "http://127.0.0.1:1/cv.pdf"},
        {"content": None, "url": "file:///etc/hostname"},
        {"filename": "cv"},
        {"filename": "cv.html"},
        {"type": "cv"},
        {"application_id": 1},
        {"candidate_id": 1},
        {"content_type": "application/pdf"},
        {"visibility": "admin_only_visible"},
    ],
)
def test_attachment_when_body_is_wrong_then_422_and_no_file(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], change: dict[str, Any]
) -> None:
    before = sandbox.counts()["attachments"]
    answer = upload(sandbox, token, application, **change)
    assert answer.status_code == 422, answer.text
    assert sandbox.counts()["attachments"] == before


def test_attachment_when_larger_than_the_switch_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    sandbox.switches(attachment_max_bytes=len(PDF))
    assert upload(sandbox, token, application).status_code == 201
    sandbox.switches(attachment_max_bytes=len(PDF) - 1)
    assert upload(sandbox, token, application).status_code == 422


def test_attachment_when_given_by_address_then_fetched(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    class FileServer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(PDF)))
            self.end_headers()
            self.wfile.write(PDF)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), FileServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/cv.pdf"
        made = upload(sandbox, token, application, content=None, url=address)
        server.shutdown()
    assert made.status_code == 201
    assert requests.get(made.json()["url"], timeout=10).content == PDF


def test_attachment_when_deleted_then_link_is_dead(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    made = upload(sandbox, token, application).json()
    assert sandbox.api("DELETE", f"/v3/attachments/{made['id']}", token=token).status_code == 200
    assert requests.get(made["url"], timeout=10).status_code == 404


def test_attachment_visibility_when_switched_off_then_absent(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    assert upload(sandbox, token, application, visibility="admin_only").json()["visibility"] == "admin_only"
    sandbox.switches(attachment_visibility=False)
    assert "visibility" not in upload(sandbox, token, application).json()


def test_note_when_made_then_read_in_the_other_words(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    body = NOTE | {"candidate_id": application["candidate_id"], "application_id": application["id"]}
    assert sandbox.api("POST", "/v3/notes", token=token, json=body).status_code == 201
    path = f"/v3/notes?candidate_ids={application['candidate_id']}"
    (note,) = sandbox.api("GET", path, token=token).json()
    assert (note["type"], note["visibility"]) == ("NOTE", "publicly_visible")
    assert note["body"] == NOTE["body"]


@pytest.mark.parametrize(
    "change",
    [
        {"body": ""},
        {"note_type": "note"},
        {"type": "NOTE"},
        {"visibility": "publicly_visible"},
        {"subject": "Hello"},
        {"note_type": "EMAIL"},
        {"user_id": 1},
    ],
)
def test_note_when_body_is_wrong_then_422(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], change: dict[str, Any]
) -> None:
    body = NOTE | {"candidate_id": application["candidate_id"]} | change
    assert sandbox.api("POST", "/v3/notes", token=token, json=body).status_code == 422


def test_note_when_email_is_complete_then_logged(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    mail = {"subject": "Hi", "email_from": ["a@b.example"], "email_to": ["c@d.example"], "email_cc": []}
    body = NOTE | mail | {"candidate_id": application["candidate_id"], "note_type": "EMAIL"}
    assert sandbox.api("POST", "/v3/notes", token=token, json=body).json()["email_to"] == "c@d.example"


def test_note_when_candidate_does_not_exist_then_an_orphan_as_in_greenhouse(
    sandbox: SandboxProcess, token: str
) -> None:
    made = sandbox.api("POST", "/v3/notes", token=token, json=NOTE | {"candidate_id": 7})
    assert made.status_code == 201
