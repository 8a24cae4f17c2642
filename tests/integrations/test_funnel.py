"""The funnel: who got how far, how long it took, for whom it is counted."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from candidates.models import Application, ApplicationOrigin, ApplicationStatus, EventKind, Origin, TimelineEvent
from integrations.funnel import Funnel, Step, funnel
from tests.factories import ApplicationFactory, JobFactory, ProfileFactory

PAGE = "/employers/lumen-robotics/dashboard/"


def _person(employer: Employer, *, age_days: int = 10, after: dict[str, float] | None = None, **values: object) -> None:
    """Somebody who came `age_days` ago and reached each status of `after` so many days later."""
    values.setdefault("job", JobFactory(employer=employer))
    application = ApplicationFactory(employer=employer, **values)
    came = timezone.now() - timedelta(days=age_days)
    Application.objects.filter(pk=application.pk).update(created_at=came)
    for status, days in (after or {}).items():
        TimelineEvent.objects.create(
            application=application,
            kind=EventKind.STAGE_MOVED,
            text=status,
            origin=Origin.POLL,
            status=status,
            at=came + timedelta(days=days),
        )


def _counts(found: Funnel) -> dict[str, int]:
    return {step.key: step.count for step in found.steps}


@pytest.fixture
def people(employer: Employer) -> Employer:
    _person(employer)
    _person(employer, origin=ApplicationOrigin.SOURCED, status=ApplicationStatus.SENT, after={"sent": 1})
    _person(employer, status=ApplicationStatus.REJECTED, after={"sent": 2, "interviewing": 6})
    _person(employer, status=ApplicationStatus.HIRED, after={"sent": 3, "interviewing": 4, "hired": 9})
    return employer


def test_steps_then_count_who_got_at_least_that_far(people: Employer) -> None:
    found = funnel(people)
    assert _counts(found) == {
        "sourced": 1,
        "applied": 3,
        "sent": 3,
        "in_review": 2,
        "interviewing": 2,
        "offer": 1,  # nobody recorded it, but who was hired had one
        "hired": 1,
    }
    assert (found.rejected, found.withdrawn, found.total) == (1, 0, 4)
    assert [step.percent for step in found.steps] == [33, 100, 100, 67, 67, 33, 33]


def test_steps_when_people_move_on_without_greenhouse_then_say_nothing_of_sending(employer: Employer) -> None:
    _person(employer)
    _person(employer, status=ApplicationStatus.INTERVIEWING, after={"in_review": 1, "interviewing": 2})
    assert _counts(funnel(employer)) == {
        "sourced": 0,
        "applied": 2,
        "in_review": 1,
        "interviewing": 1,
        "offer": 0,
        "hired": 0,
    }
    _person(employer, status=ApplicationStatus.SENT, after={"sent": 1})
    cache.clear()
    found = _counts(funnel(employer))
    assert (found["sent"], found["in_review"]) == (1, 1), "who was not sent does not count as sent"


def test_times_then_are_medians_from_arrival(people: Employer) -> None:
    times = {step.key: step.days for step in funnel(people).steps}
    assert times["sent"] == pytest.approx(2)
    assert times["interviewing"] == pytest.approx(5)
    assert times["hired"] == pytest.approx(9)
    assert times["offer"] is times["applied"] is None


@pytest.mark.parametrize(
    ("days", "table", "picture"),
    [
        (None, "–", ""),
        (0.01, "under an hour", "within an hour"),
        (0.5, "12 hours", "after 12 hours"),
        (1.0, "1 day", "after 1 day"),
    ],
)
def test_time_of_a_step_then_reads_well_in_table_and_picture(days: float | None, table: str, picture: str) -> None:
    step = Step("sent", "Sent", 1, 100, days)
    assert (step.time_in_words, step.after_in_words) == (table, picture)


def test_funnel_when_narrowed_then_counts_only_those(people: Employer, other_employer: Employer) -> None:
    job = JobFactory(employer=people)
    _person(people, job=job, age_days=200, after={"sent": 1}, status=ApplicationStatus.SENT)
    _person(other_employer)
    assert funnel(people).total == 4
    assert funnel(people, days=365).total == 5
    assert _counts(funnel(people, days=365, job_id=job.pk))["sent"] == 1
    assert funnel(people, days=30, job_id=job.pk).total == 0


def test_funnel_when_people_grow_then_asks_no_more(people: Employer, django_assert_num_queries: object) -> None:
    for _ in range(20):
        _person(people, after={"sent": 1, "in_review": 2})
    cache.clear()
    with django_assert_num_queries(2):  # type: ignore[operator]
        funnel(people)
    with django_assert_num_queries(0):  # type: ignore[operator]
        funnel(people)


def test_dashboard_then_shows_the_funnel_with_its_table(as_bob: Client, people: Employer) -> None:
    page = as_bob.get(PAGE).text
    assert "From arrival to hire" in page
    assert "Median time from arrival" in page
    assert "9 days" in page
    assert "1 was rejected" in page


@pytest.mark.parametrize("query", ["days=7&job=x", "days=365&job=99999999999999999999", "days=&job=", "days=30&job=-1"])
def test_dashboard_when_asked_nonsense_then_answers(as_bob: Client, people: Employer, query: str) -> None:
    assert as_bob.get(f"{PAGE}?{query}").status_code == 200


def test_funnel_when_somebody_picked_hides_then_no_number_knows_of_them(people: Employer) -> None:
    hidden = ProfileFactory(is_listed=False).candidate
    _person(people, candidate=hidden, origin=ApplicationOrigin.SOURCED, after={"sent": 1})
    assert _counts(funnel(people))["sourced"] == 1
