import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.uploads import (
    _SENTENCES,
    CONTENT_TYPES,
    MAX_BYTES,
    MAX_FILENAME,
    UploadRefused,
    check_resume,
    clean_filename,
)
from tests.candidates import files


def refusal(content: bytes, name: str = "resume.pdf") -> str:
    with pytest.raises(UploadRefused) as caught:
        check_resume(files.uploaded(content, name))
    return caught.value.code


def outcome(content: bytes) -> str:
    try:
        return check_resume(files.uploaded(content)).extension
    except UploadRefused as refused:
        return refused.code


@pytest.mark.parametrize("extension", sorted(files.MAKERS))
def test_check_resume_when_the_file_is_real_then_names_its_kind(extension: str) -> None:
    content = files.MAKERS[extension]()
    upload = check_resume(files.uploaded(content, f"Ada Lovelace.{extension}"))
    assert (upload.extension, upload.filename, upload.size, upload.content) == (
        extension,
        f"Ada Lovelace.{extension}",
        len(content),
        content,
    )
    assert upload.content_type == CONTENT_TYPES[extension]


@pytest.mark.parametrize("extension", sorted(files.MAKERS))
@pytest.mark.parametrize("name", ["resume.exe", "resume.html", "resume"])
def test_check_resume_when_the_name_lies_then_the_ending_is_corrected(extension: str, name: str) -> None:
    assert check_resume(files.uploaded(files.MAKERS[extension](), name)).filename == f"resume.{extension}"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "resume.pdf", "empty"),
        (b" \n\t ", "resume.txt", "empty"),
        (files.program(), "resume.pdf", "program"),
        (b"#!/bin/sh\nrm -rf /\n", "resume.txt", "program"),
        (b"<!DOCTYPE html><html><body>Ada</body></html>", "resume.pdf", "web_page"),
        (b"\xef\xbb\xbf  <html><script>alert(1)</script></html>", "resume.doc", "web_page"),
        (b"<html>%PDF-1.4</html>", "resume.pdf", "web_page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "resume.pdf", "web_page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "resume.pdf", "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "resume.docx", "picture"),
        (files.zipped("photo.txt"), "resume.docx", "archive"),
        (files.zipped("word/document.xml"), "resume.docx", "archive"),
        (files.zipped("[Content_Types].xml", "xl/workbook.xml"), "resume.docx", "archive"),
        (files.zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "resume.docx", "macros"),
        (files.docx()[:60], "resume.docx", "broken_archive"),
        (files.ole("Workbook"), "resume.doc", "other_office"),
        (files.ole("EncryptedPackage"), "resume.docx", "locked"),
        (bytes(range(256)), "resume.txt", "unknown"),
        (b"Ada\x00Lovelace", "resume.txt", "unknown"),
    ],
)
def test_check_resume_when_it_is_something_else_then_says_what(content: bytes, name: str, code: str) -> None:
    assert refusal(content, name) == code


def test_check_resume_when_nothing_was_chosen_then_asks_for_it() -> None:
    with pytest.raises(UploadRefused, match="Choose your résumé"):
        check_resume(None)


def test_check_resume_when_exactly_at_the_limit_then_takes_it() -> None:
    assert check_resume(files.uploaded(files.pdf().ljust(5 * 1024 * 1024, b"\n"))).size == 5 * 1024 * 1024


def test_check_resume_when_one_byte_over_then_refuses() -> None:
    assert refusal(files.pdf().ljust(5 * 1024 * 1024 + 1, b"\n")) == "too_big"


def test_check_resume_when_the_claimed_size_lies_then_counts_for_itself() -> None:
    upload = files.uploaded(files.pdf().ljust(MAX_BYTES + 1, b"\n"))
    upload.size = 10
    with pytest.raises(UploadRefused, match="5 MB"):
        check_resume(upload)


def test_check_resume_when_the_archive_is_a_bomb_then_unpacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*args: object, **kwargs: object) -> None:
        raise AssertionError("an entry was opened")

    upload = files.uploaded(files.docx_bomb())
    monkeypatch.setattr(zipfile.ZipFile, "open", explode)
    assert check_resume(upload).extension == "docx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_check_resume_when_text_is_in_any_common_encoding_then_takes_it(encoding: str) -> None:
    content = "Zoë Müller\r\nRésumé\tBMW, MZ and %PDFs\f".encode(encoding)
    assert check_resume(files.uploaded(content, "cv.txt")).extension == "txt"


def test_check_resume_when_a_pdf_starts_late_then_still_finds_it() -> None:
    assert check_resume(files.uploaded(b"\r\n junk \x01" + files.pdf())).extension == "pdf"
    assert refusal(b"\x01" * 1100 + files.pdf()) == "unknown"


def test_sentences_when_compared_then_each_is_its_own() -> None:
    assert len(set(_SENTENCES.values())) == len(_SENTENCES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C:\\Users\\ada\\My CV.pdf", "My CV.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("Ada.Lovelace.docx", "Ada.Lovelace.pdf"),
        ("resume.pdf.pdf.exe", "resume.pdf"),
        ("résumé\u202egpj.pdf", "résumégpj.pdf"),
        ('a"b<c>:|?*.pdf', "a-b-c-----.pdf"),
        ("  line\r\nbreak\x00.pdf", "line break.pdf"),
        (".pdf", "resume.pdf"),
        ("", "resume.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_clean_filename_when_the_name_is_odd_then_makes_it_plain(name: str, expected: str) -> None:
    assert clean_filename(name, "pdf") == expected


@given(name=st.text(max_size=300), extension=st.sampled_from(sorted(CONTENT_TYPES)))
def test_clean_filename_when_given_anything_then_is_safe(name: str, extension: str) -> None:
    cleaned = clean_filename(name, extension)
    assert cleaned.endswith(f".{extension}")
    assert len(extension) + 1 < len(cleaned) <= MAX_FILENAME
    assert not any(unicodedata.category(char)[0] == "C" or char in '/\\<>:"|?*' for char in cleaned)
    assert cleaned == cleaned.strip()
    assert not cleaned.startswith(".")
    assert clean_filename(cleaned, extension) == cleaned


@given(content=st.binary(min_size=1, max_size=2000))
def test_check_resume_when_given_any_bytes_then_answers_or_refuses(content: bytes) -> None:
    assert outcome(content) in {*CONTENT_TYPES, *_SENTENCES}


@given(start=st.integers(0, 400), junk=st.binary(min_size=1, max_size=40))
def test_check_resume_when_a_docx_is_damaged_then_never_breaks(start: int, junk: bytes) -> None:
    whole = files.docx()
    damaged = whole[:start] + junk + whole[start + len(junk) :]
    assert outcome(damaged) in {*CONTENT_TYPES, *_SENTENCES}


def test_docx_bomb_when_listed_then_is_one() -> None:
    with zipfile.ZipFile(io.BytesIO(files.docx_bomb())) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > 10 * MAX_BYTES
