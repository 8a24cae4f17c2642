"""What a sync's reading threads do: fetch pages of one list and make rows of them. They never touch the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from integrations.greenhouse.client import GreenhouseClient, Page
from integrations.greenhouse.errors import GreenhouseError
from integrations.greenhouse.reading import Reading
from integrations.models import SyncRun


@dataclass(frozen=True)
class Fetched:
    """A page, and its rows; None where the next page had better be asked for first."""

    page: Page[Any]
    rows: list[Model] | None = None


def fetch(
    client: GreenhouseClient, reading: Reading, query: Mapping[str, Any], run: SyncRun, *, most: int = 1
) -> list[Fetched]:
    """Fetch the page that `query` leads to, and those after it up to `most` pages.

    Shape: at least one page; the rows of the last one of a list are ready, for nobody waits for its cursor.
    Raises: what reading the first page raises. A later one that fails is only missing: whoever asks for it next learns
        why.
    """
    fetched = [_ready(_fetch(client, reading, query), reading, run)]
    while len(fetched) < most and (cursor := fetched[-1].page.next_cursor):
        try:
            fetched.append(_ready(_fetch(client, reading, {"cursor": cursor}), reading, run))
        except GreenhouseError:
            break
    return fetched


def _fetch(client: GreenhouseClient, reading: Reading, query: Mapping[str, Any]) -> Page[Any]:
    if query.get("cursor"):
        return client.fetch_page(reading.collection, reading.schema, cursor=query["cursor"], lenient=True)
    return client.fetch_page(reading.collection, reading.schema, params=query["params"], lenient=True)


def _ready(page: Page[Any], reading: Reading, run: SyncRun) -> Fetched:
    return Fetched(page, None if page.next_cursor else reading.rows(page.items, run))
