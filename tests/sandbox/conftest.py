"""One sandbox process for all these tests, planted afresh for each."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import clock
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(data=tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3") as process:
        yield process


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def token(sandbox: SandboxProcess) -> str:
    return sandbox.token()


@pytest.fixture
def job(sandbox: SandboxProcess) -> dict[str, Any]:
    return sandbox.records("jobs", name="Perception Engineer")[0]


@pytest.fixture
def application(sandbox: SandboxProcess, token: str, job: dict[str, Any]) -> dict[str, Any]:
    """Return a fresh application in the first stage of the job."""
    body = {
        "first_name": "Rosa",
        "last_name": "Lund",
        "email_addresses": [{"value": "Rosa@people.example", "type": "personal"}],
        "application": {"job_id": job["id"]},
    }
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=body)
    assert answer.status_code == 201, answer.text
    made = dict(answer.json()["application"])
    while clock.stamp() <= made["updated_at"]:
        pass  # what a test changes next must carry a later time
    return made
