"""The life of a webhook: made, changed, pinged, disabled. Shared by the partner API, the page and the control API."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from sandbox.context import World
from sandbox.exchange import Record, not_found, unprocessable
from sandbox.store import Store
from sandbox.tokens import Caller
from sandbox.webhooks.courier import MAX_ATTEMPTS, deliver
from sandbox.webhooks.encoding import body_of
from sandbox.webhooks.events import add_delivery

_EMPTY: Record = {
    "max_attempts": MAX_ATTEMPTS,
    "additional_headers": None,
    "error_recipient_email": None,
    "deactivated": False,
    "last_delivered": None,
    "_basic_auth_username": None,
    "_basic_auth_password": None,
    "_credential_id": None,  # None: made by hand
    "_organization_id": None,
    "_group": None,
}


def check_endpoint(value: Any) -> str | None:
    """Return what is wrong with an address: https anywhere is taken, http on this machine only."""
    parts = urlsplit(value) if isinstance(value, str) else None
    try:
        host = parts.hostname if parts and (parts.port is None or parts.port > 0) else None
    except ValueError:
        host = None
    if not parts or not host or any(character.isspace() for character in str(value)):
        return "is not an address"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return None
    return "must be an https address, or http on this machine"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_own(hook: Record, caller: Caller) -> bool:
    """Say whether a partner made this webhook, for the organization it now acts for."""
    return bool(
        hook["_credential_id"] == caller.credential["id"] and hook["_organization_id"] == caller.organization_id
    )


def add(store: Store, **values: Any) -> Record:
    """Store a webhook, unannounced: `ping` is a step of its own, for it must not hold the lock."""
    hook = store.add("webhooks", **(_EMPTY | values))
    return hook if hook["_group"] else store.change("webhooks", hook["id"], touch=False, _group=hook["id"])


def ping(world: World, hook_id: int) -> Record:
    """Send a webhook's configuration to its endpoint; one that does not answer 200 is disabled.

    Effects: one HTTP exchange, outside the lock.
    """
    store = world.store
    with store.unit():
        hook = _present(store, hook_id)
        shown = {name: value for name, value in hook.items() if not name.startswith("_")}
        delivery = add_delivery(store, hook, "ping", body_of("ping", shown))
        # Sent here and now: the courier leaves alone what does not wait.
        delivery = store.change("_deliveries", delivery["id"], state="failed")
    outcome = deliver(world, delivery)
    with store.unit():
        hook = _present(store, hook_id)
        if outcome.is_good:
            return hook
        return store.change("webhooks", hook_id, touch=False, deactivated=True)


def _present(store: Store, hook_id: int) -> Record:
    hook = store.get("webhooks", hook_id)
    if hook is None:
        raise not_found("The webhook")
    return hook


def group_of(store: Store, hook: Record) -> list[Record]:
    """Return the webhooks that were made with this one, one per event."""
    return [other for other in store.where("webhooks") if other["_group"] == hook["_group"]]


def redeliver(store: Store, delivery: Record, *, same_id: bool, tamper: bool = False) -> Record:
    """Send a delivery once more, under the same event id or a new one.

    Raises: Refusal 422 when its webhook is gone.
    """
    hook = store.get("webhooks", delivery["webhook_id"])
    if hook is None:
        raise unprocessable("The webhook of this delivery was deleted")
    event_id = delivery["event_id"] if same_id else ""
    again = add_delivery(store, hook, delivery["action"], delivery["body"], event_id)
    return store.change("_deliveries", again["id"], met_trouble=True, tampered=tamper)
