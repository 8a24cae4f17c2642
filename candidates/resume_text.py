"""The words in a résumé, read in a process of its own that may neither take long nor take much.

Files come from strangers: whatever one does to the library that reads it, the worker only learns that there are no
words. Nothing in a file is ever run. This module knows nothing of Django, since it is also what the process runs.
"""

import logging
import re
import resource
import struct
import subprocess
import sys
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

import olefile
from pypdf import PdfReader

MAX_CHARACTERS = 50_000
MAX_PAGES = 30
SECONDS = 20
_CPU_SECONDS = 15
_MEMORY_BYTES = 1024**3
_UNPACKED_BYTES = 20 * 1024 * 1024
_IS_COMPLEX_TABLE = 0x0200  # which of its two tables a Word document uses
_PIECES, _IN_CP1252 = 0x02, 0x40000000
_RTF_WORDS = re.compile(r"\\'([0-9a-f]{2})|\\u(-?\d+) ?\??|\\([a-z]+)(-?\d+)? ?|\\([^a-z])|([{}])|([^\\{}]+)", re.I)
# What these groups of an RTF file hold is no text of the document.
_RTF_SILENT = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore"}


def words_of(content: bytes, extension: str) -> str:
    """Return the text of a file, at most `MAX_CHARACTERS`; empty where there is none, or none that can be read.

    Effects: a process of at most `SECONDS`, with limits on its processor time and memory.
    """
    command = [sys.executable, "-P", str(Path(__file__).resolve()), extension]
    try:
        # Without our environment: keys and passwords are nothing to a library that reads strangers' files.
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603 - our own file, no shell
    except (subprocess.TimeoutExpired, BrokenPipeError):
        return ""
    return done.stdout.decode("utf-8", "replace")[:MAX_CHARACTERS] if done.returncode == 0 else ""


def read(content: bytes, extension: str) -> str:
    """Read the text of a file in this process. Raises: whatever the file does to its reader."""
    text = _READERS[extension](content)
    # Neither database nor search take control characters; a NUL even stops PostgreSQL.
    shown = "".join(char if char in "\n\t" or unicodedata.category(char)[0] != "C" else " " for char in text)
    lines = (" ".join(line.split()) for line in shown.splitlines())
    return "\n".join(line for line in lines if line)[:MAX_CHARACTERS]


def _pdf(content: bytes) -> str:
    text: list[str] = []
    for page in PdfReader(BytesIO(content)).pages[:MAX_PAGES]:
        text.append(page.extract_text())
        if sum(map(len, text)) > MAX_CHARACTERS:
            break
    return "\n".join(text)


def _docx(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("word/document.xml") as file:
        xml = file.read(_UNPACKED_BYTES)
    text: list[str] = []
    inside = [False]
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, _attributes: dict[str, str]) -> None:
        inside[0] = name.endswith(" t")
        text.append("\n" if name.endswith((" p", " br")) else "\t" if name.endswith(" tab") else "")

    def end(_name: str) -> None:
        inside[0] = False

    def characters(data: str) -> None:
        text.append(data if inside[0] else "")

    def refuse(*_: object) -> None:
        raise ValueError("A Word document declares nothing; entities are how XML attacks its reader.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, refuse
    parser.Parse(xml, True)
    return "".join(text)


def _doc(content: bytes) -> str:
    """Put the pieces of a Word 97 document together. Source: [MS-DOC] 2.4.1, read 2026-11-23."""
    with olefile.OleFileIO(BytesIO(content)) as file:
        document = file.openstream("WordDocument").read()
        (flags,) = struct.unpack_from("<H", document, 0x0A)
        table = file.openstream("1Table" if flags & _IS_COMPLEX_TABLE else "0Table").read()
    start, size = struct.unpack_from("<II", document, 0x01A2)
    pieces = _pieces(table[start : start + size])
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    text: list[str] = []
    for number in range(count):
        length = ends[number + 1] - ends[number]
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        if place & _IN_CP1252:
            first = (place & ~_IN_CP1252) // 2
            text.append(document[first : first + length].decode("cp1252", "replace"))
        else:
            text.append(document[place : place + 2 * length].decode("utf-16-le", "replace"))
    return "".join(text).replace("\r", "\n").replace("\x07", "\n")


def _pieces(table: bytes) -> bytes:
    place = 0
    while table[place] != _PIECES:  # before them stand properties, each with its length
        place += 3 + int(struct.unpack_from("<H", table, place + 1)[0])
    (size,) = struct.unpack_from("<I", table, place + 1)
    return table[place + 5 : place + 5 + size]


def _rtf(content: bytes) -> str:
    text: list[str] = []
    silent: list[bool] = [False]
    for code, number, word, _, symbol, brace, plain in _RTF_WORDS.findall(content.decode("cp1252", "replace")):
        if brace == "{":
            silent.append(silent[-1])
        elif brace == "}" and len(silent) > 1:
            silent.pop()
        elif symbol == "*" or word in _RTF_SILENT:
            silent[-1] = True
        elif not silent[-1]:
            said = (
                bytes.fromhex(code).decode("cp1252", "replace") if code else plain.replace("\r", "").replace("\n", "")
            )
            said = chr(int(number) % 0x10000) if number else said
            text.append("\n" if word in ("par", "line", "sect") else " " if word == "tab" else said)
    return "".join(text)


def _txt(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


_READERS = {"pdf": _pdf, "docx": _docx, "doc": _doc, "rtf": _rtf, "txt": _txt}


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):  # macOS knows no limit on memory; the time limits stand
        return


def main() -> None:
    """Read a file from standard input and write its text to standard output; end silently where that fails."""
    logging.disable()  # the libraries tell of odd files in their own words, and quote them
    _limit(resource.RLIMIT_CPU, _CPU_SECONDS)
    _limit(resource.RLIMIT_AS, _MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    try:
        text = read(sys.stdin.buffer.read(), sys.argv[1])
    except Exception:  # whatever a hostile file brings about: it has no words for us
        sys.exit(1)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
