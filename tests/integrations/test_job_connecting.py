"""Connect Greenhouse Job: finding the role, telling twins apart, one post to one job, letting go of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations.linking import AlreadyConnected, connect_job
from integrations.models import Connection, ExportState, GreenhouseJobPost, JobLink
from jobs.models import Job
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.integrations.job_page import address_of, opened, shown


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    post = _post(connection, title="Robot Tamer", location="Berlin")
    job = JobFactory(employer=connection.employer, title="Robot Tamer", location="Berlin")
    return JobLinkFactory(post=post, job=job, is_imported=True)


def _post(connection: Connection, job: dict[str, Any] | None = None, **values: Any) -> GreenhouseJobPost:
    hiring = GreenhouseJobFactory(connection=connection, **(job or {}))
    return GreenhouseJobPostFactory(greenhouse_job=hiring, **values)


def _found(client: Client, job: Job, words: str) -> list[str]:
    offers = client.get(f"{address_of(job)}roles/", {"q": words}).context["offers"]
    return [offer.post.title for offer in offers.rows]


def test_page_offers_external_published_roles_only_and_has_the_own_one_chosen(as_rita: Client, link: JobLink) -> None:
    connection = link.post.connection
    _post(connection, title="Offered")
    _post(connection, title="Internal", is_internal=True)
    _post(connection, title="Unpublished", is_live=False)
    _post(connection, job={"status": "closed"}, title="Closed")
    GreenhouseJobPostFactory(title="Of another employer")
    answer = as_rita.get(address_of(link.job))
    assert {offer.post.title for offer in answer.context["offers"].rows} == {"Robot Tamer", "Offered"}
    assert answer.context["chosen"] == str(link.post_id)


def test_page_when_the_own_role_is_no_longer_offered_then_it_stays_chosen_and_says_why(
    as_rita: Client, link: JobLink
) -> None:
    GreenhouseJobPost.objects.update(is_live=False)
    page = as_rita.get(address_of(link.job))
    assert link.post.__class__.objects.get().reason_not_offered in page.text
    as_rita.post(address_of(link.job), {**shown(page), "title": "Still mine"})
    assert JobLink.objects.get().post == link.post


@pytest.mark.parametrize(
    "words", ["welder", "WELDER oslo", "R-77", "8123", "#9555", "assembly", "hardware", "welding crew", "oslo welder"]
)
def test_search_finds_by_title_place_requisition_ids_department_and_job_name(
    as_rita: Client, link: JobLink, words: str
) -> None:
    hiring = {
        "name": "Welding crew",
        "remote_id": "8123",
        "requisition_id": "R-77",
        "department": "Assembly",
        "department_path": "Hardware › Assembly",
    }
    _post(link.post.connection, job=hiring, title="Welder", location="Oslo", remote_id="9555")
    assert _found(as_rita, link.job, words) == ["Welder"]
    assert _found(as_rita, link.job, f"{words} nowhere") == []


def test_search_keeps_what_is_ticked_and_tells_twins_apart(as_rita: Client, link: JobLink) -> None:
    connection = link.post.connection
    twin = _post(connection, job={"name": "Night shift", "department": "Ops"}, title="Guard", location="Oslo")
    _post(connection, job={"name": "Day shift", "department_path": "Ops › Gate"}, title="Guard", location="Oslo")
    answer = as_rita.get(f"{address_of(link.job)}roles/", {"q": "shift", "greenhouse_post": link.post_id})
    assert [offer.post.title for offer in answer.context["offers"].rows] == ["Robot Tamer", "Guard", "Guard"]
    for words in ("Oslo · Ops · in Night shift", "Oslo · Ops › Gate · in Day shift", f"#{twin.remote_id}"):
        assert words in answer.text
    assert f'value="{link.post_id}" checked' in answer.text


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "\x00", "9" * 5000, "a " * 2000, "'\"<"])
def test_search_for_odd_words_is_no_error(as_rita: Client, link: JobLink, odd: str) -> None:
    page = address_of(link.job)
    assert as_rita.get(f"{page}roles/", {"q": odd, "greenhouse_post": odd}).status_code == 200
    assert as_rita.post(page, {**opened(as_rita, link.job), "greenhouse_post": odd}).status_code == 200
    assert JobLink.objects.get().post == link.post


def test_page_shows_fifty_roles_of_many_and_costs_the_same(
    as_rita: Client, link: JobLink, django_assert_max_num_queries: Any
) -> None:
    connection, job = link.post.connection, JobFactory(employer=link.job.employer)
    for _ in range(60):
        _post(connection, location="Oslo")
    as_rita.get(address_of(job))
    with django_assert_max_num_queries(16):
        answer = as_rita.get(address_of(job))
    assert len(answer.context["offers"].rows) == 50
    assert "The first 50 of 61 external, published roles." in answer.text


def test_page_of_a_job_that_is_not_connected_suggests_a_role_and_says_why(as_rita: Client, link: JobLink) -> None:
    _post(link.post.connection, title="Aardvark keeper")
    meant = _post(link.post.connection, title="Robot Poet (m/f/d)", location="Oslo")
    job = JobFactory(employer=link.job.employer, title="Robot poet", location="Oslo, Norway")
    answer = as_rita.get(address_of(job))
    assert answer.context["offers"].rows[0].post == meant
    assert "Suggested because the title and the location are the same" in answer.text
    assert answer.context["chosen"] == "", "only suggested"


def test_search_without_script_keeps_what_was_typed_and_saves_nothing(as_rita: Client, link: JobLink) -> None:
    page, form = address_of(link.job), opened(as_rita, link.job)
    for pressed in ({"find": "1"}, {"enter": "1", "searched": ""}):
        answer = as_rita.post(page, {**form, "title": "Typed", "q": "nothing", **pressed})
        assert (shown(answer)["title"], answer.context["offers"].matches) == ("Typed", 0)
    assert Job.objects.get().title == "Robot Tamer"
    as_rita.post(page, {**form, "title": "Typed", "q": "nothing", "searched": "nothing", "enter": "1"})
    assert Job.objects.get().title == "Typed"


def test_save_to_a_role_that_feeds_another_job_names_that_job_and_keeps_what_was_typed(
    as_rita: Client, link: JobLink
) -> None:
    job = JobFactory(employer=link.job.employer, title="Second")
    page = as_rita.get(address_of(job))
    assert "feeds “Robot Tamer”" in page.text
    answer = as_rita.post(address_of(job), {**shown(page), "title": "Typed", "greenhouse_post": link.post_id})
    assert "“Robot Tamer” is already connected to this role." in answer.text
    assert 'value="Typed"' in answer.text
    assert JobLink.objects.count() == 1
    job.refresh_from_db()
    assert job.title == "Second"


def test_save_to_a_role_of_another_employer_is_refused(as_rita: Client, link: JobLink) -> None:
    theirs = GreenhouseJobPostFactory()
    as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "greenhouse_post": theirs.pk})
    assert JobLink.objects.get().post == link.post


def test_connect_job_to_a_post_that_somebody_took_meanwhile_is_said_and_changes_nothing(
    link: JobLink, rita: User
) -> None:
    job = JobFactory(employer=link.job.employer)
    with pytest.raises(AlreadyConnected):
        connect_job(job=job, post=link.post, by=rita)
    assert JobLink.objects.get() == link


def test_disconnecting_says_what_happens_and_asks_first(as_rita: Client, link: JobLink) -> None:
    for state in (ExportState.SENT, ExportState.SENT, ExportState.WAITING, ExportState.CANCELLED):
        ExportFactory(
            greenhouse_job=link.post.greenhouse_job, application=ApplicationFactory(job=link.job), state=state
        )
    page = address_of(link.job)
    asked = as_rita.post(page, {**opened(as_rita, link.job), "greenhouse_post": "", "location": "Typed"})
    for words in (
        "2 people already sent stay in Greenhouse and are still followed.",
        "1 on the way still arrives.",
        "New applicants are no longer sent: they stay here.",
        "Its words stay as they are now, and no longer follow Greenhouse.",
    ):
        assert words in asked.text
    assert JobLink.objects.get() == link
    assert shown(asked)["location"] == "Typed"
    as_rita.post(page, {**shown(asked), "confirmed": "none"})
    assert not JobLink.objects.exists()
    assert Job.objects.get().location == "Typed"


def test_changing_the_role_asks_for_that_very_role_and_forgets_the_stage_of_the_old_one(
    as_rita: Client, link: JobLink
) -> None:
    page, other = address_of(link.job), _post(link.post.connection, title="Robot Friend")
    JobLink.objects.update(stage_remote_id="5", stage_name="Phone", sends="review")
    form = {**opened(as_rita, link.job), "greenhouse_post": other.pk}
    asked = as_rita.post(page, {**form, "confirmed": "none"})
    assert "Connect this job to “Robot Friend” instead of “Robot Tamer”?" in asked.text
    as_rita.post(page, {**shown(asked), "confirmed": other.pk})
    link.refresh_from_db()
    assert (link.post, link.stage_remote_id, link.sends, link.is_imported) == (other, "", "review", False)


def test_a_disconnected_job_can_be_connected_again(as_rita: Client, link: JobLink) -> None:
    job = link.job
    link.delete()
    as_rita.post(address_of(job), {**opened(as_rita, job), "greenhouse_post": link.post_id})
    assert JobLink.objects.get().post == link.post


def test_save_without_a_word_about_the_role_leaves_it_connected(as_rita: Client, link: JobLink) -> None:
    form = opened(as_rita, link.job)
    del form["greenhouse_post"]
    as_rita.post(address_of(link.job), {**form, "title": "Only the title"})
    assert JobLink.objects.get().post == link.post
    assert Job.objects.get().title == "Only the title"
