"""What an answer of Harvest v3 means: its status, its rate window, a refused token."""

import contextlib
import json
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from responses import matchers

from integrations.greenhouse import errors
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.schemas import (
    JobPayload,
    Record,
)
from integrations.greenhouse.transport import Spending
from tests.integrations.greenhouse.door import BASE, NOW, PERSON, RATE, Tokens, body_of, failure
from tests.integrations.greenhouse.gates import RecordingGate
from tests.integrations.greenhouse.shapes import record

# What a status means


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, errors.Rejected, "bad_request"),
        (403, errors.Forbidden, "forbidden"),
        (404, errors.NotFound, "not_found"),
        (405, errors.Rejected, "refused"),
        (409, errors.Rejected, "conflict"),
        (410, errors.Rejected, "gone"),
        (413, errors.Rejected, "too_large"),
        (422, errors.Rejected, "unprocessable"),
        (429, errors.RateLimited, "rate_limited"),
        (407, errors.Unavailable, "not_sent"),
    ],
)
@pytest.mark.parametrize("body", ['{"message": "Ada was refused"}', "<html>Ada</html>", ""])
def test_status_when_it_refuses_means_the_same_for_reads_and_writes(
    http: responses.RequestsMock,
    harvest: GreenhouseClient,
    status: int,
    kind: type[errors.GreenhouseError],
    code: str,
    body: str,
) -> None:
    named = {"X-Request-Id": "req-1"}
    http.get(f"{BASE}/v3/jobs", body=body, status=status, headers=named)
    http.post(f"{BASE}/v3/notes", body=body, status=status, headers=named)
    for call, path in (
        (lambda: harvest.fetch_page("jobs", Record), "/v3/jobs"),
        (lambda: harvest.send_note({}), "/v3/notes"),
    ):
        error = failure(call)
        assert (type(error), error.code, error.status) == (kind, code, status)
        assert (error.path, error.request_id) == (path, "req-1")
        assert "Ada" not in f"{error} {error!r} {vars(error)}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "redirected"),
        (302, "redirected"),
        (307, "redirected"),
        (408, "timeout"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "server_error"),
        (504, "server_error"),
        (599, "server_error"),
    ],
)
def test_status_when_it_leaves_the_outcome_open_is_harmless_only_for_a_read(
    http: responses.RequestsMock, harvest: GreenhouseClient, status: int, code: str
) -> None:
    # An address that cannot be parsed: nobody may try.
    named = {"Location": "https://[elsewhere"}
    http.get(f"{BASE}/v3/jobs", status=status, headers=named)
    http.post(f"{BASE}/v3/notes", status=status, headers=named)
    asked, written = failure(lambda: harvest.fetch_page("jobs", Record)), failure(lambda: harvest.send_note({}))
    assert (type(asked), asked.code, asked.status) == (errors.Unavailable, code, status)
    assert (type(written), written.code, written.status) == (errors.OutcomeUnknown, code, status)
    assert len(http.calls) == 2


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"message": "x", "errors": [{"first_name": "Ada is not allowed"}]}, ("first_name",)),
        (
            {"errors": [{"email": "a"}, {"phone_numbers[0].type": "b", "email": "c"}]},
            ("email", "phone_numbers[0].type"),
        ),
        ({"errors": [{"message": "must be set", "field": "job_id"}]}, ("job_id",)),
        ({"errors": {"job_id": ["is unknown"]}}, ("job_id",)),
        ({"errors": ["Ada is not allowed"]}, ()),
        ({"errors": ["last_name can't be blank, Ada"]}, ("last_name",)),
        ({"errors": ["Validation failed: Last name can't be blank"]}, ("last_name",)),
        ({"errors": ["Ada has no last name"]}, ()),
        ({"errors": ["Source must exist"]}, ("source_id",)),
        ({"message": "`application.source_id` 7 does not exist"}, ("application", "source_id")),
        ({"errors": [{"application": {"source_id": "does not exist"}}]}, ("application", "source_id")),
        ({"errors": [{"ada@example.com": "is taken"}, {"": "x"}, {"a" * 80: "x"}, {"field": 5, "message": "x"}]}, ()),
        ({"errors": None}, ()),
        (["errors"], ()),
    ],
)
def test_rejection_when_it_names_fields_keeps_names_and_no_values(
    http: responses.RequestsMock, harvest: GreenhouseClient, body: object, fields: tuple[str, ...]
) -> None:
    http.post(f"{BASE}/v3/candidates", json=body, status=422)
    error = failure(lambda: harvest.send_candidate({**PERSON, "application": {"job_id": 1, "source_id": 7}}))
    assert isinstance(error, errors.Rejected)
    assert error.fields == fields
    assert "Ada" not in f"{error} {vars(error)}"


@pytest.mark.parametrize(("named", "seconds"), [({"Retry-After": "7"}, 7), (RATE, 17), ({}, 30)])
def test_rate_limit_when_reached_says_when_to_come_back(
    http: responses.RequestsMock, harvest: GreenhouseClient, named: dict[str, str], seconds: float
) -> None:
    http.get(f"{BASE}/v3/jobs", status=429, headers=named)
    error = failure(lambda: harvest.fetch_page("jobs", Record))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after_seconds == seconds


# The token


def bearer(token: str) -> Any:
    return matchers.header_matcher({"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_token_when_refused_is_renewed_once_and_the_call_repeated(http: responses.RequestsMock, method: str) -> None:
    tokens = Tokens("old", "new")
    harvest = GreenhouseClient(harvest_url=BASE, tokens=tokens)
    http.add(method, f"{BASE}/v3/notes", status=401, match=[bearer("old")])
    answer: object = [] if method == "GET" else record("notes")
    http.add(method, f"{BASE}/v3/notes", json=answer, match=[bearer("new")])
    if method == "GET":
        harvest.fetch_page("notes", Record)
    else:
        harvest.send_note({"body": "x"})
        assert body_of(http, 1) == body_of(http, 0) == {"body": "x"}
    assert tokens.refused == ["old"]


def test_token_when_refused_twice_is_unauthorized(http: responses.RequestsMock) -> None:
    tokens = Tokens("old", "new", "newer")
    http.post(f"{BASE}/v3/notes", status=401, json={"message": "Unauthorized"})
    harvest = GreenhouseClient(harvest_url=BASE, tokens=tokens)
    error = failure(lambda: harvest.send_note({}))
    assert (type(error), error.code, error.status) == (errors.Unauthorized, "unauthorized", 401)
    assert (tokens.refused, len(http.calls)) == (["old"], 2)


def test_token_when_it_cannot_be_renewed_tells_why(http: responses.RequestsMock, harvest: GreenhouseClient) -> None:
    http.get(f"{BASE}/v3/jobs", status=401)
    error = failure(lambda: harvest.fetch_page("jobs", Record))
    assert (error.code, error.path, len(http.calls)) == ("invalid_client", "/token", 1)


def test_write_when_repeated_after_401_and_cut_is_unknown(http: responses.RequestsMock) -> None:
    http.post(f"{BASE}/v3/notes", status=401)
    http.post(f"{BASE}/v3/notes", body=requests.ConnectionError("reset"))
    harvest = GreenhouseClient(harvest_url=BASE, tokens=Tokens("old", "new"))
    assert type(failure(lambda: harvest.send_note({}))) is errors.OutcomeUnknown


# The budget


@pytest.mark.parametrize("status", [200, 403, 404, 422, 429, 500])
def test_rate_window_when_named_on_any_answer_is_reported(http: responses.RequestsMock, status: int) -> None:
    gate = RecordingGate()
    harvest = GreenhouseClient(harvest_url=BASE, tokens=Tokens(), gate=gate)
    http.get(f"{BASE}/v3/jobs", json=[], status=status, headers=RATE)
    try:
        harvest.fetch_page("jobs", Record)
    except errors.GreenhouseError as error:
        assert error.status == status  # noqa: PT017 - a success raises nothing
    (spent,) = gate.spendings
    assert spent.window is not None
    assert (spent.window.limit, spent.window.remaining) == (50, 0)
    assert spent.window.server_reset == int(NOW.timestamp()) + 17
    assert (spent.retry_after_seconds is not None) == (status == 429)


@pytest.mark.parametrize(
    ("body", "is_unknown"),
    [("[]", False), (requests.ConnectionError("reset"), True), (requests.ConnectTimeout(), False)],
)
def test_request_without_a_window_still_tells_the_gate_whether_it_may_count(
    http: responses.RequestsMock, body: Any, is_unknown: bool
) -> None:
    gate = RecordingGate()
    http.get(f"{BASE}/v3/jobs", body=body)
    with contextlib.suppress(errors.Unavailable):
        GreenhouseClient(harvest_url=BASE, tokens=Tokens(), gate=gate).fetch_page("jobs", Record)
    assert gate.spendings == [Spending(is_unknown=is_unknown)]


def test_request_that_the_gate_holds_back_never_leaves(http: responses.RequestsMock) -> None:
    gate = RecordingGate(closed_for_seconds=7)
    with pytest.raises(errors.RateLimited) as caught:
        GreenhouseClient(harvest_url=BASE, tokens=Tokens(), gate=gate).send_note({})
    assert caught.value.retry_after_seconds == 7
    assert len(http.calls) == 0
    assert gate.spendings == []


def test_request_repeated_with_a_new_token_passes_the_gate_twice(http: responses.RequestsMock) -> None:
    gate = RecordingGate()
    http.get(f"{BASE}/v3/jobs", status=401)
    http.get(f"{BASE}/v3/jobs", json=[])
    GreenhouseClient(harvest_url=BASE, tokens=Tokens("old", "new"), gate=gate).fetch_page("jobs", Record)
    assert gate.taken == 2


def test_write_when_the_budget_cannot_be_recorded_still_gives_its_answer(
    http: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    class Down(RecordingGate):
        def give_back(self, ticket: object, spending: Spending) -> None:
            raise ConnectionError("the broker is down")

    http.post(f"{BASE}/v3/notes", json=record("notes", id=5), status=201, headers=RATE)
    harvest = GreenhouseClient(harvest_url=BASE, tokens=Tokens(), gate=Down())
    assert harvest.send_note({}).id == 5
    assert "was not recorded" in caplog.text


# Many at once


def test_client_when_shared_by_threads_gives_each_its_own_answer(http: responses.RequestsMock) -> None:
    def echo(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        wanted = int(dict(parse_qsl(urlsplit(str(request.url)).query))["ids"])
        return 200, {}, json.dumps([record("jobs", id=wanted)])

    http.add_callback("GET", f"{BASE}/v3/jobs", callback=echo)
    harvest = GreenhouseClient(harvest_url=BASE, tokens=Tokens())
    got: dict[int, list[int]] = {}

    def ask(wanted: int) -> None:
        got[wanted] = [job.id for job in harvest.fetch_by_ids("jobs", JobPayload, key="ids", ids=[wanted])]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {number: [number] for number in range(1, 17)}
