"""Many jobs gone at once: the banner and its two buttons."""

from typing import Any

import pytest
from django.test import Client

from integrations.models import Connection, SyncRun, SyncState
from jobs.models import Job
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory, SyncRunFactory

HOME = "/employers/lumen-robotics/"
SENTENCE = "2 of your 3 live jobs are no longer on the career site."


@pytest.fixture
def run(employer: Any) -> SyncRun:
    """A reading after which two of three live jobs are gone."""
    connection: Connection = ConnectionFactory(employer=employer)
    for is_live in (True, False, False):
        post = GreenhouseJobPostFactory(
            connection=connection, greenhouse_job__connection=connection, is_live=is_live, is_active=True
        )
        JobLinkFactory(post=post, job=JobFactory(employer=employer), is_imported=True)
    fields = {"state": SyncState.PARTIAL, "problem_code": "many_vanished", "jobs_vanished": 2}
    asked: SyncRun = SyncRunFactory(connection=connection, **fields)
    return asked


def _address(run: SyncRun) -> str:
    return f"{HOME}import/vanished/{run.pk}/"


def test_banner_asks_on_every_page_where_jobs_are(as_rita: Client, as_bob: Client, run: SyncRun) -> None:
    for page in ("dashboard/", "jobs/", "import/"):
        text = as_rita.get(HOME + page).text
        assert SENTENCE in text, page
        assert "Take them off" in text
    for page in ("dashboard/", "jobs/"):
        text = as_bob.get(HOME + page).text
        assert SENTENCE in text
        assert "Take them off" not in text, "who may not decide is only told"


def test_by_role(client: Client, as_bob: Client, as_charlie: Client, run: SyncRun) -> None:
    assert client.post(_address(run)).status_code == 302
    assert as_charlie.post(_address(run)).status_code == 404
    assert as_charlie.post(f"/employers/other/import/vanished/{run.pk}/").status_code == 404
    assert as_bob.post(_address(run)).status_code == 403
    assert Job.objects.live().count() == 3


def test_take_off_closes_what_is_gone_and_says_how_many(as_rita: Client, run: SyncRun) -> None:
    text = as_rita.post(_address(run), {"do": "take_off"}, follow=True).text
    assert "2 jobs are off your company page." in text
    assert SENTENCE not in text
    assert Job.objects.live().count() == 1
    assert "a newer reading" in as_rita.post(_address(run), {"do": "take_off"}, follow=True).text


def test_keep_leaves_them_and_asks_no_more(as_rita: Client, run: SyncRun) -> None:
    text = as_rita.post(_address(run), {"do": "keep"}, follow=True).text
    assert "They stay on your company page." in text
    assert SENTENCE not in text
    assert Job.objects.live().count() == 3
