"""Any collection of Greenhouse Harvest v3: pages, filters and writes, with a token and a gate to the budget.

`client.py` gives the collections we use their names. Nothing here knows what a candidate is.

Source: harvestdocs.greenhouse.io, Pagination, List endpoints and Rate Limiting, read 2026-11-23.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from requests import PreparedRequest, Session
from requests.auth import AuthBase

from integrations.greenhouse import headers, transport
from integrations.greenhouse.errors import UnexpectedReply
from integrations.greenhouse.parsing import Misfit, WrongShape, parse_fitting, parse_record, parse_records
from integrations.greenhouse.schemas import Record
from integrations.greenhouse.transport import Call, Gate, Reply

T = TypeVar("T", bound=Record)
Id = int | str
Body = Mapping[str, Any]

PER_PAGE: Final = "500"
IDS_PER_CALL: Final = 50
# Collections that may hold an object with only a `message` in place of a record we may not see (6.6).
_HIDING: Final = frozenset({"candidates"})
_ODD_AT_MOST: Final = 10  # records; a whole page of misfits means that Greenhouse now speaks otherwise
_COLLECTION: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")


class TokenSource(Protocol):
    """Where a client gets the bearer token that all workers of a connection share."""

    def current(self) -> str:
        """Return a token that should be valid now."""

    def renew(self, refused: str) -> str:
        """Return another token than the one Greenhouse refused, or raise."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Shape: `skipped` counts records we may not see, such as private candidates; `misfits` names those that a lenient
    reading left out because they do not have the documented shape; `answered_at` is by Greenhouse's clock.
    """

    items: tuple[T, ...]
    next_cursor: str | None
    skipped: int
    misfits: tuple[Misfit, ...] = ()
    answered_at: datetime | None = None


class Harvest:
    """Speak Harvest v3 for one connection; several threads may share one object.

    Repeat: reads may be repeated freely. A write is never repeated here, except once after a 401, which
        proves that nothing happened.
    Raises: only the GreenhouseError family, and whatever the token source raises.
    """

    def __init__(
        self,
        *,
        harvest_url: str,
        tokens: TokenSource,
        session: Session | None = None,
        gate: Gate | None = None,
        now: Callable[[], datetime] = transport.utc_now,
    ) -> None:
        self._base_url = transport.checked_base_url(harvest_url)
        self._tokens = tokens
        self._session = session or transport.build_session()
        self._gate = gate
        self._now = now

    def fetch_page(
        self,
        collection: str,
        schema: type[T],
        *,
        params: Mapping[str, str] | None = None,
        cursor: str | None = None,
        lenient: bool = False,
    ) -> Page[T]:
        """Return one page: the first one that `params` selects, or the one `cursor` leads to.

        Shape: with a cursor `params` are not sent: the cursor holds them and Greenhouse refuses both (3.1). A lenient
            reading leaves out and names the odd records of a page; so many that nothing fits are another interface.
        """
        query = {"per_page": PER_PAGE, **(params or {})} if cursor is None else {"cursor": cursor}
        path = _list_path(collection)
        reply = self._send(Call("GET", path, url=self._base_url + path, params=query))
        return _parse_page(reply, collection, schema, lenient=lenient)

    def fetch_all(self, collection: str, schema: type[T], *, params: Mapping[str, str] | None = None) -> Iterator[T]:
        """Yield every record, each once, following the pages to the last one.

        Raises: also half-way: only a listing that ended normally proves that something is absent.
        """
        seen_ids: set[int] = set()
        for page in self.fetch_pages(collection, schema, params=params):
            for item in page.items:
                if item.id not in seen_ids:
                    seen_ids.add(item.id)
                    yield item

    def fetch_pages(
        self, collection: str, schema: type[T], *, params: Mapping[str, str] | None = None
    ) -> Iterator[Page[T]]:
        """Yield page after page to the last one; a record may come twice while others are added or removed.

        Raises: as `fetch_all`.
        """
        seen_cursors: set[str | None] = set()
        cursor: str | None = None
        while True:
            page = self.fetch_page(collection, schema, params=params, cursor=cursor)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return
            if cursor in seen_cursors:
                raise UnexpectedReply("cursor_repeated", path=_list_path(collection), field="Link")
            seen_cursors.add(cursor)

    def fetch_by_ids(
        self,
        collection: str,
        schema: type[T],
        *,
        key: str,
        ids: Iterable[Id],
        params: Mapping[str, str] | None = None,
    ) -> Iterator[T]:
        """Yield the records whose `key` (`ids`, `application_ids`, ...) is among `ids`, 50 ids to a call.

        Shape: no ids give no records and no request. Ids that Greenhouse does not know are silently missing.
        Raises: UnexpectedReply (`filter_ignored`) when another record comes: Greenhouse may answer a filter
            it does not like with everything it has (3.3).
        """
        return self.fetch_where(collection, schema, filters={key: ids}, params=params)

    def fetch_where(
        self,
        collection: str,
        schema: type[T],
        *,
        filters: Mapping[str, Iterable[Id]],
        params: Mapping[str, str] | None = None,
    ) -> Iterator[T]:
        """Yield the records that pass every one of several id filters; otherwise as `fetch_by_ids`."""
        chunks = [[(key, chunk) for chunk in _chunks(ids)] for key, ids in filters.items()]
        for choice in itertools.product(*chunks):
            query = {**(params or {}), **{key: ",".join(map(str, ids)) for key, ids in choice}}
            for item in self.fetch_all(collection, schema, params=query):
                _check_filters(item, choice, collection)
                yield item

    def write(self, method: str, path: str, body: Body | None = None, *, read_seconds: float | None = None) -> Reply:
        """Send one POST, PATCH or DELETE and return its successful answer.

        Raises: OutcomeUnknown when the request went out and nobody knows what became of it.
        """
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        template = re.sub(r"/\d+", "/{id}", path)
        url = self._base_url + path
        return self._send(Call(method, template, url=url, body=content, read_seconds=read_seconds, is_write=True))

    def _send(self, call: Call) -> Reply:
        token = self._tokens.current()
        reply = self._attempt(call, token)
        if reply.status == 401:
            reply = self._attempt(call, self._tokens.renew(token))
        transport.check_status(reply, self._now)
        return reply

    def _attempt(self, call: Call, token: str) -> Reply:
        return transport.exchange(self._session, call, _Bearer(token), self._gate)


def stamp(moment: datetime) -> str:
    """Write a moment as Greenhouse's date filters want it (contract §3.3)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_reply(reply: Reply, schema: type[T]) -> T:
    """Return the single record of an answer.

    Raises: UnexpectedReply, OutcomeUnknown.
    """
    value = transport.decode(reply)
    try:
        return parse_record(schema, value)
    except WrongShape as wrong:
        field = wrong.field
    raise reply.misfit(field)


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _list_path(collection: str) -> str:
    if not _COLLECTION.fullmatch(collection):
        raise ValueError(f"{collection!r} is not the name of a collection")
    return f"/v3/{collection}"


def _parse_page(reply: Reply, collection: str, schema: type[T], *, lenient: bool) -> Page[T]:
    records = transport.decode(reply)
    if not isinstance(records, list):
        raise reply.misfit(collection)
    hiding = collection in _HIDING
    shown = [index for index, record in enumerate(records) if not (hiding and _is_hidden(record))]
    values = [records[index] for index in shown]
    try:
        items, misfits = parse_fitting(schema, values) if lenient else (parse_records(schema, values), [])
        following = headers.next_cursor(reply.headers, reply.call.url)
    except WrongShape as wrong:
        field = wrong.below(f"{collection}[{shown[wrong.index]}]")
    except headers.BadLink:
        field = "Link"
    else:
        if misfits and not items and not _are_odd(misfits):
            raise reply.misfit(WrongShape(0, misfits[0].field).below(f"{collection}[]"))
        hidden, at = len(records) - len(shown), headers.answered_at(reply.headers)
        return Page(tuple(items), following, hidden, tuple(misfits), at)
    raise reply.misfit(field)


def _are_odd(misfits: list[Misfit]) -> bool:
    """Tell odd records of Greenhouse from what is none of its records, on a page where nothing fits."""
    return len(misfits) <= _ODD_AT_MOST and all(misfit.id for misfit in misfits)


def _is_hidden(record: object) -> bool:
    return isinstance(record, dict) and "id" not in record and "message" in record


def _chunks(ids: Iterable[Id]) -> list[list[int]]:
    unique = list(dict.fromkeys(map(int, ids)))
    return [unique[start : start + IDS_PER_CALL] for start in range(0, len(unique), IDS_PER_CALL)]


def _check_filters(item: Record, filters: Iterable[tuple[str, list[int]]], collection: str) -> None:
    for key, ids in filters:
        name = key.removesuffix("s")
        found = getattr(item, name, None)
        if found is not None and found not in ids:
            path = _list_path(collection)
            raise UnexpectedReply("filter_ignored", path=path, field=f"{collection}[].{name}")
