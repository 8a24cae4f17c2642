"""Bad data is said before it is sent."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from candidates.models import Answer
from candidates.uploads import MAX_BYTES
from integrations.preflight import blocking_problem, preflight
from tests.factories import ApplicationFactory, DocumentFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 "


def _codes(**values: Any) -> list[str]:
    return [finding.problem.code for finding in preflight(ApplicationFactory(**values))]


def test_preflight_finds_nothing_wrong_with_an_ordinary_applicant() -> None:
    application = ApplicationFactory()
    application.resume = DocumentFactory(candidate=application.candidate)
    assert preflight(application) == []
    assert blocking_problem(application) == ""


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email": " "}, "no_email"),
        ({"email": "ada.example"}, "bad_email"),
        ({"other_emails": ["not one"]}, "bad_email"),
        ({"first_name": "", "last_name": ""}, "no_name"),
    ],
)
def test_preflight_names_what_is_wrong_with_the_person(values: dict[str, Any], code: str) -> None:
    assert _codes(**values) == [code]


def test_preflight_takes_forty_links_and_says_that_some_stand_in_the_note_only() -> None:
    application = ApplicationFactory(links=[{"kind": "website", "url": f"https://a.example/{n}"} for n in range(40)])
    (finding,) = preflight(application)
    assert (finding.problem.code, finding.blocks) == ("links_left_out", False)
    assert blocking_problem(application) == ""


@pytest.mark.parametrize(
    ("name", "extension", "content", "code"),
    [
        ("cv.pdf", "pdf", b"", "file_empty"),
        ("cv.pdf", "pdf", PDF + b"x" * (MAX_BYTES - len(PDF)), ""),
        ("cv.pdf", "pdf", PDF + b"x" * MAX_BYTES, "file_too_big"),
        ("cv.docx", "docx", PDF, "file_wrong_ending"),
        ("cv.pdf", "pdf", b"\x00\x01\x02", "file_wrong_ending"),
        ("cv.html", "html", b"<!doctype html>", "file_blocked"),
        ("cv.exe", "pdf", PDF, "file_blocked"),
        ("cv.pdf", "pdf", b"MZ\x00\x01", "file_blocked"),
        ("cv.pdf", "pdf", PDF + b"trailer << /Encrypt 5 0 R >>", "file_locked"),
    ],
    ids=["0 bytes", "5 MB", "more", "wrong ending", "no PDF", "web page", "blocked name", "program", "password"],
)
def test_preflight_names_what_is_wrong_with_a_file(name: str, extension: str, content: bytes, code: str) -> None:
    application = ApplicationFactory()
    document = DocumentFactory(
        candidate=application.candidate, filename=name, extension=extension, file=ContentFile(content, name="x")
    )
    Answer.objects.create(application=application, position=0, key="q", label="Q", kind="attachment", document=document)
    found = preflight(application)
    assert [(finding.problem.code, finding.filename) for finding in found] == ([(code, name)] if code else [])
    assert blocking_problem(application) == ("" if code in ("", "file_locked") else code)


def test_preflight_says_the_worst_first_and_misses_no_lost_file() -> None:
    application = ApplicationFactory(links=[{"kind": "website", "url": f"https://a.example/{n}"} for n in range(21)])
    application.resume = DocumentFactory(candidate=application.candidate)
    application.resume.file.delete(save=False)
    application.resume.file.name = "gone"
    assert [finding.problem.code for finding in preflight(application)] == ["resume_lost", "links_left_out"]
