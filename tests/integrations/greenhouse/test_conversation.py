"""The client and the stand-in in a real conversation: both must read the contract the same way."""

from typing import Any

import pytest

from integrations.greenhouse import auth, errors, transport
from integrations.greenhouse.client import CreatedCandidate, GreenhouseClient
from integrations.greenhouse.schemas import CandidatePayload, JobPayload, Record
from tests.integrations.greenhouse.gates import RecordingGate
from tests.integrations.greenhouse.test_schemas import SCHEMAS
from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    LIMITED_CLIENT_ID,
    LIMITED_CLIENT_SECRET,
    SandboxProcess,
)


class SandboxTokens:
    """Tokens of the demo credential, fetched with our own code."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._value = ""

    def current(self) -> str:
        return self._value or self.renew("")

    def renew(self, refused: str) -> str:
        token = auth.fetch_token_with_client_credentials(
            auth_url=self._url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )
        assert token.value != refused
        self._value = token.value
        return token.value


@pytest.fixture
def greenhouse(sandbox: SandboxProcess) -> GreenhouseClient:
    return GreenhouseClient(harvest_url=sandbox.url, tokens=SandboxTokens(sandbox.url))


def person(sandbox: SandboxProcess) -> dict[str, Any]:
    job_id = sandbox.records("jobs", status="open", is_template=False)[0]["id"]
    return {
        "first_name": "Ada",
        "last_name": "Byron",
        "email_addresses": [{"value": "ada@example.com", "type": "personal"}],
        "application": {"job_id": job_id},
    }


@pytest.mark.parametrize("collection", SCHEMAS)
def test_every_collection_is_read_to_its_last_page(
    sandbox: SandboxProcess, greenhouse: GreenhouseClient, collection: str
) -> None:
    sandbox.switches(rate_limit=5000)
    read = [row.id for row in greenhouse.fetch_all(collection, SCHEMAS[collection], params={"per_page": "7"})]
    assert read
    assert read == sorted(set(read), reverse=True)
    assert set(read) <= {row["id"] for row in sandbox.records(collection)}


def test_a_person_with_application_resume_and_note_arrives(
    sandbox: SandboxProcess, greenhouse: GreenhouseClient
) -> None:
    body = person(sandbox)
    created = greenhouse.send_candidate(body)
    assert created.application_id is not None
    resume = {"application_id": created.application_id, "filename": "ada.pdf", "type": "resume", "content": "QUJD"}
    file = greenhouse.send_attachment(resume)
    note = {"candidate_id": created.candidate_id, "body": "Hello", "note_type": "NOTE", "visibility": "admin_only"}
    written = greenhouse.send_note(note)
    changed = greenhouse.update_candidate(created.candidate_id, {"company": "Analytical Engines"})
    assert changed.company == "Analytical Engines"
    assert [row.id for row in greenhouse.fetch_candidates_by_email("ADA@example.com").seen] == [created.candidate_id]
    applications = greenhouse.fetch_applications(
        candidate_ids=[created.candidate_id], job_ids=[body["application"]["job_id"]]
    )
    assert [row.id for row in applications] == [created.application_id]
    assert [row.id for row in greenhouse.fetch_attachments(application_id=created.application_id)] == [file.id]
    assert [row.id for row in greenhouse.fetch_notes(candidate_id=created.candidate_id)] == [written.id]
    assert len(greenhouse.fetch_application_stages([created.application_id])) == 1


@pytest.mark.parametrize(("form", "tells"), [("envelope", True), ("bare", False), ("without_application", False)])
def test_a_new_person_is_known_whatever_the_form_of_the_answer(
    sandbox: SandboxProcess, greenhouse: GreenhouseClient, form: str, tells: bool
) -> None:
    sandbox.switches(candidate_envelope=form)
    created = greenhouse.send_candidate(person(sandbox))
    (stored,) = sandbox.records("candidates", id=created.candidate_id)
    assert stored["first_name"] == "Ada"
    assert isinstance(created, CreatedCandidate)
    assert (created.application_id is not None) is tells


def test_a_user_is_found_by_a_secondary_address(greenhouse: GreenhouseClient) -> None:
    (user,) = greenhouse.fetch_users_by_email("Maya@lumen-robotics.example")
    assert (user.primary_email, user.site_admin, user.deactivated) == (ADMIN_EMAIL, True, False)


def test_an_api_key_becomes_a_token_until_keys_are_retired(sandbox: SandboxProcess) -> None:
    token = auth.exchange_api_key(harvest_url=sandbox.url, api_key=API_KEY)
    assert sandbox.api("GET", "/v3/jobs", token=token.value).status_code == 200
    sandbox.switches(keys_retired=True)
    with pytest.raises(errors.GreenhouseError) as caught:
        auth.exchange_api_key(harvest_url=sandbox.url, api_key=API_KEY)
    assert caught.value.code in {"keys_retired", "invalid_client"}


def test_a_wrong_secret_and_a_malformed_id_are_told_apart(sandbox: SandboxProcess) -> None:
    codes = []
    for client_id in (CLIENT_ID, "demo-client"):
        with pytest.raises(errors.GreenhouseError) as caught:
            auth.fetch_token_with_client_credentials(auth_url=sandbox.url, client_id=client_id, client_secret="wrong")
        codes.append(caught.value.code)
    assert codes == ["invalid_client", "client_id_suffix"]


@pytest.mark.parametrize("named", ["both", "at", "in"])
def test_a_token_lives_an_hour_however_greenhouse_says_so(sandbox: SandboxProcess, named: str) -> None:
    sandbox.switches(expires=named)
    before = transport.utc_now()
    token = auth.fetch_token_with_client_credentials(
        auth_url=sandbox.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    assert 3590 <= (token.expires_at - before).total_seconds() <= 3610


def test_a_token_tells_its_organization_role_and_scopes(sandbox: SandboxProcess) -> None:
    sub = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    limited: dict[str, Any] = {
        "auth_url": sandbox.url,
        "client_id": LIMITED_CLIENT_ID,
        "client_secret": LIMITED_CLIENT_SECRET,
    }
    token = auth.fetch_token_with_client_credentials(**limited, sub=sub)
    told = auth.introspect(**limited, token=token.value)
    assert (told.active, told.organization_name, told.subject) == (True, "Lumen Robotics", str(sub))
    assert "harvest:jobs:list" in told.scopes
    assert "harvest:candidates:create" not in told.scopes


def test_a_dead_token_is_renewed_without_a_word(sandbox: SandboxProcess, greenhouse: GreenhouseClient) -> None:
    greenhouse.fetch_sources()
    sandbox.expire_tokens()
    assert greenhouse.fetch_sources()


def test_the_budget_is_reported_and_its_end_has_a_time(sandbox: SandboxProcess) -> None:
    sandbox.switches(rate_limit=3)
    gate = RecordingGate()
    greenhouse = GreenhouseClient(harvest_url=sandbox.url, tokens=SandboxTokens(sandbox.url), gate=gate)
    for _ in range(3):
        greenhouse.fetch_page("jobs", JobPayload, params={"per_page": "1"})
    with pytest.raises(errors.RateLimited) as caught:
        greenhouse.fetch_page("jobs", JobPayload, params={"per_page": "1"})
    assert 1 <= caught.value.retry_after_seconds <= 31
    assert [spent.window and spent.window.remaining for spent in gate.spendings] == [2, 1, 0, 0]
    assert [spent.retry_after_seconds is None for spent in gate.spendings] == [True, True, True, False]


def test_an_unknown_parameter_is_named(greenhouse: GreenhouseClient) -> None:
    with pytest.raises(errors.Rejected) as caught:
        greenhouse.fetch_page("jobs", Record, params={"candidate_id": "1"})
    assert (caught.value.status, caught.value.fields) == (422, ("candidate_id",))
    assert caught.value.request_id


READ_FAULTS: list[tuple[dict[str, Any], type[errors.GreenhouseError]]] = [
    ({"kind": "reset_before"}, errors.Unavailable),
    ({"kind": "reset_after"}, errors.Unavailable),
    ({"kind": "truncate"}, errors.Unavailable),
    ({"kind": "slow", "seconds": 2}, errors.Unavailable),
    ({"kind": "status", "status": 503}, errors.Unavailable),
    ({"kind": "html"}, errors.UnexpectedReply),
    ({"kind": "nonsense"}, errors.UnexpectedReply),
    ({"kind": "status", "status": 403}, errors.Forbidden),
    ({"kind": "status", "status": 429}, errors.RateLimited),
]


@pytest.mark.parametrize(("fault", "kind"), READ_FAULTS)
def test_a_read_in_trouble_is_told_apart(
    sandbox: SandboxProcess,
    greenhouse: GreenhouseClient,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    kind: type[errors.GreenhouseError],
) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.5)
    sandbox.faults({"method": "GET", "path": "/v3/candidates", **fault})
    with pytest.raises(errors.GreenhouseError) as caught:
        greenhouse.fetch_page("candidates", CandidatePayload)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        ({"kind": "reset_before"}, 0),
        ({"kind": "reset_after"}, 1),
        ({"kind": "truncate", "after": True}, 1),
        ({"kind": "slow", "seconds": 2, "after": True}, 1),
        ({"kind": "html", "after": True}, 1),
        ({"kind": "nonsense", "after": True}, 1),
        ({"kind": "status", "status": 502, "after": True}, 1),
        ({"kind": "status", "status": 502}, 0),
    ],
)
def test_a_write_in_trouble_is_unknown_whether_or_not_it_arrived(
    sandbox: SandboxProcess,
    greenhouse: GreenhouseClient,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    arrived: int,
) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.5)
    body = person(sandbox)
    greenhouse.fetch_sources()
    sandbox.faults({"method": "POST", "path": "/v3/candidates", **fault})
    with pytest.raises(errors.OutcomeUnknown):
        greenhouse.send_candidate(body)
    assert len(sandbox.records("candidates", first_name="Ada", last_name="Byron")) == arrived
