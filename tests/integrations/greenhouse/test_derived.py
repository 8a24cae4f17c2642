"""What several records tell together: places, departments, remote, pay."""

from typing import Any

import pytest

from integrations.greenhouse import derived
from integrations.greenhouse.derived import Name, Place, Range
from jobs.places import says_remote

NAMES = {
    ("office", "1"): Name("Berlin"),
    ("custom_location", "2"): Name("Remote, Europe"),
    ("department", "10"): Name("Engineering"),
    ("department", "11"): Name("Platform", "10"),
    ("department", "12"): Name("Storage", "11"),
    ("department", "20"): Name("Egg", "21"),
    ("department", "21"): Name("Hen", "20"),
    ("department", "30"): Name("Orphan", "404"),
    ("department", "31"): Name("", "10"),
    ("pay_input", "5"): Name("Annual salary", position=1),
    ("pay_input", "6"): Name("Bonus", position=2),
}


@pytest.mark.parametrize(
    ("places", "texts"),
    [
        ([], []),
        ([Place("free_text", "", "Oslo")], ["Oslo"]),
        ([Place("office", "1", ""), Place("custom_list", "2", "")], ["Berlin", "Remote, Europe"]),
        ([Place("office", "1", ""), Place("free_text", "", " Berlin ")], ["Berlin"]),
        ([Place("office", "404", "")], []),
        ([Place("office", "404", "Bergen")], ["Bergen"]),
        ([Place("", "", "")], []),
        ([Place("a new kind", "", "Bergen")], ["Bergen"]),
    ],
)
def test_places_of_every_kind_are_shown_once(places: list[Place], texts: list[str]) -> None:
    assert derived.places_of(places, NAMES) == texts


@pytest.mark.parametrize(
    ("remote_id", "path"),
    [
        ("12", ["Engineering", "Platform", "Storage"]),
        ("10", ["Engineering"]),
        ("20", ["Hen", "Egg"]),
        ("30", ["Orphan"]),
        ("31", ["Engineering"]),
        ("404", []),
        ("", []),
    ],
)
def test_department_path_leads_from_the_top_and_survives_a_circle(remote_id: str, path: list[str]) -> None:
    assert derived.department_path(remote_id, NAMES) == path


@pytest.mark.parametrize(
    "text",
    [
        *("Remote", "Remote – EU", "Remote, Europe", "Anywhere", "US - Remote", "Berlin (Remote)", "Fully remote"),
        *("Remote (US/Canada)", "Remote/Anywhere", "Work from home (India)", "Remote-first", "Remoto"),
    ],
)
def test_says_remote_when_only_remote_is_offered(text: str) -> None:
    assert says_remote(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Berlin", "Not remote", "No remote", "non-remote", "Hybrid", "Hybrid/remote", "Remote (hybrid)"),
        *("Berlin or remote", "Remote or Berlin", "Berlin / Remote", "Remote-friendly", "Partly remote", "On-site"),
        *("Remote not possible", "Remote & Berlin", "Removed"),
    ],
)
def test_says_remote_when_another_way_is_left_open_says_no(text: str) -> None:
    assert not says_remote(text)


@pytest.mark.parametrize(
    ("places", "said", "remote"),
    [
        (["Remote"], "", True),
        (["Remote", "Remote, US"], "", True),
        (["Remote", "Berlin"], "", False),
        ([], "", False),
        (["Berlin"], "Yes", True),
        (["Berlin"], "Fully remote", True),
        (["Remote"], "No", False),
        (["Remote"], "Hybrid", False),
        ([], "On-site", False),
    ],
)
def test_is_remote_goes_by_the_employers_field_before_the_words(places: list[str], said: str, remote: bool) -> None:
    assert derived.is_remote(places, said) is remote


def _ranges(*ranges: Range) -> list[Any]:
    return [
        (one["title"], one["min_cents"], one["max_cents"], one["currency"]) for one in derived.pay_ranges(ranges, NAMES)
    ]


def test_pay_ranges_put_the_main_one_first_and_leave_out_what_is_not_filled_in() -> None:
    assert _ranges(
        Range("6", 100, 200, "EUR"),
        Range("5", 0, 0, "EUR"),
        Range("5", 500, 900, "USD"),
        Range("5", 300, 0, "EUR"),
        Range("6", 1, 2, "EURO"),
        Range("6", 1, 2, ""),
        Range("404", 7, 8, "CHF"),
    ) == [
        ("Annual salary", 500, 900, "USD"),
        ("Annual salary", 300, None, "EUR"),
        ("Bonus", 100, 200, "EUR"),
        ("", 7, 8, "CHF"),
    ]


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("", "year"),
        ("Annual salary", "year"),
        ("Hourly rate (US)", "hour"),
        ("Pay in $/hr", "hour"),
        ("Monthly gross", "month"),
        ("Stipend per month", "month"),
        ("Weekly pay", "week"),
        ("Weekend bonus", "year"),
        ("Day rate", "day"),
        ("Rate per day", "day"),
    ],
)
def test_pay_period_is_read_from_the_title(title: str, period: str) -> None:
    assert derived.pay_period(title).value == period
