from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Employer, User
from jobs.models import Job, JobState
from jobs.services import close_job, close_jobs, create_job, save_job, set_live
from tests.factories import JobFactory


def test_create_job_when_texts_are_raw_then_stores_them_clean(employer: Employer, rita: User) -> None:
    job = create_job(
        employer=employer,
        by=rita,
        title="  Robot\n engineer ",
        description="Hi<script>x</script>\n\nYou",
        location="Berlin",
    )
    job.refresh_from_db()
    assert (job.title, job.state, job.created_by, job.live_since) == ("Robot engineer", JobState.DRAFT, rita, None)
    assert (job.location, job.department) == ("Berlin", "")
    assert "script" not in job.description


def test_create_job_when_live_then_has_its_date(employer: Employer) -> None:
    job = create_job(employer=employer, by=None, title="Engineer", live=True)
    assert job.is_live
    assert job.live_since is not None


@pytest.mark.parametrize("title", ["", "  \n "])
def test_create_job_when_the_title_is_empty_then_refuses_and_stores_nothing(employer: Employer, title: str) -> None:
    with pytest.raises(ValueError, match="title"):
        create_job(employer=employer, by=None, title=title)
    assert not Job.objects.exists()


def test_save_job_when_some_texts_differ_then_writes_and_names_only_those(employer: Employer, rita: User) -> None:
    job = JobFactory(employer=employer, title="Old", location="Berlin", department="R&D")
    changed = save_job(job=job, by=rita, changes={"title": "New", "location": "Berlin", "department": ""})
    job.refresh_from_db()
    assert sorted(changed) == ["department", "title"]
    assert (job.title, job.location, job.department) == ("New", "Berlin", "")


def test_save_job_when_repeated_then_writes_nothing(
    employer: Employer, rita: User, django_assert_num_queries: Any
) -> None:
    job = JobFactory(employer=employer)
    save_job(job=job, by=rita, changes={"title": "New"})
    with django_assert_num_queries(3):  # the transaction and one reading
        assert save_job(job=job, by=rita, changes={"title": "New"}) == []


def test_save_job_when_an_untouched_form_comes_back_then_nothing_counts_as_changed(employer: Employer) -> None:
    job = JobFactory(employer=employer, title="Two  spaces ", description="<p>a</p>\n<ul>\n<li>b</li>\n</ul>")
    sent_back = {"title": "Two spaces", "description": job.description.replace("\n", "\r\n")}
    assert save_job(job=job, by=None, changes=sent_back) == []
    job.refresh_from_db()
    assert job.title == "Two  spaces "


def test_save_job_when_the_row_changed_meanwhile_then_compares_with_the_row(employer: Employer) -> None:
    job = JobFactory(employer=employer, title="Old")
    Job.objects.filter(pk=job.pk).update(title="From Greenhouse")
    job.title = "Old"
    assert save_job(job=job, by=None, changes={"title": "From Greenhouse"}) == []


@pytest.mark.parametrize("changes", [{"state": "live"}, {"title": " "}, {"employer": "x"}])
def test_save_job_when_the_change_is_not_allowed_then_refuses(employer: Employer, changes: dict[str, str]) -> None:
    job = JobFactory(employer=employer, title="Old")
    with pytest.raises(ValueError):
        save_job(job=job, by=None, changes=changes)
    job.refresh_from_db()
    assert job.title == "Old"


def test_set_live_when_given_ids_then_moves_each_once(employer: Employer, django_assert_num_queries: Any) -> None:
    first = timezone.now() - timezone.timedelta(days=9)
    draft = JobFactory(employer=employer, state=JobState.DRAFT)
    off = JobFactory(employer=employer, state=JobState.OFF, live_since=first)
    closed = JobFactory(employer=employer, state=JobState.CLOSED, closed_reason="Filled")
    other = JobFactory(employer=employer, state=JobState.DRAFT)
    with django_assert_num_queries(1):
        assert set_live(jobs=[draft.pk, off.pk, closed.pk], live=True) == 3
    assert set_live(jobs=[draft.pk, off.pk, closed.pk], live=True) == 0
    for job in (draft, off, closed, other):
        job.refresh_from_db()
    assert draft.is_live
    assert draft.live_since is not None
    assert off.live_since == first
    assert (closed.is_live, closed.closed_reason) == (True, "")
    assert other.state == JobState.DRAFT


def test_set_live_when_turned_off_then_touches_only_what_is_live(employer: Employer) -> None:
    states = {state: JobFactory(employer=employer, state=state) for state in JobState}
    assert set_live(jobs=Job.objects.for_employer(employer), live=False) == 1
    after = {state: Job.objects.get(pk=job.pk).state for state, job in states.items()}
    assert after == {**dict(zip(JobState, JobState, strict=True)), JobState.LIVE: JobState.OFF}


def test_close_job_when_called_twice_then_keeps_the_first_reason(employer: Employer) -> None:
    job = JobFactory(employer=employer)
    assert close_job(job=job, reason="Filled.")
    assert not close_job(job=job, reason="Another reason.")
    assert (job.state, job.closed_reason) == (JobState.CLOSED, "Filled.")
    assert job.closed_at is not None


def test_close_jobs_then_leaves_closed_ones_and_putting_live_forgets_when(employer: Employer) -> None:
    closed = JobFactory(employer=employer, state=JobState.CLOSED, closed_reason="Filled")
    jobs = [closed, JobFactory(employer=employer), JobFactory(employer=employer)]
    assert close_jobs(jobs=[job.pk for job in jobs[:2]], reason="Closed by your team.") == 1
    assert set_live(jobs=Job.objects.for_employer(employer), live=True) == 2
    assert not Job.objects.exclude(closed_at=None).exists()


def test_create_job_when_it_has_pay_and_place_then_stores_them(employer: Employer) -> None:
    words = {"is_remote": True, "pay_min_cents": 100, "pay_max_cents": 200, "pay_currency": "EUR", "pay_period": "hour"}
    job = create_job(employer=employer, by=None, title="T", **words)
    job.refresh_from_db()
    assert {name: getattr(job, name) for name in words} == words
    assert str(job.pay) == "1 – 2 EUR an hour"


def test_save_job_when_pay_changes_then_names_only_what_differs(employer: Employer) -> None:
    job = JobFactory(employer=employer, pay_min_cents=100, pay_currency="EUR")
    changes = {"pay_min_cents": 100, "pay_max_cents": 300, "is_remote": False, "pay_currency": " EUR "}
    assert save_job(job=job, by=None, changes=changes) == ["pay_max_cents"]
    job.refresh_from_db()
    assert job.pay_max_cents == 300


@pytest.mark.parametrize(
    "changes",
    [{"pay_max_cents": 50}, {"pay_min_cents": -1}, {"pay_currency": ""}, {"pay_period": "lightyear"}],
)
def test_save_job_when_pay_is_impossible_then_refuses(employer: Employer, changes: dict[str, Any]) -> None:
    job = JobFactory(employer=employer, pay_min_cents=100, pay_currency="EUR")
    with pytest.raises(ValueError):
        save_job(job=job, by=None, changes=changes)
    job.refresh_from_db()
    assert (job.pay_min_cents, job.pay_max_cents, job.pay_currency) == (100, None, "EUR")


@pytest.mark.parametrize(
    ("low", "high", "currency", "words"),
    [
        (7_800_000, 9_600_000, "EUR", "78,000 – 96,000 EUR a year"),
        (9_600_000, 7_800_000, "EUR", "78,000 – 96,000 EUR a year"),
        (2550, 2550, "USD", "25.50 USD a year"),
        (None, 100, "USD", "up to 1 USD a year"),
        (100, None, "USD", "from 1 USD a year"),
        (100, 200, "", "None"),
        (None, None, "EUR", "None"),
    ],
)
def test_pay_when_said_in_words_then_reads_well(low: int | None, high: int | None, currency: str, words: str) -> None:
    assert str(Job(pay_min_cents=low, pay_max_cents=high, pay_currency=currency).pay) == words


@pytest.mark.parametrize(
    ("language", "tag"),
    [("en", "en"), ("zhHant", "zh-Hant"), ("iw", "he"), ("pt_BR", "pt-BR"), ("", ""), ("Klingon", ""), ('x"y', "")],
)
def test_language_tag_when_given_any_name_then_is_one_the_web_knows_or_none(language: str, tag: str) -> None:
    assert Job(language=language).language_tag == tag
