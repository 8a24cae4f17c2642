"""The requests that leave for Harvest v3, and what each answer becomes."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from responses import matchers

from integrations.greenhouse import errors
from integrations.greenhouse.client import CreatedCandidate, GreenhouseClient, People
from integrations.greenhouse.schemas import (
    CandidatePayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    Record,
)
from integrations.greenhouse.transport import Spending
from tests.integrations.greenhouse.gates import RecordingGate
from tests.integrations.greenhouse.shapes import record

BASE = "https://harvest.example"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
RATE = {
    "X-RateLimit-Limit": "50",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": str(int(NOW.timestamp()) + 17),
}
PERSON = {"first_name": "Ada", "last_name": "Byron"}


class Tokens:
    """A token source that hands out its values one after the other."""

    def __init__(self, *values: str) -> None:
        self.values = list(values or ["token-1"])
        self.refused: list[str] = []

    def current(self) -> str:
        return self.values[0]

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        if len(self.values) == 1:
            raise errors.Unauthorized("invalid_client", path="/token", status=401)
        return self.values.pop(1)


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def harvest() -> GreenhouseClient:
    return GreenhouseClient(harvest_url=BASE, tokens=Tokens(), now=lambda: NOW)


def sent(http: responses.RequestsMock) -> list[tuple[str, str, dict[str, str]]]:
    """Return what went out: method, path and query of each request."""
    parts = [(call.request.method or "", urlsplit(call.request.url or "")) for call in http.calls]
    return [(method, str(url.path), dict(parse_qsl(str(url.query)))) for method, url in parts]


def body_of(http: responses.RequestsMock, index: int = 0) -> Any:
    body = http.calls[index].request.body
    assert isinstance(body, bytes)
    return json.loads(body)


def next_link(collection: str, cursor: str) -> dict[str, str]:
    return {"Link": f'<{BASE}/v3/{collection}?cursor={cursor}>; rel="next"'}


def failure(call: Callable[[], object]) -> errors.GreenhouseError:
    with pytest.raises(errors.GreenhouseError) as caught:
        call()
    return caught.value


# One page


def test_fetch_page_when_first_asks_for_500_and_what_was_given(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=2), record("jobs", id=1)])
    page = harvest.fetch_page("jobs", JobPayload, params={"status": "open"})
    assert sent(http) == [("GET", "/v3/jobs", {"per_page": "500", "status": "open"})]
    assert [job.id for job in page.items] == [2, 1]
    assert (page.next_cursor, page.skipped) == (None, 0)


def test_fetch_page_when_asked_sends_token_agent_and_no_body(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[])
    harvest.fetch_page("jobs", JobPayload)
    request = http.calls[0].request
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["User-Agent"].startswith("PurposeJobs/")
    assert request.headers["Accept"] == "application/json"
    assert (request.body, request.headers.get("Content-Type")) == (None, None)
    assert request.req_kwargs["timeout"] == (5, 20)  # type: ignore[attr-defined]


def test_fetch_page_when_the_caller_sets_per_page_keeps_it(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[])
    harvest.fetch_page("jobs", Record, params={"per_page": "1"})
    assert sent(http)[0][2] == {"per_page": "1"}


def test_fetch_page_when_given_a_cursor_sends_it_alone(http: responses.RequestsMock, harvest: GreenhouseClient) -> None:
    http.get(f"{BASE}/v3/jobs", json=[])
    harvest.fetch_page("jobs", JobPayload, params={"status": "open"}, cursor="eyJ==")
    assert sent(http) == [("GET", "/v3/jobs", {"cursor": "eyJ=="})]


def test_fetch_page_when_the_address_has_a_prefix_keeps_it(http: responses.RequestsMock) -> None:
    harvest = GreenhouseClient(harvest_url="https://gateway.example/greenhouse/", tokens=Tokens())
    link = {"Link": '<https://gateway.example/greenhouse/v3/jobs?cursor=c>; rel="next"'}
    http.get("https://gateway.example/greenhouse/v3/jobs", json=[], headers=link)
    assert harvest.fetch_page("jobs", JobPayload).next_cursor == "c"


@pytest.mark.parametrize("name", ["", "jobs/1", "../jobs", "jobs?x=1", "Jobs", "jobs ", "_jobs"])
def test_fetch_page_when_the_name_is_no_collection_sends_nothing(harvest: GreenhouseClient, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a collection"):
        harvest.fetch_page(name, JobPayload)


@pytest.mark.parametrize("address", ["http://harvest.greenhouse.io", "harvest.greenhouse.io"])
def test_client_when_its_address_is_unsafe_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="base address|plain http"):
        GreenhouseClient(harvest_url=address, tokens=Tokens())


def test_fetch_page_when_private_candidates_are_hidden_counts_them(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    hidden = {"message": "You do not have access to this candidate."}
    http.get(f"{BASE}/v3/candidates", json=[hidden, record("candidates", id=7), hidden])
    page = harvest.fetch_page("candidates", CandidatePayload)
    assert [person.id for person in page.items] == [7]
    assert page.skipped == 2


def test_fetch_page_when_a_post_has_only_a_message_is_refused_and_not_skipped(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/job_posts", json=[record("job_posts"), {"message": "hidden"}])
    error = failure(lambda: harvest.fetch_page("job_posts", JobPostPayload))
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field.startswith("job_posts[1].")


def test_fetch_page_when_a_field_is_wrong_names_it_by_its_place_in_the_reply(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    hidden = {"message": "hidden"}
    rows = [hidden, record("candidates"), hidden, record("candidates", tags=["a", 5])]
    http.get(f"{BASE}/v3/candidates", json=rows, headers={"X-Request-Id": "req-9"})
    error = failure(lambda: harvest.fetch_page("candidates", CandidatePayload))
    assert isinstance(error, errors.UnexpectedReply)
    assert (error.field, error.code, error.status) == ("candidates[3].tags[1]", "wrong_shape", 200)
    assert (error.path, error.request_id) == ("/v3/candidates", "req-9")


@pytest.mark.parametrize("text", ["{}", '{"jobs": []}', '"jobs"', "null", "5"])
def test_fetch_page_when_the_reply_is_no_list_names_the_collection(
    http: responses.RequestsMock, harvest: GreenhouseClient, text: str
) -> None:
    http.get(f"{BASE}/v3/jobs", body=text)
    error = failure(lambda: harvest.fetch_page("jobs", JobPayload))
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field == "jobs"


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, ""), (204, ""), (200, "<!doctype html><title>Log in</title>"), (200, '[{"id": 1'), (200, "[NaN]")],
)
def test_fetch_page_when_the_reply_is_no_json_is_unexpected(
    http: responses.RequestsMock, harvest: GreenhouseClient, text: str, status: int
) -> None:
    http.get(f"{BASE}/v3/jobs", body=text, status=status)
    error = failure(lambda: harvest.fetch_page("jobs", JobPayload))
    assert (type(error), error.code, error.status) == (errors.UnexpectedReply, "not_json", status)
    assert error.__context__ is None


@pytest.mark.parametrize(
    "link",
    ['<https://evil.example/v3/jobs?cursor=c>; rel="next"', f'<{BASE}/v3/users?cursor=c>; rel="next"', "more"],
)
def test_fetch_page_when_the_link_leads_elsewhere_is_refused(
    http: responses.RequestsMock, harvest: GreenhouseClient, link: str
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[record("jobs")], headers={"Link": link})
    error = failure(lambda: harvest.fetch_page("jobs", JobPayload))
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field == "Link"


# All pages


def test_fetch_all_when_there_are_pages_follows_the_cursor_to_the_last(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=4)], headers=next_link("jobs", "b%3D"))
    http.get(f"{BASE}/v3/jobs", json=[], headers=next_link("jobs", "c"))
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=2)])
    ids = [job.id for job in harvest.fetch_all("jobs", JobPayload, params={"status": "open"})]
    assert ids == [4, 2]
    assert [query for _, _, query in sent(http)] == [
        {"per_page": "500", "status": "open"},
        {"cursor": "b="},
        {"cursor": "c"},
    ]


def test_fetch_all_when_pages_overlap_yields_each_record_once(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    rows = [record("jobs", id=number) for number in (3, 2, 1)]
    http.get(f"{BASE}/v3/jobs", json=rows[:2], headers=next_link("jobs", "b"))
    http.get(f"{BASE}/v3/jobs", json=rows[1:])
    assert [job.id for job in harvest.fetch_all("jobs", JobPayload)] == [3, 2, 1]


def test_fetch_all_when_a_cursor_repeats_stops_with_an_error(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    for cursor in ("b", "c", "b"):
        http.get(f"{BASE}/v3/jobs", json=[record("jobs")], headers=next_link("jobs", cursor))
    http.assert_all_requests_are_fired = False
    http.get(f"{BASE}/v3/jobs", json=[])
    error = failure(lambda: list(harvest.fetch_all("jobs", JobPayload)))
    assert (type(error), error.code) == (errors.UnexpectedReply, "cursor_repeated")
    assert len(http.calls) == 3


def test_fetch_all_when_page_two_fails_raises_instead_of_ending(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=4)], headers=next_link("jobs", "b"))
    http.get(f"{BASE}/v3/jobs", status=502)
    listing = harvest.fetch_all("jobs", JobPayload)
    assert next(listing).id == 4
    assert type(failure(lambda: next(listing))) is errors.Unavailable


# By ids


def test_fetch_by_ids_when_there_are_many_asks_for_50_at_a_time_and_each_once(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/job_post_locations", json=[record("job_post_locations", id=1, job_post_id=7)])
    http.get(f"{BASE}/v3/job_post_locations", json=[record("job_post_locations", id=2, job_post_id=55)])
    ids = [*range(1, 56), "1", "55"]
    rows = harvest.fetch_by_ids("job_post_locations", JobPostLocationPayload, key="job_post_ids", ids=ids)
    assert [row.id for row in rows] == [1, 2]
    asked = [query["job_post_ids"].split(",") for _, _, query in sent(http)]
    assert asked == [[str(number) for number in range(1, 51)], [str(number) for number in range(51, 56)]]


def test_fetch_by_ids_when_there_are_none_asks_nothing(harvest: GreenhouseClient) -> None:
    assert list(harvest.fetch_by_ids("jobs", JobPayload, key="ids", ids=[])) == []


def test_fetch_by_ids_when_an_id_is_no_number_sends_nothing(harvest: GreenhouseClient) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(harvest.fetch_by_ids("jobs", JobPayload, key="ids", ids=["1,2"]))


def test_fetch_by_ids_when_greenhouse_ignores_the_filter_is_refused(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/attachments", json=[record("attachments", application_id=666)])
    error = failure(lambda: harvest.fetch_attachments(application_id=91))
    assert isinstance(error, errors.UnexpectedReply)
    assert (error.code, error.field) == ("filter_ignored", "attachments[].application_id")


# What connecting and exporting ask


def test_users_by_email_when_secondary_and_in_another_case_are_found(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    rows = [
        record("user_emails", id=1, user_id=61, email="Maya@Lumen.example"),
        record("user_emails", id=2, user_id=62, email="other@lumen.example"),
    ]
    http.get(f"{BASE}/v3/user_emails", json=rows)
    http.get(f"{BASE}/v3/users", json=[record("users", id=61)])
    assert [user.id for user in harvest.fetch_users_by_email(" maya@lumen.example")] == [61]
    assert sent(http)[1][2]["ids"] == "61"


def test_users_by_email_when_unknown_asks_for_no_user(http: responses.RequestsMock, harvest: GreenhouseClient) -> None:
    http.get(f"{BASE}/v3/user_emails", json=[])
    assert harvest.fetch_users_by_email("nobody+x@example.com") == []
    assert sent(http)[0][2]["email"] == "nobody+x@example.com"


def test_candidates_by_email_when_the_filter_was_ignored_adopts_no_stranger(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    stranger = record("candidates", id=8, email_addresses=[{"value": "x@example.com", "type": "work"}])
    http.get(f"{BASE}/v3/candidates", json=[stranger, record("candidates", id=7)])
    assert [person.id for person in harvest.fetch_candidates_by_email("ADA@example.com").seen] == [7]


def test_candidate_when_the_filter_was_ignored_is_no_stranger_and_the_hidden_are_counted(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/candidates", json=[record("candidates", id=8), {"message": "hidden"}])
    assert harvest.fetch_candidate("7") == People((), 1)


def test_applications_when_two_filters_are_given_send_both(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/applications", json=[record("applications", id=91)])
    rows = harvest.fetch_applications(candidate_ids=[71], job_ids=["81"])
    assert [row.id for row in rows] == [91]
    assert sent(http)[0][2] == {"per_page": "500", "candidate_ids": "71", "job_ids": "81"}


def test_applications_when_both_filters_are_long_ask_for_every_pair(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.get(f"{BASE}/v3/applications", json=[])
    harvest.fetch_applications(candidate_ids=range(1, 61), job_ids=range(101, 161))
    asked = [(query["candidate_ids"].count(","), query["job_ids"].count(",")) for _, _, query in sent(http)]
    assert asked == [(49, 49), (49, 9), (9, 49), (9, 9)]


def test_applications_when_a_filter_is_empty_match_none(harvest: GreenhouseClient) -> None:
    assert harvest.fetch_applications(candidate_ids=[], job_ids=[81]) == []


def test_applications_when_no_filter_is_given_are_refused(harvest: GreenhouseClient) -> None:
    with pytest.raises(ValueError, match="never wanted"):
        harvest.fetch_applications()


@pytest.mark.parametrize(
    ("ask", "collection", "query"),
    [
        (lambda c: c.fetch_attachments(application_id=91), "attachments", {"application_ids": "91"}),
        (lambda c: c.fetch_notes(candidate_id="71"), "notes", {"candidate_ids": "71"}),
        (
            lambda c: c.fetch_application_stages([91]),
            "application_stages",
            {"application_ids": "91", "current": "true"},
        ),
        (
            lambda c: c.fetch_application_stages([91], current=False),
            "application_stages",
            {"application_ids": "91"},
        ),
        (lambda c: c.fetch_rejection_details([91]), "rejection_details", {"application_ids": "91"}),
        (lambda c: c.fetch_rejection_reasons(), "rejection_reasons", {"include_defaults": "true"}),
        (lambda c: c.fetch_sources(), "sources", {}),
        (lambda c: c.fetch_interview_stages([81]), "job_interview_stages", {"job_ids": "81"}),
    ],
)
def test_reading_when_asked_uses_the_documented_filter(
    http: responses.RequestsMock,
    harvest: GreenhouseClient,
    ask: Callable[[GreenhouseClient], list[Record]],
    collection: str,
    query: dict[str, str],
) -> None:
    http.get(f"{BASE}/v3/{collection}", json=[record(collection, id=5)])
    assert [row.id for row in ask(harvest)] == [5]
    assert sent(http) == [("GET", f"/v3/{collection}", {"per_page": "500", **query})]


# Writing


@pytest.mark.parametrize(
    ("reply", "created"),
    [
        (
            {"candidate": record("candidates", id=71), "application": record("applications", id=91)},
            CreatedCandidate(71, 91),
        ),
        ({"candidate": {"id": 71}, "application": None}, CreatedCandidate(71, None)),
        ({"candidate": {"id": 71}}, CreatedCandidate(71, None)),
        ({"candidate": {"id": 71}, "application": {"id": "91"}}, CreatedCandidate(71, None)),
        (record("candidates", id=71), CreatedCandidate(71, None)),
    ],
)
def test_send_candidate_when_answered_in_any_known_form_gives_the_ids(
    http: responses.RequestsMock, harvest: GreenhouseClient, reply: object, created: CreatedCandidate
) -> None:
    http.post(f"{BASE}/v3/candidates", json=reply, status=201)
    assert harvest.send_candidate(PERSON) == created
    assert body_of(http) == PERSON
    assert http.calls[0].request.headers["Content-Type"] == "application/json"


Send = Callable[[GreenhouseClient], Any]
WRITES: list[tuple[Send, str, str, str]] = [
    (lambda c: c.send_application(PERSON), "POST", "/v3/applications", "applications"),
    (lambda c: c.send_attachment(PERSON), "POST", "/v3/attachments", "attachments"),
    (lambda c: c.send_note(PERSON), "POST", "/v3/notes", "notes"),
    (lambda c: c.update_candidate("7", PERSON), "PATCH", "/v3/candidates/7", "candidates"),
]
ALL_WRITES = [*WRITES, (lambda c: c.send_candidate(PERSON), "POST", "/v3/candidates", "candidates")]


@pytest.mark.parametrize(("send", "method", "path", "collection"), WRITES)
def test_write_when_answered_gives_the_record(
    http: responses.RequestsMock,
    harvest: GreenhouseClient,
    send: Send,
    method: str,
    path: str,
    collection: str,
) -> None:
    http.add(method, f"{BASE}{path}", json=record(collection, id=5), status=201)
    assert send(harvest).id == 5
    assert sent(http) == [(method, path, {})]
    assert body_of(http) == PERSON


def test_send_attachment_when_sent_waits_longer_for_the_answer(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    http.post(f"{BASE}/v3/attachments", json=record("attachments"), status=201)
    harvest.send_attachment({})
    assert http.calls[0].request.req_kwargs["timeout"] == (5, 60)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("send", "method", "path", "collection"), ALL_WRITES)
@pytest.mark.parametrize("text", ["", "<html>", "[]", "{}", '{"id": null}', '{"id": "5"}', '{"candidate": null}'])
def test_write_when_the_answer_is_unreadable_is_unknown(
    http: responses.RequestsMock,
    harvest: GreenhouseClient,
    send: Send,
    method: str,
    path: str,
    collection: str,
    text: str,
) -> None:
    http.add(method, f"{BASE}{path}", body=text, status=201)
    error = failure(lambda: send(harvest))
    assert (type(error), error.code, error.status) == (errors.OutcomeUnknown, "unreadable_reply", 201)
    assert error.path == path.replace("/7", "/{id}")


@pytest.mark.parametrize(("send", "method", "path", "collection"), ALL_WRITES)
@pytest.mark.parametrize("cause", [requests.ReadTimeout("x"), requests.ConnectionError("x")])
def test_write_when_no_answer_came_is_unknown_and_sent_once(
    http: responses.RequestsMock,
    harvest: GreenhouseClient,
    send: Send,
    method: str,
    path: str,
    collection: str,
    cause: Exception,
) -> None:
    http.add(method, f"{BASE}{path}", body=cause)
    assert type(failure(lambda: send(harvest))) is errors.OutcomeUnknown
    assert len(http.calls) == 1


def test_write_when_the_body_is_no_json_sends_nothing(harvest: GreenhouseClient) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        harvest.send_note({"body": float("nan")})


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
        ({"errors": [{"ada@example.com": "is taken"}, {"": "x"}, {"a" * 80: "x"}, {"field": 5, "message": "x"}]}, ()),
        ({"errors": None}, ()),
        (["errors"], ()),
    ],
)
def test_rejection_when_it_names_fields_keeps_names_and_no_values(
    http: responses.RequestsMock, harvest: GreenhouseClient, body: object, fields: tuple[str, ...]
) -> None:
    http.post(f"{BASE}/v3/candidates", json=body, status=422)
    error = failure(lambda: harvest.send_candidate(PERSON))
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
