"""Letters about where somebody stands: where the employer wants them, never at once, once, and taken back in time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Employer
from candidates import status_letters, tasks
from candidates.models import Application, ApplicationOrigin, ApplicationStatus, LetterRule, Origin, StatusLetter
from candidates.services import record_status
from jobs.models import Job
from tests.factories import ApplicationFactory, JobFactory

pytestmark = pytest.mark.django_db
Move = Callable[..., None]


@pytest.fixture
def rule(employer: Employer) -> LetterRule:
    return LetterRule.objects.create(employer=employer, tells_moved_on=True, tells_rejected=True)


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer, title="Robot engineer")


@pytest.fixture
def application(job: Job) -> Application:
    return ApplicationFactory(job=job)


def move(application: Application, status: str, *, days_ago: int = 0) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    record_status(application=application, status=status, text=f"To {status}", origin=Origin.POLL, at=at)


def write_all() -> None:
    StatusLetter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    for pk in status_letters.owed():
        status_letters.write(pk)
        status_letters.write(pk)


def test_a_rejection_is_told_after_the_delay_and_once(application: Application, rule: LetterRule) -> None:
    move(application, "rejected")
    letter = StatusLetter.objects.get()
    assert letter.due_at - timezone.now() > timedelta(hours=71)
    assert status_letters.owed() == []
    write_all()
    [sent] = mail.outbox
    assert sent.to == [application.email]
    assert sent.subject == "About your application: Robot engineer at Lumen Robotics"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Ada" not in sent.subject + str(sent.body)
    move(application, "in_review")
    move(application, "rejected", days_ago=0)
    assert StatusLetter.objects.filter(StatusLetter.OPEN).count() == 1


@pytest.mark.parametrize("status", ["in_review", "withdrawn", "hired", "gone"])
def test_a_rejection_taken_back_in_time_is_not_told(application: Application, rule: LetterRule, status: str) -> None:
    move(application, "rejected")
    move(application, status)
    write_all()
    assert mail.outbox == []
    assert StatusLetter.objects.get().cancelled_at is not None


def test_a_rejection_of_somebody_hired_on_another_job_is_not_told(application: Application, rule: LetterRule) -> None:
    move(application, "rejected")
    other = ApplicationFactory(job=JobFactory(employer=application.employer), candidate=application.candidate)
    Application.objects.filter(pk=other.pk).update(status=ApplicationStatus.HIRED)
    write_all()
    assert mail.outbox == []


def test_the_delay_is_never_under_an_hour(application: Application, rule: LetterRule) -> None:
    LetterRule.objects.update(rejected_after_hours=1)
    move(application, "rejected", days_ago=2)
    assert StatusLetter.objects.get().due_at > timezone.now() + timedelta(minutes=59)


def test_what_happened_long_ago_is_told_to_nobody(application: Application, rule: LetterRule) -> None:
    move(application, "rejected", days_ago=4)
    assert not StatusLetter.objects.exists()


def test_moving_on_is_told_once_for_all_its_stages(application: Application, rule: LetterRule) -> None:
    for status in ("in_review", "interviewing", "offer"):
        move(application, status)
    write_all()
    move(application, "interviewing")
    write_all()
    assert [letter.subject for letter in mail.outbox] == ["Your application moves on: Robot engineer at Lumen Robotics"]


def test_without_the_employers_wish_nobody_is_written_to(application: Application) -> None:
    move(application, "rejected")
    assert not StatusLetter.objects.exists()


def test_a_wish_that_ended_takes_back_what_is_owed(application: Application, rule: LetterRule) -> None:
    move(application, "rejected")
    rule.tells_rejected = False
    rule.save()
    write_all()
    assert mail.outbox == []
    assert StatusLetter.objects.get().sent_at is None


def test_whoever_was_picked_and_never_applied_is_not_written_to(application: Application, rule: LetterRule) -> None:
    Application.objects.update(origin=ApplicationOrigin.SOURCED)
    move(application, "rejected")
    assert not StatusLetter.objects.exists()


def test_the_employers_own_words_are_filled_in(application: Application, rule: LetterRule) -> None:
    LetterRule.objects.update(rejected_words="About {job}: not now. {company}, {name}")
    move(application, "rejected")
    write_all()
    assert "About Robot engineer: not now. Lumen Robotics, {name}" in mail.outbox[0].body


def test_the_sweep_finds_what_is_due(application: Application, rule: LetterRule) -> None:
    move(application, "rejected")
    StatusLetter.objects.update(due_at=timezone.now())
    assert status_letters.owed() == [StatusLetter.objects.get().pk]
    tasks.write_status_letter(StatusLetter.objects.get().pk)
    assert len(mail.outbox) == 1
    assert status_letters.owed() == []
