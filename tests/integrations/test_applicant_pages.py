"""Applicants as the employer sees them: export state, stage, link, Send again."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer
from candidates.models import Application
from candidates.services import ApplicationData, submit_application
from integrations.models import Connection, Export, ExportState, JobLink
from integrations.problems import PROBLEMS
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    ConnectionFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)

BASE = "/employers/lumen-robotics/applicants/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    post = GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection)
    return JobLinkFactory(post=post, job=JobFactory(employer=connection.employer))


@pytest.fixture
def export(link: JobLink) -> Export:
    return ExportFactory(greenhouse_job=link.post.greenhouse_job, application=ApplicationFactory(job=link.job))


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, export: Export) -> None:
    page = export.application.get_absolute_url()
    for address in (BASE, page):
        assert client.get(address).status_code == 302
        assert as_charlie.get(address).status_code == 404
        assert as_bob.get(address).status_code == as_rita.get(address).status_code == 200
    again = f"/employers/lumen-robotics/exports/{export.pk}/send-again/"
    assert client.post(again).status_code == 302
    assert as_charlie.post(again).status_code == 404
    assert as_bob.post(again).status_code == 403


def test_page_when_questions_were_answered_then_viewers_read_all_but_the_private_ones(
    as_rita: Client, as_bob: Client, export: Export, django_assert_max_num_queries: Any
) -> None:
    application = export.application
    AnswerFactory(application=application, label="Why <us>?", text="Because\nrobots")
    AnswerFactory(application=application, label="Salary", text="A million", is_private=True)
    document = DocumentFactory(candidate=application.candidate, filename="Work.pdf")
    AnswerFactory.create_batch(9, application=application, kind="attachment", text="Work.pdf", document=document)
    page = application.get_absolute_url()
    as_rita.get(page)  # the first visit also remembers the employer
    with django_assert_max_num_queries(15):
        shown = as_rita.get(page).text
    assert "Why &lt;us&gt;?" in shown
    assert "A million" in shown
    assert f"/files/{document.key}/" in shown
    hidden = as_bob.get(page).text
    assert "Because\nrobots" in hidden
    assert "A million" not in hidden
    assert "Salary" not in hidden
    assert "/files/" not in hidden


def test_somebody_sourced_is_no_applicant(as_bob: Client, export: Export) -> None:
    job = export.application.job
    sourced = ApplicationFactory(job=job, employer=job.employer, origin="sourced", first_name="Picked")
    dashboard = as_bob.get("/employers/lumen-robotics/dashboard/")
    assert dashboard.context["applicant_count"] == 1
    assert "1 applicant of" in as_bob.get("/employers/lumen-robotics/jobs/").text
    assert "Picked" not in dashboard.text + as_bob.get(BASE).text
    page = as_bob.get(sourced.get_absolute_url()).text
    assert "From their profile" in page
    assert 'candidates/" aria-current="page"' in page


def test_the_key_of_another_employers_application_is_not_found(as_charlie: Client, export: Export) -> None:
    address = f"/employers/other/applicants/{export.application.key}/"
    assert as_charlie.get(address).status_code == 404
    assert as_charlie.post(f"/employers/other/exports/{export.pk}/send-again/").status_code == 404


def test_an_application_on_a_connected_job_owes_an_export_in_the_same_transaction(
    link: JobLink, django_capture_on_commit_callbacks: Any
) -> None:
    data = ApplicationData(first_name="Ada", last_name="L", email="Ada@Example.org")
    with django_capture_on_commit_callbacks() as callbacks:
        application, _ = submit_application(job=link.job, data=data, resume=None)
        submit_application(job=link.job, data=data, resume=None)
    export = Export.objects.get()
    assert (export.application, export.state) == (application, ExportState.PENDING)
    assert export.greenhouse_job == link.post.greenhouse_job
    assert len([call for call in callbacks if call.__module__ == "integrations.tasks"]) == 1, "woken once"


def test_the_same_person_on_two_posts_of_one_greenhouse_job_is_sent_once(link: JobLink, as_bob: Client) -> None:
    twin = JobLinkFactory(
        post=GreenhouseJobPostFactory(connection=link.post.connection, greenhouse_job=link.post.greenhouse_job),
        job=JobFactory(employer=link.job.employer),
    )
    data = ApplicationData(first_name="Ada", last_name="L", email="ada@example.org")
    for job in (link.job, twin.job):
        submit_application(job=job, data=data, resume=None)
    assert Export.objects.count() == 1
    second = Application.objects.get(job=twin.job)
    assert "is not connected" not in as_bob.get(second.get_absolute_url()).text


def test_page_shows_state_stage_and_the_way_to_greenhouse(as_bob: Client, export: Export, settings: Any) -> None:
    settings.GREENHOUSE_APP_URL = "https://app.greenhouse.io"
    Export.objects.update(
        state=ExportState.SENT, candidate_remote_id="7", application_remote_id="8", remote_stage="Team Interviews"
    )
    text = as_bob.get(export.application.get_absolute_url()).text
    assert "In Greenhouse" in text
    assert "Team Interviews" in text
    assert 'href="https://app.greenhouse.io/people/7?application_id=8"' in text


@pytest.mark.parametrize("code", ["resume_refused", "job_gone", "unavailable", "outcome_unknown"])
def test_page_says_what_is_wrong_and_what_to_do(as_rita: Client, export: Export, code: str) -> None:
    Export.objects.update(state=ExportState.NEEDS_ATTENTION, problem_code=code)
    text = as_rita.get(export.application.get_absolute_url()).text
    for words in (PROBLEMS[code].sentence, PROBLEMS[code].next_step, "Send again"):
        assert words.replace("'", "&#x27;") in text


def test_send_again_wakes_the_export_once(
    as_rita: Client, export: Export, django_capture_on_commit_callbacks: Any
) -> None:
    Export.objects.update(state=ExportState.NEEDS_ATTENTION, problem_code="job_gone")
    address = f"/employers/lumen-robotics/exports/{export.pk}/send-again/"
    with django_capture_on_commit_callbacks() as callbacks:
        first, second = as_rita.post(address, follow=True), as_rita.post(address, follow=True)
    export.refresh_from_db()
    assert (export.state, export.problem_code, len(callbacks)) == (ExportState.PENDING, "", 1)
    assert "We are sending it again." in first.text
    assert "It is already on its way." in second.text


def test_list_costs_the_same_for_one_and_for_fifty(
    as_bob: Client, link: JobLink, django_assert_max_num_queries: Any
) -> None:
    for _ in range(50):
        ExportFactory(greenhouse_job=link.post.greenhouse_job, application=ApplicationFactory(job=link.job))
    as_bob.get(BASE)  # the first visit also remembers the employer
    with django_assert_max_num_queries(10):
        assert as_bob.get(BASE).text.count("Pending") >= 50


def test_dashboard_by_role(client: Client, as_bob: Client, as_charlie: Client, export: Export) -> None:
    page = "/employers/lumen-robotics/dashboard/"
    assert client.get(page).status_code == 302
    assert as_charlie.get(page).status_code == 404
    text = as_bob.get(page).text
    assert export.application.name in text
    assert "Import Jobs" not in text, "a viewer may not"
