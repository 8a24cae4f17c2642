"""The recruiter's jobs: list, new, edit, connect, switch."""

import pytest
from django.test import Client

from accounts.models import Employer
from integrations.models import Connection, JobLink
from jobs.models import Job, JobState
from tests.factories import (
    ConnectionFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)

BASE = "/employers/lumen-robotics/jobs/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    post = GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection, title="Robot Tamer")
    job = JobFactory(employer=connection.employer, title="Robot Tamer")
    return JobLinkFactory(post=post, job=job, is_imported=True)


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, link: JobLink) -> None:
    edit = f"{BASE}{link.job_id}/edit/"
    for page, writes in ((BASE, False), (f"{BASE}new/", True), (edit, True)):
        assert client.get(page).status_code == 302
        assert as_charlie.get(page).status_code == 404
        assert as_bob.get(page).status_code == (403 if writes else 200)
        assert as_rita.get(page).status_code == 200
    assert as_bob.post(f"{BASE}switch/", {"job": link.job_id, "to": "off"}).status_code == 403
    assert as_charlie.post(f"{BASE}switch/", {"job": link.job_id, "to": "off"}).status_code == 404


def test_a_job_of_another_employer_is_not_found(as_rita: Client, other_employer: Employer) -> None:
    theirs = JobFactory(employer=other_employer)
    assert as_rita.get(f"{BASE}{theirs.pk}/edit/").status_code == 404
    as_rita.post(f"{BASE}switch/", {"job": theirs.pk, "to": "off"})
    assert Job.objects.get(pk=theirs.pk).state == JobState.LIVE


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "\x00", "99999999999999999999"])
def test_odd_numbers_and_words_in_an_address_are_no_error(as_rita: Client, employer: Employer, odd: str) -> None:
    assert as_rita.get("/employers/lumen-robotics/applicants/", {"job": odd}).status_code == 200
    assert as_rita.get(BASE, {"q": odd, "page": odd}).status_code == 200
    assert as_rita.post(f"{BASE}switch/", {"job": odd, "to": "live"}).status_code == 302
