"""One job's words: whose they are field by field, and what a form that was open for long may write."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from integrations.greenhouse.follow import copy_fields
from integrations.models import Connection, JobLink
from integrations.ownership import edit_job
from jobs.models import Job, JobState
from jobs.questions import Question, QuestionKind
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory
from tests.integrations.job_page import BASE, address_of, opened, shown

PAY = {"pay_min_cents": 5_000_000, "pay_max_cents": 6_000_000, "pay_currency": "EUR", "pay_period": "year"}


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    """A job as it stands after its import."""
    post = GreenhouseJobPostFactory(
        connection=connection,
        greenhouse_job__connection=connection,
        title="Robot  Tamer",
        content="<p>Tame <b>robots</b>.</p>",
        location="Berlin",
        **PAY,
    )
    job = JobFactory(employer=connection.employer, **post.as_job_fields())
    return JobLinkFactory(post=post, job=job, is_imported=True)


def _changed_in_greenhouse(link: JobLink, **changes: Any) -> None:
    """What a sync does to the rows when the post has changed."""
    for name, value in changes.items():
        setattr(link.post, name, value)
    link.post.save()
    fresh = JobLink.objects.select_related("job", "post__greenhouse_job").get(pk=link.pk)
    copy_fields(fresh)
    fresh.job.save()


def _job(link: JobLink) -> Job:
    return Job.objects.get(pk=link.job_id)


def _overridden(link: JobLink) -> set[str]:
    return set(link.overrides.values_list("field", flat=True))


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, link: JobLink) -> None:
    edit = address_of(link.job)
    for page in (f"{BASE}new/", edit, f"{edit}roles/", f"{edit}stage-and-source/"):
        assert client.get(page).status_code == 302
        assert as_charlie.get(page).status_code == 404
        assert as_bob.get(page).status_code == 403
        assert as_rita.get(page).status_code == 200
    assert as_bob.post(edit, {"give_back": "title"}).status_code == 403
    assert as_charlie.post(edit, {"give_back": "title"}).status_code == 404


def test_a_job_of_another_employer_is_not_found(as_rita: Client, other_employer: Employer) -> None:
    edit = address_of(JobFactory(employer=other_employer))
    for page in (edit, f"{edit}roles/", f"{edit}stage-and-source/"):
        assert as_rita.get(page).status_code == 404


def test_save_when_nothing_was_touched_then_writes_nothing(as_rita: Client, link: JobLink) -> None:
    before = _job(link)
    as_rita.post(address_of(link.job), opened(as_rita, link.job))
    assert _overridden(link) == set()
    assert _job(link).updated_at == before.updated_at


def test_save_when_a_field_was_typed_then_it_is_ours_with_who_and_when(
    as_rita: Client, rita: User, link: JobLink
) -> None:
    answer = as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "title": "Robot Friend"}, follow=True)
    assert "“Robot Friend” is saved." in answer.text
    assert [(one.field, one.by) for one in link.overrides.all()] == [("title", rita)]
    page = as_rita.get(address_of(link.job)).text
    assert 'value="Robot Friend"' in page
    assert "In Greenhouse: <strong>Robot  Tamer</strong>" in page
    assert "Changed by" in page
    assert str(rita) in page


def test_sync_when_a_typed_field_changes_in_greenhouse_then_only_greenhouses_value_moves(
    as_rita: Client, link: JobLink
) -> None:
    as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "title": "Mine", "description": "<p>Mine.</p>"})
    _changed_in_greenhouse(link, title="Theirs, new", content="<p>New <i>there</i>.</p>", location="Oslo")
    job = _job(link)
    assert (job.title, job.description, job.location) == ("Mine", "<p>Mine.</p>", "Oslo")
    page = as_rita.get(address_of(link.job)).text
    assert "In Greenhouse: <strong>Theirs, new</strong>" in page
    assert "<p>New <i>there</i>.</p>" in page


def test_save_when_a_sync_came_between_then_untouched_fields_are_not_claimed(as_rita: Client, link: JobLink) -> None:
    form = opened(as_rita, link.job)
    _changed_in_greenhouse(link, title="Renamed", content="<p>Rewritten.</p>", pay_min_cents=1_000_000)
    as_rita.post(address_of(link.job), {**form, "department": "Taming"})
    job = _job(link)
    assert (job.title, job.description, job.pay_min_cents) == ("Renamed", "<p>Rewritten.</p>", 1_000_000)
    assert _overridden(link) == {"department"}


def test_save_when_a_form_came_back_with_an_error_then_untouched_fields_are_still_not_claimed(
    as_rita: Client, link: JobLink
) -> None:
    form = {**opened(as_rita, link.job), "pay_currency": "", "location": "Rome"}
    refused = as_rita.post(address_of(link.job), form)
    assert "Choose the currency of the pay." in refused.text
    _changed_in_greenhouse(link, title="Renamed")
    as_rita.post(address_of(link.job), {**shown(refused), "pay_currency": "EUR"})
    assert (_job(link).title, _job(link).location) == ("Renamed", "Rome")
    assert _overridden(link) == {"location"}


def test_save_when_a_colleague_saved_meanwhile_then_their_field_stays(as_rita: Client, link: JobLink) -> None:
    form = opened(as_rita, link.job)
    as_rita.post(address_of(link.job), {**form, "title": "A colleague's"})
    as_rita.post(address_of(link.job), {**form, "location": "Rome"})
    assert (_job(link).title, _job(link).location) == ("A colleague's", "Rome")


@pytest.mark.parametrize("opened_on", ["", "nonsense", "[1]"])
def test_save_when_the_form_does_not_say_what_it_showed_then_what_is_stored_counts(
    as_rita: Client, link: JobLink, opened_on: str
) -> None:
    form = {**opened(as_rita, link.job), "opened": opened_on, "location": "Rome"}
    as_rita.post(address_of(link.job), form)
    assert _overridden(link) == {"location"}


def test_pay_when_one_part_is_typed_then_all_of_it_is_ours_and_given_back_together(
    as_rita: Client, link: JobLink
) -> None:
    as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "pay_max_cents": "70000"})
    assert _overridden(link) == set(PAY)
    _changed_in_greenhouse(link, pay_currency="USD", pay_min_cents=4_000_000)
    assert str(_job(link).pay) == "50,000 – 70,000 EUR a year"
    page = as_rita.get(address_of(link.job))
    assert page.text.count("Changed by") == 1
    assert "In Greenhouse: <strong>40,000 – 60,000 USD a year</strong>" in page.text
    as_rita.post(address_of(link.job), {**shown(page), "give_back": "pay"})
    assert str(_job(link).pay) == "40,000 – 60,000 USD a year"
    assert _overridden(link) == set()


def test_save_when_greenhouses_own_value_is_typed_then_the_field_is_given_back(as_rita: Client, link: JobLink) -> None:
    page = address_of(link.job)
    as_rita.post(page, {**opened(as_rita, link.job), "title": "Mine", "pay_min_cents": "1"})
    as_rita.post(page, {**opened(as_rita, link.job), "title": "Robot Tamer", "pay_min_cents": "50000"})
    assert _overridden(link) == set()
    _changed_in_greenhouse(link, title="Follows again")
    assert _job(link).title == "Follows again"


def test_give_back_then_the_value_of_greenhouse_is_there_at_once_and_the_rest_stays_typed(
    as_rita: Client, link: JobLink
) -> None:
    page = address_of(link.job)
    as_rita.post(page, {**opened(as_rita, link.job), "title": "Mine", "location": "Rome"})
    answer = as_rita.post(page, {**opened(as_rita, link.job), "department": "Unsaved", "give_back": "title"})
    assert (_job(link).title, _job(link).department) == ("Robot  Tamer", "")
    assert _overridden(link) == {"location"}
    form = shown(answer)
    assert (form["title"], form["location"], form["department"]) == ("Robot Tamer", "Rome", "Unsaved")
    assert "The field follows Greenhouse again." in answer.text
    as_rita.post(page, form)
    assert _overridden(link) == {"location", "department"}


@pytest.mark.parametrize("name", ["title", "state", "employer", "nothing"])
def test_give_back_of_what_was_not_typed_over_changes_nothing(as_rita: Client, link: JobLink, name: str) -> None:
    before = Job.objects.values().get()
    answer = as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "give_back": name})
    assert answer.status_code == 200
    assert "follows Greenhouse again" not in answer.text
    assert Job.objects.values().get() == before


def test_edit_of_a_job_typed_with_us_follows_nothing(as_rita: Client, link: JobLink) -> None:
    JobLink.objects.update(is_imported=False)
    as_rita.post(address_of(link.job), {**opened(as_rita, link.job), "title": "Ours"})
    _changed_in_greenhouse(link, title="Theirs")
    assert _job(link).title == "Ours"
    assert _overridden(link) == set()
    assert "In Greenhouse" not in as_rita.get(address_of(link.job)).text


def test_edit_job_twice_with_the_same_words_keeps_the_first_who_and_when(
    link: JobLink, alice: User, rita: User
) -> None:
    edit_job(job=link.job, changes={"title": "Mine"}, by=alice)
    at = link.overrides.get().at
    edit_job(job=link.job, changes={"title": "Mine"}, by=rita)
    assert (link.overrides.get().by, link.overrides.get().at) == (alice, at)
    assert timezone.now() > at


def test_questions_are_shown_and_not_for_typing(as_rita: Client, link: JobLink) -> None:
    question = Question("q1", "Why <robots>?", QuestionKind.LONG_TEXT, is_required=True)
    Job.objects.update(questions=[question.as_stored()])
    page = as_rita.get(address_of(link.job)).text
    assert "What applicants are asked" in page
    assert "Why &lt;robots&gt;?" in page
    assert 'name="questions"' not in page


def test_new_job_is_a_draft_and_its_html_is_cleaned(as_rita: Client, employer: Employer) -> None:
    page = {"title": "By hand", "description": "<p>Hi</p><script>x()</script>"}
    answer = as_rita.post(f"{BASE}new/", page, follow=True)
    job = Job.objects.get()
    assert (job.state, job.description, job.employer) == (JobState.DRAFT, "<p>Hi</p>", employer)
    assert "saved as a draft" in answer.text


def test_new_job_when_it_is_to_be_connected_then_leads_there(as_rita: Client, connection: Connection) -> None:
    assert "Next: connect it to Greenhouse" in as_rita.get(f"{BASE}new/").text
    answer = as_rita.post(f"{BASE}new/", {"title": "By hand", "connect": "1"})
    assert answer.headers["Location"] == address_of(Job.objects.get())
