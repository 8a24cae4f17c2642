"""Lists of Harvest v3: pages, cursors and filters by id, as requests leave and answers come."""

import pytest
import responses

from integrations.greenhouse import errors
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.schemas import (
    CandidatePayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    Record,
)
from tests.integrations.greenhouse.door import BASE, Tokens, failure, next_link, sent
from tests.integrations.greenhouse.shapes import record

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
    [f'<{BASE}/v3/users?cursor=c>; rel="next"', f'<{BASE}/v3/jobs>; rel="next"', "more"],
)
def test_fetch_page_when_the_link_leads_elsewhere_is_refused(
    http: responses.RequestsMock, harvest: GreenhouseClient, link: str
) -> None:
    http.get(f"{BASE}/v3/jobs", json=[record("jobs")], headers={"Link": link})
    error = failure(lambda: harvest.fetch_page("jobs", JobPayload))
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field == "Link"


def test_fetch_all_when_links_name_another_address_asks_only_the_one_we_know(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    elsewhere = {"Link": '<http://elsewhere.example:8080/v3/jobs?cursor=c>; rel="next"'}
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=2)], headers=elsewhere)
    http.get(f"{BASE}/v3/jobs", json=[record("jobs", id=1)])
    assert [row.id for row in harvest.fetch_all("jobs", JobPayload)] == [2, 1]
    assert sent(http)[1] == ("GET", "/v3/jobs", {"cursor": "c"})


def test_fetch_page_when_lenient_names_odd_records_and_gives_the_others(
    http: responses.RequestsMock, harvest: GreenhouseClient
) -> None:
    rows = [record("job_posts", id=3), record("job_posts", id=2, title=None), record("job_posts", id=1)]
    http.get(f"{BASE}/v3/job_posts", json=rows, headers=next_link("job_posts", "c2"))
    page = harvest.fetch_page("job_posts", JobPostPayload, lenient=True)
    assert [post.id for post in page.items] == [3, 1]
    assert [(one.id, one.field) for one in page.misfits] == [("2", "title")]
    assert page.next_cursor == "c2"


@pytest.mark.parametrize(
    ("rows", "is_odd"),
    [
        ([{"id": 1, "title": None}], True),
        ([{"id": number} for number in range(1, 11)], True),
        ([{"id": number} for number in range(1, 12)], False),
        ([{"id": 1}, {"uuid": "b"}], False),
        (["a", "b"], False),
    ],
)
def test_fetch_page_when_lenient_and_nothing_fits_tells_odd_records_from_another_interface(
    http: responses.RequestsMock, harvest: GreenhouseClient, rows: list[object], is_odd: bool
) -> None:
    http.get(f"{BASE}/v3/job_posts", json=rows)
    if is_odd:
        assert len(harvest.fetch_page("job_posts", JobPostPayload, lenient=True).misfits) == len(rows)
        return
    error = failure(lambda: harvest.fetch_page("job_posts", JobPostPayload, lenient=True))
    assert isinstance(error, errors.UnexpectedReply)
    assert error.field.startswith("job_posts[]")


def test_fetch_page_when_lenient_still_wants_a_list(http: responses.RequestsMock, harvest: GreenhouseClient) -> None:
    http.get(f"{BASE}/v3/job_posts", json={"items": []})
    error = failure(lambda: harvest.fetch_page("job_posts", JobPostPayload, lenient=True))
    assert isinstance(error, errors.UnexpectedReply)


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
