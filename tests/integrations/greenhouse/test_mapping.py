"""Pure functions between our rows and Greenhouse's records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Application, ApplicationStatus, Candidate, Document
from integrations.greenhouse import mapping
from integrations.models import GreenhousePostLocation
from jobs.models import Job

NAMES = {("office", "1"): "Berlin", ("custom_location", "2"): "Remote, Europe"}


def _place(kind: str, text: str = "", name: str = "") -> GreenhousePostLocation:
    return GreenhousePostLocation(kind=kind, text=text, name_remote_id=name)


@pytest.mark.parametrize(
    ("places", "text"),
    [
        ([], ""),
        ([_place("free_text", "Oslo")], "Oslo"),
        ([_place("office", name="1"), _place("custom_list", name="2")], "Berlin · Remote, Europe"),
        ([_place("office", name="1"), _place("free_text", " Berlin ")], "Berlin"),
        ([_place("office", name="404")], ""),
        ([_place("", "")], ""),
        ([_place("a new kind", "Bergen")], "Bergen"),
    ],
)
def test_display_location(places: list[GreenhousePostLocation], text: str) -> None:
    assert mapping.display_location(places, NAMES) == text


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


@pytest.mark.parametrize("value", [None, 3, ["a"], {"amount": 1}])
def test_custom_field_text_reads_only_text(value: object) -> None:
    assert mapping.custom_field_text({"x": {"name": "X", "type": "t", "value": value}}, "x") == ""
    assert mapping.custom_field_text({}, "x") == ""


def _application(**values: object) -> Application:
    return Application(candidate=Candidate(), job=Job(title="Pilot"), email="a@b.example", **values)


def test_candidate_body_leaves_out_what_was_not_given() -> None:
    body = mapping.candidate_body(_application(first_name="Ada", last_name="L"))
    assert set(body) == {"first_name", "last_name", "email_addresses", "tags"}


def test_candidate_body_sorts_links_by_kind() -> None:
    links = [{"kind": "github", "url": "https://github.com/a"}, {"kind": "website", "url": "https://a.example"}]
    body = mapping.candidate_body(_application(first_name="A", last_name="", phone="1", links=links))
    assert body["last_name"] == "-", "Greenhouse wants one"
    assert body["social_media_addresses"] == [{"value": "https://github.com/a"}]
    assert body["website_addresses"] == [{"value": "https://a.example", "type": "portfolio"}]
    assert body["phone_numbers"] == [{"value": "1", "type": "mobile"}]


@given(first=st.text(max_size=30), last=st.text(max_size=300))
def test_resume_filename_is_always_safe_and_always_the_same(first: str, last: str) -> None:
    application = _application(first_name=first, last_name=last)
    name = mapping.resume_filename(application, Document(extension="pdf"))
    assert name == mapping.resume_filename(application, Document(extension="pdf"))
    assert name.endswith(f"_{application.key.hex[:8]}.pdf")
    assert not set(name) & set('/\\:*?"<>|\r\n\x00 ')
    assert len(name) < 110


def test_note_ends_with_the_link_that_marks_it() -> None:
    text = mapping.note_text(_application(first_name="Ada", last_name="L", note="Hello"), "https://x.example/1")
    assert text.startswith("Ada L applied through Purpose Jobs for “Pilot”.")
    assert text.endswith("On Purpose Jobs: https://x.example/1")
