"""What the headers of an answer say, also when they say nonsense."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from integrations.greenhouse import headers

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
URL = "https://harvest.example/v3/jobs"


def epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


# Links


@pytest.mark.parametrize("value", ["", "  "])
def test_link_when_empty_is_the_last_page(value: str) -> None:
    assert headers.next_cursor({"Link": value}, URL) is None


def test_link_when_absent_is_the_last_page() -> None:
    assert headers.next_cursor({}, URL) is None


@pytest.mark.parametrize(
    "value",
    [
        '<https://harvest.example/v3/jobs?cursor=abc%3D%3D>; rel="next"',
        "<https://harvest.example/v3/jobs?cursor=abc%3D%3D>; rel=next",
        '<https://HARVEST.example:443/v3/jobs?cursor=abc%3D%3D>;rel="last next"',
        '</v3/jobs?cursor=abc%3D%3D>; title="a, b"; rel="next"',
        '<?cursor=abc%3D%3D>; rel="next"',
        '<https://harvest.example/v3/jobs?cursor=1>; rel="first", <?cursor=abc%3D%3D>; rel="Next"',
        '<https://harvest.example/v3/jobs?per_page=5&cursor=abc%3D%3D>; rel="next"',
        '<https://harvest.greenhouse.io/v3/jobs?cursor=abc%3D%3D>; rel="next"',
        '<http://127.0.0.1:8000/behind/v3/jobs?cursor=abc==>; rel="next"',
    ],
)
def test_link_when_it_leads_on_gives_only_the_decoded_cursor(value: str) -> None:
    assert headers.next_cursor({"Link": value}, URL) == "abc=="


def test_link_when_it_names_only_other_pages_is_the_last_page() -> None:
    assert headers.next_cursor({"Link": '<https://harvest.example/v3/jobs?cursor=1>; rel="first"'}, URL) is None


@pytest.mark.parametrize(
    "target",
    [
        "https://harvest.example/v3/candidates?cursor=a",
        "https://harvest.example/v3/jobs/../candidates?cursor=a",
        "https://harvest.example/v1/jobs?cursor=a",
        "https://harvest.example/v3/jobs?page=2",
        "https://harvest.example/v3/jobs?cursor=",
        "https://harvest.example/v3/jobs?cursor=a&cursor=b",
        "https://harvest.example/v3/jobs",
        "https://[harvest/v3/jobs?cursor=a",
    ],
)
def test_link_when_it_leads_elsewhere_is_refused(target: str) -> None:
    with pytest.raises(headers.BadLink):
        headers.next_cursor({"Link": f'<{target}>; rel="next"'}, URL)


@pytest.mark.parametrize(
    "value",
    [
        "next",
        "https://harvest.example/v3/jobs?cursor=a",
        "<https://harvest.example/v3/jobs?cursor=a>",
        '<https://harvest.example/v3/jobs?cursor=a; rel="next"',
        '<?cursor=a>; rel="next", <?cursor=b>; rel="next"',
        '<?cursor=a>; rel="next" and more',
    ],
)
def test_link_when_unreadable_is_refused_instead_of_ending_the_list(value: str) -> None:
    with pytest.raises(headers.BadLink):
        headers.next_cursor({"Link": value}, URL)


# The rate window


def rate(limit: str = "50", remaining: str = "49", reset: str = "") -> dict[str, str]:
    reset = reset or epoch(NOW + timedelta(seconds=20))
    return {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset}


def test_rate_window_when_complete_is_read() -> None:
    reset_at = NOW + timedelta(seconds=20)
    window = headers.rate_window(rate(), NOW)
    assert window == headers.RateWindow(50, 49, reset_at, int(reset_at.timestamp()), None)


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(minutes=-2)])
def test_rate_window_when_clocks_differ_ends_by_our_clock(ahead: timedelta) -> None:
    there = NOW + ahead
    named = rate(reset=epoch(there + timedelta(seconds=20))) | {"Date": http_date(there)}
    window = headers.rate_window(named, NOW)
    assert window is not None
    assert window.reset_at == NOW + timedelta(seconds=20)
    assert window.server_now == int(there.timestamp())
    assert window.server_reset == window.server_now + 20


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49"},
        rate(limit="many"),
        rate(limit="0"),
        rate(remaining="-1"),
        rate(reset="1e99"),
        rate(reset="9" * 30),
        rate(reset="soon"),
    ],
)
def test_rate_window_when_headers_make_no_sense_is_none(named: dict[str, str]) -> None:
    assert headers.rate_window(named, NOW) is None


# When to come back


@pytest.mark.parametrize(
    ("named", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 2.5 "}, 2.5),
        ({"Retry-After": "7"} | rate(), 7),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-5"}, 1),
        ({"Retry-After": "86400"}, 120),
        ({"Retry-After": http_date(NOW + timedelta(seconds=9))}, 9),
        (rate(), 20),
        (rate(reset=epoch(NOW - timedelta(hours=1))), 1),
        (rate(reset=epoch(NOW + timedelta(hours=1))), 120),
        ({"Retry-After": "soon"} | rate(), 20),
        ({"Retry-After": "nan"}, 30),
        ({"Retry-After": "inf"}, 30),
        ({}, 30),
    ],
)
def test_retry_after_when_named_any_way_is_seconds_within_bounds(named: dict[str, str], seconds: float) -> None:
    assert headers.retry_after_seconds(named, NOW) == seconds


def test_retry_after_when_a_date_and_clocks_differ_is_counted_by_the_server() -> None:
    there = NOW + timedelta(minutes=30)
    named = {"Date": http_date(there), "Retry-After": http_date(there + timedelta(seconds=9))}
    assert headers.retry_after_seconds(named, NOW) == 9


# The request id


@pytest.mark.parametrize("value", ["req-1", "788ac33afd084f6e", "a/b=c+d:e.f_g"])
def test_request_id_when_plain_is_kept(value: str) -> None:
    assert headers.request_id({"X-Request-Id": value}) == value


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "<script>", "x" * 101])
def test_request_id_when_odd_is_dropped(value: str) -> None:
    assert headers.request_id({"X-Request-Id": value}) is None


# When it was answered


@pytest.mark.parametrize(
    ("sent", "moment"),
    [({"Date": http_date(NOW)}, NOW), ({}, None), ({"Date": "yesterday"}, None), ({"Date": ""}, None)],
)
def test_answered_at_is_what_the_server_says(sent: dict[str, str], moment: datetime | None) -> None:
    assert headers.answered_at(sent) == moment
