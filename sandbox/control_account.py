"""The part of the control API that changes the account: its credentials, users, sources and consents."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox import bodies, consents, credentials, tokens
from sandbox.bodies import Check
from sandbox.context import World
from sandbox.exchange import Record, Request, not_found, unprocessable
from sandbox.routes import ALL_SCOPES
from sandbox.seed import credentials as planted_credentials

_SCOPES = bodies.list_of(lambda value: None if value in ALL_SCOPES else f"has no scope {value}")
_SETTABLE: dict[str, Check] = {
    "scopes": _SCOPES,
    "revoked": bodies.flag,
    "secret": bodies.filled,
    "redirect_uris": bodies.list_of(bodies.filled),
}
_NEW: dict[str, Check] = {
    "name": bodies.filled,
    "client_id": bodies.filled,
    "secret": bodies.filled,
    "scopes": _SCOPES,
    "organization": bodies.filled,
}


def order_of(request: Request) -> Record:
    if not isinstance(request.json, dict):
        raise unprocessable("The body must be an object")
    return request.json


def _credential(world: World, **found: Any) -> Record:
    credential = world.store.first("_credentials", **found) if found else None
    if credential is None:
        raise not_found("The credential")
    return credential


def _checked(order: Mapping[str, Any], **checks: Check) -> None:
    """Refuse an order with keys other than these, or values that are none for them."""
    bodies.checked(dict(order), checks)


def _show_credentials(world: World, _: Request) -> Any:
    with world.store.lock:
        return list(world.store.all("_credentials"))


def _set_credential(world: World, request: Request) -> Any:
    """Change a credential found by `client_id` or `name`: `scopes`, `revoked`, `secret`, `redirect_uris`."""
    order = dict(order_of(request))
    found = {name: order.pop(name) for name in ("client_id", "name") if name in order}
    with world.store.unit():
        credential = _credential(world, **found)
        _checked(order, **_SETTABLE)
        return world.store.change("_credentials", credential["id"], **order)


def _add_credential(world: World, request: Request) -> Any:
    """Add a customer's own credential: `client_id`, `secret`, and if wanted `name`, `scopes`, `organization`."""
    order = bodies.checked(order_of(request), _NEW, required=("client_id", "secret"))
    with world.store.unit():
        if world.store.first("_credentials", client_id=order["client_id"]):
            raise unprocessable({"client_id": "is taken"})
        if "organization" in order and not world.store.first("_organization", name=order["organization"]):
            raise not_found("The organization")
        values = {"name": order["client_id"], "kind": "oauth", **order}
        if "scopes" in values:
            values["scopes"] = tuple(values["scopes"])
        return planted_credentials.add(world.store, planted_credentials.Planned(**values))


def _rotate_secret(world: World, request: Request) -> Any:
    """Give the credential with this `client_id` a new secret, `secret` if named; the old one works on.

    `keep_seconds` says for how long, in place of the switch.
    """
    order = order_of(request)
    _checked(order, client_id=bodies.filled, secret=bodies.filled, keep_seconds=bodies.integer)
    keep = order.get("keep_seconds", world.switches.old_secret_seconds)
    with world.store.unit():
        credential = _credential(world, client_id=order.get("client_id") or None)
        return credentials.rotate(world.store, credential, keep_seconds=keep, secret=order.get("secret", ""))


def _expire_tokens(world: World, request: Request) -> Any:
    """End one `token`, or those of one `client_id`, or every token issued so far."""
    order = order_of(request)
    _checked(order, token=bodies.filled, client_id=bodies.filled)
    if "token" in order:
        return {"expired": tokens.revoke(world.store, order["token"])}
    with world.store.unit():
        wanted = {"client_id": order["client_id"]} if "client_id" in order else {}
        for credential in world.store.where("_credentials", **wanted):
            credentials.end_tokens(world.store, credential)
    return {"expired": True}


def _show_organizations(world: World, _: Request) -> Any:
    with world.store.lock:
        return {row["name"]: row["id"] for row in world.store.where("_organization")}


def _disconnect(world: World, request: Request) -> Any:
    """End what a partner was allowed: `client_id`, and the name of the `organization`."""
    order = order_of(request)
    with world.store.unit():
        credential = world.store.first("_credentials", kind="partner", client_id=order.get("client_id"))
        organization = world.store.first("_organization", name=order.get("organization"))
        if credential is None or organization is None:
            raise not_found("The partner or the organization")
        return {"ended": consents.end(world.store, credential["id"], organization["id"])}


def _set_user(world: World, request: Request) -> Any:
    """Change the user with this `email`: `site_admin`, `deactivated`."""
    order = dict(order_of(request))
    email = order.pop("email", None)
    if set(order) - {"site_admin", "deactivated"} or not all(type(v) is bool for v in order.values()):
        raise unprocessable("site_admin and deactivated are true or false, nothing else can be set")
    with world.store.unit():
        user = world.store.first("users", primary_email=email) if email else None
        if user is None:
            raise not_found("The user")
        return world.store.change("users", user["id"], **order)


def _add_source(world: World, request: Request) -> Any:
    order = bodies.checked(order_of(request), {"name": bodies.filled}, required=("name",))
    return add_source(world, order["name"])


def add_source(world: World, name: str) -> Record:
    """Add a source as a person in Greenhouse would; the API cannot.

    Raises: Refusal 422 when the name is taken.
    """
    with world.store.unit():
        if world.store.first("sources", name=name):
            raise unprocessable({"name": "is taken by another source"})
        return world.store.add("sources", name=name, type={"id": 2, "name": "Third-party boards"})


ROUTES: dict[tuple[str, str], Callable[[World, Request], Any]] = {
    ("GET", "credentials"): _show_credentials,
    ("POST", "credentials"): _set_credential,
    ("POST", "credentials/add"): _add_credential,
    ("POST", "credentials/rotate"): _rotate_secret,
    ("POST", "expire_tokens"): _expire_tokens,
    ("GET", "organizations"): _show_organizations,
    ("POST", "disconnect"): _disconnect,
    ("POST", "users"): _set_user,
    ("POST", "sources"): _add_source,
}
