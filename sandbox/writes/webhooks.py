"""Writes on webhooks, which only partners may make. They ping, so they run outside the lock."""

from typing import Any

from sandbox import bodies
from sandbox.bodies import Check
from sandbox.context import Call
from sandbox.exchange import Record, Response, json_response, not_found
from sandbox.store import public
from sandbox.webhooks import subscriptions
from sandbox.webhooks.events import EVENTS
from sandbox.webhooks.headers import parse_headers


def _short(value: Any) -> str | None:
    return bodies.text(value) or ("is too long (maximum is 255 characters)" if len(value) > 255 else None)


def _attempts(value: Any) -> str | None:
    return bodies.integer(value) or (None if value > 0 else "must be greater than 0")


def _headers(value: Any) -> str | None:
    try:
        return bodies.text(value) or (None if parse_headers(value) else "can't be blank")
    except ValueError as error:
        return str(error)


_KEYS: dict[str, Check] = {
    "name": bodies.filled,
    "endpoint_url": subscriptions.check_endpoint,
    "event_action_type": bodies.one_of(*EVENTS),
    "secret_key": bodies.filled,
    "max_attempts": _attempts,
    "deactivated": bodies.flag,
    "basic_auth_username": bodies.nullable(_short),
    "basic_auth_password": bodies.nullable(_short),
    "additional_headers": bodies.nullable(_headers),
    "error_recipient_email": bodies.nullable(bodies.filled),
}
_REQUIRED = ("endpoint_url", "name", "event_action_type", "secret_key", "max_attempts")
_NEVER_SHOWN = ("secret_key", "basic_auth_username", "basic_auth_password")


def _stored(body: Record) -> Record:
    return {f"_{name}" if name in _NEVER_SHOWN else name: value for name, value in body.items()}


def create(call: Call) -> Response:
    body = bodies.read(call.request, _KEYS, required=_REQUIRED)
    with call.store.unit():
        hook = subscriptions.add(
            call.store,
            **_stored(body),
            _credential_id=call.caller.credential["id"],
            _organization_id=call.caller.organization_id,
        )
    return json_response(public(_pinged(call, hook)), 201)


def update(call: Call) -> Response:
    body = bodies.read(call.request, _KEYS)
    with call.store.unit():
        hook = call.store.change("webhooks", _still(call)["id"], **_stored(body))
    return json_response(public(_pinged(call, hook)))


def delete(call: Call) -> Response:
    with call.store.unit():
        hook = _still(call)
        call.store.remove("webhooks", hook["id"])
    return json_response({"id": hook["id"], "message": f"Webhook {hook['id']} deleted successfully"})


def _still(call: Call) -> Record:
    hook = call.store.get("webhooks", call.target["id"])
    if hook is None:
        raise not_found(f"webhooks {call.target['id']}")
    return hook


def _pinged(call: Call, hook: Record) -> Record:
    return hook if hook["deactivated"] else subscriptions.ping(call.world, hook["id"])
