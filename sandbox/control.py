"""The control API under /_sandbox/: for tests and demonstrations, no part of Greenhouse."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from sandbox import control_account, control_records, control_webhooks, seed
from sandbox.catalogue import CATALOGUE
from sandbox.context import World
from sandbox.control_account import order_of
from sandbox.exchange import Request, Response, json_response, not_found, unprocessable
from sandbox.switches import as_record
from sandbox.web import site


def answer(world: World, request: Request) -> Response:
    """Answer a control request.

    Raises: Refusal 404 for an unknown address, 422 for an order that makes no sense.
    """
    handle = _ROUTES.get((request.method, request.path.removeprefix("/_sandbox/")))
    if handle is None:
        raise not_found()
    return json_response(handle(world, request))


def _show_switches(world: World, _: Request) -> Any:
    return as_record(world.switches)


def _set_switches(world: World, request: Request) -> Any:
    world.set_switches(order_of(request))
    return as_record(world.switches)


def _show_faults(world: World, _: Request) -> Any:
    return world.faults.listed()


def _add_faults(world: World, request: Request) -> Any:
    orders = request.json if isinstance(request.json, list) else [order_of(request)]
    if not all(isinstance(order, dict) for order in orders):
        raise unprocessable("A fault must be an object")
    for order in orders:
        world.faults.add(order)
    return world.faults.listed()


def _clear_faults(world: World, _: Request) -> Any:
    world.faults.clear()
    return []


def _follow_chaos(world: World, request: Request) -> Any:
    """Let a share of requests meet trouble: `seed`, `percent`; if wanted `path`, `method`, `kinds`, `at_most`."""
    return world.chaos.follow(order_of(request))


def _stop_chaos(world: World, _: Request) -> Any:
    world.chaos.stop()
    return world.chaos.told()


def _act(world: World, request: Request) -> Any:
    """Press a button of the pages: the `action` on the record with this `id` of the `collection`, and its fields."""
    order = order_of(request)
    collection, record_id, action = (order.pop(name, None) for name in ("collection", "id", "action"))
    if not isinstance(collection, str) or type(record_id) is not int or not isinstance(action, str):
        raise unprocessable("Name a collection, the id of a record, and an action")
    fields = urlencode({name: value for name, value in order.items() if value is not None})
    form = replace(request, body=fields.encode(), headers={"content-type": "application/x-www-form-urlencoded"})
    return {"said": site.act(world, form, collection, record_id, action)}


def _show_requests(world: World, request: Request) -> Any:
    query = dict(request.params)
    after = query.get("after", "0")
    return world.log.matching(
        method=query.get("method", ""),
        path=query.get("path", ""),
        after=int(after) if after.isascii() and after.isdigit() else 0,
    )


def _clear_requests(world: World, _: Request) -> Any:
    world.log.clear()
    return []


def _show_counts(world: World, _: Request) -> Any:
    with world.store.lock:
        return {name: len(world.store.table(name).order) for name in CATALOGUE}


def _reset(world: World, _: Request) -> Any:
    seed.reset(world)
    return {"reset": True}


def _seed(world: World, request: Request) -> Any:
    order = order_of(request)
    counts = {name: order.get(name, 0) for name in ("posts", "jobs", "candidates")}
    if set(order) - set(counts) or any(type(count) is not int or count < 0 for count in counts.values()):
        raise unprocessable("posts, jobs and candidates must be whole numbers")
    return seed.add_generated(world, **counts)


def _renew_limits(world: World, _: Request) -> Any:
    world.limiter.clear()
    return {"renewed": True}


_ROUTES: dict[tuple[str, str], Callable[[World, Request], Any]] = {
    **control_account.ROUTES,
    **control_records.ROUTES,
    **control_webhooks.ROUTES,
    ("GET", "health"): lambda world, request: {"ready": True},
    ("GET", "switches"): _show_switches,
    ("POST", "switches"): _set_switches,
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "chaos"): lambda world, _: world.chaos.told(),
    ("POST", "chaos"): _follow_chaos,
    ("DELETE", "chaos"): _stop_chaos,
    ("POST", "act"): _act,
    ("GET", "requests"): _show_requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "counts"): _show_counts,
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("POST", "renew_limits"): _renew_limits,
}
