"""The words of a résumé, of every kind of file, and of files that mean harm."""

import io
import os
import struct
import time
import zipfile

import pytest

from candidates import resume_text
from candidates.demo.resume import Resume, resume_pdf
from candidates.models import TermKind
from candidates.resume_text import MAX_CHARACTERS, words_of
from candidates.skills import COMMON, MOST_FOUND, found_in
from candidates.vocabulary import terms_named
from tests.candidates import files
from tests.factories import ProfileFactory

RESUME = Resume("Engineer", "Berlin", "Builds robots.", (("Dev", "2020", "C++"),), (("BSc", "2010", "Math"),), "Python")


def word_97(text: str) -> bytes:
    """A compound file of 512-byte sectors: the FAT, the directory, the document and its table of pieces."""
    pieces = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, 1024, 0)
    table = (b"\x01" + struct.pack("<H", 3) + b"abc" + b"\x02" + struct.pack("<I", len(pieces)) + pieces).ljust(
        4096, b"\0"
    )
    fib = bytearray(1024)
    fib[0x0A:0x0C] = struct.pack("<H", 0x0200)
    fib[0x01A2:0x01AA] = struct.pack("<II", 0, 11 + len(pieces))
    document = (bytes(fib) + text.encode("utf-16-le")).ljust(4096, b"\0")
    chain = [*range(3, 10), 0xFFFFFFFE], [*range(11, 18), 0xFFFFFFFE]
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *chain[0], *chain[1], *[0xFFFFFFFF] * 110)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    entries = _entry("Root Entry", 5, child=1), _entry("WordDocument", 2, start=2, size=4096, right=2)
    return header + fat + b"".join((*entries, _entry("1Table", 2, start=10, size=4096), bytes(128))) + document + table


def _entry(name: str, kind: int, *, child: int = -1, right: int = -1, start: int = 0xFFFFFFFE, size: int = 0) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    return head + struct.pack("<iii", -1, right, child) + bytes(36) + struct.pack("<IQ", start, size)


def docx(xml: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("pdf", resume_pdf(name="Ada Lovelace", contact="", resume=RESUME)),
        ("docx", files.docx()),
        ("doc", word_97("Ada Lovelace\rMathématicienne")),
        ("rtf", rb"{\rtf1{\fonttbl Secret Font;}{\*\x y}Ada\'20Lovelace\par London}"),
        ("txt", files.txt()),
    ],
)
def test_words_of_any_kind_of_file_are_found(extension: str, content: bytes) -> None:
    words = words_of(content, extension)
    assert words.startswith("Ada Lovelace")
    assert "Secret" not in words


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="urn:w"><w:t>&b;</w:t></w:document>'
)


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("pdf", b"%PDF-1.4 nothing of a PDF"),
        ("docx", docx(ENTITIES)),
        ("docx", docx(ENTITIES.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/passwd"'))),
        ("docx", b"PK\x03\x04"),
        ("doc", files.doc()),
        ("doc", word_97("Ada")[:2000]),
        ("exe", files.program()),
    ],
)
def test_words_of_a_hostile_file_are_none(extension: str, content: bytes) -> None:
    assert words_of(content, extension) == ""


def test_words_of_a_file_that_takes_too_long_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume_text, "SECONDS", 1)
    began = time.monotonic()
    assert words_of(files.slow_pdf(), "pdf") == ""
    assert time.monotonic() - began < 3


def test_words_of_a_very_long_file_are_cut_and_hold_no_control_characters() -> None:
    words = words_of(b"a\x0bb " * MAX_CHARACTERS, "txt")
    assert len(words) <= MAX_CHARACTERS
    assert words.startswith("a b a b")


def test_the_reading_process_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}
    run = resume_text.subprocess.run
    monkeypatch.setattr(resume_text.subprocess, "run", lambda *a, **k: seen.update(k) or run(*a, **k))
    assert os.environ
    assert words_of(b"Ada", "txt") == "Ada"
    assert seen["env"] == {}


@pytest.mark.django_db
def test_skills_are_found_as_whole_words_and_ambiguous_ones_only_as_they_are_written() -> None:
    text = "Senior Go/Rust and node.js engineer; excels at C++, CI/CD.\nI go to REACT meetups and rest. SQL, MySQLite"
    assert found_in(text) == ["Go", "Rust", "Node.js", "C++", "CI/CD", "SQL"]


@pytest.mark.django_db
def test_skills_that_several_people_have_are_found_and_one_persons_words_are_not() -> None:
    for skills in (["Beekeeping", "the"], ["beekeeping"], ["Beekeeping"]):
        ProfileFactory(skills=skills)
    terms_named(TermKind.SKILL, ["Juggling"])
    assert found_in("the beekeeping\nand juggling") == ["Beekeeping"]


@pytest.mark.django_db
def test_skills_that_are_found_are_at_most_so_many() -> None:
    assert len(found_in("\n".join(COMMON))) == MOST_FOUND
