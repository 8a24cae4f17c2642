"""What a reading thread brings: pages in one go, and rows where nobody waits for the next page."""

import pytest
import responses

from integrations.greenhouse import errors
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.fetching import fetch
from integrations.greenhouse.reading import READINGS
from integrations.models import Connection, SyncRun
from tests.integrations.greenhouse.door import BASE, next_link, sent
from tests.integrations.greenhouse.shapes import record

PLACES = f"{BASE}/v3/job_post_locations"
READING = READINGS["job_post_locations"]
FIRST = {"params": {}}


@pytest.fixture
def run() -> SyncRun:
    return SyncRun(pk=9, connection=Connection(pk=8))


def _pages(http: responses.RequestsMock, count: int) -> None:
    for number in range(1, count + 1):
        following = next_link("job_post_locations", f"c{number + 1}") if number < count else {}
        http.get(PLACES, json=[record("job_post_locations", id=number)], headers=following)


def test_fetch_when_asked_for_one_page_brings_one(
    http: responses.RequestsMock, harvest: GreenhouseClient, run: SyncRun
) -> None:
    http.get(PLACES, json=[record("job_post_locations")], headers=next_link("job_post_locations", "c2"))
    (fetched,) = fetch(harvest, READING, FIRST, run)
    assert (fetched.page.next_cursor, fetched.rows) == ("c2", None), "the rows can wait, the next page cannot"


def test_fetch_when_asked_for_more_follows_the_cursor_and_makes_the_rows_of_the_last(
    http: responses.RequestsMock, harvest: GreenhouseClient, run: SyncRun
) -> None:
    _pages(http, 3)
    fetched = fetch(harvest, READING, FIRST, run, most=4)
    assert [query.get("cursor") for _, _, query in sent(http)] == [None, "c2", "c3"]
    assert [one.rows is None for one in fetched] == [True, True, False]
    (row,) = fetched[-1].rows or []
    assert (row.remote_id, row.connection_id, row.seen_in_id) == ("3", 8, 9)  # type: ignore[attr-defined]


def test_fetch_when_a_later_page_fails_brings_those_before_it(
    http: responses.RequestsMock, harvest: GreenhouseClient, run: SyncRun
) -> None:
    http.get(PLACES, json=[record("job_post_locations")], headers=next_link("job_post_locations", "c2"))
    http.get(PLACES, status=503)
    (fetched,) = fetch(harvest, READING, FIRST, run, most=4)
    assert fetched.page.next_cursor == "c2", "to be asked for again"


def test_fetch_when_the_first_page_fails_says_so(
    http: responses.RequestsMock, harvest: GreenhouseClient, run: SyncRun
) -> None:
    http.get(PLACES, status=503)
    with pytest.raises(errors.Unavailable):
        fetch(harvest, READING, FIRST, run, most=4)
