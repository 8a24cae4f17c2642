"""What leaves for Greenhouse, as pure functions of our rows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Answer, Application, Candidate, Document
from integrations.greenhouse import outgoing
from integrations.models import Connection, Export, FileType, GreenhouseJob
from jobs.models import Job

LINK = "https://x.example/1"


def _application(**values: Any) -> Application:
    return Application(candidate=Candidate(), job=Job(title="Pilot"), email="a@b.example", **values)


def test_candidate_body_leaves_out_what_was_not_given() -> None:
    body = outgoing.candidate_body(_application(first_name="Ada", last_name="L"))
    assert set(body) == {"first_name", "last_name", "email_addresses", "tags"}


def test_candidate_body_sorts_links_by_where_they_lead() -> None:
    links = [
        {"kind": "github", "url": "https://github.com/a"},
        {"kind": "website", "url": "https://a.example"},
        {"kind": "website", "url": "https://de.linkedin.com/in/a?trk=x"},
        {"kind": "linkedin", "url": "http://www.linkedin.com/in/a/"},
        {"kind": "blog", "url": "https://blog.a.example"},
    ]
    body = outgoing.candidate_body(_application(first_name="Ada", links=links))
    assert body["social_media_addresses"] == [
        {"value": "https://github.com/a"},
        {"value": "https://de.linkedin.com/in/a?trk=x"},
    ]
    assert body["website_addresses"] == [
        {"value": "https://a.example", "type": "portfolio"},
        {"value": "https://blog.a.example", "type": "blog"},
    ]


def test_candidate_body_names_every_address_once_and_the_first_one_first() -> None:
    application = _application(
        first_name="Ada",
        other_emails=["A@B.example ", "ada@work.example"],
        phone="+49 30 1234567",
        other_phones=["0049-30-1234567", "030 / 1234567", "+49 171 99"],
        current_company="Analytical Engines",
        current_title="Engineer",
    )
    body = outgoing.candidate_body(application)
    assert [row["value"] for row in body["email_addresses"]] == ["a@b.example", "ada@work.example"]
    assert body["phone_numbers"] == [
        {"value": "+49 30 1234567", "type": "mobile"},
        {"value": "+49 171 99", "type": "other"},
    ]
    assert (body["company"], body["title"]) == ("Analytical Engines", "Engineer")


def test_candidate_body_holds_at_most_twenty_links() -> None:
    links = [{"kind": "website", "url": f"https://a.example/{n}"} for n in range(40)]
    body = outgoing.candidate_body(_application(first_name="Ada", links=links))
    assert len(body["website_addresses"]) == 20


def _export(**values: Any) -> Export:
    return Export(greenhouse_job=GreenhouseJob(remote_id="7"), candidate_remote_id="3", **values)


def test_application_part_takes_the_exports_own_source_before_the_connections() -> None:
    connection = Connection(source_remote_id="1")
    assert outgoing.application_part(_export(), connection, "")["source_id"] == 1
    assert outgoing.application_part(_export(source_remote_id="2"), connection, "5") == {
        "job_id": 7,
        "source_id": 2,
        "referrer_id": 5,
    }


def test_application_body_of_a_prospect_names_jobs_and_pool_but_no_stage() -> None:
    prospect = _export(sends_as="prospect", pool_remote_id="8", pool_stage_remote_id="9", stage_remote_id="4")
    body = outgoing.application_body(prospect, outgoing.application_part(prospect, Connection(), ""))
    assert body == {
        "candidate_id": 3,
        "prospect": True,
        "job_ids": [7],
        "prospect_pool_id": 8,
        "prospect_pool_stage_id": 9,
    }


@given(first=st.text(max_size=30), last=st.text(max_size=300), of_file=st.text(max_size=50))
def test_filename_is_always_safe_and_always_the_same(first: str, last: str, of_file: str) -> None:
    application = _application(first_name=first, last_name=last)
    document = Document(pk=1, extension="pdf", filename=f"{of_file}.pdf")
    name = outgoing.filename(application, document)
    assert name == outgoing.filename(application, document)
    assert name.endswith(f"_{document.key.hex[:8]}.pdf")
    assert not set(name) & set('/\\:*?"<>|\r\n\x00 ')
    assert len(name) < 110
    assert name != outgoing.filename(application, Document(pk=2, extension="pdf", filename=f"{of_file}.pdf"))


def test_note_reads_well_and_ends_with_the_link_that_marks_it() -> None:
    application = _application(
        first_name="Ada", last_name="L", note="Hello", current_title="Engineer", current_company="Engines"
    )
    answers = [
        Answer(label="Why us?", text="Robots."),
        Answer(label="Cover letter", document=Document(filename="letter.pdf")),
        Answer(label="Since when?", text=""),
    ]
    text = outgoing.note_text(application, answers, LINK)
    assert text.split("\n\n") == [
        "Ada L applied through Purpose Jobs for “Pilot”.",
        "Engineer at Engines",
        "Hello",
        "Why us?\nRobots.",
        "Cover letter\nletter.pdf (among the files)",
        "Since when?\n(no answer)",
        "a@b.example",
        f"On Purpose Jobs: {LINK}",
    ]


def test_note_of_a_sourced_person_does_not_say_that_they_applied() -> None:
    application = Application(first_name="Ada", email="a@b.example", origin="sourced")
    assert outgoing.note_text(application, [], LINK).startswith("Ada was found on Purpose Jobs.")


def test_a_file_is_a_cover_letter_or_an_answer() -> None:
    assert outgoing.type_of(Answer(key="cover_letter")) == FileType.COVER_LETTER
    assert outgoing.type_of(Answer(key="question_42")) == FileType.FORM_ATTACHMENT
