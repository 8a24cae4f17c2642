"""The job's own questions as fields: every kind, every hostile text, and what is made of the answers."""

import logging
from typing import Any

import pytest
from django.forms import ChoiceField
from django.http import QueryDict

from candidates.forms import ApplicationForm
from candidates.questions import (
    LONGEST_DESCRIPTION,
    LONGEST_LABEL,
    MAX_LINE,
    _hint,
    field_name,
    fingerprint,
    questions_of,
)
from candidates.services import AnswerData
from jobs.models import Job
from jobs.questions import MOST_FILES, MOST_QUESTIONS, Option, Question, QuestionKind
from tests.candidates import files
from tests.candidates.test_forms import GOOD

CITIES = (Option("1", "Berlin"), Option("2", "Lisbon"), Option("3", "Oslo & more"))
LINE = Question("q1", "Notice period", QuestionKind.SHORT_TEXT, is_required=True)
TEXT = Question("q2", "Why us?", QuestionKind.LONG_TEXT, is_private=True)
YES_NO = Question("q3", "May you work here?", QuestionKind.YES_NO, is_required=True)
ONE = Question("q4", "Where?", QuestionKind.ONE_OF, options=CITIES)
SEVERAL = Question("q5", "Where else?", QuestionKind.SEVERAL_OF, is_required=True, options=CITIES)
FILE = Question("q6", "Portfolio", QuestionKind.FILE, is_required=True)
EXTRA = Question("q7", "Reference", QuestionKind.FILE)
ALL = [LINE, TEXT, YES_NO, ONE, SEVERAL, FILE, EXTRA]


def asked(*stored: Any) -> list[Question]:
    return questions_of(Job(pk=7, questions=list(stored)))


def form(
    answers: dict[Question, Any], questions: list[Question] = ALL, *, resume: bool = True, **changes: str
) -> ApplicationForm:
    posted, uploads = QueryDict(mutable=True), {"resume": files.uploaded(files.pdf(), "Ada.pdf")} if resume else {}
    posted.update({**GOOD, **changes})
    for question, value in answers.items():
        if isinstance(value, bytes):
            uploads[field_name(question)] = files.uploaded(value, "My work.pdf")
        else:
            posted.setlist(field_name(question), value if isinstance(value, list) else [value])
    return ApplicationForm(posted, uploads, questions=questions)


COMPLETE: dict[Question, Any] = {
    LINE: "4 weeks",
    TEXT: "",
    YES_NO: "no",
    ONE: "2",
    SEVERAL: ["3", "1"],
    FILE: files.pdf(),
}


def test_form_when_every_kind_is_answered_then_gives_the_answers_in_words() -> None:
    filled = form(COMPLETE)
    assert filled.is_valid(), filled.errors
    assert filled.application_data().answers == [
        AnswerData("q1", "Notice period", QuestionKind.SHORT_TEXT, "4 weeks"),
        AnswerData("q3", "May you work here?", QuestionKind.YES_NO, "No"),
        AnswerData("q4", "Where?", QuestionKind.ONE_OF, "Lisbon"),
        AnswerData("q5", "Where else?", QuestionKind.SEVERAL_OF, "Berlin, Oslo & more"),
        AnswerData("q6", "Portfolio", QuestionKind.FILE, "My work.pdf", False, files.checked(name="My work.pdf")),
    ]


def test_form_when_required_answers_are_missing_then_asks_for_each_in_its_own_words() -> None:
    filled = form({LINE: "  ", TEXT: "because"})
    assert filled.errors == {
        field_name(LINE): ["Answer this question."],
        field_name(YES_NO): ["Choose yes or no."],
        field_name(SEVERAL): ["Choose at least one."],
        field_name(FILE): ["Choose a file."],
    }
    assert filled[field_name(TEXT)].value() == "because"


def test_form_when_one_thing_is_wrong_then_every_answer_and_every_file_is_kept() -> None:
    first = form({**COMPLETE, EXTRA: files.txt()}, email="")
    assert not first.is_valid()
    first.keep_uploads(may_keep=lambda: True)
    rows = {row.field.name: row for row in first.answer_rows}
    assert [row.kept_filename for row in rows.values()] == ["", "", "", "", "", "My work.pdf", "My work.txt"]
    assert "required" not in str(rows[field_name(FILE)].field)
    assert rows[field_name(SEVERAL)].field.value() == ["3", "1"]
    assert rows[field_name(FILE)].drop is None
    tokens = {row.token.html_name: row.token.value() for row in [first.resume_row, *rows.values()] if row.token}
    second = form({**COMPLETE, FILE: ""}, resume=False, **tokens)
    assert second.is_valid(), second.errors
    assert [answer.text for answer in second.application_data().answers][-2:] == ["My work.pdf", "My work.txt"]
    third = form({**COMPLETE, FILE: ""}, resume=False, **tokens, **{f"drop_{field_name(EXTRA)}": "on"})
    assert third.is_valid(), third.errors
    assert [answer.key for answer in third.application_data().answers][-1] == "q6"


def test_form_when_files_are_refused_then_each_has_its_sentence_beside_it() -> None:
    filled = form({**COMPLETE, FILE: files.program(), EXTRA: files.zipped("a.txt")})
    assert "is a program" in filled.errors[field_name(FILE)][0]
    assert "ZIP archive" in filled.errors[field_name(EXTRA)][0]
    cut = ApplicationForm(GOOD, {}, questions=ALL, too_big={field_name(EXTRA)})
    assert "larger than 5 MB" in cut.errors[field_name(EXTRA)][0]


def test_form_when_a_kept_file_that_need_not_be_there_is_gone_then_says_so_once() -> None:
    token = {f"kept_{field_name(EXTRA)}": "x:y:z"}
    first = form(COMPLETE, **token)
    assert "no longer here" in first.errors[field_name(EXTRA)][0]
    assert first[f"kept_{field_name(EXTRA)}"].value() == ""


def test_form_when_an_answer_is_too_long_or_was_never_offered_then_says_so() -> None:
    filled = form({**COMPLETE, LINE: "x" * (MAX_LINE + 1), ONE: "9", SEVERAL: ["1", "9"], YES_NO: "maybe"})
    assert filled.errors[field_name(LINE)] == ["This is too long. Enter at most 500 characters."]
    for question in (ONE, SEVERAL, YES_NO):
        assert filled.errors[field_name(question)] == ["What you chose here is no longer offered. Please choose again."]


def test_form_when_the_questions_changed_meanwhile_then_says_so_once_and_loses_nothing() -> None:
    old = form(COMPLETE)
    shown = old.initial["asked"]
    now = [LINE, YES_NO, Question("q8", "New one", QuestionKind.SHORT_TEXT), SEVERAL, FILE]
    filled = form({**COMPLETE, TEXT: "Because of robots"}, now, asked=shown)
    assert "have changed" in filled.non_field_errors()[0]
    assert filled.lost_answers == ["Because of robots"]
    assert filled[field_name(LINE)].value() == "4 weeks"
    assert form(COMPLETE, now, asked=filled["asked"].value()).is_valid()


def test_form_when_questions_only_change_places_then_nobody_is_asked_to_look_again() -> None:
    assert form(COMPLETE, list(reversed(ALL)), asked=fingerprint(ALL)).is_valid()
    reworded = Question("q1", "Salary", QuestionKind.SHORT_TEXT)
    assert fingerprint([reworded]) != fingerprint([LINE])


@pytest.mark.parametrize("kind", [QuestionKind.YES_NO, QuestionKind.ONE_OF])
def test_form_when_a_choice_need_not_be_made_then_it_can_be_taken_back(kind: QuestionKind) -> None:
    question = Question("q", "Really?", kind, options=CITIES)
    filled = form({question: ""}, [question])
    field = filled.fields[field_name(question)]
    assert isinstance(field, ChoiceField)
    assert ("", "No answer") in list(field.choices)
    assert filled.is_valid(), filled.errors
    assert filled.application_data().answers == []


def test_questions_of_when_stored_oddly_then_leaves_out_only_what_cannot_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        found = asked(LINE.as_stored(), {**LINE.as_stored(), "kind": "hologram"}, {"key": "x"}, None, TEXT.as_stored())
    assert found == [LINE, TEXT]
    assert "job 7" in caplog.text
    assert questions_of(Job(questions={"key": "x"})) == questions_of(Job()) == []


def test_questions_of_when_keys_or_labels_are_twins_then_each_is_asked_and_answered() -> None:
    twins = asked(LINE.as_stored(), LINE.as_stored(), {**LINE.as_stored(), "key": "q9"})
    assert len({field_name(question) for question in twins}) == 3
    filled = form({question: str(number) for number, question in enumerate(twins)}, twins)
    assert filled.is_valid(), filled.errors
    assert [(a.label, a.text) for a in filled.application_data().answers] == [
        ("Notice period", "0"),
        ("Notice period", "1"),
        ("Notice period", "2"),
    ]
    assert len({answer.key for answer in filled.application_data().answers}) == 3


@pytest.mark.parametrize("kind", [QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF])
def test_questions_of_when_there_is_nothing_to_choose_from_then_asks_in_words(kind: QuestionKind) -> None:
    stored = Question("q", "Which?", kind, is_required=True, options=(Option("", "a"), Option("1", " "))).as_stored()
    assert [question.kind for question in asked(stored)] == [QuestionKind.SHORT_TEXT]


def test_questions_of_when_options_are_many_twins_or_numbers_then_each_stands_once() -> None:
    options = [[number // 2, f"City {number}"] for number in range(120)]
    (question,) = asked({**ONE.as_stored(), "options": options})
    assert [option.value for option in question.options] == [str(number) for number in range(60)]
    assert question.options[1].label == "City 2"


def test_questions_of_when_there_are_too_many_then_asks_the_first_and_few_files() -> None:
    files = [{**EXTRA.as_stored(), "key": f"f{number}"} for number in range(20)]
    texts = [{**TEXT.as_stored(), "key": f"t{number}"} for number in range(200)]
    keys = [question.key for question in asked(*files, *texts)]
    assert len(keys) == MOST_QUESTIONS
    assert keys[MOST_FILES - 1 : MOST_FILES + 1] == [f"f{MOST_FILES - 1}", "t0"]


HOSTILE = "\u202eevil\x00 <script>alert(1)</script>\n" + "x" * 1_000_000


def test_form_when_texts_are_hostile_or_endless_then_shows_them_as_short_plain_text() -> None:
    stored = {**SEVERAL.as_stored(), "label": HOSTILE, "description": HOSTILE, "options": [["1", HOSTILE]]}
    (question,) = asked(stored)
    assert len(question.label) == LONGEST_LABEL
    row = ApplicationForm(questions=[question], language="ar").answer_rows[0]
    html = str(row.field.label) + str(row.field) + str(row.field.help_text)
    assert '<span dir="auto" lang="ar">evil &lt;script&gt;' in html
    assert "<script" not in html
    assert "\u202e" not in html
    assert len(str(row.field.help_text)) < LONGEST_DESCRIPTION + 200


def test_form_when_shown_again_then_its_descriptions_are_not_cleaned_again() -> None:
    stored = [{**LINE.as_stored(), "description": "<p>Read <b>this</b></p>", "key": f"q{n}"} for n in range(5)]
    _hint.cache_clear()
    for _ in range(3):
        assert "<b>this</b>" in str(ApplicationForm(questions=asked(*stored)).answer_rows[4].field.help_text)
    assert _hint.cache_info().misses == 1


def test_form_when_a_description_is_html_then_keeps_words_and_links_only() -> None:
    stored = {**LINE.as_stored(), "description": '<h2>Read</h2><a href="https://x.example">this</a><img src=x>'}
    (question,) = asked(stored)
    help_text = str(ApplicationForm(questions=[question]).answer_rows[0].field.help_text)
    assert '<a href="https://x.example" target="_blank" rel="noopener noreferrer nofollow">this</a>' in help_text
    assert "Read" in help_text
    assert "<h" not in help_text
    assert "<img" not in help_text


def test_questions_of_when_a_label_is_empty_then_it_still_has_a_name() -> None:
    assert [question.label for question in asked(LINE.as_stored(), {**TEXT.as_stored(), "label": None})][1] == (
        "Question 2"
    )
