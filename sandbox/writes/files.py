"""Writes on attachments."""

import base64
import binascii
import urllib.error
import urllib.request
from pathlib import PurePosixPath

from sandbox import bodies, people
from sandbox.bodies import Check
from sandbox.context import Call
from sandbox.exchange import Record, Refusal, Request, Response, json_response, unprocessable
from sandbox.present import shown
from sandbox.switches import Switches
from sandbox.words import ATTACHMENT_TYPES

_KEYS: dict[str, Check] = {
    "application_id": bodies.integer,
    "filename": bodies.filled,
    "type": bodies.one_of(*ATTACHMENT_TYPES),
    "content": bodies.text,
    "url": bodies.filled,
    "visibility": bodies.one_of("admin_only", "private", "public"),
}
_BLOCKED = {".html", ".htm", ".js", ".exe", ".bat", ".cmd", ".com", ".msi", ".sh", ".svg", ".vbs", ".jar"}
_FETCH_SECONDS = 5


def _prepare(request: Request, switches: Switches) -> bytes:
    """Return the bytes a create call carries or points at.

    Effects: may fetch the address, so it runs outside the store's lock.
    Raises: Refusal 422 (413, where switched so, for size) for a body, a file or an address that cannot be taken.
    """
    body = bodies.read(request, _KEYS, required=("application_id", "filename", "type"))
    if ("content" in body) == ("url" in body):
        raise unprocessable("Exactly one of content and url must be given")
    check_filename(body["filename"])
    max_bytes = switches.attachment_max_bytes
    if "url" in body and switches.attachment_urls == "fetched_later":
        return _fetched_unsaid(body["url"], max_bytes)
    data = _fetched(body["url"], max_bytes) if "url" in body else _decoded(body["content"])
    if len(data) > max_bytes and switches.attachment_too_large_status == "413":
        raise Refusal(413, {"message": "Payload Too Large"})
    if len(data) > max_bytes:
        raise unprocessable({"content": f"is too large (maximum is {max_bytes} bytes)"})
    if not data:
        raise unprocessable({"content": "can't be blank"})
    return data


def check_filename(name: str) -> None:
    """Refuse a name without an ending, or with one the account has blocked."""
    suffix = PurePosixPath(name).suffix.lower()
    if not suffix or suffix in _BLOCKED:
        raise unprocessable({"filename": f"extension `{suffix}` is not allowed"})


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise unprocessable({"content": "is not valid Base64"}) from None


def _fetched(url: str, max_bytes: int) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise unprocessable({"url": "must be an http or https address"})
    try:
        with urllib.request.urlopen(url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 - scheme checked above
            return bytes(answer.read(max_bytes + 1))
    except (urllib.error.URLError, OSError, ValueError):
        raise unprocessable({"url": "could not be fetched"}) from None


def _fetched_unsaid(url: str, max_bytes: int) -> bytes:
    """Return what is at the address, or nothing: once the call is answered, nobody hears that it failed."""
    try:
        data = _fetched(url, max_bytes)
    except Refusal:
        return b""
    return data if len(data) <= max_bytes else b""


def create(call: Call) -> Response:
    data = _prepare(call.request, call.world.switches)
    with call.store.unit():
        return _store(call, data)


def _store(call: Call, data: bytes) -> Response:
    body: Record = call.request.json
    bodies.must_exist(call.store, "applications", body, "application_id")
    application = call.store.table("applications").records[body["application_id"]]
    named = {name: body[name] for name in ("type", "filename", "visibility") if name in body}
    attachment = people.attach(call.store, application, data, **named)
    return json_response(shown(call.world, call.request, "attachments", attachment), 201)


def delete(call: Call) -> Response:
    people.remove_attachment(call.store, call.target)
    number = call.target["id"]
    return json_response({"id": number, "message": f"Attachment {number} deleted successfully"})
