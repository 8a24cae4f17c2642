"""Reads a file of people as somebody's program wrote it: encoding, separator, header, rows. No rows of ours."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from candidates.importing.columns import COLUMNS

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
NEEDED = ("first_name", "last_name", "email")
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_ALIASES = {
    "e_mail": "email",
    "email_address": "email",
    "current_title": "title",
    "job_title": "title",
    "current_company": "company",
    "linkedin_url": "linkedin",
    "github_url": "github",
    "portfolio_url": "portfolio",
    "website": "portfolio",
    "location": "locations",
    "hide_from": "hidden_from",
}
# Control characters, and those that turn the direction of what follows them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class UnreadableError(ValueError):
    """No row can be told in this file; a sentence for whoever chose it."""


class Row(NamedTuple):
    """One row and the line that it begins on. Shape: `excess` is how many cells it has beyond the header."""

    line: int
    cells: dict[str, str]
    excess: int


@dataclass(frozen=True)
class Sheet:
    """A file whose header was understood."""

    read_as: str
    unknown_columns: list[str]
    _text: str
    _separator: str
    _columns: list[str]

    def rows(self) -> Iterator[Row]:
        """Yield each row that has anything in it. Raises: UnreadableError, naming the line."""
        lines = _Lines(self._text, self._separator)
        lines.next()
        found, line = 0, lines.line
        while (cells := lines.next()) is not None:
            if any(cell.strip() for cell in cells):
                found += 1
                if found > MAX_ROWS:
                    raise UnreadableError(f"There are more than {MAX_ROWS:,} people in this file. Split it.")
                known = zip(self._columns, (_UNSEEN.sub("", cell) for cell in cells), strict=False)
                yield Row(line, {name: cell for name, cell in known if name}, len(cells) - len(self._columns))
            line = lines.line


def open_sheet(content: bytes) -> Sheet:
    """Find out how a file was written and read its header.

    Raises: UnreadableError.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableError("This is a workbook, not a CSV file. Save it as “CSV UTF-8” and choose that.")
    text, encoding = _decoded(content)
    if not text.strip():
        raise UnreadableError("This file is empty.")
    separator = _separator_of(text)
    header = _Lines(text, separator).next() or []
    columns = [_column(name) for name in header]
    _check_header(columns)
    named = zip(header, columns, strict=True)
    unknown = [name.strip()[:80] or "(without a name)" for name, column in named if not column]
    return Sheet(f"{encoding}, {_SEPARATORS[separator]} between cells", unknown, text, separator, columns)


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding, name in _guesses(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") * 10 <= len(text):  # one that slipped in is no reason to refuse all
            return text, name
    raise UnreadableError("The letters in this file cannot be told. Save it as “CSV UTF-8” and choose it again.")


def _guesses(content: bytes) -> Iterator[tuple[str, str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16", "UTF-16"
        return
    if content[1:200:2].count(0) > 50:  # every second byte: UTF-16 of a western text, without its mark
        yield "utf-16-le", "UTF-16"
    yield "utf-8-sig", "UTF-8"
    yield "cp1252", "Windows-1252"


def _separator_of(text: str) -> str:
    def columns_found(separator: str) -> int:
        try:
            header = _Lines(text, separator).next() or []
        except UnreadableError:
            return 0
        return sum(bool(_column(name)) for name in header)

    return max(_SEPARATORS, key=columns_found)


class _Lines:
    """The records of a text, and the line that the next one begins on."""

    def __init__(self, text: str, separator: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    @property
    def line(self) -> int:
        return self._reader.line_num + 1

    def next(self) -> list[str] | None:
        """Return the next record; None at the end. Raises: UnreadableError, naming the line."""
        line = self.line
        try:
            return next(self._reader, None)
        except csv.Error as exc:
            raise UnreadableError(_said(str(exc)).format(line=line)) from exc


def _said(error: str) -> str:
    if "end of data" in error:
        return "A quote that opens on line {line} is never closed, so all that follows is one cell."
    if "field limit" in error or "field larger" in error:
        return "A cell that begins on line {line} is endless. Is a quote there that is never closed?"
    return "On line {line} something follows a closing quote. Write a quote inside a text twice."


def _column(name: str) -> str:
    """Return what we call a column; empty for one that we do not know."""
    plain = re.sub(r"[\s-]+", "_", _UNSEEN.sub("", name).strip().casefold())
    plain = _ALIASES.get(plain, plain)
    return plain if plain in COLUMNS else ""


def _check_header(columns: list[str]) -> None:
    known = [name for name in columns if name]
    if twice := sorted({name for name in known if known.count(name) > 1}):
        raise UnreadableError(f"The column {twice[0]} is there twice. Take one of them out.")
    if missing := [name for name in NEEDED if name not in known]:
        raise UnreadableError(
            f"The first line must name the columns, and {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} "
            "not among them. The template shows all of them."
        )
