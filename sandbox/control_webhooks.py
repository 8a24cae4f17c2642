"""The part of the control API that makes webhooks, fires them, and leads their deliveries astray."""

from collections.abc import Callable
from typing import Any

from sandbox import bodies
from sandbox.bodies import Check
from sandbox.catalogue import CATALOGUE
from sandbox.context import World
from sandbox.control_account import order_of
from sandbox.exchange import Record, Request, not_found, unprocessable
from sandbox.store import Store
from sandbox.webhooks import payloads, subscriptions
from sandbox.webhooks.encoding import body_of
from sandbox.webhooks.events import EVENTS, add_delivery, subscribed

_NEW: dict[str, Check] = {
    "name": bodies.filled,
    "endpoint_url": subscriptions.check_endpoint,
    "secret_key": bodies.filled,
    "events": bodies.list_of(bodies.one_of(*EVENTS)),
    "max_attempts": bodies.integer,
    "ping": bodies.flag,
}
_FIRED: dict[str, Check] = {
    "action": bodies.one_of("ping", *EVENTS),
    "payload": bodies.structure,
    "collection": bodies.one_of(*CATALOGUE),
    "id": bodies.integer,
}
# What a record of a collection tells in an event about it.
_TELLS: dict[str, Callable[[Store, Record], Record]] = {
    "applications": payloads.application,
    "candidates": payloads.updated_candidate,
    "jobs": payloads.job,
    "job_posts": payloads.post,
}
_TELLS_OTHERWISE: dict[str, Callable[[Store, Record], Record]] = {
    "delete_application": lambda _, record: payloads.deleted_application(record),
    "delete_candidate": lambda _, record: payloads.deleted_candidate(record, []),
    "job_approved": payloads.approved_job,
    "job_deleted": lambda _, record: payloads.deleted("job", record),
    "job_post_deleted": payloads.deleted_post,
    "job_interview_stage_deleted": lambda _, record: payloads.deleted("job_interview_stage", record),
    "department_deleted": lambda _, record: payloads.deleted("department", record),
    "office_deleted": lambda _, record: payloads.deleted("office", record),
}


def _add(world: World, request: Request) -> Any:
    """Make one webhook for each of `events`, as somebody would by hand; `ping` false leaves the ping out."""
    order = bodies.checked(order_of(request), _NEW, required=("endpoint_url", "secret_key", "events"))
    return make_by_hand(world, **{"name": "By hand", **order})


def make_by_hand(world: World, *, events: list[str], ping: bool = True, secret_key: str, **values: Any) -> list[Record]:
    """Make a webhook for each event, all of one group, and ping them."""
    made: list[Record] = []
    with world.store.unit():
        for event in events:
            group = made[0]["id"] if made else None
            hook = subscriptions.add(
                world.store, event_action_type=event, _secret_key=secret_key, _group=group, **values
            )
            made.append(hook)
    return [subscriptions.ping(world, hook["id"]) if ping else hook for hook in made]


def _fire(world: World, request: Request) -> Any:
    """Send an event out of the blue: with a `payload`, or about the record with this `id` in the `collection`."""
    order = bodies.checked(order_of(request), _FIRED, required=("action",))
    action = order["action"]
    with world.store.unit():
        payload = order["payload"] if "payload" in order else _about(world.store, order)
        body = body_of(action, payload)
        hooks = world.store.where("webhooks", deactivated=False) if action == "ping" else None
        return [add_delivery(world.store, hook, action, body) for hook in hooks or subscribed(world.store, action)]


def _about(store: Store, order: Record) -> Record:
    record = store.get(order.get("collection", ""), order.get("id"))
    tells = _TELLS_OTHERWISE.get(order["action"]) or _TELLS.get(order.get("collection", ""))
    if record is None or tells is None:
        raise unprocessable("Name the payload, or the collection and the id of a record")
    return tells(store, record)


def _show_deliveries(world: World, _: Request) -> Any:
    """Show every delivery kept, oldest first."""
    with world.store.lock:
        return world.store.where("_deliveries")


def _redeliver(world: World, request: Request) -> Any:
    """Send the delivery with this `id` once more; `same_id` under its event id, `tamper` with a wrong signature."""
    keys: dict[str, Check] = {"id": bodies.integer, "same_id": bodies.flag, "tamper": bodies.flag}
    order = bodies.checked(order_of(request), keys, required=("id",))
    with world.store.unit():
        delivery = world.store.get("_deliveries", order["id"])
        if delivery is None:
            raise not_found("The delivery")
        same_id, tamper = order.get("same_id", True), order.get("tamper", False)
        return subscriptions.redeliver(world.store, delivery, same_id=same_id, tamper=tamper)


def _release(world: World, request: Request) -> Any:
    return release_held(world, order_of(request).get("order", "as_they_came"))


def release_held(world: World, order: Any) -> list[Record]:
    """Let go what is held, in the order named: `as_they_came`, `reversed`, or a list of ids.

    Raises: Refusal 422 for another order.
    """
    if order not in ("as_they_came", "reversed") and bodies.list_of(bodies.integer)(order):
        raise unprocessable({"order": "must be as_they_came, reversed or a list of ids"})
    with world.store.unit():
        held = [row["id"] for row in world.store.where("_deliveries", state="held")]
        chosen = [one for one in order if one in held] if isinstance(order, list) else held
        if order == "reversed":
            chosen.reverse()
        return [
            world.store.change("_deliveries", one, state="waiting", due_at=float(place))
            for place, one in enumerate(chosen)
        ]


def _order_trouble(world: World, request: Request) -> Any:
    orders = request.json if isinstance(request.json, list) else [order_of(request)]
    for order in orders:
        world.webhook_trouble.add(order if isinstance(order, dict) else {})
    return world.webhook_trouble.listed()


def _clear_trouble(world: World, _: Request) -> Any:
    world.webhook_trouble.clear()
    return []


ROUTES: dict[tuple[str, str], Callable[[World, Request], Any]] = {
    ("POST", "webhooks"): _add,
    ("POST", "webhooks/fire"): _fire,
    ("POST", "webhooks/trouble"): _order_trouble,
    ("DELETE", "webhooks/trouble"): _clear_trouble,
    ("GET", "deliveries"): _show_deliveries,
    ("POST", "deliveries/redeliver"): _redeliver,
    ("POST", "deliveries/release"): _release,
}
