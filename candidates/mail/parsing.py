"""Read a letter as it came in, where anybody may have written anything."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.policy import compat32
from enum import StrEnum
from typing import Any

import nh3
from django.core.validators import validate_email

from accounts.handing_over import one_line
from candidates.mail.addresses import RECIPIENT_HEADERS, tokens_in

MAX_BYTES = 10 * 1024 * 1024
MAX_TEXT = 50_000
_MAX_PARTS = 100
_MAX_NESTED = 20  # each level costs the parser a look at every line
_MAX_BOUNDARIES = 5000
_MAX_HEADER = 4096
_MAX_HEAD = 64 * 1024
_CUT = "\n\n(The rest of this letter was too long and is left out.)"
_NESTS = re.compile(rb"multipart/|message/(?:rfc822|partial|external)", re.IGNORECASE)
_ODD_SPACE = re.compile(r"[^\S\n]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_BLOCK = re.compile(
    r"</?(?:p|div|tr|li|ul|ol|table|h[1-6]|blockquote|pre|hr|section)\b[^>]*>|<br\b[^>]*>", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "object", "iframe"}
_ABOUT_CONTENT = re.compile(rb"^content-[a-z-]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE | re.IGNORECASE)
# Headers are read one by one, and only those we use: the standard library reads a long one for minutes.
_READ_HEADER = HeaderRegistry()


class Kind(StrEnum):
    """Who, or what, wrote a letter."""

    PERSON = "person"
    AUTOMATIC = "automatic"  # an out-of-office note
    BOUNCE = "bounce"
    LOOP = "loop"  # our own, come back
    BULK = "bulk"  # a mailing list, a newsletter, or a machine without an address


class Unreadable(ValueError):
    """A letter that is built so that nobody could have meant it as one."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What we take of a letter; nothing else of it goes anywhere. Shape: `sender` is in lower case, perhaps empty."""

    kind: Kind
    sender: str
    message_id: str
    subject: str
    text: str
    file_count: int


def recipients(raw: bytes) -> list[str]:
    """Find the tokens of our addresses to which a letter was delivered, by the headers a mail server adds."""
    head = _head(raw)
    for names in RECIPIENT_HEADERS:
        found = tokens_in("\n".join(value for name in names for value in _raw(head, name)))
        if found:
            return found
    return []


def parse(raw: bytes, own_domain: str) -> Parsed:
    """Read a letter.

    Raises: Unreadable for one that is built so that it would only keep us busy.
    """
    letter = message_from_bytes(_bounded(raw), policy=compat32)
    texts, htmls, file_count = _bodies(letter)
    text = "\n\n".join(texts) if any(texts) else "\n\n".join(map(_from_html, htmls))
    return Parsed(
        kind=_kind(letter, own_domain),
        sender=_sender(letter),
        message_id=_clean(one_line(_header(letter, "message-id")))[:255],
        subject=_clean(one_line(_header(letter, "subject"))),
        text=_shortened(_clean(text)),
        file_count=min(file_count, _MAX_PARTS),
    )


def _bounded(raw: bytes) -> bytes:
    """Refuse what the parser of the standard library would take minutes for, or more stack than there is."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if len(_NESTS.findall(raw)) > _MAX_NESTED or raw.count(b"\n--") > _MAX_BOUNDARIES:
        raise Unreadable("too many parts")
    if any(len(found[0]) > _MAX_HEADER for found in _ABOUT_CONTENT.finditer(raw)):
        raise Unreadable("too long a header")
    return raw


def _head(raw: bytes) -> Message:
    ends = [at for mark in (b"\r\n\r\n", b"\n\n") if (at := raw.find(mark)) >= 0]
    return message_from_bytes(raw[: min([*ends, _MAX_HEAD])], policy=compat32)


def _raw(letter: Message, name: str) -> list[str]:
    """The values of a header as they stand there; bytes beyond ASCII are read as UTF-8."""
    values = [str(value) for key, value in letter.raw_items() if key.lower() == name]
    return [value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for value in values]


def _header(letter: Message, name: str) -> str:
    value = "".join(_raw(letter, name)[:1])[:_MAX_HEADER]
    try:
        return str(make_header(decode_header(value)))
    except Exception:  # half a dozen types, for crooked encodings
        return value


def _sender(letter: Message) -> str:
    """The one address in From; empty if there is none, or several."""
    values = _raw(letter, "from")
    try:
        header: Any = _READ_HEADER("from", values[0][:_MAX_HEADER])
        address = header.addresses[0].addr_spec.lower() if len(values) == len(header.addresses) == 1 else ""
        validate_email(address)
    except Exception:  # half a dozen types, for crooked addresses
        return ""
    return str(address)


def _kind(letter: Message, own_domain: str) -> Kind:
    def says(name: str) -> str:
        return _header(letter, name).strip().lower()

    if own_domain in " ".join(_raw(letter, "x-loop")).lower().split():
        return Kind.LOOP
    if letter.get_content_type() == "multipart/report":
        return Kind.BOUNCE
    automatic = says("auto-submitted")
    if automatic.startswith("auto-replied") or "x-autoreply" in letter or "x-autorespond" in letter:
        return Kind.AUTOMATIC
    is_list = any(name in letter for name in ("list-id", "list-unsubscribe", "list-post"))
    is_silent = says("return-path") == "<>" or _sender(letter).startswith(("mailer-daemon@", "postmaster@"))
    is_machine = automatic not in ("", "no") or says("precedence") in ("bulk", "list", "junk", "auto_reply")
    return Kind.BULK if is_list or is_silent or is_machine else Kind.PERSON


def _bodies(letter: Message) -> tuple[list[str], list[str], int]:
    texts, htmls, file_count = [], [], 0
    for part in _parts(letter):
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            file_count += 1
        elif part.get_content_subtype() == "plain":
            texts.append(_decoded(part))
        elif part.get_content_subtype() == "html":
            htmls.append(_decoded(part))
        else:
            file_count += 1
    return texts, htmls, file_count


def _parts(letter: Message) -> Iterator[Message]:
    """The leaves of a letter; a letter within it counts as one file."""
    waiting: list[Any] = [letter]
    seen = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > _MAX_PARTS:
            raise Unreadable("too many parts")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = part.get_payload()
        else:
            yield part


def _decoded(part: Message) -> str:
    if part.is_multipart():  # it says that it is text, but holds parts
        return ""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return content[: MAX_TEXT * 8].decode(charset, errors="replace")
    except (LookupError, ValueError):  # no such charset, or one that is none, such as "hex"
        return content[: MAX_TEXT * 8].decode("utf-8", errors="replace")


def _from_html(text: str) -> str:
    kept = nh3.clean(
        text,
        tags={"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "blockquote", "pre", "hr"},
        clean_content_tags=_UNSEEN,
        attributes={},
    )
    flowed = re.sub(r"\s+", " ", kept)
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", flowed)))


def _clean(text: str) -> str:
    """Leave out what no database, header or page should hold: control characters, half characters, turned text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    text = _ODD_SPACE.sub(" ", text)
    kept = "".join(char for char in text if char == "\n" or char.isprintable() or char in "\u200c\u200d")
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in kept.split("\n"))).strip()


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rstrip() + _CUT
