"""The part of the control API that reads and writes stored records, odd ones included."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sandbox.catalogue import CATALOGUE
from sandbox.context import World
from sandbox.exchange import Record, Request, not_found, unprocessable
from sandbox.filters import addresses_in


def _collection_of(request: Request) -> str:
    name = dict(request.params).get("collection", "")
    if name not in CATALOGUE:
        raise not_found("The collection")
    return name


def _orders(request: Request) -> list[Record]:
    """Return the records ordered: one object, or a list of them."""
    orders = request.json if isinstance(request.json, list) else [request.json]
    if not all(isinstance(order, dict) for order in orders):
        raise unprocessable("A record must be an object")
    return [dict(order) for order in orders]


def _without(request: Request) -> list[str]:
    named = dict(request.params).get("without", "")
    fields = named.split(",") if named else []
    if "id" in fields:
        raise unprocessable({"without": "A record is found by its id, `_raw` shows it without one"})
    return fields


def _like(request: Request, answer: list[Record]) -> Any:
    """Answer one record to an order of one, a list to a list."""
    return answer if isinstance(request.json, list) else answer[0]


def _show(world: World, request: Request) -> Any:
    """Show the stored records of a collection, with no token and no paging."""
    with world.store.lock:
        return list(world.store.all(_collection_of(request)))


def _add(world: World, request: Request) -> Any:
    """Add raw records, as they are: no key is asked for, none is refused, and no rule of Greenhouse holds.

    Ids and dates are given to those who bring none; `without=a,b` leaves these fields out after all.
    `_hidden` keeps a record out of every list; `_raw` shows any JSON in its place.
    """
    name, orders, without = _collection_of(request), _orders(request), _without(request)
    with world.store.unit():
        taken = world.store.table(name).records
        added = []
        for order in orders:
            if "id" in order and (type(order["id"]) is not int or order["id"] in taken or order["id"] < 1):
                raise unprocessable({"id": "must be a whole number that is not taken; `_raw` shows any other"})
            added.append(world.store.add(name, without=without, **order))
        return _like(request, added)


def _change(world: World, request: Request) -> Any:
    """Change fields of records, each found by its `id`, as somebody inside Greenhouse would.

    `touch=false` leaves `updated_at` alone, `without=a,b` drops these fields.
    """
    name, orders, without = _collection_of(request), _orders(request), _without(request)
    touch = dict(request.params).get("touch") != "false"
    with world.store.unit():
        changed = []
        for order in orders:
            record_id = _found(world, name, order.pop("id", None))["id"]
            changed.append(world.store.change(name, record_id, touch=touch, without=without, **order))
        return _like(request, changed)


def _remove(world: World, request: Request) -> Any:
    name, orders = _collection_of(request), _orders(request)
    with world.store.unit():
        removed = [_found(world, name, order.get("id")) for order in orders]
        for record in removed:
            world.store.remove(name, record["id"])
        return _like(request, removed)


def _found(world: World, name: str, record_id: Any) -> Record:
    record = world.store.get(name, record_id) if type(record_id) is int else None
    if record is None:
        raise not_found("The record")
    return record


# What must be there once: how often each is there, whoever made it.
_CENSUS: dict[str, tuple[str, tuple[str, ...]]] = {
    "people": ("candidates", ("email",)),
    "applications": ("applications", ("candidate_id", "job_id")),
    "attachments": ("attachments", ("application_id", "filename")),
    "notes": ("notes", ("candidate_id", "body")),
}


def _take_census(world: World, _: Request) -> Any:
    """Count people per e-mail address, applications per person and job, files and notes per place and name."""
    with world.store.lock:
        return {title: _counted(list(world.store.all(name)), fields) for title, (name, fields) in _CENSUS.items()}


def _counted(rows: list[Record], fields: tuple[str, ...]) -> list[Record]:
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        if fields == ("email",):
            counts.update({(address.casefold(),): 1 for address in addresses_in(row.get("email_addresses"))})
        else:
            counts[tuple(row.get(name) for name in fields)] += 1
    return [dict(zip(fields, key, strict=True)) | {"count": count} for key, count in counts.items()]


ROUTES: dict[tuple[str, str], Callable[[World, Request], Any]] = {
    ("GET", "records"): _show,
    ("POST", "records"): _add,
    ("PATCH", "records"): _change,
    ("DELETE", "records"): _remove,
    ("GET", "census"): _take_census,
}
