"""Which files we take as a résumé, or as an answer: their bytes decide, never their name."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import File
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

MAX_BYTES = 5 * 1024 * 1024
MAX_FILENAME = 120
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "rtf": "application/rtf",
    "txt": "text/plain; charset=utf-8",
}
_KINDS = "PDF, DOC, DOCX, RTF or TXT"
_SENTENCES = {
    "missing": "Choose your résumé.",
    "kept_no_longer": "This file was kept for a day and is no longer here. Choose it again.",
    "kept_twice": "This file was already used in another place of this form. Choose it here again.",
    "empty": "This file is empty. Choose another one.",
    "too_big": "This file is larger than 5 MB. Save a smaller version, for example a PDF without pictures.",
    "program": f"This file is a program. Choose a {_KINDS} file.",
    "web_page": "This file is a web page. Print it to a PDF and choose that.",
    "picture": "This file is a picture. Choose the document itself, or save the picture as a PDF.",
    "locked": "This Word document is protected by a password. Save it without one and choose it again.",
    "macros": "This Word document holds macros. Save it as a PDF or as DOCX without macros.",
    "archive": f"This file is a ZIP archive without a Word document in it. Choose a {_KINDS} file.",
    "broken_archive": "This Word document or archive cannot be opened. Save it again, or as a PDF.",
    "other_office": f"This is an Office file, but not a Word document. Choose a {_KINDS} file.",
    "unknown": f"This kind of file is not accepted. Choose a {_KINDS} file.",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_WEB_PAGES = ("<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php", "<meta", "<iframe")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Endings that say what a file is; anything else after a dot belongs to the name ("Ada.Lovelace").
_KNOWN_ENDINGS = {
    *CONTENT_TYPES,
    *("docm", "dot", "dotx", "odt", "pages", "text", "md", "htm", "html", "xml", "zip"),
    *("exe", "com", "bat", "cmd", "scr", "js", "vbs", "sh", "php", "svg", "png", "jpg", "jpeg", "gif", "bin"),
}


class UploadRefused(ValueError):
    """A file that we do not take: a stable `code`, and the `sentence` its owner reads."""

    def __init__(self, code: str) -> None:
        self.code, self.sentence = code, _SENTENCES[code]
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file whose kind was found in its bytes. Units: `size` in bytes."""

    extension: str
    filename: str
    size: int
    content: bytes

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.extension]


class SizeCap(FileUploadHandler):
    """Let go of a file as soon as it grows too large, so that nothing of it is stored.

    The rest of the form arrives all the same, and what was typed is not lost.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.too_big: set[str] = set()  # the names of the form fields

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_BYTES:
            self.too_big.add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler makes the file


def check_resume(file: File | None) -> CheckedUpload:  # type: ignore[type-arg]
    """Read an upload, find out what it is and give it a clean name.

    Raises: UploadRefused, with a sentence of its own for every reason.
    """
    if file is None:
        raise UploadRefused("missing")
    file.seek(0)
    # One byte more than allowed, whatever size is claimed.
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UploadRefused("too_big")
    if not content.strip():
        raise UploadRefused("empty")
    extension = _kind_of(content)
    return CheckedUpload(extension, clean_filename(file.name or "", extension), len(content), content)


def clean_filename(name: str, extension: str) -> str:
    """Turn a name that a stranger chose into one that is safe to show, send and save.

    No path, no control or direction-changing characters, at most `MAX_FILENAME` characters,
    and the ending of what the file really is.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    normal = unicodedata.normalize("NFC", last)
    visible = "".join(_shown(char) for char in normal)
    stem = " ".join(visible.split()).strip(" .")
    while "." in stem and stem.rpartition(".")[2].lower() in _KNOWN_ENDINGS:
        stem = stem.rpartition(".")[0].strip(" .")
    if stem.lower() in _KNOWN_ENDINGS:
        stem = ""
    stem = stem[: MAX_FILENAME - len(extension) - 1].strip(" .")
    return f"{stem or 'resume'}.{extension}"


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "Z" or char in "\t\r\n":
        return " "
    if category[0] == "C":
        return ""
    return "-" if char in '<>:"|?*' else char


def _kind_of(content: bytes) -> str:
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    text = _as_text(content)
    if text is None and content.startswith(_PROGRAMS):
        raise UploadRefused("program")
    start = "" if text is None else text[:1024].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(_WEB_PAGES):
        raise UploadRefused("web_page")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return "rtf"
    if text is None:
        raise UploadRefused("picture" if content.startswith(_PICTURES) else "unknown")
    if start.startswith("#!"):
        raise UploadRefused("program")
    return "txt"


def _kind_of_ole(content: bytes) -> str:
    # Stream names stand in the directory in UTF-16; every Word document has this one.
    if "WordDocument".encode("utf-16-le") in content:
        return "doc"
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UploadRefused("locked")
    raise UploadRefused("other_office")


def _kind_of_zip(content: bytes) -> str:
    try:
        # Only the list of names is read; nothing is unpacked, so a zip bomb stays folded.
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception as exc:  # zipfile lets half a dozen types escape on a damaged directory
        raise UploadRefused("broken_archive") from exc
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise UploadRefused("archive")
    if "word/vbaProject.bin" in names:
        raise UploadRefused("macros")
    return "docx"


def _as_text(content: bytes) -> str | None:
    """Decode what a person could have typed; None for anything binary."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for attempt in (encoding, "cp1252"):
        try:
            text = content.decode(attempt)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None
