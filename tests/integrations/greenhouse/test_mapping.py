"""One record of Greenhouse as a row of ours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.models import ApplicationStatus
from integrations.greenhouse import mapping, schemas
from integrations.greenhouse.parsing import parse_record
from integrations.models import Connection, SyncRun
from jobs.questions import MOST_FILES, MOST_QUESTIONS, Option, QuestionKind, read_questions
from tests.integrations.greenhouse.shapes import SHAPES, record

RUN = SyncRun(pk=9, connection=Connection(pk=8))


def _post(**changes: Any) -> Any:
    return mapping.post_row(parse_record(schemas.JobPostPayload, record("job_posts", **changes)), RUN)


def _job(**changes: Any) -> Any:
    return mapping.job_row(parse_record(schemas.JobPayload, record("jobs", **changes)), RUN)


def _question(**changes: Any) -> dict[str, Any]:
    return {**SHAPES["job_posts"]["questions"][1], **changes}


# Posts


def test_post_row_when_all_is_there_keeps_all_of_it() -> None:
    row = _post(id=2**40, language="zhHant")
    assert (row.connection_id, row.seen_in_id, row.remote_id) == (8, 9, str(2**40))
    assert (row.title, row.content, row.language) == (
        "Robotics Engineer",
        "<p>Teach robots to see.</p>",
        "zhHant",
    )
    assert (row.job_remote_id, row.board_remote_id) == ("4190000001", "3")
    assert row.public_url == "https://boards.example/jobs/1?gh_jid=1"
    assert row.first_published_at == datetime(2026, 5, 5, 22, 36, 4, 296000, tzinfo=UTC)
    assert (row.is_active, row.is_live, row.is_internal) == (True, True, False)


def test_post_row_when_nearly_all_is_null_is_still_a_row() -> None:
    nulls = dict.fromkeys(("job_id", "job_board_id", "content", "language", "public_url", "first_published_at"))
    row = _post(**nulls, questions=None, featured=None, updated_at=None)
    assert (row.job_remote_id, row.board_remote_id, row.content, row.language, row.public_url) == ("",) * 5
    assert (row.questions, row.first_published_at, row.remote_updated_at) == ([], None, None)


def test_post_row_when_the_text_is_a_megabyte_keeps_it_whole() -> None:
    text = "<p>" + "word " * 200_000 + "end</p>"
    row = _post(content=text, title="t" * 5000)
    assert row.content == text
    assert len(row.title) == 5000


def test_post_row_when_it_asks_questions_keeps_its_own_only() -> None:
    asked = [
        _question(id=None, name="first_name", answer_type="short_text"),
        _question(id=None, name="resume", answer_type="attachment"),
        _question(id=1, name="question_1", answer_type="hidden"),
        _question(id=2, name="question_2", answer_type="multi_select", options=[]),
        _question(id=3, name="question_3", label=" Salary? ", answer_type="short_text", required=True, private=True),
        _question(id=4, name="question_4", answer_type="hologram"),
        _question(id=5, name="question_3", label="Twice"),
        _question(id=42),
        _question(id=6, name=None, label=None, answer_type="boolean", options=None),
    ]
    kept = {one.key: one for one in read_questions(_post(questions=asked).questions)}
    assert [*kept] == ["question_3", "question_4", "question_42", "question_6"]
    salary, visa = kept["question_3"], kept["question_42"]
    assert (salary.label, salary.is_required, salary.is_private) == ("Salary?", True, True)
    assert (visa.kind, visa.description) == (QuestionKind.ONE_OF, "<p>Today.</p>")
    assert visa.options == (Option("1", "Yes"), Option("2", "No"))
    assert kept["question_4"].kind == QuestionKind.SHORT_TEXT
    assert kept["question_6"].label == "question_6"


def test_post_row_when_it_asks_too_much_keeps_what_one_form_asks() -> None:
    files = [_question(id=number, name=f"file_{number}", answer_type="attachment") for number in range(1, 21)]
    texts = [_question(id=number, name=f"text_{number}", answer_type="short_text") for number in range(1, 201)]
    kept = [one.key for one in read_questions(_post(questions=files + texts).questions)]
    assert len(kept) == MOST_QUESTIONS
    assert kept[MOST_FILES - 1 : MOST_FILES + 1] == [f"file_{MOST_FILES}", "text_1"]


# Jobs


def test_job_row_when_all_is_there_keeps_all_of_it() -> None:
    row = _job(status="a new word", is_template=True, confidential=True)
    assert (row.name, row.requisition_id, row.status) == ("Robotics Engineer (Berlin)", "ENG-7", "a new word")
    assert (row.is_template, row.is_confidential) == (True, True)
    assert (row.department_remote_id, row.office_remote_ids) == ("11", ["21", "22"])
    assert row.custom_fields == {"employment_type": ["Employment Type", "Part-time"]}
    assert row.opened_at == datetime(2026, 5, 5, 22, 36, 4, 296000, tzinfo=UTC)


def test_job_row_when_nearly_all_is_null_is_still_a_row() -> None:
    nulls = dict.fromkeys(("requisition_id", "department_id", "office_ids", "custom_fields", "opened_at"))
    row = _job(**nulls, is_template=None, confidential=None)
    assert (row.requisition_id, row.department_remote_id, row.office_remote_ids) == ("", "", [])
    assert (row.custom_fields, row.opened_at, row.is_template) == ({}, None, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" Full-time ", "Full-time"),
        (True, "Yes"),
        (False, "No"),
        (12000, "12,000"),
        (37.5, "37.5"),
        (40.0, "40"),
        (["Python", "Rust", None], "Python, Rust"),
        ({"amount": 90000, "currency_code": "EUR"}, "90,000 EUR"),
        ({"value": "90000", "unit": "EUR"}, "90000 EUR"),
        ({"min_amount": 1000, "max_amount": 2000, "currency_code": "USD"}, "1,000 – 2,000 USD"),
        ({"min_value": 3, "max_value": None}, "3"),
        ({"user_id": 5, "name": "Maya Okafor", "email": "maya@example.com"}, "Maya Okafor"),
        ({"currency_code": "EUR"}, ""),
        ({}, ""),
    ],
)
def test_custom_field_when_of_any_type_is_readable(value: object, text: str) -> None:
    fields = mapping.readable_fields({"key": {"name": "Name", "type": "t", "value": value}})
    assert fields == ({"key": ["Name", text]} if text else {})


def test_custom_fields_when_oddly_shaped_are_left_out_or_named_by_their_key() -> None:
    assert mapping.readable_fields({"a": None, "b": "text", "c": {}, "d": {"name": None, "value": "x"}}) == {
        "d": ["d", "x"]
    }


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "amount", "min_value", "unit", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=ANY_JSON)
def test_custom_field_when_it_holds_any_json_is_text(value: Any) -> None:
    assert isinstance(mapping.in_words(value), str)


# Names, places and pay


def test_office_row_when_it_has_a_location_shows_that() -> None:
    office = schemas.OfficePayload(id=1, name="HQ", location="Berlin, Germany", parent_id=7)
    assert (mapping.office_row(office, RUN).name, mapping.office_row(office, RUN).parent_remote_id) == (
        "Berlin, Germany",
        "7",
    )
    assert mapping.office_row(schemas.OfficePayload(id=1, name="HQ", location=" "), RUN).name == "HQ"


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({}, (6500000, 8200000)),
        ({"min_cents": None}, (0, 8200000)),
        ({"max_cents": 2**63}, (0, 0)),
        ({"min_cents": -1}, (0, 0)),
    ],
)
def test_pay_range_row_when_its_ends_are_odd_is_one_that_every_database_takes(
    changes: dict[str, Any], ends: tuple[int, int]
) -> None:
    row = mapping.pay_range_row(
        parse_record(schemas.PayRangePayload, record("pay_input_ranges", currency_type=" eur ", **changes)), RUN
    )
    assert (row.min_cents, row.max_cents) == ends
    assert (row.currency, row.post_remote_id, row.input_remote_id) == ("EUR", "5", "1")


def test_pay_input_row_when_its_priority_is_beyond_measure_is_one_that_every_database_takes() -> None:
    row = mapping.pay_input_row(schemas.PayInputPayload(id=1, title="Salary", priority=10**12), RUN)
    assert (row.name, row.position) == ("Salary", 2**31 - 1)


# Progress


@pytest.mark.parametrize(
    ("status", "stage", "key", "ours"),
    [
        ("in_process", "", "", ApplicationStatus.SENT),
        ("in_process", "Application Review", "", ApplicationStatus.IN_REVIEW),
        ("in_process", "Hiring Manager Screen Review", "", ApplicationStatus.IN_REVIEW),
        ("in_process", "Phone Interview", "", ApplicationStatus.INTERVIEWING),
        ("in_process", "Offer", "", ApplicationStatus.OFFER),
        ("hired", "Offer", "", ApplicationStatus.HIRED),
        ("rejected", "Offer", "WE_REJECTED_THEM", ApplicationStatus.REJECTED),
        ("rejected", "", "THEY_REJECTED_US", ApplicationStatus.WITHDRAWN),
        ("rejected", "", "", ApplicationStatus.REJECTED),
    ],
)
def test_tracked_status(status: str, stage: str, key: str, ours: ApplicationStatus) -> None:
    assert mapping.tracked_status(status, stage, key) == ours
