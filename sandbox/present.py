"""How stored records are shown where the two differ."""

import mimetypes
import time
from collections.abc import Callable
from urllib.parse import quote, urlencode

from sandbox import clock, tokens
from sandbox.catalogue import CATALOGUE
from sandbox.context import World
from sandbox.exchange import Record, Request, Response, forbidden, not_found
from sandbox.store import Store, public

_LINK_LIFETIME_SECONDS = 7 * 24 * 3600
# The published schema lets a list hold this in place of a person the caller may not see.
_HIDDEN: Record = {"message": "You do not have permission to view this candidate"}
Shape = Callable[[Record], Record]


def shape(world: World, request: Request, collection: str, *, sees_private: bool = True) -> Shape | None:
    """Return what turns a stored record into a shown one, or None when they are the same."""
    if not CATALOGUE[collection].shaped:
        return None
    if collection == "applications" and not world.switches.application_extras:
        hidden = {"job_interview_stage_id", "rejection_reason_id"}
        return lambda record: {name: value for name, value in public(record).items() if name not in hidden}
    if collection == "candidates" and (world.switches.hidden_private_candidates or not sees_private):
        return lambda record: _HIDDEN if record.get("private") else public(record)
    if collection == "application_stages":
        return lambda record: public(record) | {"days_in_stage": _days_in_stage(record)}
    if collection == "attachments":
        return lambda record: _attachment(world, request, public(record))
    return public


def shown(world: World, request: Request, collection: str, record: Record) -> Record:
    present = shape(world, request, collection)
    return present(record) if present else record


def _days_in_stage(row: Record) -> int:
    if not isinstance(row.get("entered_at"), str):
        return 0
    return clock.days_between(row["entered_at"], row.get("exited_at") or clock.stamp())


def _attachment(world: World, request: Request, record: Record) -> Record:
    shown_record = record | {"url": file_url(world, request.base_url, record)}
    if not world.switches.attachment_visibility:
        shown_record.pop("visibility", None)
    if world.switches.attachment_content_type:
        shown_record["content_type"] = _kind_of(str(record.get("filename")))
    return shown_record


def _kind_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def file_url(world: World, base_url: str, record: Record) -> str:
    """Return a signed address that downloads the file for the next seven days."""
    return signed_file_url(world.store, record, base_url)


def signed_file_url(store: Store, record: Record, base_url: str = "") -> str:
    """Return the same where no request says how this sandbox is addressed."""
    expires = int(time.time()) + _LINK_LIFETIME_SECONDS
    query = urlencode({"expires": expires, "signature": _file_signature(store, record["id"], expires)})
    name = quote(str(record.get("filename")), safe="")
    return f"{base_url or store.address}/files/{record['id']}/{name}?{query}"


def _file_signature(store: Store, attachment_id: int, expires: int) -> str:
    return tokens.sign(store, f"file:{attachment_id}:{expires}")


def download(world: World, request: Request) -> Response:
    """Answer a signed file address.

    Raises: Refusal 403 when the address is forged or expired, 404 when the file is gone.
    """
    query = dict(request.params)
    name = request.path.split("/")[2]
    attachment_id = int(name) if name.isascii() and name.isdigit() else 0
    expires = query.get("expires", "")
    good = expires.isascii() and expires.isdigit() and int(expires) > time.time()
    if not good or query.get("signature") != _file_signature(world.store, attachment_id, int(expires)):
        raise forbidden("Request has expired")
    record = world.store.get("attachments", attachment_id)
    if record is None:
        raise not_found("The file")
    return Response(
        200,
        world.store.blob(attachment_id),
        _kind_of(str(record.get("filename"))),
        {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(record['filename'], safe='')}",
            "X-Content-Type-Options": "nosniff",
        },
    )
