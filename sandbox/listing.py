"""Lists: strict parameters, filters, fields, and a cursor that goes by descending id."""

import base64
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from sandbox import clock
from sandbox.catalogue import DATES, Collection
from sandbox.exchange import Record, Request, Response, encode, unprocessable
from sandbox.filters import MAX_LISTED, Test, ids
from sandbox.store import HIDDEN, RAW, Store, public
from sandbox.switches import Switches

DEFAULT_PAGE, MAX_PAGE = 100, 500
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "gte": lambda value, bound: value >= bound,
    "lte": lambda value, bound: value <= bound,
    "gt": lambda value, bound: value > bound,
    "lt": lambda value, bound: value < bound,
}
Present = Callable[[Record], Record]


@dataclass
class Wanted:
    """One list request, understood."""

    query: list[tuple[str, str]]
    per_page: int = DEFAULT_PAGE
    fields: tuple[str, ...] = ()
    tests: list[Test] = field(default_factory=list)
    at_most: int | None = None  # id of the first record of this page


def understand(collection: Collection, request: Request, store: Store, switches: Switches) -> Wanted:
    """Read the parameters of a list request, following its cursor when it has one.

    Raises: Refusal 422 for anything the list does not declare.
    """
    params = request.params
    if not any(name == "cursor" for name, _ in params):
        _check_spelling(collection, params, switches.date_spellings)
        return _read(collection, params, store)
    if len(params) > 1:
        raise unprocessable("Do not include other query params when passing a cursor.")
    query, at_most = _open_cursor(collection, params[0][1], switches.cursor_lifetime_seconds)
    wanted = _read(collection, query, store)
    wanted.at_most = at_most
    return wanted


def _read(collection: Collection, params: list[tuple[str, str]], store: Store) -> Wanted:
    wanted = Wanted(query=params)
    seen = set()
    for name, text in params:
        if name in seen:
            raise unprocessable({name: "was given more than once"})
        seen.add(name)
        _read_one(collection, name, text, store, wanted)
    defaults = (item.default for name, item in collection.filters.items() if item.default and name not in seen)
    wanted.tests.extend(defaults)
    return wanted


def _read_one(collection: Collection, name: str, text: str, store: Store, wanted: Wanted) -> None:
    moment = name.partition("[")[0]
    if name == "per_page":
        wanted.per_page = _page_size(text)
    elif name == "fields":
        wanted.fields = _field_names(collection, text)
    elif name == "ids":
        wanted.tests.append(ids("id").build(store, name, text))
    elif moment in DATES or moment in collection.moments:
        wanted.tests.extend(_moment_tests(moment, name, text))
    elif name in collection.filters:
        wanted.tests.append(collection.filters[name].build(store, name, text))
    else:
        raise unprocessable({name: "is not a permitted query parameter"}, "Invalid query params")


def _page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise unprocessable({"per_page": "must be an integer"})
    number = int(text)
    if number > MAX_PAGE:
        raise unprocessable({"per_page": f"`{number}` number is greater than: {MAX_PAGE}"})
    if number < 1:
        raise unprocessable({"per_page": f"`{number}` number is less than: 1"})
    return number


def _field_names(collection: Collection, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if len(names) > MAX_LISTED:
        raise unprocessable({"fields": f"must not have more than {MAX_LISTED} values"})
    unknown = [name for name in names if name not in collection.all_fields]
    if unknown:
        raise unprocessable({"fields": f"`{unknown[0]}` is not a field of {collection.name}"})
    return names


def _moment_tests(moment: str, name: str, text: str) -> Iterable[Test]:
    """Read `at=gte|A`, `at=gte|A|lte|B` and `at[gte]=A`."""
    if name != moment:
        words = [name.removeprefix(moment)[1:-1], text] if name.endswith("]") else []
    else:
        words = text.split("|")
    if not words or len(words) % 2:
        raise unprocessable({moment: "must be a comparison such as `gte|2026-03-04T02:58:14.000Z`"})
    for word, bound in zip(words[::2], words[1::2], strict=True):
        moment_bound = clock.normalise(bound)
        if word not in _COMPARISONS or moment_bound is None:
            raise unprocessable({moment: f"`{word}|{bound}` is not a comparison with a full date-time"})
        yield _compare(moment, _COMPARISONS[word], moment_bound)


def _check_spelling(collection: Collection, params: list[tuple[str, str]], allowed: str) -> None:
    """Refuse the spelling of date filters that is switched off."""
    for name, _ in params:
        moment = name.partition("[")[0]
        if moment not in DATES and moment not in collection.moments:
            continue
        if allowed not in ("all", "brackets" if name != moment else "pipe"):
            raise unprocessable({name: "is not a permitted query parameter"}, "Invalid query params")


def _compare(moment: str, holds: Callable[[str, str], bool], bound: str) -> Test:
    return lambda record: isinstance(record.get(moment), str) and holds(record[moment], bound)


def _seal_cursor(collection: Collection, query: list[tuple[str, str]], first_id: int) -> str:
    content = json.dumps({"collection": collection.name, "query": urlencode(query), "id": first_id, "at": time.time()})
    return base64.urlsafe_b64encode(content.encode()).decode()


def _open_cursor(collection: Collection, text: str, lifetime_seconds: int) -> tuple[list[tuple[str, str]], int]:
    try:
        content = json.loads(base64.urlsafe_b64decode(text.encode()))
        if content["collection"] != collection.name:
            raise ValueError("a cursor of another collection")
        if lifetime_seconds and time.time() > float(content["at"]) + lifetime_seconds:
            raise ValueError("a cursor out of date")
        return parse_qsl(content["query"], keep_blank_values=True), int(content["id"])
    except (ValueError, KeyError, TypeError, OverflowError):
        raise unprocessable({"cursor": "is not valid"}) from None


def list_response(
    collection: Collection, wanted: Wanted, store: Store, request: Request, present: Present | None
) -> Response:
    """Answer one page. `present` turns a stored record into a shown one; None: they are the same."""
    table = store.table(collection.name)
    page: list[Record] = []
    following: int | None = None
    for record in table.newest_first(wanted.at_most):
        if not record.get(HIDDEN) and all(test(record) for test in wanted.tests):
            if len(page) == wanted.per_page:
                following = record["id"]
                break
            page.append(record)
    if present is None and not wanted.fields:
        body = b"[" + b",".join(table.encoded[record["id"]] for record in page) + b"]"
    else:
        body = encode([_shown(record, wanted.fields, present or public) for record in page])
    response = Response(200, body)
    if following is not None:
        cursor = quote(_seal_cursor(collection, wanted.query, following), safe="")
        response.headers["Link"] = f'<{request.base_url}{request.path}?cursor={cursor}>; rel="next"'
    return response


def _shown(record: Record, names: tuple[str, ...], present: Present) -> Any:
    if RAW in record:
        return record[RAW]
    whole = present(record)
    return {name: whole[name] for name in names if name in whole} if names else whole
