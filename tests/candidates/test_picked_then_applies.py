"""Somebody whom a recruiter picked applies themselves: from then on it is their application, and nobody is lost."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import Employer, User
from candidates import letters
from candidates.anonymising import anonymise
from candidates.models import Application, ApplicationOrigin, ApplicationStatus, EventKind, Notice, Profile
from candidates.services import ApplicationData, submit_application
from candidates.sourcing import source
from jobs.models import Job
from jobs.questions import QuestionKind
from tests.candidates import files
from tests.candidates.test_services import AnswerData, at_once, data
from tests.factories import CandidateFactory, DocumentFactory, HiddenFromFactory, JobFactory, ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer)


@pytest.fixture
def profile() -> Profile:
    made = ProfileFactory(candidate=CandidateFactory(email="ada@example.org"), current_company="Orbit", summary="Mine.")
    made.resume = DocumentFactory(candidate=made.candidate)
    made.save()
    return made


def apply(job: Job, **changes: Any) -> tuple[Application, bool]:
    return submit_application(job=job, data=data(**changes), resume=files.checked())


def test_applying_when_picked_before_then_keeps_what_they_hand_in(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    picked = source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    answer = AnswerData(key="q", label="Why?", kind=QuestionKind.SHORT_TEXT, text="Because.")
    application, is_new = apply(job, answers=[answer])
    assert (application.pk, is_new) == (picked.pk, True)
    application.refresh_from_db()
    assert application.origin == ApplicationOrigin.APPLIED
    assert (application.phone, application.note) == ("+44 20 1234567", "I like engines.")
    assert application.current_company == ""  # of the profile they may have hidden meanwhile, nothing stays
    assert application.resume not in (None, profile.resume)
    assert application.answers.get().text == "Because."
    assert {event.kind for event in application.timeline.all()} == {EventKind.SOURCED, EventKind.APPLIED}
    assert Notice.objects.filter(kind="new_applicant").count() == 1
    letters.write(application.pk)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert apply(job)[1] is False


def test_applying_when_picked_and_hidden_then_is_known_by_what_they_handed_in(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    HiddenFromFactory(profile=profile, name=employer.name)
    assert not Application.objects.visible_to(employer).exists()
    apply(job)
    assert Application.objects.visible_to(employer).get().shown_email == "ada@example.org"


def test_applying_when_the_pick_had_ended_then_begins_anew(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    picked = source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    Application.objects.filter(pk=picked.pk).update(status=ApplicationStatus.REJECTED)
    assert apply(job)[0].status == ApplicationStatus.APPLIED


def test_applying_when_anonymized_there_before_then_is_an_application_again(employer: Employer, job: Job) -> None:
    before, _ = apply(job)
    apply(JobFactory())  # by which they stay known
    anonymise(candidate=before.candidate, employer=employer)
    again, is_new = apply(job)
    assert (again.pk, is_new) == (before.pk, True)
    assert (again.name, again.email) == ("Ada Lovelace", "ada@example.org")


@pytest.mark.django_db(transaction=True)
def test_applying_when_picked_and_sent_twice_at_once_then_counts_once() -> None:
    profile = ProfileFactory(candidate=CandidateFactory(email="ada@example.org"))
    job: Job = JobFactory()
    Application.objects.create(
        candidate=profile.candidate, employer=job.employer, job=job, origin=ApplicationOrigin.SOURCED
    )
    asked: ApplicationData = data()
    results = at_once([lambda: submit_application(job=job, data=asked, resume=None)] * 3)
    assert sorted(is_new for _, is_new in results) == [False, False, True]
