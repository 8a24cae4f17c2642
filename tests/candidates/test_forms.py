from typing import Any

import pytest
from django.http import QueryDict

from candidates.forms import MAX_NOTE, ApplicationForm
from candidates.questions import field_name
from jobs.questions import Question, QuestionKind
from tests.candidates import files

GOOD = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "Ada@Example.org",
    "phone": "+44 20 1234567",
    "linkedin": "linkedin.com/in/ada",
    "github": "ada-l",
    "website": "https://ada.example/about",
    "note": "Hello",
}


def form(resume: Any = None, **changes: str) -> ApplicationForm:
    chosen = files.uploaded(files.pdf(), "Ada.pdf") if resume is None else resume
    posted = QueryDict(mutable=True)
    posted.update({**GOOD, **changes})
    return ApplicationForm(posted, {"resume": chosen} if chosen else {})


def errors(field: str, **changes: str) -> list[str]:
    return form(**changes).errors.get(field, [])


def test_form_when_all_is_well_then_gives_the_data() -> None:
    filled = form(first_name="  Ada  B. ")
    assert filled.is_valid(), filled.errors
    data = filled.application_data()
    assert (data.first_name, data.last_name, data.email, data.phone) == (
        "Ada B.",
        "Lovelace",
        "ada@example.org",
        "+44 20 1234567",
    )
    assert data.links == [
        {"kind": "linkedin", "url": "https://linkedin.com/in/ada"},
        {"kind": "github", "url": "https://github.com/ada-l"},
        {"kind": "website", "url": "https://ada.example/about"},
    ]
    assert filled.uploads["resume"] == files.checked(name="Ada.pdf")


def test_form_when_only_the_needed_is_filled_then_is_enough() -> None:
    filled = form(phone="", linkedin="", github="", website="", note="")
    assert filled.is_valid(), filled.errors
    assert filled.application_data().links == []


LINKEDIN = "Enter a full LinkedIn address, for example linkedin.com/in/your-name."


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "", "Enter your first name."),
        ("first_name", "   ", "Enter your first name."),
        ("last_name", "", "Enter your last name."),
        ("email", "", "Enter your email address, so that the employer can answer you."),
        ("email", "ada", "Enter an email address like name@example.com."),
        ("email", "ada@", "Enter an email address like name@example.com."),
        ("phone", "call me", "Enter the phone number in digits, for example +49 30 1234567."),
        ("linkedin", "https://example.com/in/ada", LINKEDIN),
        ("linkedin", "https://notlinkedin.com/in/ada", LINKEDIN),
        ("linkedin", "linkedin.com", LINKEDIN),
        ("github", "gitlab.com/ada", "Enter a full GitHub address, for example github.com/your-name."),
        ("website", "javascript:alert(1)", "Enter a full Portfolio or website address, for example your-name.com."),
        ("website", "ftp://ada.example", "Enter a full Portfolio or website address, for example your-name.com."),
        ("website", "not a site", "Enter a full Portfolio or website address, for example your-name.com."),
        ("website", "x.com/" + "y" * 600, "This address is too long. Enter at most 500 characters."),
        ("note", "x" * (MAX_NOTE + 1), "This is too long. Enter at most 5,000 characters."),
    ],
)  # fmt: skip
def test_form_when_a_field_is_wrong_then_says_it_once_and_keeps_what_was_typed(
    field: str, value: str, sentence: str
) -> None:
    filled = form(**{field: value})
    assert filled.errors == {field: [sentence]}
    assert filled[field].value() == value
    assert filled["last_name" if field != "last_name" else "note"].value()


@pytest.mark.parametrize(
    ("field", "value", "url"),
    [
        ("linkedin", "https://de.linkedin.com/in/ada?x=1", "https://de.linkedin.com/in/ada?x=1"),
        ("linkedin", "www.linkedin.com/in/ada", "https://www.linkedin.com/in/ada"),
        ("github", "@ada", "https://github.com/ada"),
        ("github", "http://github.com/ada", "http://github.com/ada"),
        ("website", "ada.example:8443/x", "https://ada.example:8443/x"),
    ],
)
def test_form_when_a_link_is_typed_loosely_then_makes_it_whole(field: str, value: str, url: str) -> None:
    filled = form(**{field: value})
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data[field] == url


@pytest.mark.parametrize("phone", ["+49 (0)30 / 123-456", "030.1234567", "(555) 010-1234 ext. 7", "5550100"])
def test_form_when_the_phone_is_written_in_a_common_way_then_takes_it(phone: str) -> None:
    assert errors("phone", phone=phone) == []


def test_form_when_no_resume_is_there_then_asks_for_it() -> None:
    empty = form(resume=False)
    assert empty.errors == {"resume": ["Choose your résumé."]}
    assert "required" in str(empty["resume"])


def test_form_when_the_resume_is_refused_then_says_why_beside_it() -> None:
    filled = form(resume=files.uploaded(files.program()))
    (sentence,) = filled.errors["resume"]
    assert "is a program" in sentence
    assert filled.uploads == {}


def test_form_when_the_resume_is_empty_or_was_cut_off_then_each_has_its_sentence() -> None:
    assert "empty" in form(resume=files.uploaded(b"")).errors["resume"][0]
    cut = ApplicationForm(GOOD, {}, too_big={"resume"})
    assert "larger than 5 MB" in cut.errors["resume"][0]


def test_form_when_another_field_is_wrong_then_the_resume_is_kept_for_the_next_try() -> None:
    first = form(email="")
    assert not first.is_valid()
    first.keep_uploads(may_keep=lambda: True)
    assert first.resume_row.kept_filename == "Ada.pdf"
    assert 'value="Lovelace"' in str(first["last_name"])
    assert "required" not in str(first["resume"])
    second = form(resume=False, kept_resume=first["kept_resume"].value())
    assert second.is_valid(), second.errors
    assert second.uploads["resume"] == files.checked(name="Ada.pdf")


def test_form_when_a_new_file_is_chosen_then_it_replaces_the_kept_one() -> None:
    first = form(email="")
    assert not first.is_valid()
    first.keep_uploads(may_keep=lambda: True)
    second = form(resume=files.uploaded(files.txt(), "b.txt"), kept_resume=first["kept_resume"].value(), email="")
    assert not second.is_valid()
    second.keep_uploads(may_keep=lambda: True)
    assert second.resume_row.kept_filename == "b.txt"
    assert second["kept_resume"].value() != first["kept_resume"].value()


def test_form_when_the_new_file_is_refused_then_the_kept_one_stays() -> None:
    first = form(email="")
    assert not first.is_valid()
    first.keep_uploads(may_keep=lambda: True)
    second = form(resume=files.uploaded(files.program()), kept_resume=first["kept_resume"].value())
    assert "resume" in second.errors
    second.keep_uploads(may_keep=lambda: True)
    assert second.resume_row.kept_filename == "Ada.pdf"
    assert second["kept_resume"].value() == first["kept_resume"].value()


def test_form_when_the_kept_file_is_gone_then_asks_for_it_again() -> None:
    filled = form(resume=False, kept_resume="x:y:z")
    assert filled.errors == {"resume": ["This file was kept for a day and is no longer here. Choose it again."]}


def test_form_when_a_kept_file_is_named_in_another_field_too_then_it_is_read_once() -> None:
    first = form(email="")
    assert not first.is_valid()
    first.keep_uploads(may_keep=lambda: True)
    token = first["kept_resume"].value()
    question = Question("q1", "Portfolio", QuestionKind.FILE)
    name = field_name(question)
    posted = {**GOOD, "kept_resume": token, f"kept_{name}": token}
    second = ApplicationForm(posted, {}, questions=[question])
    assert second.errors == {name: ["This file was already used in another place of this form. Choose it here again."]}
    assert list(second.uploads) == ["resume"]
    assert second[f"kept_{name}"].value() == ""
    chosen = {name: files.uploaded(files.txt(), "b.txt")}
    assert ApplicationForm(posted, chosen, questions=[question]).is_valid()
    assert ApplicationForm({**posted, f"drop_{name}": "on"}, {}, questions=[question]).is_valid()


def test_form_when_a_program_fills_the_hidden_field_then_refuses_and_empties_it() -> None:
    filled = form(subject_line="Buy now")
    assert "hidden from people" in filled.non_field_errors()[0]
    assert filled["subject_line"].value() == ""
    assert filled["note"].value() == "Hello"
