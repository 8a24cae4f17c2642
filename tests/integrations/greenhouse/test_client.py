"""What connecting and exporting ask of Harvest v3, and what they write."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses

from integrations.greenhouse import errors
from integrations.greenhouse.client import CreatedCandidate, GreenhouseClient, People
from integrations.greenhouse.schemas import (
    Record,
)
from tests.integrations.greenhouse.door import BASE, PERSON, body_of, failure, sent
from tests.integrations.greenhouse.shapes import record

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
