"""Files and the note: each once, nothing of theirs pushed aside, everything to read in one place."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from candidates.models import Answer, Application, Document
from integrations import sending
from integrations.models import ExportState, GreenhouseJob
from tests.factories import DocumentFactory
from tests.integrations.greenhouse.sending import (
    apply,
    arrived,
    attempt,
    files_in,
    owe,
    person_in,
)
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def _answer(application: Application, key: str, **values: Any) -> Answer:
    position = application.answers.count()
    given = {"label": f"Label of {key}", "kind": "short_text", "position": position, **values}
    return Answer.objects.create(application=application, key=key, **given)


def _file(application: Application, name: str) -> Document:
    content = ContentFile(b"%PDF-1.4 " + name.encode(), name="x")
    return DocumentFactory(candidate=application.candidate, filename=name, file=content)


@pytest.fixture
def answered(hiring: GreenhouseJob) -> Application:
    """An application with a cover letter and a sample of work beside the résumé, and answers in words."""
    application = apply(hiring)
    _answer(application, "question_1", label="Why us?", text="Robots.")
    for key, name in (("cover_letter", "Letter.pdf"), ("question_2", "Sample of work.pdf")):
        _answer(application, key, kind="attachment", document=_file(application, name))
    return application


def test_every_file_arrives_with_its_type_and_the_answers_in_one_note(
    sandbox: SandboxProcess, answered: Application
) -> None:
    row = attempt(owe(answered))
    assert row.state == ExportState.SENT
    assert [file["type"] for file in files_in(sandbox, row)] == ["resume", "cover_letter", "form_attachment"]
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 3, "notes": 1}
    (note,) = sandbox.records("notes", candidate_id=int(row.candidate_remote_id))
    for words in ("I like robots.", "Why us?\nRobots.", "Sample of work.pdf (among the files)"):
        assert words in note["body"]
    assert note["visibility"] == "publicly_visible"
    texts = list(row.application.timeline.filter(kind="file_added").order_by("pk").values_list("text", flat=True))
    assert texts == ["Résumé added in Greenhouse", "Cover letter added in Greenhouse", "File added in Greenhouse"]


def test_one_private_answer_makes_the_note_private(sandbox: SandboxProcess, answered: Application) -> None:
    _answer(answered, "question_3", text="120,000", is_private=True)
    row = attempt(owe(answered))
    (note,) = sandbox.records("notes", candidate_id=int(row.candidate_remote_id))
    assert note["visibility"] == "privately_visible"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_file_without_an_answer_is_looked_for_and_the_others_go_on(
    sandbox: SandboxProcess, answered: Application, kind: str
) -> None:
    row = owe(answered)
    sandbox.faults({"kind": kind, "method": "POST", "path": "/v3/attachments", "skip": 1})
    assert (attempt(row).state, row.step_in_flight) == (ExportState.UNKNOWN, "file")
    assert attempt(row).state == ExportState.SENT
    assert [file["type"] for file in files_in(sandbox, row)] == ["resume", "cover_letter", "form_attachment"]


def test_a_refused_file_keeps_nothing_else_back_and_is_sent_again(
    sandbox: SandboxProcess, answered: Application
) -> None:
    row = owe(answered)
    refusal = {"kind": "status", "status": 422, "method": "POST", "path": "/v3/attachments", "skip": 1}
    sandbox.faults(refusal)
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "file_refused")
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 2, "notes": 1}
    assert [file.problem_code for file in row.files.all()] == ["", "file_refused", ""]
    assert sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox)["files"] == 3
    assert not row.files.exclude(problem_code="").exists()


@pytest.mark.parametrize(
    ("days", "types", "remarks"),
    [(1, ["other", "resume"], []), (-1, ["resume", "other"], ["resume_older"])],
    ids=["ours is newer", "theirs is newer"],
)
def test_a_resume_that_is_there_gives_way_only_to_a_newer_one(
    sandbox: SandboxProcess, hiring: GreenhouseJob, days: int, types: list[str], remarks: list[str]
) -> None:
    there = person_in(sandbox, application={"job_id": int(hiring.remote_id)})["application"]
    theirs = {"application_id": there["id"], "filename": "theirs.pdf", "type": "resume", "content": "QUJD"}
    sandbox.api("POST", "/v3/attachments", json=theirs)
    application = apply(hiring)
    Document.objects.update(created_at=timezone.now() + timedelta(days=days))
    row = attempt(owe(application))
    assert (row.state, row.remarks) == (ExportState.SENT, remarks)
    assert [file["type"] for file in files_in(sandbox, row)] == types


def test_a_file_comes_once_to_an_application_that_was_there(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = attempt(owe(apply(hiring)))
    row.files.update(remote_id="")
    type(row).objects.update(state="pending", application_remote_id="", candidate_remote_id="", note_remote_id="")
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 1, "notes": 1}
