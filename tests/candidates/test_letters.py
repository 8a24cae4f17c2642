"""Applicants are written to once, whatever breaks on the way, and a stranger's form tells a stranger nothing."""

import importlib
import logging
import smtplib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from accounts.models import Employer
from candidates import letters, tasks
from candidates.models import Application
from candidates.services import AnswerData, ApplicationData, submit_application
from jobs.models import Job
from jobs.questions import QuestionKind
from tests.candidates import files
from tests.factories import ApplicationFactory, DocumentFactory, JobFactory
from tests.mail_server import MailServer

DATA = ApplicationData("Ada", "Lovelace", "ada@example.org", note="Buy now: http://spam.example")


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer, title="Robot engineer")


@pytest.fixture
def application(job: Job) -> Application:
    application = ApplicationFactory(job=job, email="ada@example.org", first_name="Spam http://spam.example")
    application.resume = DocumentFactory(candidate=application.candidate)
    application.save()
    return application


def aged(application: Application, **changes: Any) -> None:
    Application.objects.filter(pk=application.pk).update(created_at=timezone.now() - timedelta(hours=1), **changes)


def test_write_when_woken_twice_then_confirms_once(application: Application, settings: Any) -> None:
    settings.BASE_URL = "https://jobs.example"
    for _ in range(2):
        tasks.write_letters(application.pk)
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert letter.subject == "Your application: Robot engineer at Lumen Robotics"
    assert 'has your application for "Robot engineer", with your résumé.' in letter.body
    assert "What happens next" in letter.body
    assert f"https://jobs.example{application.job.get_absolute_url()}" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert letters.owed() == []


def test_write_when_questions_were_answered_then_says_how_many_and_repeats_none(job: Job) -> None:
    upload = files.checked(name="spam.pdf")
    answers = [
        AnswerData("1", "spam", QuestionKind.SHORT_TEXT, "spam"),
        AnswerData("2", "spam", QuestionKind.FILE, "spam.pdf", upload=upload),
    ]
    application, _ = submit_application(job=job, data=replace(DATA, answers=answers), resume=upload)
    letters.write(application.pk)
    assert ", with your résumé, 1 answer and 1 more file." in mail.outbox[0].body
    assert "spam" not in mail.outbox[0].body


def test_write_when_the_applicant_typed_an_advertisement_then_it_is_not_passed_on(application: Application) -> None:
    Application.objects.update(note="http://spam.example")
    letters.write(application.pk)
    assert "spam" not in mail.outbox[0].subject + mail.outbox[0].body


def test_write_when_the_title_holds_line_breaks_then_adds_no_header(application: Application) -> None:
    Job.objects.update(title="Engineer\r\nBcc: all@example.org\u2028X <b>&" + "y" * 500)
    letters.write(application.pk)
    assert "Bcc" not in mail.outbox[0].message()
    assert mail.outbox[0].subject.startswith("Your application: Engineer Bcc: all@example.org X <b>&yyy")
    assert len(mail.outbox[0].subject) < 250


@pytest.mark.parametrize(
    ("at_open", "at_send", "is_owed_again"),
    [
        (ConnectionRefusedError("ada@example.org"), None, True),
        (smtplib.SMTPAuthenticationError(535, b"no"), None, True),
        (None, smtplib.SMTPDataError(451, b"ada@example.org"), True),
        (None, smtplib.SMTPRecipientsRefused({"ada@example.org": (450, b"greylisted")}), True),
        (None, smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"unknown")}), False),
        (None, smtplib.SMTPDataError(554, b"spam"), False),
        (None, smtplib.SMTPServerDisconnected("gone"), False),
        (None, TimeoutError("silent"), False),
    ],
)
def test_write_when_the_mail_server_fails_then_sends_again_only_what_it_surely_has_not(
    application: Application,
    server: type[MailServer],
    caplog: pytest.LogCaptureFixture,
    at_open: Exception | None,
    at_send: Exception | None,
    is_owed_again: bool,
) -> None:
    server.at_open, server.at_send = at_open, at_send
    with caplog.at_level(logging.WARNING):
        letters.write(application.pk)
    assert letters.owed() == ([application.pk] if is_owed_again else [])
    assert f"application {application.pk}" in caplog.text
    assert "ada@example.org" not in caplog.text
    server.at_open = server.at_send = None
    letters.write(application.pk)
    assert len(mail.outbox) == is_owed_again


def test_submit_when_committed_then_wakes_a_worker_and_writes_nothing_itself(
    job: Job, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(tasks.write_letters, "delay", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        application, _ = submit_application(job=job, data=DATA, resume=None)
        assert woken == []
    assert woken == [application.pk]
    assert mail.outbox == []


def test_submit_when_the_broker_is_down_then_the_sweep_sends_the_letter(
    job: Job, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("broker")

    monkeypatch.setattr(tasks.write_letters, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        application, created = submit_application(job=job, data=DATA, resume=None)
    assert created
    assert "broker" in caplog.text
    monkeypatch.setattr(tasks.write_letters, "apply_async", lambda args, **_: tasks.write_letters(*args))
    tasks.wake_owed_letters()
    tasks.wake_owed_letters()
    assert [letter.to for letter in mail.outbox] == [[application.email]]
    assert "résumé" not in mail.outbox[0].body


def test_submit_when_repeated_then_changes_nothing_and_tells_only_by_letter_once_a_day(
    application: Application, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = application.candidate
    aged(application, confirmed_at=timezone.now())
    again = ApplicationData("Eve", "Other", candidate.email, note="Changed")
    for _ in range(3):
        _, created = submit_application(job=job, data=again, resume=None)
        assert not created
        letters.write(application.pk)
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert letter.subject == "You had already applied: Robot engineer at Lumen Robotics"
    assert "Nothing was changed" in letter.body
    assert Application.objects.get().note == "I like robots."
    yesterday = timezone.now() - timedelta(hours=25)
    Application.objects.update(repeated_at=yesterday, repeat_told_at=yesterday)
    submit_application(job=job, data=again, resume=None)
    assert letters.owed() == [application.pk]


def test_submit_when_pressed_twice_then_is_one_try_and_one_letter(job: Job) -> None:
    for _ in range(2):
        application, _ = submit_application(job=job, data=DATA, resume=None)
    letters.write(application.pk)
    assert [letter.subject for letter in mail.outbox] == ["Your application: Robot engineer at Lumen Robotics"]


def test_repeat_when_the_mail_server_is_down_then_is_told_later(
    application: Application, server: type[MailServer]
) -> None:
    aged(application, confirmed_at=timezone.now(), repeated_at=timezone.now())
    server.at_open = ConnectionRefusedError()
    letters.write(application.pk)
    assert letters.owed() == [application.pk]


def test_owed_when_an_application_is_days_old_then_nobody_is_surprised_by_a_letter(application: Application) -> None:
    old = timezone.now() - letters.OWED_FOR - timedelta(minutes=1)
    Application.objects.update(created_at=old, repeated_at=old)
    assert letters.owed() == []
    letters.write(application.pk)
    assert mail.outbox == []


def test_write_when_the_application_is_gone_then_nothing_happens(db: None) -> None:
    letters.write(999_999)
    assert mail.outbox == []


def test_migration_when_people_applied_before_there_were_letters_then_owes_them_none(application: Application) -> None:
    importlib.import_module("candidates.migrations.0003_letters").owe_nobody(apps, None)
    application.refresh_from_db()
    assert application.confirmed_at == application.created_at
