"""The dashboard: what needs a person, and when the career site is read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from integrations.models import Connection, ConnectionState, SyncRun
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory, SyncRunFactory

PAGE = "/employers/lumen-robotics/dashboard/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    now = timezone.now()
    return ConnectionFactory(
        employer=employer, synced_at=now - timedelta(minutes=4), sync_due_at=now + timedelta(minutes=11, seconds=30)
    )


def test_by_role(client: Client, as_bob: Client, as_charlie: Client, connection: Connection) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == 404
    assert as_bob.get(PAGE).status_code == 200


def test_attention_then_counts_by_reason_and_leads_there(as_bob: Client, connection: Connection) -> None:
    assert "Needs attention" not in as_bob.get(PAGE).text
    JobFactory(employer=connection.employer)
    for _ in range(2):
        post = GreenhouseJobPostFactory(greenhouse_job__connection=connection, is_live=False)
        JobLinkFactory(post=post, job=JobFactory(employer=connection.employer))
    page = as_bob.get(PAGE)
    assert page.context["attention"] == {"not_offered": 2, "unconnected": 1}
    assert "?state=attention&amp;why=not_offered" in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Your career site was read 4\xa0minutes ago. We look again in about 11\xa0minutes."),
        ({"sync_due_at": timezone.now()}, "We look again any moment."),
        ({"sync_due_at": timezone.now() + timedelta(seconds=50)}, "We look again any moment."),
        ({"synced_at": None}, "Your career site has not been read yet."),
        ({"state": ConnectionState.NEEDS_ATTENTION}, "Greenhouse has to work first"),
    ],
)
def test_reading_then_says_when_in_words(
    as_bob: Client, connection: Connection, changes: dict[str, Any], words: str
) -> None:
    Connection.objects.update(**changes)
    assert words in re.sub(r"[ \n]+", " ", as_bob.get(PAGE).text)


def test_reading_when_under_way_then_says_so(as_bob: Client, connection: Connection) -> None:
    run = SyncRunFactory(connection=connection)
    assert "We are reading your career site now." in as_bob.get(PAGE).text
    SyncRun.objects.filter(pk=run.pk).update(state="succeeded")
    assert "We are reading" not in as_bob.get(PAGE).text


def test_page_when_there_are_many_jobs_then_asks_the_database_no_more(
    as_bob: Client, connection: Connection, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    JobFactory(employer=connection.employer)
    as_bob.get(PAGE)
    with django_assert_max_num_queries(14) as few:
        as_bob.get(PAGE)
    for _ in range(20):
        JobFactory(employer=connection.employer)
    with django_assert_num_queries(len(few)):
        as_bob.get(PAGE)
