"""The pages of the Dev Center: Web Hooks, and what became of each delivery."""

import json

from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.store import Store
from sandbox.web.page import render
from sandbox.webhooks.encoding import signature_of
from sandbox.webhooks.events import EVENTS
from sandbox.webhooks.trouble import KINDS

_SHOWN = 100


def webhooks(world: World, request: Request) -> Response:
    store = world.store
    deliveries = store.where("_deliveries")
    return render(
        request,
        "webhooks.html",
        groups=_groups(store),
        events=EVENTS.items(),
        deliveries=[_delivery(store, row) for row in deliveries[: -_SHOWN - 1 : -1]],
        held=sum(row["state"] == "held" for row in deliveries),
        troubles=KINDS.items(),
        ordered=world.webhook_trouble.listed(),
    )


def _groups(store: Store) -> list[Record]:
    """Return the webhooks that were made together as one, for that is how a person thinks of them."""
    groups: dict[int, list[Record]] = {}
    for hook in store.where("webhooks"):
        groups.setdefault(hook["_group"], []).append(hook)
    return [_group(store, hooks) for hooks in groups.values()]


def _group(store: Store, hooks: list[Record]) -> Record:
    first = hooks[0]
    delivered = [hook["last_delivered"] for hook in hooks if hook["last_delivered"]]
    partner = store.get("_credentials", first["_credential_id"])
    return first | {
        "secret": "" if partner else first["_secret_key"],
        "partner": partner["name"] if partner else "",
        "hooks": [hook | {"says": EVENTS[hook["event_action_type"]]} for hook in hooks],
        "disabled": sum(hook["deactivated"] for hook in hooks),
        "last": max(delivered, default=None),
    }


def _delivery(store: Store, row: Record) -> Record:
    hook = store.get("webhooks", row["webhook_id"])
    attempts = row["attempts"]
    return row | {
        "name": hook["name"] if hook else "(deleted)",
        "endpoint": hook["endpoint_url"] if hook else "",
        "is_there": bool(hook),
        "answer": (attempts[-1]["status"] or attempts[-1]["error"]) if attempts else "",
        "is_bad": bool(attempts) and attempts[-1]["status"] != 200,
    }


def delivery(world: World, request: Request, record: Record) -> Response:
    shown = _delivery(world.store, record)
    hook = world.store.get("webhooks", record["webhook_id"])
    headers = {"Content-Type": "application/json", "User-Agent": "Greenhouse Webhook"}
    headers["Greenhouse-Event-ID"] = (record["attempts"] or [record])[-1]["event_id"]
    if hook:
        headers["Signature"] = signature_of(record["body"].encode(), hook["_secret_key"])
    body = json.dumps(json.loads(record["body"]), indent=2, ensure_ascii=False)
    return render(request, "delivery.html", delivery=shown, headers=headers.items(), body=body)
