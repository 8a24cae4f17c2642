"""Letters that anybody may have built in any way."""

import contextlib
import time

import pytest

from candidates.mail.parsing import MAX_TEXT, Unreadable, parse, recipients
from candidates.mail.quoting import split_quoted

DOMAIN = "relay.purposejobs.example"
TOKEN = "a" * 32


def read(content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return parse(b"From: a@example.org\n" + raw, DOMAIN).text


MIXED = (
    'Content-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: multipart/alternative; boundary="a"\n\n'
    "--a\nContent-Type: text/plain\n\nPlain.\n--a\nContent-Type: text/html\n\n<b>HTML</b>\n--a--\n"
    "--m\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=cv.pdf\n\nx\n"
    "--m\nContent-Type: text/plain\n\nSent by phone.\n--m\nContent-Type: message/rfc822\n\nSubject: y\n\nz\n--m--\n"
)


def test_the_plain_parts_are_read_and_files_are_counted() -> None:
    parsed = parse(MIXED.encode(), DOMAIN)
    assert parsed.text == "Plain.\n\nSent by phone."
    assert parsed.file_count == 2


def test_html_alone_becomes_text_and_runs_nothing() -> None:
    html = "<title>t</title><style>p{}</style><p>Yes &amp;\nno</p><script>x</script><div>Bye<br>A &lt;3</div>"
    assert read(f"Content-Type: text/html\n\n{html}") == "Yes & no\n\nBye\nA <3"


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: text/plain; charset=nonsense\n\nhi \xff",
        b"Content-Type: text/plain; charset=hex\n\nhi zz",
        b'Content-Type: text/plain; charset="utf-16\n\nhi',
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nhi!!!",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: text/plain; charset*=utf-8'x'%ff%zz\n\nhi",
        b"Subject: =?utf-8?b?/////?= =?x?q?y?=\nMessage-ID: <<>\n\nhi",
        b"From: \xff\xfe <>\nSubject: \x00\x01\n\nhi\x00\x1b[31m",
        b"",
    ],
)
def test_crooked_letters_are_read_as_well_as_they_can_be(content: bytes) -> None:
    parsed = parse(content, DOMAIN)
    whole = f"{parsed.sender}{parsed.subject}{parsed.text}{parsed.message_id}"
    assert all(char.isprintable() or char == "\n" for char in whole)
    whole.encode()


BUSY = {
    "deep": "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)),
    "wide": 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nx\n" * 50_000,
    "parts": 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nx\n" * 101,
    "parameters": "X: y\rContent-Type: multipart/mixed" + ";a" * 1_000_000 + "\n\n",
}


@pytest.mark.parametrize("name", BUSY)
def test_letters_built_to_keep_us_busy_are_refused_at_once(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(Unreadable):
        parse(BUSY[name].encode(), DOMAIN)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("header", ["From: ", "Subject: ", "To: ", "Content-Disposition: x"])
def test_endless_headers_keep_nobody_busy(header: str) -> None:
    started = time.monotonic()
    letter = (header + "a=?utf-8?q?a?=,(;<" * 100_000 + "\n\nhi").encode()
    with contextlib.suppress(Unreadable):
        assert len(parse(letter, DOMAIN).subject) < 5000
    assert recipients(letter) == []
    assert time.monotonic() - started < 5


def test_a_long_letter_is_cut_and_says_so() -> None:
    text = read("\n" + "word " * MAX_TEXT)
    assert len(text) < MAX_TEXT + 100
    assert text.endswith("is left out.)")


def test_recipients_are_those_the_mail_server_names_first() -> None:
    ours, theirs = f"reply+{TOKEN}@{DOMAIN}", f"reply+{'b' * 32}@{DOMAIN}"
    assert recipients(f"To: {theirs}\nDelivered-To: {ours.upper()}\n\n".encode()) == [TOKEN]
    assert recipients(f"To: {ours}, {theirs}\nCc: {ours}\n\n".encode()) == [TOKEN, "b" * 32]
    assert recipients(f"To: {ours}.evil.example\n\nTo: {ours}".encode()) == []
    assert recipients(f"To: =?utf-8?q?Ada?=\n <{ours}>\n\n".encode()) == [TOKEN]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes\n\nOn Mon, 23 Nov 2026 at 10:00, Rita\n<x@y.example> wrote:\n> Hello", "Yes"),
        ("Ja\n\nAm 23.11.2026 um 10:00 schrieb Rita <x@y.example>:\n> Hallo", "Ja"),
        ("Oui\n\nLe lun. 23 nov. 2026 à 10:00, Rita a écrit :\n> Salut", "Oui"),
        ("Yes\n\n-----Original Message-----\nFrom: Rita\nHello", "Yes"),
        ("Yes\n________________________________\nFrom: Rita\nHello", "Yes"),
        ("Yes\n\n> Hello\n> there\n", "Yes"),
    ],
)
def test_history_below_a_letter_is_set_apart(text: str, own: str) -> None:
    assert split_quoted(text)[0] == own
    assert split_quoted(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "> When?\nMonday\n> Where?\nHere",
        "On Monday I wrote: a book",
        "On Mon, Rita wrote:\n> Hello",
        "Yes",
        "",
        "> Hello",
    ],
)
def test_answers_between_the_lines_and_letters_without_history_stay_whole(text: str) -> None:
    assert split_quoted(text) == (text, "")
