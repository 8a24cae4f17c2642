"""Every kind of trouble, the log, and what a killed process keeps."""

import base64
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox_process import SandboxProcess

PERSON = {"first_name": "Rosa", "last_name": "Lund"}


def add_person(sandbox: SandboxProcess, token: str, **kwargs: Any) -> requests.Response:
    return sandbox.api("POST", "/v3/candidates", token=token, json=PERSON, **kwargs)


def people_count(sandbox: SandboxProcess) -> int:
    return sandbox.counts()["candidates"]


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500, 502, 503])
def test_status_fault_when_met_then_once_and_nothing_is_written(
    sandbox: SandboxProcess, token: str, status: int
) -> None:
    sandbox.faults({"kind": "status", "status": status, "method": "POST", "path": "/v3/candidates"})
    before = people_count(sandbox)
    answer = add_person(sandbox, token)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) is (status == 429)
    assert people_count(sandbox) == before
    assert add_person(sandbox, token).status_code == 201


def test_status_fault_when_after_then_written_all_the_same(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "status", "status": 502, "path": "/v3/candidates", "after": True})
    before = people_count(sandbox)
    assert add_person(sandbox, token).status_code == 502
    assert people_count(sandbox) == before + 1


@pytest.mark.parametrize(("kind", "written"), [("reset_before", 0), ("reset_after", 1)])
def test_reset_when_met_then_no_answer_and_the_write_is_or_is_not_done(
    sandbox: SandboxProcess, token: str, kind: str, written: int
) -> None:
    sandbox.faults({"kind": kind, "method": "POST", "path": "/v3/candidates"})
    before = people_count(sandbox)
    with pytest.raises(requests.ConnectionError):
        add_person(sandbox, token)
    assert people_count(sandbox) == before + written
    assert (
        sandbox.requests("POST", "/v3/candidates")[-1] | {"status": 0, "fault": kind}
        == (sandbox.requests("POST", "/v3/candidates")[-1])
    )


def test_slow_fault_when_longer_than_the_callers_patience_then_time_out(sandbox: SandboxProcess, token: str) -> None:
    fault = {"kind": "slow", "seconds": 3, "method": "POST", "path": "/v3/candidates", "after": True}
    sandbox.faults(fault)
    before = people_count(sandbox)
    headers = {"Authorization": f"Bearer {token}"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{sandbox.url}/v3/candidates", json=PERSON, headers=headers, timeout=0.5)
    assert people_count(sandbox) == before + 1


def test_slow_fault_when_waited_for_then_answered(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "slow", "seconds": 0.3, "path": "/v3/jobs"})
    started = time.monotonic()
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200
    assert time.monotonic() - started >= 0.3


def test_truncate_when_met_then_body_is_shorter_than_announced(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "truncate", "path": "/v3/jobs"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        sandbox.api("GET", "/v3/jobs", token=token)


def test_html_and_nonsense_when_met_then_200_of_the_wrong_kind(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "html", "path": "/v3/jobs"}, {"kind": "nonsense", "path": "/v3/jobs"})
    page = sandbox.api("GET", "/v3/jobs", token=token)
    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    wrong = sandbox.api("GET", "/v3/jobs", token=token)
    assert (wrong.status_code, isinstance(wrong.json(), dict)) == (200, True)


def test_fault_when_third_call_is_named_then_the_third_meets_it(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "status", "status": 500, "path": "/v3/jobs", "skip": 2, "times": 2})
    statuses = [sandbox.api("GET", "/v3/jobs", token=token).status_code for _ in range(5)]
    assert statuses == [200, 200, 500, 500, 200]
    assert sandbox.faults() == []


def test_fault_when_path_only_begins_alike_then_not_met(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "status", "path": "/v3/job", "method": "GET"})
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200
    sandbox.clear_faults()
    assert sandbox.faults() == []


def test_fault_when_on_the_token_address_then_met_there(sandbox: SandboxProcess) -> None:
    sandbox.faults({"kind": "status", "status": 503, "path": "/token"})
    form = {"grant_type": "client_credentials"}
    assert requests.post(f"{sandbox.url}/token", data=form, timeout=10).status_code == 503


@pytest.mark.parametrize("order", [{"kind": "explode"}, {"kind": "slow", "speed": 1}, {}])
def test_fault_when_it_makes_no_sense_then_refused(sandbox: SandboxProcess, order: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="422"):
        sandbox.faults(order)


def test_switches_when_unknown_or_wrong_then_refused_whole(sandbox: SandboxProcess) -> None:
    for wrong in ({"nonsense": 1}, {"rate_limit": "many"}, {"expires": "never"}, {"latency_ms": -1}):
        with pytest.raises(AssertionError, match="422"):
            sandbox.switches(keys_retired=True, **wrong)
    assert sandbox.switches()["keys_retired"] is False


def test_latency_when_set_then_every_answer_waits(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(latency_ms=150)
    started = time.monotonic()
    sandbox.api("GET", "/v3/jobs", token=token)
    assert time.monotonic() - started >= 0.15


def test_log_when_filtered_then_only_those_requests(sandbox: SandboxProcess, token: str) -> None:
    sandbox.api("GET", "/v3/jobs?per_page=2", token=token)
    add_person(sandbox, token)
    (entry,) = sandbox.requests("GET", "/v3/jobs")
    assert (entry["query"], entry["status"], entry["credential"]) == ("per_page=2", 200, "demo-client-4")
    assert [row["path"] for row in sandbox.requests(after=entry["number"])] == ["/v3/candidates"]
    sandbox.clear_requests()
    assert sandbox.requests() == []


def test_reset_when_done_then_the_same_ids_and_a_token_still_good(sandbox: SandboxProcess, token: str) -> None:
    before = sandbox.records("jobs"), sandbox.records("application_stages")
    add_person(sandbox, token)
    sandbox.switches(rate_limit=1)
    sandbox.faults({"kind": "html"})
    sandbox.reset()
    assert (sandbox.records("jobs"), sandbox.records("application_stages")) == before
    assert sandbox.switches()["rate_limit"] == 50
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200


def test_process_when_killed_then_everything_answered_is_kept(tmp_path: Path) -> None:
    process = SandboxProcess(data=tmp_path / "data" / "sandbox.sqlite3").start()
    try:
        token = process.token()
        job = process.records("jobs", name="Perception Engineer")[0]
        body = PERSON | {"application": {"job_id": job["id"]}}
        made = process.api("POST", "/v3/candidates", token=token, json=body).json()
        content = base64.b64encode(b"kept").decode()
        file = {"application_id": made["application"]["id"], "filename": "cv.txt", "type": "resume"}
        process.api("POST", "/v3/attachments", token=token, json=file | {"content": content})
        process.switches(rate_limit=7)
        gone = process.records("candidates", first_name="Olu")[0]["id"]
        process.api("DELETE", f"/v3/candidates/{gone}", token=token)
        process.kill()
        process.start()
        assert process.records("candidates", id=made["candidate"]["id"])
        assert not process.records("candidates", id=gone)
        assert process.switches()["rate_limit"] == 7
        (listed,) = process.api("GET", f"/v3/attachments?application_ids={file['application_id']}", token=token).json()
        assert requests.get(listed["url"], timeout=10).content == b"kept"
        again = process.api("POST", "/v3/candidates", token=token, json=PERSON).json()
        assert again["candidate"]["id"] > made["candidate"]["id"]
    finally:
        process.kill()


def test_process_when_asked_to_stop_then_gone_in_two_seconds_even_with_open_lines(tmp_path: Path) -> None:
    process = SandboxProcess(data=tmp_path / "sandbox.sqlite3", seed="empty").start()
    with requests.Session() as session:
        session.get(f"{process.url}/_sandbox/health", timeout=10)
        started = time.monotonic()
        assert process.stop() == 0
    assert time.monotonic() - started < 2


def test_process_when_port_is_taken_then_one_clear_sentence(sandbox: SandboxProcess, tmp_path: Path) -> None:
    second = SandboxProcess(data=tmp_path / "sandbox.sqlite3", port=sandbox.port)
    with pytest.raises(RuntimeError, match="did not start"):
        second.start()
    second.kill()


def test_empty_seed_when_chosen_then_users_and_no_jobs(tmp_path: Path) -> None:
    with SandboxProcess(data=tmp_path / "sandbox.sqlite3", seed="empty") as process:
        counts = process.counts()
        assert (counts["jobs"], counts["candidates"]) == (0, 0)
        assert counts["users"] > 3
        assert process.seed(posts=4, candidates=3) == {"jobs": 2, "posts": 4, "candidates": 3}
        path = "/v3/job_posts?live=true&internal=false"
        assert len(process.api("GET", path).json()) == 4


def test_connection_when_kept_alive_then_many_requests_on_one_line(sandbox: SandboxProcess, token: str) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        ports = set()
        for _ in range(5):
            answer = session.get(f"{sandbox.url}/v3/sources", timeout=10, stream=True)
            assert answer.raw._connection is not None
            ports.add(answer.raw._connection.sock.getsockname()[1])
            answer.json()
    assert len(ports) == 1
