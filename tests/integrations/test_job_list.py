"""The recruiter's list of jobs: what it counts, finds and sorts, and which jobs it says need a person."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from integrations.attention import CLOSED_IS_NEWS, Why
from integrations.models import Connection, ConnectionState, ExportState, JobLink, Sends
from jobs.models import Job, JobState
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)

BASE = "/employers/lumen-robotics/jobs/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


def _linked(connection: Connection, title: str, *, post: dict[str, Any] | None = None, **job: Any) -> JobLink:
    link = {name: job.pop(name) for name in ("reopen_as", "asks_to_reopen", "sends") if name in job}
    row = GreenhouseJobPostFactory(greenhouse_job__connection=connection, title=title, **(post or {}))
    return JobLinkFactory(post=row, job=JobFactory(employer=connection.employer, title=title, **job), **link)


def _titles(client: Client, **query: str) -> list[str]:
    return [job.title for job, _ in client.get(BASE, query).context["rows"]]


def _tabs(client: Client, **query: str) -> dict[str, int]:
    return {tab.label: tab.count for tab in client.get(BASE, query).context["list"].tabs}


@pytest.fixture
def troubled(connection: Connection) -> dict[Why, Job]:
    """A job for each reason, and four that are as they should be."""
    now = timezone.now()
    by_greenhouse = {"state": JobState.CLOSED, "closed_reason": "The job is closed in Greenhouse."}
    _linked(connection, "Fine")
    JobFactory(employer=connection.employer, title="Off and unconnected", state=JobState.OFF)
    _linked(connection, "Closed by hand", state=JobState.CLOSED, closed_at=now, closed_reason="Closed by your team.")
    old = now - CLOSED_IS_NEWS - timedelta(hours=1)
    _linked(connection, "Closed long ago", closed_at=old, reopen_as="live", post={"is_live": False}, **by_greenhouse)
    sick = _linked(connection, "Sick")
    ExportFactory(
        greenhouse_job=sick.post.greenhouse_job,
        application=ApplicationFactory(job=sick.job),
        state=ExportState.NEEDS_ATTENTION,
    )
    return {
        Why.BACK: _linked(connection, "Back", asks_to_reopen=True, **by_greenhouse).job,
        Why.NOT_OFFERED: _linked(connection, "Unpublished", post={"is_live": False}).job,
        Why.EXPORTS: sick.job,
        Why.UNCONNECTED: JobFactory(employer=connection.employer, title="Alone"),
        Why.CLOSED: _linked(
            connection, "Closed", closed_at=now, reopen_as="live", post={"is_live": False}, **by_greenhouse
        ).job,
    }


def test_tabs_then_count_the_jobs_in_each_state(as_bob: Client, troubled: dict[Why, Job]) -> None:
    assert _tabs(as_bob) == {"All": 9, "Live": 4, "Off": 1, "Closed": 4, "Draft": 0, "Needs attention": 5}
    assert _tabs(as_bob, q="closed", state="live")["All"] == 3, "the search counts, the tab does not"
    assert _titles(as_bob, state="off") == ["Off and unconnected"]


def test_attention_then_names_each_job_once_with_its_reason(as_bob: Client, troubled: dict[Why, Job]) -> None:
    rows = as_bob.get(BASE, {"state": "attention"}).context["rows"]
    assert {job.pk: reasons for job, reasons in rows} == {job.pk: [why] for why, job in troubled.items()}
    for why, job in troubled.items():
        assert _titles(as_bob, state="attention", why=why) == [job.title]


def test_attention_then_says_it_in_words_with_its_buttons(
    as_bob: Client, as_rita: Client, troubled: dict[Why, Job]
) -> None:
    text = as_bob.get(BASE, {"state": "attention"}).text
    for words in (
        "It is back in Greenhouse.",
        "The post is not published in Greenhouse.",
        "1 applicant could not be sent.",
        "Live, but not connected.",
        "Greenhouse closed it while it was live.",
        "The job is closed in Greenhouse. Closed",
    ):
        assert words in text, words
    assert "Keep it off" not in text
    text = as_rita.get(BASE, {"state": "attention"}).text
    assert all(words in text for words in ("Put it live<", "Keep it off", "Put it live all the same", "Keep it closed"))


def test_attention_when_greenhouse_was_disconnected_then_wants_no_connecting(
    as_bob: Client, connection: Connection, troubled: dict[Why, Job]
) -> None:
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert "Alone" not in _titles(as_bob, state="attention")
    Connection.objects.all().update(employer=JobFactory().employer)
    assert _titles(as_bob, state="attention") == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tamer leipzig", ["Robot Tamer"]),
        ("people", ["Poet"]),
        ("#771", ["Robot Tamer"]),
        ("552", ["Robot Tamer"]),
        ("REQ-9", ["Robot Tamer"]),
        ("tamer people", []),
    ],
)
def test_search_then_finds_by_title_place_department_id_and_requisition(
    as_bob: Client, connection: Connection, words: str, found: list[str]
) -> None:
    post = {"remote_id": "7712", "greenhouse_job__remote_id": "5521", "greenhouse_job__requisition_id": "REQ-9"}
    _linked(connection, "Robot Tamer", location="Leipzig", post=post)
    _linked(connection, "Poet", department="People", post={"remote_id": "8", "greenhouse_job__remote_id": "9"})
    assert _titles(as_bob, q=words) == found


def test_filters_and_order_then_narrow_and_sort(as_bob: Client, connection: Connection) -> None:
    _linked(connection, "alpha", department="People")
    loved = JobFactory(employer=connection.employer, title="Beta", department="People")
    JobFactory(employer=connection.employer, title="Gamma")
    ApplicationFactory(job=loved)
    assert _titles(as_bob) == ["alpha", "Beta", "Gamma"]
    assert _titles(as_bob, sort="newest") == ["Gamma", "Beta", "alpha"]
    assert _titles(as_bob, sort="applicants") == ["Beta", "alpha", "Gamma"]
    assert _titles(as_bob, department="People", linked="no") == ["Beta"]
    assert _titles(as_bob, linked="yes") == ["alpha"]
    assert as_bob.get(BASE).context["list"].departments == ["People"]


def test_people_then_are_counted_beside_their_job(as_rita: Client, connection: Connection) -> None:
    link = _linked(connection, "Robot Tamer", sends=Sends.AFTER_REVIEW)
    for _ in range(3):
        ApplicationFactory(job=link.job)
    ExportFactory(greenhouse_job=link.post.greenhouse_job, application=ApplicationFactory(job=link.job))
    page = as_rita.get(BASE)
    [(job, _)] = page.context["rows"]
    assert (job.applicant_count, job.unsent_count, job.stuck_count) == (4, 3, 0)
    assert "4 applicants of Robot Tamer" in page.text
    assert f"?job={job.pk}&amp;status=to_review" in page.text
    JobLink.objects.update(sends=Sends.AUTOMATICALLY)
    assert f'{job.pk}/unsent/">3 not sent<' in as_rita.get(BASE).text


def test_badge_then_shows_the_ids_of_post_and_job(as_bob: Client, connection: Connection) -> None:
    _linked(connection, "Robot Tamer", post={"remote_id": "7712", "greenhouse_job__remote_id": "5521"})
    page = as_bob.get(BASE).text
    assert "Post #7712" in page
    assert "job #5521" in page


def test_jobs_of_another_employer_are_never_there(as_charlie: Client, troubled: dict[Why, Job]) -> None:
    answer = as_charlie.get("/employers/other/jobs/")
    assert (list(answer.context["rows"]), answer.context["list"].tabs[0].count) == ([], 0)


def test_list_when_there_are_many_jobs_then_asks_the_database_no_more(
    as_rita: Client,
    connection: Connection,
    troubled: dict[Why, Job],
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    address = BASE + "?state=attention"
    as_rita.get(address)  # the first visit also remembers the employer
    with django_assert_max_num_queries(13) as few:
        as_rita.get(address)
    for number in range(30):
        _linked(connection, f"Unpublished {number}", post={"is_live": False})
        ApplicationFactory(job=JobFactory(employer=connection.employer))
    with django_assert_num_queries(len(few)):
        assert len(as_rita.get(address).context["rows"]) == 50
