"""Pure functions between our rows and Greenhouse's records."""

import pytest

from candidates.models import ApplicationStatus
from integrations.greenhouse import mapping
from integrations.models import GreenhousePostLocation

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
