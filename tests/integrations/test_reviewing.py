"""Who goes to Greenhouse after a review, and who applied before the job was connected."""

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from accounts.models import Employer, User
from candidates.models import Application, TimelineEvent
from candidates.services import ApplicationData, submit_application
from integrations import reviewing
from integrations.models import Connection, Export, ExportState, JobLink, Sends
from jobs.models import Job
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.integrations.job_page import address_of, opened

APPLICANTS = "/employers/lumen-robotics/applicants/"
DECIDE = f"{APPLICANTS}decide/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    """A job whose applicants are reviewed."""
    post = GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection)
    return JobLinkFactory(post=post, job=JobFactory(employer=connection.employer), sends=Sends.AFTER_REVIEW)


def _unsent_page(job: Job) -> str:
    return f"/employers/lumen-robotics/jobs/{job.pk}/unsent/"


def _exports() -> list[tuple[Application, str]]:
    return [(export.application, export.state) for export in Export.objects.order_by("pk")]


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, link: JobLink) -> None:
    waiting = ApplicationFactory(job=link.job)
    page = _unsent_page(link.job)
    assert client.get(page).status_code == client.post(DECIDE).status_code == 302
    assert as_charlie.get(page).status_code == as_charlie.post(DECIDE).status_code == 404
    assert as_bob.get(page).status_code == as_bob.post(DECIDE).status_code == 403
    assert as_rita.get(page).status_code == 200
    review = as_bob.get(APPLICANTS, {"status": "to_review"}).text
    assert waiting.name in review
    assert "Send to Greenhouse" not in review
    assert "Send to Greenhouse" not in as_bob.get(waiting.get_absolute_url()).text


def test_people_of_another_employer_cannot_be_sent(as_charlie: Client, link: JobLink) -> None:
    waiting = ApplicationFactory(job=link.job)
    order = {"application": waiting.pk, "job": link.job_id, "all": "1", "back": waiting.pk}
    assert (
        as_charlie.post("/employers/other/applicants/decide/", order)
        .headers["Location"]
        .startswith("/employers/other/")
    )
    assert as_charlie.get(f"/employers/other/jobs/{link.job_id}/unsent/").status_code == 404
    assert _exports() == []


def test_an_applicant_of_a_reviewed_job_waits_until_somebody_sends_them(
    as_rita: Client, rita: User, link: JobLink
) -> None:
    data = ApplicationData(first_name="Ada", last_name="L", email="ada@example.org")
    waiting, _ = submit_application(job=link.job, data=data, resume=None)
    assert _exports() == []
    page = waiting.get_absolute_url()
    assert "Waits for your review" in as_rita.get(page).text
    assert "1 applicant waits for your review" in as_rita.get(APPLICANTS).text
    order = {"application": waiting.pk, "back": waiting.pk, "decision": "send"}
    for words in ("1 person is on the way to Greenhouse.", "Nobody was chosen who is still to be sent."):
        answer = as_rita.post(DECIDE, order, follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert words in answer.text
    assert _exports() == [(waiting, ExportState.PENDING)]
    told = TimelineEvent.objects.get(text="To be sent to Greenhouse")
    assert (told.actor, told.application) == (rita, waiting)


def test_who_is_not_to_be_sent_leaves_the_review_and_can_be_sent_after_all(as_rita: Client, link: JobLink) -> None:
    waiting, other = ApplicationFactory(job=link.job), ApplicationFactory(job=link.job)
    answer = as_rita.post(DECIDE, {"application": waiting.pk, "decision": "decline"}, follow=True)
    assert answer.redirect_chain == [(f"{APPLICANTS}?status=to_review", 302)]
    assert _exports() == [(waiting, ExportState.CANCELLED)]
    assert [row.pk for row in answer.context["page"]] == [other.pk]
    assert "Send again" in as_rita.get(waiting.get_absolute_url()).text


def test_review_lists_only_those_who_wait_for_it(as_rita: Client, link: JobLink) -> None:
    waiting = ApplicationFactory(job=link.job)
    ExportFactory(greenhouse_job=link.post.greenhouse_job, application=ApplicationFactory(job=link.job))
    twin = JobLinkFactory(
        post=GreenhouseJobPostFactory(connection=link.post.connection, greenhouse_job=link.post.greenhouse_job),
        job=JobFactory(employer=link.job.employer),
        sends=Sends.AFTER_REVIEW,
    )
    sent_already = Export.objects.get().candidate
    ApplicationFactory(job=twin.job, candidate=sent_already)
    ApplicationFactory(job=JobFactory(employer=link.job.employer))
    automatic = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job__connection=link.post.connection),
        job=JobFactory(employer=link.job.employer),
    )
    ApplicationFactory(job=automatic.job)
    page = as_rita.get(APPLICANTS, {"status": "to_review"})
    assert [row.pk for row in page.context["page"]] == [waiting.pk]
    everyone = as_rita.get(APPLICANTS).text
    for words in ("To review", "sent with another application", "not connected", "not sent"):
        assert words in everyone


def test_connecting_offers_those_who_applied_before_all_ticked(as_rita: Client, link: JobLink) -> None:
    job, post = link.job, link.post
    link.delete()
    early = [ApplicationFactory(job=job) for _ in range(3)]
    answer = as_rita.post(address_of(job), {**opened(as_rita, job), "greenhouse_post": post.pk}, follow=True)
    assert answer.redirect_chain == [(_unsent_page(job), 302)]
    assert "3 people applied before" in answer.text
    assert answer.text.count(" checked") == 3
    as_rita.post(DECIDE, {"job": job.pk, "application": [early[0].pk, early[1].pk], "decision": "send"})
    assert {application for application, _ in _exports()} == set(early[:2])
    assert "1 applicant is" in as_rita.get(address_of(job)).text, "still to be found there"


def test_sending_all_takes_one_job_only_and_one_export_per_person(as_rita: Client, link: JobLink) -> None:
    twice = ApplicationFactory(job=link.job)
    other = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job__connection=link.post.connection),
        job=JobFactory(employer=link.job.employer),
    )
    ApplicationFactory(job=other.job, candidate=twice.candidate)
    order = {"job": link.job_id, "all": "1"}
    assert as_rita.post(DECIDE, order).headers["Location"] == "/employers/lumen-robotics/jobs/"
    as_rita.post(DECIDE, order)
    assert _exports() == [(twice, ExportState.PENDING)]


def test_a_person_on_two_posts_of_one_greenhouse_job_is_sent_once(rita: User, link: JobLink) -> None:
    twin = JobLinkFactory(
        post=GreenhouseJobPostFactory(connection=link.post.connection, greenhouse_job=link.post.greenhouse_job),
        job=JobFactory(employer=link.job.employer),
    )
    first = ApplicationFactory(job=link.job)
    ApplicationFactory(job=twin.job, candidate=first.candidate)
    assert reviewing.send(applications=Application.objects.all(), by=rita) == 1
    assert _exports() == [(first, ExportState.PENDING)]


def test_who_is_sent_another_way_meanwhile_is_not_said_to_be_declined(rita: User, link: JobLink) -> None:
    waiting, faster = ApplicationFactory(job=link.job), ApplicationFactory(job=link.job)
    others = [{"greenhouse_job": link.post.greenhouse_job, "application": faster}]

    def beaten(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and '"integrations_export"' in sql and others:
            ExportFactory(**others.pop())
        return execute(sql, *rest)

    with database.execute_wrapper(beaten):
        assert reviewing.decline(applications=Application.objects.all(), by=rita) == 1
    assert _exports() == [(faster, ExportState.PENDING), (waiting, ExportState.CANCELLED)]
    assert [event.application for event in TimelineEvent.objects.all()] == [waiting]


def test_sending_two_hundred_takes_few_statements(
    rita: User, link: JobLink, django_assert_max_num_queries: Any
) -> None:
    for count in (2, 200):
        for _ in range(count):
            ApplicationFactory(job=link.job)
        with django_assert_max_num_queries(20):
            assert reviewing.send(applications=Application.objects.all(), by=rita) == count


def test_unsent_page_costs_the_same_for_one_and_for_fifty(
    as_rita: Client, link: JobLink, django_assert_max_num_queries: Any
) -> None:
    for _ in range(50):
        ApplicationFactory(job=link.job)
    as_rita.get(_unsent_page(link.job))
    with django_assert_max_num_queries(8):
        assert "50 people applied before" in as_rita.get(_unsent_page(link.job)).text


def test_a_job_without_a_greenhouse_job_has_nobody_to_send(as_rita: Client, link: JobLink) -> None:
    ApplicationFactory(job=link.job)
    link.post.greenhouse_job = None
    link.post.save()
    assert "Nobody is left to send" in as_rita.get(_unsent_page(link.job)).text
