"""What leaves for Greenhouse, as pure functions of our rows."""

from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Application, Candidate, Document
from integrations.greenhouse import outgoing
from jobs.models import Job


def _application(**values: object) -> Application:
    return Application(candidate=Candidate(), job=Job(title="Pilot"), email="a@b.example", **values)


def test_candidate_body_leaves_out_what_was_not_given() -> None:
    body = outgoing.candidate_body(_application(first_name="Ada", last_name="L"))
    assert set(body) == {"first_name", "last_name", "email_addresses", "tags"}


def test_candidate_body_sorts_links_by_kind() -> None:
    links = [{"kind": "github", "url": "https://github.com/a"}, {"kind": "website", "url": "https://a.example"}]
    body = outgoing.candidate_body(_application(first_name="A", last_name="", phone="1", links=links))
    assert body["last_name"] == "-", "Greenhouse wants one"
    assert body["social_media_addresses"] == [{"value": "https://github.com/a"}]
    assert body["website_addresses"] == [{"value": "https://a.example", "type": "portfolio"}]
    assert body["phone_numbers"] == [{"value": "1", "type": "mobile"}]


@given(first=st.text(max_size=30), last=st.text(max_size=300))
def test_resume_filename_is_always_safe_and_always_the_same(first: str, last: str) -> None:
    application = _application(first_name=first, last_name=last)
    name = outgoing.resume_filename(application, Document(extension="pdf"))
    assert name == outgoing.resume_filename(application, Document(extension="pdf"))
    assert name.endswith(f"_{application.key.hex[:8]}.pdf")
    assert not set(name) & set('/\\:*?"<>|\r\n\x00 ')
    assert len(name) < 110


def test_note_ends_with_the_link_that_marks_it() -> None:
    text = outgoing.note_text(_application(first_name="Ada", last_name="L", note="Hello"), "https://x.example/1")
    assert text.startswith("Ada L applied through Purpose Jobs for “Pilot”.")
    assert text.endswith("On Purpose Jobs: https://x.example/1")
