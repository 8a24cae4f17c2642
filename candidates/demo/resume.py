"""Draws a résumé as a one-page PDF, so that the demo needs no binary files and no PDF library."""

import textwrap
from dataclasses import dataclass
from typing import NamedTuple

_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 595, 842, 57  # A4 in points
_CHARACTERS_PER_LINE = 92  # of 10-point Helvetica, between the margins
_REGULAR, _BOLD = "F1", "F2"


@dataclass(frozen=True)
class Resume:
    """What stands on the page; `posts` and `education` are (what, when, details)."""

    headline: str
    city: str
    summary: str
    posts: tuple[tuple[str, str, str], ...]
    education: tuple[tuple[str, str, str], ...]
    skills: str


class _Line(NamedTuple):
    text: str
    font: str
    size: int
    gap: int  # points down from the line before


def resume_pdf(*, name: str, contact: str, resume: Resume) -> bytes:
    """Draw the page. Raises: UnicodeEncodeError for letters outside Windows-1252, which its fonts lack."""
    lines = [
        _Line(name, _BOLD, 22, 0),
        _Line(resume.headline, _REGULAR, 12, 20),
        _Line(f"{resume.city}  ·  {contact}", _REGULAR, 10, 18),
        *_wrapped(resume.summary, first_gap=26),
        *_section("Experience", resume.posts),
        *_section("Education", resume.education),
        _heading("Skills"),
        *_wrapped(resume.skills, first_gap=17),
    ]
    return _document(_drawn(lines), title=f"Résumé of {name}")


def _heading(text: str) -> _Line:
    return _Line(text, _BOLD, 13, 30)


def _section(title: str, entries: tuple[tuple[str, str, str], ...]) -> list[_Line]:
    lines = [_heading(title)]
    for what, when, details in entries:
        lines += [_Line(f"{what}, {when}", _BOLD, 10, 19), *_wrapped(details, first_gap=14)]
    return lines


def _wrapped(text: str, *, first_gap: int) -> list[_Line]:
    rows = textwrap.wrap(text, _CHARACTERS_PER_LINE)
    return [_Line(row, _REGULAR, 10, 14 if number else first_gap) for number, row in enumerate(rows)]


def _drawn(lines: list[_Line]) -> bytes:
    """The page's drawing commands: every line moves down by its gap and shows its text."""
    commands = [f"BT {_MARGIN} {_PAGE_HEIGHT - _MARGIN - 22} Td".encode()]
    for line in lines:
        start = f"0 {-line.gap} Td /{line.font} {line.size} Tf ".encode()
        commands.append(start + _string(line.text) + b" Tj")
    return b"\n".join([*commands, b"ET"])


def _string(text: str) -> bytes:
    encoded = text.encode("cp1252")
    return b"(" + encoded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _document(drawing: bytes, *, title: str) -> bytes:
    """Put the drawing into a file: numbered objects, then where each begins, counted in bytes."""
    fonts = [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>".encode()
        for base in ("Helvetica", "Helvetica-Bold")
    ]
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_PAGE_WIDTH} {_PAGE_HEIGHT}] /Contents 4 0 R "
        f"/Resources << /Font << /{_REGULAR} 5 0 R /{_BOLD} 6 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode(),
        f"<< /Length {len(drawing)} >>\nstream\n".encode() + drawing + b"\nendstream",
        *fonts,
        b"<< /Title " + _string(title) + b" /Producer (Purpose Jobs demo) >>",
    ]
    return _with_table(objects)


def _with_table(objects: list[bytes]) -> bytes:
    # The second line tells programs that move files that this is no plain text.
    content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    entries = [b"0000000000 65535 f \n"]
    for number, body in enumerate(objects, start=1):
        entries.append(f"{len(content):010} 00000 n \n".encode())
        content += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    size = len(entries)
    table = f"xref\n0 {size}\n".encode() + b"".join(entries)
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + table + trailer.encode()
