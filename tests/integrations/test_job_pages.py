"""The recruiter's jobs: list, new, edit, connect, switch."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
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


def _form(job: Job, **changes: Any) -> dict[str, Any]:
    fields = ("title", "description", "location", "department", "employment_type")
    return {**{name: getattr(job, name) for name in fields}, **changes}


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


def test_edit_offers_external_published_roles_and_has_the_own_one_chosen(as_rita: Client, link: JobLink) -> None:
    connection = link.post.connection
    for title, values in (
        ("Offered", {}),
        ("Internal", {"is_internal": True}),
        ("Unpublished", {"is_live": False}),
        ("Closed", {"greenhouse_job__status": "closed"}),
    ):
        GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection, title=title, **values)
    GreenhouseJobPostFactory(title="Of another employer")
    form = as_rita.get(f"{BASE}{link.job_id}/edit/").context["form"]
    assert {post.title for post in form.fields["greenhouse_post"].queryset} == {"Robot Tamer", "Offered"}
    assert form["greenhouse_post"].initial == link.post_id


def test_edit_keeps_the_link_and_remembers_what_was_typed_over(as_rita: Client, rita: User, link: JobLink) -> None:
    answer = as_rita.post(
        f"{BASE}{link.job_id}/edit/", _form(link.job, title="Robot Friend", greenhouse_post=link.post_id), follow=True
    )
    assert "“Robot Friend” is saved." in answer.text
    assert [(one.field, one.by) for one in link.overrides.all()] == [("title", rita)]


def test_edit_connects_another_post_and_can_disconnect(as_rita: Client, link: JobLink) -> None:
    page = f"{BASE}{link.job_id}/edit/"
    other = GreenhouseJobPostFactory(connection=link.post.connection, greenhouse_job=link.post.greenhouse_job)
    as_rita.post(page, _form(link.job, greenhouse_post=other.pk))
    assert JobLink.objects.get().post == other
    as_rita.post(page, _form(link.job, greenhouse_post=""))
    assert not JobLink.objects.exists()
    as_rita.post(page, _form(link.job, greenhouse_post=other.pk))
    assert JobLink.objects.get().post == other


def test_edit_to_a_post_that_feeds_another_job_names_that_job_and_keeps_what_was_typed(
    as_rita: Client, link: JobLink
) -> None:
    job = JobFactory(employer=link.job.employer, title="Second")
    answer = as_rita.post(f"{BASE}{job.pk}/edit/", _form(job, title="Typed", greenhouse_post=link.post_id))
    assert "“Robot Tamer” is already connected to this role." in answer.text
    assert 'value="Typed"' in answer.text
    assert JobLink.objects.count() == 1
    job.refresh_from_db()
    assert job.title == "Second"


def test_edit_to_a_post_of_another_employer_is_refused(as_rita: Client, link: JobLink) -> None:
    theirs = GreenhouseJobPostFactory()
    as_rita.post(f"{BASE}{link.job_id}/edit/", _form(link.job, greenhouse_post=theirs.pk))
    assert JobLink.objects.get().post == link.post


def test_new_job_is_a_draft_and_its_html_is_cleaned(as_rita: Client, employer: Employer) -> None:
    page = {"title": "By hand", "description": "<p>Hi</p><script>x()</script>"}
    answer = as_rita.post(f"{BASE}new/", page, follow=True)
    job = Job.objects.get()
    assert (job.state, job.description, job.employer) == (JobState.DRAFT, "<p>Hi</p>", employer)
    assert "saved as a draft" in answer.text


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "\x00", "99999999999999999999"])
def test_odd_numbers_and_words_in_an_address_are_no_error(as_rita: Client, employer: Employer, odd: str) -> None:
    assert as_rita.get("/employers/lumen-robotics/applicants/", {"job": odd}).status_code == 200
    assert as_rita.get(BASE, {"q": odd, "page": odd}).status_code == 200
    assert as_rita.post(f"{BASE}switch/", {"job": odd, "to": "live"}).status_code == 302
