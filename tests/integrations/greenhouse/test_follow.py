"""How our jobs follow: closing, coming back by the employer's rule, and asking before many go. No HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from integrations import vanished
from integrations.greenhouse import ending, follow
from integrations.models import Connection, GreenhouseJobPost, JobLink, ReopenRule, SyncKind, SyncRun, SyncState
from jobs.models import Job, JobState
from tests.factories import ConnectionFactory, GreenhouseJobFactory, JobFactory, JobLinkFactory, SyncRunFactory

pytestmark = pytest.mark.django_db
LIVE, OFF, DRAFT, CLOSED = JobState.LIVE, JobState.OFF, JobState.DRAFT, JobState.CLOSED


def _linked(number: int, state: str = LIVE, connection: Connection | None = None, **link: Any) -> list[JobLink]:
    """Jobs of one employer, each connected to an offered post of the same Greenhouse job."""
    connection = connection or ConnectionFactory()
    job = GreenhouseJobFactory(connection=connection)
    return [
        JobLinkFactory(post__greenhouse_job=job, job=JobFactory(employer=connection.employer, state=state), **link)
        for _ in range(number)
    ]


def _end_reading(connection: Connection, *, written: int = 0) -> SyncRun:
    """End a reading of changes that has brought what the rows say now."""
    row = SyncRunFactory(
        connection=connection,
        kind=SyncKind.CHANGES,
        changed_since=timezone.now(),
        state=SyncState.RUNNING,
        progress={"job_posts": {"cursor": None, "pages": 1, "done": True, "written": written}},
    )
    if written:
        GreenhouseJobPost.objects.filter(connection=connection).update(seen_in=row)
    run = SyncRun.objects.select_related("connection").get(pk=row.pk)
    ending.finish(run)
    run.refresh_from_db()
    return run


def _unpublish(links: list[JobLink], *, live: bool = False) -> None:
    GreenhouseJobPost.objects.filter(link__in=links).update(is_live=live)


def _states(links: list[JobLink]) -> set[str]:
    return set(Job.objects.filter(greenhouse_link__in=links).values_list("state", flat=True))


@pytest.mark.parametrize(
    ("rule", "before", "after", "asks"),
    [
        (ReopenRule.LIVE, LIVE, LIVE, False),
        (ReopenRule.OFF, LIVE, OFF, False),
        (ReopenRule.ASK, LIVE, CLOSED, True),
        (ReopenRule.LIVE, OFF, OFF, False),
        (ReopenRule.ASK, DRAFT, DRAFT, False),
    ],
)
def test_a_job_that_comes_back_follows_the_employers_rule(rule: str, before: str, after: str, asks: bool) -> None:
    links = _linked(1, before, ConnectionFactory(reopen_rule=rule))
    connection = links[0].post.connection
    _unpublish(links)
    _end_reading(connection, written=1)
    assert _states(links) == {CLOSED}
    _unpublish(links, live=True)
    _end_reading(connection, written=1)
    link = JobLink.objects.get()
    assert (_states(links), link.asks_to_reopen) == ({after}, asks)
    assert link.reopen_as == (LIVE if asks else "")


def test_a_question_whether_to_reopen_ends_when_the_job_vanishes_again_and_returns_with_it() -> None:
    links = _linked(1, connection=ConnectionFactory(reopen_rule=ReopenRule.ASK))
    connection, asked = links[0].post.connection, []
    for live in (False, True, False, True):
        _unpublish(links, live=live)
        _end_reading(connection, written=1)
        asked.append(JobLink.objects.get().asks_to_reopen)
    assert asked == [False, True, False, True]


def test_a_job_that_a_person_closed_stays_closed() -> None:
    (link,) = _linked(1, CLOSED)
    _end_reading(link.post.connection, written=1)
    assert _states([link]) == {CLOSED}


def test_a_job_that_a_person_switched_meanwhile_is_theirs() -> None:
    (link,) = _linked(1, OFF, reopen_as=LIVE, asks_to_reopen=True)
    _end_reading(link.post.connection, written=1)
    link.refresh_from_db()
    assert (_states([link]), link.reopen_as, link.asks_to_reopen) == ({OFF}, "", False)


@pytest.mark.parametrize(
    ("gone", "of", "is_many"),
    [(3, 3, False), (9, 9, False), (10, 30, False), (10, 29, True), (49, 1000, False), (50, 1000, True)],
)
def test_what_is_many(gone: int, of: int, is_many: bool) -> None:
    assert follow.is_many(gone, of=of) == is_many


def test_a_small_employer_that_closes_all_is_not_asked() -> None:
    links = _linked(3)
    _unpublish(links)
    run = _end_reading(links[0].post.connection, written=3)
    assert (run.state, run.jobs_vanished, _states(links)) == (SyncState.SUCCEEDED, 0, {CLOSED})


@pytest.fixture
def question() -> SyncRun:
    """The reading after which a person must decide about 12 of 20 jobs."""
    links = _linked(20, is_imported=True)
    _unpublish(links[:12])
    GreenhouseJobPost.objects.filter(pk=links[19].post_id).update(title="Renamed there")
    return _end_reading(links[0].post.connection, written=13)


def test_when_many_vanish_the_rest_of_the_reading_is_kept(question: SyncRun) -> None:
    connection = question.connection
    assert (question.state, question.problem_code, question.jobs_vanished) == (SyncState.PARTIAL, "many_vanished", 12)
    assert Job.objects.live().count() == 20
    assert vanished.open_question(connection) == question
    assert vanished.gone_and_live(connection) == (12, 20)
    assert Job.objects.filter(title="Renamed there").exists()
    assert connection.synced_at == question.finished_at
    again = _end_reading(connection)
    assert vanished.open_question(connection) == again, "asked until it is answered, though nothing is new"


def test_take_off_closes_them_and_ends_the_question(question: SyncRun, alice: User) -> None:
    assert vanished.take_off(question, alice) == 12
    assert (Job.objects.live().count(), JobLink.objects.filter(reopen_as=LIVE).count()) == (8, 12)
    question.refresh_from_db()
    assert (question.state, question.problem_code) == (SyncState.SUCCEEDED, "")
    assert vanished.open_question(question.connection) is None
    assert vanished.take_off(question, alice) is None, "a second time changes nothing"
    assert _end_reading(question.connection).state == SyncState.SUCCEEDED


def test_keep_asks_again_only_when_the_number_changes(question: SyncRun, alice: User) -> None:
    connection = question.connection
    assert vanished.keep(question, alice)
    assert vanished.open_question(connection) is None
    assert _end_reading(connection, written=1).state == SyncState.SUCCEEDED
    assert _end_reading(connection).state == SyncState.SUCCEEDED
    assert Job.objects.live().count() == 20
    _unpublish(list(JobLink.objects.order_by("pk")[12:13]))
    again = _end_reading(connection, written=1)
    assert (again.problem_code, again.jobs_vanished) == ("many_vanished", 13)


def test_keep_asks_again_after_a_day(question: SyncRun, alice: User) -> None:
    vanished.keep(question, alice)
    SyncRun.objects.update(problem_at=timezone.now() - timedelta(hours=25))
    assert _end_reading(question.connection).problem_code == "many_vanished"


def test_an_answer_to_an_older_reading_does_nothing(question: SyncRun, alice: User) -> None:
    newer = _end_reading(question.connection)
    assert newer.problem_code == "many_vanished"
    assert vanished.take_off(question, alice) is None
    assert not vanished.keep(question, alice)
    assert Job.objects.live().count() == 20
    assert vanished.open_question(question.connection) == newer


def test_when_they_come_back_nobody_is_asked_any_more(question: SyncRun) -> None:
    _unpublish(list(JobLink.objects.all()), live=True)
    assert _end_reading(question.connection, written=12).state == SyncState.SUCCEEDED
    assert vanished.open_question(question.connection) is None
    assert Job.objects.live().count() == 20


def test_a_survey_between_does_not_hide_the_question(question: SyncRun) -> None:
    SyncRunFactory(connection=question.connection, kind=SyncKind.SURVEY, state=SyncState.SUCCEEDED)
    SyncRunFactory(connection=question.connection, state=SyncState.FAILED, problem_code="unavailable")
    assert vanished.open_question(question.connection) == question
