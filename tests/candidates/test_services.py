import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import User
from candidates.models import (
    Application,
    ApplicationStatus,
    Candidate,
    Document,
    EventKind,
    Origin,
    TimelineEvent,
)
from candidates.services import AnswerData, ApplicationData, Link, record_status, submit_application
from candidates.signals import application_submitted
from jobs.models import Job
from jobs.questions import QuestionKind
from tests.candidates import files
from tests.factories import ApplicationFactory, CandidateFactory, JobFactory


def data(**changes: Any) -> ApplicationData:
    return ApplicationData(
        **{
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "Ada@Example.org",
            "phone": "+44 20 1234567",
            "links": [Link(kind="github", url="https://github.com/ada")],
            "note": "I like engines.",
            **changes,
        }
    )


def stored_files() -> list[Path]:
    root = Path(django_settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


@pytest.fixture
def job(db: None) -> Job:
    return JobFactory()


@pytest.fixture
def on_submit() -> Iterator[Callable[[Callable[..., None]], None]]:
    connected: list[Callable[..., None]] = []

    def connect(handler: Callable[..., None]) -> None:
        application_submitted.connect(handler, weak=False)
        connected.append(handler)

    yield connect
    for handler in connected:
        application_submitted.disconnect(handler)


def test_submit_application_when_new_then_stores_everything(job: Job) -> None:
    application, created = submit_application(job=job, data=data(), resume=files.checked(name="Ada.pdf"))
    application.refresh_from_db()
    assert created
    assert (application.name, application.email, application.note) == (
        "Ada Lovelace",
        "ada@example.org",
        "I like engines.",
    )
    assert application.links == [{"kind": "github", "url": "https://github.com/ada"}]
    assert application.status == ApplicationStatus.APPLIED
    assert application.candidate.email == "ada@example.org"
    assert [(event.origin, event.actor) for event in application.timeline.all()] == [(Origin.APPLICANT, None)]


def test_submit_application_when_a_resume_is_given_then_its_bytes_rest_under_a_random_name(job: Job) -> None:
    application, _ = submit_application(job=job, data=data(), resume=files.checked(files.docx(), "../Ada CV.pdf"))
    document = application.resume
    assert document is not None
    assert (document.filename, document.extension, document.size_bytes) == ("Ada CV.docx", "docx", len(files.docx()))
    assert document.file.read() == files.docx()
    assert "Ada" not in document.file.name
    (path,) = stored_files()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_submit_application_when_no_resume_is_given_then_works_without(job: Job) -> None:
    application, created = submit_application(job=job, data=data(), resume=None)
    assert created
    assert application.resume is None


def test_submit_application_when_repeated_then_changes_nothing(job: Job) -> None:
    first, _ = submit_application(job=job, data=data(), resume=files.checked())
    again, created = submit_application(
        job=job, data=data(email="ADA@example.org", note="Other", phone=""), resume=files.checked(files.txt(), "b.txt")
    )
    again.refresh_from_db()
    assert (again.pk, created) == (first.pk, False)
    assert (again.note, again.phone) == ("I like engines.", "+44 20 1234567")
    assert TimelineEvent.objects.count() == Document.objects.count() == 1
    assert len(stored_files()) == 1


def test_submit_application_when_the_candidate_is_known_then_their_data_stay(job: Job) -> None:
    known = CandidateFactory(first_name="Augusta", last_name="King", email="ada@example.org")
    application, _ = submit_application(job=job, data=data(), resume=None)
    known.refresh_from_db()
    assert application.candidate_id == known.pk
    assert known.name == "Augusta King"
    assert application.name == "Ada Lovelace"


def test_submit_application_when_the_stored_address_has_capitals_then_finds_it_all_the_same(job: Job) -> None:
    known = CandidateFactory(email="Ada@Example.org")
    application, _ = submit_application(job=job, data=data(email="ada@example.ORG"), resume=None)
    assert application.candidate_id == known.pk


def test_submit_application_when_the_same_person_takes_two_jobs_then_makes_one_candidate(job: Job) -> None:
    first, _ = submit_application(job=job, data=data(), resume=files.checked())
    second, created = submit_application(job=JobFactory(), data=data(note="Second"), resume=files.checked())
    assert created
    assert first.candidate_id == second.candidate_id
    assert first.resume_id != second.resume_id
    assert Candidate.objects.count() == 1


def test_submit_application_when_stored_then_tells_within_the_transaction(
    job: Job, on_submit: Callable[..., None]
) -> None:
    heard: list[tuple[Application, bool]] = []
    on_submit(lambda *, application, **_: heard.append((application, connection.in_atomic_block)))
    application, _ = submit_application(job=job, data=data(), resume=files.checked())
    submit_application(job=job, data=data(), resume=None)
    assert heard == [(application, True)]
    assert heard[0][0].resume is not None


ANSWERS = [
    AnswerData("q1", "Notice period", QuestionKind.SHORT_TEXT, "4 weeks", is_private=True),
    AnswerData("q2", "Portfolio", QuestionKind.FILE, "My work.txt", upload=files.checked(files.txt(), "My work.txt")),
    AnswerData("q3", "Reference", QuestionKind.FILE, "Ref.pdf", upload=files.checked(name="Ref.pdf")),
]


def test_submit_application_when_questions_are_answered_then_stores_them_as_asked_with_their_files(job: Job) -> None:
    application, _ = submit_application(job=job, data=data(answers=ANSWERS), resume=files.checked())
    first, second, third = application.answers.all()
    assert (first.label, first.kind, first.text, first.is_private) == ("Notice period", "short_text", "4 weeks", True)
    assert second.document is not None
    assert (second.document.filename, second.document.file.read()) == ("My work.txt", files.txt())
    assert third.document != application.resume
    assert [(second.label, second.text), (third.label, third.text)] == [
        ("Portfolio", "My work.txt"),
        ("Reference", "Ref.pdf"),
    ]
    assert len(stored_files()) == application.candidate.documents.count() == 3


def test_submit_application_when_repeated_with_other_answers_then_keeps_the_first_and_no_other_file(job: Job) -> None:
    application, _ = submit_application(job=job, data=data(answers=ANSWERS[:2]), resume=None)
    _, created = submit_application(job=job, data=data(answers=ANSWERS[2:]), resume=files.checked())
    assert not created
    assert [answer.key for answer in application.answers.all()] == ["q1", "q2"]
    assert len(stored_files()) == Document.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_submit_application_when_a_receiver_fails_then_nothing_stays_behind(on_submit: Callable[..., None]) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("no export row")

    on_submit(fail)
    with pytest.raises(RuntimeError):
        submit_application(job=JobFactory(), data=data(answers=ANSWERS), resume=files.checked())
    assert not Application.objects.exists()
    assert not Candidate.objects.exists()
    assert stored_files() == []


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together, and return what came of each."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        start.wait(timeout=20)
        try:
            results[index] = call()
        except Exception as exc:  # handed to the test, which must see it
            results[index] = exc
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_submit_application_when_sent_twice_at_once_then_stores_one() -> None:
    job = JobFactory()
    results = at_once([lambda: submit_application(job=job, data=data(), resume=files.checked())] * 4)
    assert sorted(created for _, created in results) == [False, False, False, True]
    assert len({application.pk for application, _ in results}) == 1
    assert Candidate.objects.count() == Application.objects.count() == Document.objects.count() == 1
    assert TimelineEvent.objects.count() == len(stored_files()) == 1


@pytest.mark.django_db(transaction=True)
def test_submit_application_when_one_person_takes_two_jobs_at_once_then_makes_one_candidate() -> None:
    jobs = [JobFactory(), JobFactory()]
    results = at_once([lambda job=job: submit_application(job=job, data=data(), resume=None) for job in jobs])
    assert [created for _, created in results] == [True, True]
    assert Candidate.objects.count() == 1


def test_record_status_when_the_status_changes_then_writes_it_with_one_event(db: None, rita: User) -> None:
    application = ApplicationFactory()
    before = application.status_at
    assert record_status(
        application=application,
        status=ApplicationStatus.REJECTED,
        text="Rejected",
        origin=Origin.MEMBER,
        actor=rita,
    )
    event = TimelineEvent.objects.get()
    assert (event.text, event.origin, event.actor) == ("Rejected", Origin.MEMBER, rita)
    assert application.status == ApplicationStatus.REJECTED
    assert application.status_at > before


def test_record_status_when_poll_and_webhook_report_the_same_then_tells_it_once(db: None) -> None:
    application = ApplicationFactory()
    report = {"application": application, "status": ApplicationStatus.IN_REVIEW, "text": "At stage Review"}
    assert record_status(**report, origin=Origin.WEBHOOK)
    TimelineEvent.objects.create(
        application=application, kind=EventKind.FILE_ADDED, text="Résumé added", origin=Origin.EXPORT
    )
    assert not record_status(**report, origin=Origin.POLL)
    assert not record_status(**report, origin=Origin.POLL)
    assert TimelineEvent.objects.count() == 2


def test_record_status_when_only_the_stage_is_new_then_tells_it_and_keeps_the_date(db: None) -> None:
    application = ApplicationFactory()
    stages = ("Phone screen", "Onsite", "Phone screen")
    dates = set()
    for text in stages:
        assert record_status(
            application=application, status=ApplicationStatus.INTERVIEWING, text=text, origin=Origin.POLL
        )
        dates |= {application.status_at, Application.objects.get().status_at}
    assert len(dates) == 1
    assert [event.text for event in application.timeline.order_by("pk")] == list(stages)


@pytest.mark.django_db(transaction=True)
def test_record_status_when_reported_twice_at_once_then_writes_one_event() -> None:
    application = ApplicationFactory()
    report = {"application": application, "status": ApplicationStatus.HIRED, "text": "Hired"}
    origins = (Origin.POLL, Origin.WEBHOOK, Origin.POLL)
    calls = [lambda origin=origin: record_status(**report, origin=origin) for origin in origins]
    assert sorted(at_once(calls)) == [False, False, True]
    assert TimelineEvent.objects.count() == 1
