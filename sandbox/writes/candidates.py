"""Writes on candidates and their tags."""

from sandbox import bodies, people
from sandbox.bodies import Check
from sandbox.context import Call
from sandbox.exchange import Record, Response, json_response, unprocessable
from sandbox.present import shown
from sandbox.writes.applications import from_candidate

_KEYS: dict[str, Check] = {
    "first_name": bodies.filled,
    "last_name": bodies.filled,
    "preferred_name": bodies.nullable(bodies.text),
    "company": bodies.nullable(bodies.text),
    "title": bodies.nullable(bodies.text),
    "is_private": bodies.flag,
    "can_email": bodies.flag,
    "phone_numbers": bodies.list_of(bodies.entry(*bodies.PHONE_TYPES)),
    "addresses": bodies.list_of(bodies.entry(*bodies.ADDRESS_TYPES)),
    "email_addresses": bodies.list_of(bodies.entry(*bodies.EMAIL_TYPES)),
    "website_addresses": bodies.list_of(bodies.entry(*bodies.WEBSITE_TYPES)),
    "social_media_addresses": bodies.list_of(bodies.entry()),
    "tags": bodies.list_of(bodies.filled),
    "linked_user_ids": bodies.list_of(bodies.integer),
    "custom_fields": bodies.custom_values,
}


def _stored(call: Call, body: Record, before: Record | None = None) -> Record:
    """Return the body in the words records are kept in."""
    values = {name: value for name, value in body.items() if name != "application"}
    for user_id in values.get("linked_user_ids", []):
        bodies.must_exist(call.store, "users", {"linked_user_ids": user_id}, "linked_user_ids")
    for address in values.get("email_addresses", []):
        if "@" not in address["value"]:
            raise unprocessable({"email_addresses": f"{address['value']} is not an e-mail address"})
    if "is_private" in values:
        values["private"] = values.pop("is_private")
    if "custom_fields" in values:
        written = bodies.custom_field_map(call.store, "candidate", values["custom_fields"])
        keep = before and call.world.switches.custom_fields_patch == "merge"
        values["custom_fields"] = ((before or {}).get("custom_fields") or {}) | written if keep else written
    if "tags" in values:
        values["tags"] = list(dict.fromkeys(values["tags"]))
    return values


def create(call: Call) -> Response:
    body = bodies.read(call.request, _KEYS | {"application": bodies.structure}, required=("first_name", "last_name"))
    candidate = people.create(call.store, _stored(call, body))
    application = None
    if "application" in body:
        application = from_candidate(call, candidate, body["application"])
    response = _made(call, candidate, application)
    # The answer names the new person, even one that is merged away in the same breath.
    people.auto_merge(call.store, candidate, call.world.switches.auto_merge)
    return response


def _made(call: Call, candidate: Record, application: Record | None) -> Response:
    shown_candidate = shown(call.world, call.request, "candidates", candidate)
    envelope = call.world.switches.candidate_envelope
    if envelope == "bare":
        return json_response(shown_candidate, 201)
    shown_application = (
        shown(call.world, call.request, "applications", application) if application and envelope == "envelope" else None
    )
    return json_response({"candidate": shown_candidate, "application": shown_application}, 201)


def update(call: Call) -> Response:
    values = _stored(call, bodies.read(call.request, _KEYS), call.target)
    candidate = people.update(call.store, call.target, values)
    return json_response(shown(call.world, call.request, "candidates", candidate))


def merge(call: Call) -> Response:
    keys: dict[str, Check] = {"secondary_candidate_id": bodies.integer}
    body = bodies.read(call.request, keys, required=("secondary_candidate_id",))
    bodies.must_exist(call.store, "candidates", body, "secondary_candidate_id")
    secondary = call.store.table("candidates").records[body["secondary_candidate_id"]]
    candidate = people.merge(call.store, call.target, secondary)
    return json_response(shown(call.world, call.request, "candidates", candidate))


def anonymise(call: Call) -> Response:
    keys: dict[str, Check] = {"fields": bodies.list_of(bodies.one_of(*people.ANONYMISABLE))}
    body = bodies.read(call.request, keys, required=("fields",))
    candidate = people.anonymise(call.store, call.target, body["fields"])
    return json_response(shown(call.world, call.request, "candidates", candidate))


def delete(call: Call) -> Response:
    people.delete(call.store, call.target)
    number = call.target["id"]
    return json_response({"id": number, "message": f"Candidate {number} deleted successfully"})


def create_tag(call: Call) -> Response:
    body = bodies.read(call.request, {"name": bodies.filled}, required=("name",))
    if call.store.first("candidate_tags", name=body["name"]):
        raise unprocessable({"name": "has already been taken"})
    return json_response(call.store.add("candidate_tags", name=body["name"]), 201)


def delete_tag(call: Call) -> Response:
    people.delete_tag(call.store, call.target)
    number = call.target["id"]
    return json_response({"id": number, "message": f"Candidate tag {number} deleted successfully"})


def apply_tag(call: Call) -> Response:
    keys: dict[str, Check] = {"candidate_id": bodies.integer, "candidate_tag_id": bodies.integer}
    body = bodies.read(call.request, keys, required=tuple(keys))
    bodies.must_exist(call.store, "candidates", body, "candidate_id")
    bodies.must_exist(call.store, "candidate_tags", body, "candidate_tag_id")
    candidate = call.store.table("candidates").records[body["candidate_id"]]
    tag = call.store.table("candidate_tags").records[body["candidate_tag_id"]]
    return json_response(people.apply_tag(call.store, candidate, tag), 201)


def remove_tag(call: Call) -> Response:
    people.remove_tag(call.store, call.target)
    number = call.target["id"]
    return json_response({"id": number, "message": f"Applied candidate tag {number} deleted successfully"})
