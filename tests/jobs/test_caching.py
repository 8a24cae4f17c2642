"""What browsers and caches may keep of the public pages."""

import pytest
from django.test import Client

from accounts.models import Employer
from jobs.models import Job
from jobs.services import set_live
from tests.factories import JobFactory


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer)


@pytest.fixture(params=["company", "job"])
def path(request: pytest.FixtureRequest, employer: Employer, job: Job) -> str:
    return employer.get_absolute_url() if request.param == "company" else job.get_absolute_url()


def directives(response: object) -> set[str]:
    return set(response["Cache-Control"].split(", "))  # type: ignore[index]


def test_public_pages_when_a_visitor_has_no_session_then_anyone_may_keep_them_a_minute(
    client: Client, path: str
) -> None:
    response = client.get(path)
    assert directives(response) == {"public", "max-age=60"}
    assert "Cookie" in response["Vary"]
    assert not response.cookies


def test_public_pages_when_asked_again_then_304_until_something_changes(client: Client, path: str, job: Job) -> None:
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert directives(again) == {"public", "max-age=60"}
    Job.objects.filter(pk=job.pk).update(title="Without a new time of change")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_company_page_when_jobs_change_places_then_is_not_taken_for_the_same(
    client: Client, employer: Employer, job: Job
) -> None:
    other = JobFactory(employer=employer, title="Other")
    set_live(jobs=[other.pk], live=False)
    etag = client.get(employer.get_absolute_url())["ETag"]
    Job.objects.filter(pk=job.pk).update(state="off")
    Job.objects.filter(pk=other.pk).update(state="live")
    assert client.get(employer.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 200


def test_public_pages_when_a_visitor_is_logged_in_then_no_cache_keeps_them(as_rita: Client, path: str) -> None:
    response = as_rita.get(path)
    assert directives(response) == {"private", "no-cache"}
    assert b"Log out" in response.content


def test_public_pages_when_a_message_waits_then_no_cache_keeps_it(client: Client, path: str) -> None:
    client.cookies["messages"] = "anything"
    assert "private" in directives(client.get(path))


def test_company_page_when_only_a_piece_is_sent_then_nobody_keeps_it(client: Client, employer: Employer) -> None:
    response = client.get(employer.get_absolute_url(), headers={"HX-Request": "true"})
    assert "no-store" in directives(response)
