"""What the buttons of the Dev Center do. A ping speaks to somebody else, so these run outside the lock."""

from sandbox.context import World
from sandbox.control_webhooks import make_by_hand, release_held
from sandbox.exchange import Record, Request, unprocessable
from sandbox.webhooks import subscriptions
from sandbox.webhooks.events import EVENTS


def _text(request: Request, name: str, what: str) -> str:
    text = request.form.get(name, "").strip()
    if not text:
        raise unprocessable(f"A webhook needs {what}")
    return text


def _endpoint(request: Request) -> str:
    url = _text(request, "endpoint_url", "an endpoint URL")
    problem = subscriptions.check_endpoint(url)
    if problem:
        raise unprocessable({"The endpoint URL": problem})
    return url


def add(world: World, request: Request) -> tuple[str, str]:
    """Make a webhook for each event that is ticked."""
    events = [event for event in EVENTS if event in request.form or "every_event" in request.form]
    name, url, secret = _text(request, "name", "a name"), _endpoint(request), _text(request, "secret_key", "a secret")
    if not events:
        raise unprocessable("Choose at least one event")
    made = make_by_hand(world, name=name, endpoint_url=url, secret_key=secret, events=events)
    return "/webhooks", _said(name, made)


def _said(name: str, hooks: list[Record]) -> str:
    failed = sum(hook["deactivated"] for hook in hooks)
    if not failed:
        return f"“{name}” hears of {len(hooks)} event{'s' if len(hooks) > 1 else ''} now: the endpoint took the ping."
    return f"The endpoint did not take the ping, so “{name}” is disabled. Repair it, then enable the webhook."


def ping(world: World, _: Request, hook: Record) -> tuple[str, str]:
    """Ping the whole group; those whose ping fails are disabled, those whose ping arrives stay as they are."""
    return "/webhooks", _said(hook["name"], _pinged(world, hook))


def _pinged(world: World, hook: Record) -> list[Record]:
    return [subscriptions.ping(world, one["id"]) for one in subscriptions.group_of(world.store, hook)]


def _set(world: World, hook: Record, values: Record) -> None:
    with world.store.unit():
        for one in subscriptions.group_of(world.store, hook):
            world.store.change("webhooks", one["id"], **values)


def enable(world: World, _: Request, hook: Record) -> tuple[str, str]:
    _set(world, hook, {"deactivated": False})
    return "/webhooks", _said(hook["name"], _pinged(world, hook))


def disable(world: World, _: Request, hook: Record) -> tuple[str, str]:
    _set(world, hook, {"deactivated": True})
    return "/webhooks", f"“{hook['name']}” is disabled: nothing more is sent to it."


def change(world: World, request: Request, hook: Record) -> tuple[str, str]:
    values = {"endpoint_url": _endpoint(request), "_secret_key": _text(request, "secret_key", "a secret")}
    _set(world, hook, values)
    return "/webhooks", _said(hook["name"], _pinged(world, hook))


def remove(world: World, _: Request, hook: Record) -> tuple[str, str]:
    with world.store.unit():
        for one in subscriptions.group_of(world.store, hook):
            world.store.remove("webhooks", one["id"])
    return "/webhooks", f"“{hook['name']}” was deleted."


# Deliveries


def send_again(world: World, request: Request, delivery: Record) -> tuple[str, str]:
    same_id = request.form.get("id") != "new"
    with world.store.unit():
        subscriptions.redeliver(world.store, delivery, same_id=same_id)
    return "/webhooks#deliveries", f"“{delivery['action']}” is on its way again."


def order_trouble(world: World, request: Request) -> tuple[str, str]:
    times = request.form.get("times", "1")
    if not (times.isascii() and times.isdigit() and int(times)):
        raise unprocessable("How often must be a number")
    order = {"kind": request.form.get("kind", ""), "action": request.form.get("action", "*"), "times": int(times)}
    world.webhook_trouble.add(order)
    return "/webhooks#trouble", "Trouble is waiting for the next deliveries."


def clear_trouble(world: World, _: Request) -> tuple[str, str]:
    world.webhook_trouble.clear()
    return "/webhooks#trouble", "No more trouble is on order."


def release(world: World, request: Request) -> tuple[str, str]:
    let_go = release_held(world, request.form.get("order", "as_they_came"))
    return "/webhooks#deliveries", f"{len(let_go)} held deliver{'ies are' if len(let_go) != 1 else 'y is'} on the way."
