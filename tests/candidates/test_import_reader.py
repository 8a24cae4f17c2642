"""Files of people as programs write them, and cells as people do."""

import csv
import io

import pytest

from candidates.demo import network
from candidates.importing.columns import COLUMNS, person_of
from candidates.importing.reader import MAX_ROWS, UnreadableError, open_sheet
from candidates.models import TermKind

WHO = {"first_name": "Zoë", "last_name": "Öztürk", "email": "zoe@example.org"}
TEXT = "first_name;last_name;email;summary\r\nZoë;Öztürk;zoe@example.org;says “hi”\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_open_when_written_in_an_encoding_then_the_letters_are_right(encoding: str) -> None:
    sheet = open_sheet(TEXT.encode(encoding))
    (row,) = sheet.rows()
    assert row.cells == WHO | {"summary": "says “hi”"}
    assert sheet.read_as.endswith("semicolon between cells")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_rows_when_cells_hold_separators_and_newlines_then_lines_are_those_of_the_file(separator: str) -> None:
    text = io.StringIO()
    people = [["a@example.org", "A", 'one\r\ntwo, three; "four"'], [], ["b@example.org", "B", "x"]]
    csv.writer(text, delimiter=separator).writerows([["Email", "First Name", "Last-Name"], *people])
    sheet = open_sheet(text.getvalue().encode())
    assert [(row.line, row.cells["email"]) for row in sheet.rows()] == [(2, "a@example.org"), (5, "b@example.org")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "This is a workbook"),
        (b" \r\n ", "This file is empty"),
        (b"\xff\xfeA", "letters in this file cannot be told"),
        (b"name,mail\nAda,x", "first_name, last_name, email are not among them"),
        (b"first_name,last_name,email,email\n", "The column email is there twice"),
        (b'first_name,last_name,email\nAda,O,"a@example.org\nBob,B,b', "opens on line 2 is never closed"),
        (b'first_name,last_name,email\nA,B,c\nAda,"O"x,a', "On line 3 something follows a closing quote"),
        (b'first_name,last_name,email\nA,B,"' + b"x" * 200_000, "begins on line 2 is endless"),
        (b"first_name,last_name,email\n" + b"A,B,c\n" * (MAX_ROWS + 1), "more than 20,000 people"),
    ],
)
def test_open_when_a_file_cannot_be_told_then_a_sentence_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        list(open_sheet(content).rows())


def test_open_when_columns_are_unknown_then_they_are_named_and_left_out() -> None:
    sheet = open_sheet(b"first_name,Shoe size,last_name,email,\nAda,39,O,a@example.org,x,y\n")
    assert sheet.unknown_columns == ["Shoe size", "(without a name)"]
    (row,) = sheet.rows()
    assert (set(row.cells), row.excess) == ({"first_name", "last_name", "email"}, 1)


def test_rows_when_a_cell_is_hostile_then_it_is_text() -> None:
    text = 'first_name,last_name,email\n=HYPERLINK(1),"<b>\u202eevil\x00\x07",a@example.org\n'
    (row,) = open_sheet(text.encode()).rows()
    person, problems = person_of(row.cells)
    assert problems == []
    assert person is not None
    assert (person.first_name, person.last_name) == ("=HYPERLINK(1)", "<b>evil")


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"email": "ada@"}, "email", "not an email address"),
        ({"first_name": " "}, "first_name", "There is no first name"),
        ({"title": "x" * 201}, "title", "at most 200 characters"),
        ({"summary": "x" * 601}, "summary", "at most 600 characters"),
        ({"linkedin": "not a link"}, "linkedin", "Enter a full web address"),
        ({"portfolio": "javascript:alert(1)"}, "portfolio", "Enter a full web address"),
        ({"skills": ";".join(f"s{n}" for n in range(51))}, "skills", "These are 51. Enter at most 50"),
        ({"skills": "x" * 81}, "skills", "too long for one of them"),
        ({"values": "Mission first; Riches"}, "values", "“Riches” is none of these: Mission first"),
        ({"level": "guru"}, "level", "“guru” is none of these: Entry level"),
        ({"years": "-3"}, "years", "“-3” is not a whole number"),
        ({"years": "61"}, "years", "at most 60 years"),
        ({"years": "²"}, "years", "not a whole number"),
        ({"salary_min": "60k", "salary_currency": "EUR"}, "salary_min", "“60k” is not a whole number"),
        ({"salary_min": "9", "salary_max": "8", "salary_currency": "EUR"}, "salary_max", "less than salary_min"),
        ({"salary_min": "60000"}, "salary_currency", "Say in which currency"),
        ({"salary_currency": "EURO"}, "salary_currency", "“EURO” is no currency"),
        ({"can_be_sent": "maybe"}, "can_be_sent", "Enter yes or no"),
        ({"hidden_from": "Acme; …"}, "hidden_from", "“…” is no name or web address"),
    ],
)
def test_person_when_a_cell_is_wrong_then_column_and_reason_are_named(
    cells: dict[str, str], column: str, reason: str
) -> None:
    person, (problem,) = person_of(WHO | cells)
    assert person is None
    assert problem.column == column
    assert reason in problem.reason


def test_person_then_cells_are_understood_as_people_write_them() -> None:
    cells = {
        "level": "Senior",
        "remote": "remote ONLY",
        "search_state": "Not looking",
        "salary_min": "60,000",
        "salary_max": "75 000",
        "salary_currency": "eur",
        "skills": "Python, python; Go\nC++",
        "values": "small team",
        "github": "github.example/zoe",
        "hidden_from": "Acme, Inc.; umbra.example",
        "can_be_sent": "No",
    }
    person, problems = person_of(WHO | cells)
    assert problems == []
    assert person is not None
    assert person.fields == {
        "level": "senior",
        "remote": "only",
        "search_state": "not_looking",
        "salary_min": 60_000,
        "salary_max": 75_000,
        "salary_currency": "EUR",
        "github_url": "https://github.example/zoe",
        "can_be_sent": False,
    }
    assert person.names[TermKind.SKILL] == ["Python", "Go", "C++"]
    assert person.names[TermKind.VALUE] == ["Small team"]
    assert person.hidden_from == ["Acme, Inc.", "umbra.example"]


def test_the_demo_network_is_in_the_format_of_the_template() -> None:
    with network._FILE.open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == list(COLUMNS)
