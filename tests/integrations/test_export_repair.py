"""Correct the data of a stopped export, replace its files, choose another job: then it goes on, or nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import Answer, Application, Document, TimelineEvent
from integrations.models import Connection, Export, ExportState, GreenhouseJob
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    ConnectionFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
    JobFactory,
)

BASE = "/employers/lumen-robotics/exports/"
PDF = b"%PDF-1.4 better"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def job(connection: Connection) -> GreenhouseJob:
    return GreenhouseJobFactory(connection=connection, name="Robot Tamer", status="closed")


@pytest.fixture
def stuck(job: GreenhouseJob) -> Export:
    application = ApplicationFactory(
        job=JobFactory(employer=job.connection.employer),
        first_name="Grace",
        last_name="Hopper",
        email="grace@example",
        links=[{"kind": "linkedin", "url": "https://linkedin.com/in/grace"}],
        resume=DocumentFactory(filename="old.pdf"),
    )
    return ExportFactory(
        greenhouse_job=job, application=application, state=ExportState.NEEDS_ATTENTION, problem_code="bad_email"
    )


Post = Callable[..., Any]


@pytest.fixture
def correct(as_rita: Client, stuck: Export) -> Post:
    """Send the form back as it was shown, but for what is named."""

    def post(**changes: Any) -> Any:
        page = f"{BASE}{stuck.pk}/correct/"
        form = as_rita.get(page).context["form"]
        shown = {name: form[name].value() or "" for name in form.fields if not name.startswith(("file_", "drop_"))}
        return as_rita.post(page, {**shown, **changes}, follow=True)

    return post


def test_correction_then_it_is_written_told_and_sent_again(correct: Post, stuck: Export, rita: User) -> None:
    links = "https://linkedin.com/in/grace\ngithub.com/grace\n\nhttps://github.com/grace\nhopper.example.org"
    page = correct(email="grace@example.org", other_emails="g@navy.example.org\n", links=links)
    assert "Saved. We are sending it again." in page.text
    stuck.refresh_from_db()
    application = Application.objects.get()
    assert (stuck.state, stuck.problem_code) == (ExportState.PENDING, "")
    assert (application.email, application.other_emails) == ("grace@example.org", ["g@navy.example.org"])
    assert [(link["kind"], link["url"]) for link in application.links] == [
        ("linkedin", "https://linkedin.com/in/grace"),
        ("github", "https://github.com/grace"),
        ("website", "https://hopper.example.org"),
    ]
    line = TimelineEvent.objects.get()
    assert (line.text, line.actor) == ("Corrected, to be sent to Greenhouse again: email, other emails, links", rita)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "grace"}, "valid email address"),
        ({"email": "g@example.org", "other_emails": "no"}, "valid email address"),
        ({"email": "g@example.org", "links": "https://"}, "is no web address"),
        ({"email": "g@example.org", "first_name": " ", "last_name": ""}, "Greenhouse takes nobody without one"),
        ({"email": "g@example.org", "links": "\n".join(f"a{n}.example" for n in range(51))}, "at most 50 lines"),
    ],
)
def test_correction_when_it_is_none_then_says_so_and_changes_nothing(
    correct: Post, stuck: Export, changes: dict[str, str], words: str
) -> None:
    page = correct(**changes)
    assert words in page.text
    stuck.refresh_from_db()
    assert stuck.state == ExportState.NEEDS_ATTENTION
    assert Application.objects.get().email == "grace@example"


def test_correction_when_the_name_of_a_file_is_markup_then_it_is_shown_as_text(as_rita: Client, stuck: Export) -> None:
    Document.objects.filter(pk=stuck.application.resume_id).update(filename="<b>C&V</b>.pdf")
    page = as_rita.get(f"{BASE}{stuck.pk}/correct/").content.decode()
    assert "Now: &lt;b&gt;C&amp;V&lt;/b&gt;.pdf. PDF, DOC" in page
    assert "<b>C" not in page


def test_resume_when_replaced_then_only_the_new_one_is_still_to_be_sent(correct: Post, stuck: Export) -> None:
    old = stuck.application.resume
    assert old is not None
    stuck.files.create(document=old, type="resume", filename="Grace_old.pdf")
    better = SimpleUploadedFile("better.pdf", PDF)
    correct(email="grace@example.org", **{f"file_{old.pk}": better})
    resume = Application.objects.get().resume
    assert resume is not None
    assert (resume.filename, resume.file.read(), resume.candidate) == ("better.pdf", PDF, stuck.candidate)
    assert not stuck.files.exists()
    assert Document.objects.filter(pk=old.pk).exists(), "what was handed in stays with the candidate"
    assert TimelineEvent.objects.get().text.endswith("email, résumé")


def test_file_of_an_answer_when_left_out_or_replaced_then_the_answer_says_so(correct: Post, stuck: Export) -> None:
    documents = [DocumentFactory(candidate=stuck.candidate, filename=f"{name}.pdf") for name in ("page", "work")]
    for document in documents:
        AnswerFactory(application=stuck.application, document=document, text=document.filename, label=document.filename)
    page, work = documents
    correct(
        email="g@example.org",
        **{f"drop_file_{page.pk}": "on", f"file_{work.pk}": SimpleUploadedFile("new work.pdf", PDF)},
    )
    first, second = Answer.objects.order_by("position")
    assert (first.document, first.text) == (None, "")
    assert second.document is not None
    assert (second.document.filename, second.text) == ("new work.pdf", "new work.pdf")
    assert TimelineEvent.objects.get().text.endswith("email, without the file for “page.pdf”, file for “work.pdf”")


def test_file_when_it_is_refused_then_the_others_are_kept_for_the_next_try(correct: Post, stuck: Export) -> None:
    resume = stuck.application.resume
    assert resume is not None
    page = correct(email="g@example.org", **{f"file_{resume.pk}": SimpleUploadedFile("cv.pdf", b"<html>")})
    assert "This file is a web page." in page.text
    page = correct(email="grace", **{f"file_{resume.pk}": SimpleUploadedFile("cv.pdf", PDF)})
    assert "cv.pdf</strong> is kept" in page.text
    assert Application.objects.get().resume == resume


@pytest.mark.parametrize("under_way", [{"state": "sending"}, {"state": "unknown"}, {"step_in_flight": "person"}])
def test_correction_when_something_is_under_way_then_nothing_changes(
    correct: Post, stuck: Export, under_way: dict[str, str]
) -> None:
    other = GreenhouseJobFactory(connection=stuck.connection)
    ExportFactory(greenhouse_job=other, application=stuck.application, **under_way)
    page = correct(email="grace@example.org", file_0=SimpleUploadedFile("cv.pdf", PDF))
    assert "It is under way just now" in page.text
    assert Application.objects.get().email == "grace@example"
    stuck.refresh_from_db()
    assert stuck.state == ExportState.NEEDS_ATTENTION


def test_contacts_when_the_person_is_there_already_then_they_are_compared_anew(correct: Post, stuck: Export) -> None:
    Export.objects.update(candidate_remote_id="700", contacts_checked_at=timezone.now())
    assert "is in Greenhouse already" in correct(email="grace").text
    correct(email="grace@example.org")
    stuck.refresh_from_db()
    assert stuck.contacts_checked_at is None


def test_other_job_then_it_is_sent_there(as_rita: Client, stuck: Export, connection: Connection) -> None:
    other = GreenhouseJobFactory(connection=connection, name="Robot Poet", requisition_id="R-7")
    GreenhouseJobFactory(connection=connection, name="Closed Poet", status="closed")
    GreenhouseJobFactory(connection=connection, name="Confidential Poet", is_confidential=True)
    GreenhouseJobFactory(connection=connection, name="Template of a Poet", is_template=True)
    GreenhouseJobFactory(name="Poet of somebody else")
    page = f"{BASE}{stuck.pk}/job/"
    for words in ("poet", "r-7", f"#{other.remote_id}", ""):
        shown = as_rita.get(page, {"q": words})
        assert list(shown.context["page"]) == [other], words
    assert "To be sent to “Robot Poet”." in as_rita.post(page, {"job": other.pk}, follow=True).text
    stuck.refresh_from_db()
    assert (stuck.greenhouse_job, stuck.state) == (other, ExportState.PENDING)


def test_other_job_when_it_is_no_open_one_of_ours_then_nothing_changes(
    as_rita: Client, stuck: Export, connection: Connection, job: GreenhouseJob
) -> None:
    closed = GreenhouseJobFactory(connection=connection, status="closed")
    secret = GreenhouseJobFactory(connection=connection, is_confidential=True)
    for chosen in (closed.pk, secret.pk, GreenhouseJobFactory().pk, job.pk, "x", ""):
        page = as_rita.post(f"{BASE}{stuck.pk}/job/", {"job": chosen}, follow=True)
        assert "Choose a job that is still open" in page.text
    Export.objects.update(application_remote_id="800")
    assert "the job stays" in as_rita.get(f"{BASE}{stuck.pk}/job/", follow=True).text
    stuck.refresh_from_db()
    assert stuck.greenhouse_job == job
