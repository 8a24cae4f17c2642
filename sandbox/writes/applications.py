"""Writes on applications."""

from sandbox import bodies, clock, hiring, people
from sandbox.bodies import Check
from sandbox.context import Call
from sandbox.exchange import Record, Response, json_response, unprocessable
from sandbox.present import shown

_CREDIT: dict[str, Check] = {
    "source_id": bodies.nullable(bodies.integer),
    "referrer_id": bodies.nullable(bodies.integer),
    "recruiter_id": bodies.nullable(bodies.integer),
    "coordinator_id": bodies.nullable(bodies.integer),
}
_BOTH: dict[str, Check] = _CREDIT | {"created_at": bodies.moment, "custom_fields": bodies.custom_values}
_FOR_JOB: dict[str, Check] = _BOTH | {"job_id": bodies.integer, "initial_stage_id": bodies.integer}
_FOR_PROSPECT: dict[str, Check] = _BOTH | {
    "prospect": bodies.flag,
    "job_ids": bodies.list_of(bodies.integer),
    "prospect_pool_id": bodies.integer,
    "prospect_pool_stage_id": bodies.integer,
    "prospect_owner_id": bodies.integer,
    "prospective_department_id": bodies.integer,
    "prospective_office_id": bodies.integer,
}
# The keys the reference names for an application inside a new candidate; whether others pass is not known.
_LISTED_FOR_JOB = {**_CREDIT, "job_id": bodies.integer}
_LISTED_FOR_PROSPECT = {
    name: _FOR_PROSPECT[name]
    for name in ("prospect", "prospect_pool_id", "prospect_pool_stage_id", "prospect_owner_id", "job_ids")
}
_UPDATE: dict[str, Check] = _CREDIT | {
    "prospect_pool_id": bodies.integer,
    "prospect_stage_id": bodies.integer,
    "rejected_at": bodies.moment,
    "created_at": bodies.moment,
    "custom_fields": bodies.custom_values,
}
_DETAILS = {
    "prospect_pool_id": ("pool_id", "prospect_pools"),
    "prospect_pool_stage_id": ("pool_stage_id", "prospect_pool_stages"),
    "prospect_stage_id": ("pool_stage_id", "prospect_pool_stages"),
    "prospect_owner_id": ("prospect_owner_id", "users"),
    "prospective_department_id": ("department_id", "departments"),
    "prospective_office_id": ("office_id", "offices"),
}


def create(call: Call) -> Response:
    person: dict[str, Check] = {"candidate_id": bodies.integer}
    body = call.request.json
    prospect = isinstance(body, dict) and body.get("prospect") is True
    required = ("candidate_id", "prospect") if prospect else ("candidate_id", "job_id")
    body = bodies.read(call.request, person | (_FOR_PROSPECT if prospect else _FOR_JOB), required=required)
    bodies.must_exist(call.store, "candidates", body, "candidate_id")
    candidate = call.store.table("candidates").records[body["candidate_id"]]
    application = _make(call, candidate, body, prospect=prospect)
    return json_response(shown(call.world, call.request, "applications", application), 201)


def from_candidate(call: Call, candidate: Record, value: Record) -> Record:
    """Make the application that came inside a new candidate."""
    prospect = value.get("prospect") is True
    if call.world.switches.inner_application == "listed_keys_only":
        keys = _LISTED_FOR_PROSPECT if prospect else _LISTED_FOR_JOB
    else:
        keys = _FOR_PROSPECT if prospect else _FOR_JOB
    body = bodies.checked(value, keys, required=() if prospect else ("job_id",))
    return _make(call, candidate, body, prospect=prospect)


def _make(call: Call, candidate: Record, body: Record, *, prospect: bool) -> Record:
    values = _shared(call, body) | {"candidate_id": candidate["id"]}
    if not prospect:
        bodies.must_exist(call.store, "jobs", body, "job_id")
        application = hiring.create_for_job(
            call.store,
            values | {"job_id": body["job_id"]},
            stage_id=body.get("initial_stage_id"),
            switches=call.world.switches,
        )
    else:
        for job_id in body.get("job_ids", []):
            bodies.must_exist(call.store, "jobs", {"job_ids": job_id}, "job_ids")
        values["prospective_job_ids"] = body.get("job_ids", [])
        application = hiring.create_prospect(call.store, values, _details(call, body))
    people.touch(call.store, candidate["id"])
    return application


def _shared(call: Call, body: Record) -> Record:
    """Check and return the values a job's application and a prospect's have in common."""
    bodies.must_exist(call.store, "sources", body, "source_id")
    bodies.must_exist(call.store, "referrers", body, "referrer_id")
    bodies.must_exist(call.store, "users", body, "recruiter_id", "coordinator_id")
    values = {name: body[name] for name in _CREDIT if name in body}
    if "created_at" in body:
        values["created_at"] = clock.normalise(body["created_at"])
    if "custom_fields" in body:
        values["custom_fields"] = bodies.custom_field_map(call.store, "application", body["custom_fields"])
    return values


def _details(call: Call, body: Record) -> Record:
    details = {}
    for name, (field, collection) in _DETAILS.items():
        if name in body:
            bodies.must_exist(call.store, collection, body, name)
            details[field] = body[name]
    return details


def update(call: Call) -> Response:
    body = bodies.read(call.request, _UPDATE)
    values = _shared(call, body)
    if "custom_fields" in values and call.world.switches.custom_fields_patch == "merge":
        values["custom_fields"] = (call.target["custom_fields"] or {}) | values["custom_fields"]
    if "rejected_at" in body:
        if call.target["status"] != "rejected":
            raise unprocessable({"rejected_at": "The application is not rejected"})
        values["rejected_at"] = clock.normalise(body["rejected_at"])
    details = _details(call, body)
    row = call.store.first("prospect_details", application_id=call.target["id"])
    if details and row is None:
        raise unprocessable("The application is not a prospect")
    if details and row:
        call.store.change("prospect_details", row["id"], **details)
    application = hiring.update(call.store, call.target, values)
    return json_response(shown(call.world, call.request, "applications", application))


def move(call: Call) -> Response:
    keys: dict[str, Check] = {
        "from_stage_id": bodies.integer,
        "to_stage_id": bodies.nullable(bodies.integer),
        "to_job_id": bodies.nullable(bodies.integer),
        "email_from_user_id": bodies.nullable(bodies.integer),
    }
    body = bodies.read(call.request, keys, required=("from_stage_id",))
    bodies.must_exist(call.store, "users", body, "email_from_user_id")
    hiring.move(
        call.store,
        call.target,
        from_stage_id=body["from_stage_id"],
        to_stage_id=body.get("to_stage_id"),
        to_job_id=body.get("to_job_id"),
        switches=call.world.switches,
    )
    return Response(204)


def reject(call: Call) -> Response:
    keys: dict[str, Check] = {
        "rejection_reason_id": bodies.integer,
        "notes": bodies.nullable(bodies.text),
        "rejection_email": bodies.nullable(bodies.structure),
        "custom_fields": bodies.custom_values,
    }
    body = bodies.read(call.request, keys, required=("rejection_reason_id",))
    bodies.must_exist(call.store, "rejection_reasons", body, "rejection_reason_id")
    _check_email(body.get("rejection_email"))
    fields = bodies.custom_field_map(call.store, "rejection_question", body.get("custom_fields", []))
    hiring.reject(
        call.store,
        call.target,
        reason_id=body["rejection_reason_id"],
        by_user_id=call.acting_user_id,
        note=body.get("notes") or "",
        custom_fields=fields,
    )
    return Response(204)


def _check_email(value: Record | None) -> None:
    keys: dict[str, Check] = {
        "send_email_at": bodies.moment,
        "email_template_id": bodies.integer,
        "email_from_user_id": bodies.nullable(bodies.integer),
    }
    if value is not None:
        bodies.checked(value, keys)


def unreject(call: Call) -> Response:
    bodies.read(call.request, {})
    hiring.unreject(call.store, call.target)
    return Response(204)


def hire(call: Call) -> Response:
    keys: dict[str, Check] = {
        "start_date": bodies.moment,
        "opening_id": bodies.nullable(bodies.integer),
        "close_reason_id": bodies.nullable(bodies.integer),
    }
    body = bodies.read(call.request, keys)
    bodies.must_exist(call.store, "close_reasons", body, "close_reason_id")
    hiring.hire(
        call.store,
        call.target,
        opening_id=body.get("opening_id"),
        close_reason_id=body.get("close_reason_id"),
    )
    return Response(204)


def convert(call: Call) -> Response:
    keys: dict[str, Check] = {"job_id": bodies.integer, "to_job_interview_stage_id": bodies.integer}
    body = bodies.read(call.request, keys, required=("job_id",))
    bodies.must_exist(call.store, "jobs", body, "job_id")
    application = hiring.convert(
        call.store, call.target, job_id=body["job_id"], stage_id=body.get("to_job_interview_stage_id")
    )
    return json_response(shown(call.world, call.request, "applications", application))


def delete(call: Call) -> Response:
    hiring.delete(call.store, call.target)
    number = call.target["id"]
    return json_response({"id": number, "message": f"Application {number} deleted successfully"})


def update_rejection(call: Call) -> Response:
    keys: dict[str, Check] = {
        "rejection_reason_id": bodies.integer,
        "custom_fields": bodies.custom_values,
    }
    body = bodies.read(call.request, keys)
    bodies.must_exist(call.store, "rejection_reasons", body, "rejection_reason_id")
    values = {name: body[name] for name in ("rejection_reason_id",) if name in body}
    if values:
        call.store.change("applications", call.target["application_id"], touch=False, **values)
    if "custom_fields" in body:
        values["question_custom_fields"] = bodies.custom_field_map(
            call.store, "rejection_question", body["custom_fields"]
        )
    return json_response(call.store.change("rejection_details", call.target["id"], **values))
