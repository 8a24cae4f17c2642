"""Writes on notes."""

from sandbox import bodies, people
from sandbox.bodies import Check
from sandbox.context import Call
from sandbox.exchange import Record, Response, json_response, unprocessable
from sandbox.words import NOTE_VISIBILITIES

_MAIL_KEYS = ("subject", "email_from", "email_to", "email_cc")
_TYPES = ("NOTE", "ACTIVITY", "EMAIL")


def _note_type(value: object) -> str | None:
    # Greenhouse's own error lists the words in lower case, although only upper case is taken.
    return None if value in _TYPES else "must be one of: note, activity, email"


_KEYS: dict[str, Check] = {
    "candidate_id": bodies.integer,
    "body": bodies.filled,
    "note_type": _note_type,
    "visibility": bodies.one_of(*NOTE_VISIBILITIES),
    "application_id": bodies.nullable(bodies.integer),
    "user_id": bodies.nullable(bodies.integer),
    "subject": bodies.text,
    "email_from": bodies.list_of(bodies.text),
    "email_to": bodies.list_of(bodies.text),
    "email_cc": bodies.list_of(bodies.text),
}


def create(call: Call) -> Response:
    extra = ("visibility",) if call.world.switches.note_visibility_required else ()
    body = bodies.read(call.request, _KEYS, required=("candidate_id", "body", "note_type", *extra))
    _check_mail_keys(body)
    bodies.must_exist(call.store, "users", body, "user_id")
    bodies.must_exist(call.store, "applications", body, "application_id")
    # Greenhouse does not check candidate_id: a wrong one makes an orphan note, and so it does here.
    note = call.store.add(
        "notes",
        candidate_id=body["candidate_id"],
        application_id=body.get("application_id"),
        user_id=body.get("user_id") or call.acting_user_id,
        type=body["note_type"],
        subject=body.get("subject"),
        body=body["body"],
        body_with_tags=body["body"],
        visibility=NOTE_VISIBILITIES[body.get("visibility", "admin_only")],
        email_from=", ".join(body.get("email_from", [])) or None,
        email_to=", ".join(body.get("email_to", [])) or None,
        email_cc=body.get("email_cc", []),
        email_attachment_file_names=[],
        import_hash=None,
    )
    people.touch(call.store, body["candidate_id"], body.get("application_id"))
    return json_response(note, 201)


def _check_mail_keys(body: Record) -> None:
    """An e-mail note needs all four e-mail keys, the other types take none of them."""
    if body["note_type"] == "EMAIL":
        problems = [{name: "is missing"} for name in _MAIL_KEYS if name not in body]
    else:
        problems = [{name: "is only permitted for EMAIL"} for name in _MAIL_KEYS if name in body]
    if problems:
        raise unprocessable(*problems)
