"""What an event tells: the old, nested shape, which webhooks have kept."""

from collections.abc import Iterable
from typing import Any

from sandbox.exchange import Record
from sandbox.present import signed_file_url
from sandbox.store import Store

_APP = "https://app.greenhouse.io"
_PERSON = ("id", "first_name", "last_name", "company", "title", "created_at", "can_email")
_ENTRIES = ("phone_numbers", "email_addresses", "addresses", "website_addresses")


def named(store: Store, collection: str, record_id: Any, *fields: str) -> Record | None:
    """Return the id and the name of a record, and these fields, or None when it is not there."""
    record = store.get(collection, record_id)
    return {name: record.get(name) for name in ("id", "name", *fields)} if record else None


def custom_fields(fields: Any) -> Record:
    """Rewrite a map of custom fields: webhooks say `unit` where the API says `currency_code`."""
    return {key: field | {"value": _value(field.get("value"))} for key, field in (fields or {}).items()}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    renamed = {"currency_code": "unit", "min_amount": "min_value", "max_amount": "max_value"}
    return {renamed.get(name, name): part for name, part in value.items()}


def _user(store: Store, user_id: Any) -> Record | None:
    user = store.get("users", user_id)
    if user is None:
        return None
    return {"id": user["id"], "email": user["primary_email"], "name": user["name"], "employee_id": user["employee_id"]}


def _credited_to(store: Store, application: Record) -> Record | None:
    referrer = store.get("referrers", application["referrer_id"])
    if referrer is None:
        return None
    return _user(store, referrer["user_id"]) or {"name": referrer["name"]}


# People


def candidate(store: Store, record: Record) -> Record:
    """Describe a person with files, tags and contact entries."""
    applications = store.where("applications", candidate_id=record["id"])
    newest = applications[-1] if applications else {}
    return {
        **{name: record[name] for name in (*_PERSON, *_ENTRIES)},
        "external_id": None,
        "photo_url": None,
        "url": f"{_APP}/people/{record['id']}",
        "is_private": bool(record["private"]),
        "social_media_addresses": record["social_media_addresses"],
        "educations": [],
        "employments": [],
        "recruiter": _user(store, newest.get("recruiter_id")),
        "coordinator": _user(store, newest.get("coordinator_id")),
        "attachments": [
            {"filename": file["filename"], "url": signed_file_url(store, file), "type": file["type"]}
            for file in store.where("attachments", candidate_id=record["id"])
        ],
        "tags": record["tags"],
        "custom_fields": custom_fields(record["custom_fields"]),
    }


def updated_candidate(store: Store, record: Record) -> Record:
    return {"candidate": candidate(store, record) | {"updated_at": record["updated_at"]}}


def _person(record: Record) -> Record:
    return {name: record[name] for name in (*_PERSON, "preferred_name")} | {
        "headline": None,
        "is_private": bool(record["private"]),
        "recruiter_user_id": None,
        "coordinator_user_id": None,
    }


def deleted_candidate(record: Record, application_ids: Iterable[int]) -> Record:
    return {"person": _person(record) | {"deleted_application_ids": list(application_ids)}}


def merged_candidate(record: Record, survivor: Record) -> Record:
    return {"person": _person(record) | {"new_candidate_id": survivor["id"]}}


def anonymized_candidate(record: Record, fields: list[str]) -> Record:
    return {"candidate_id": record["id"], "anonymized_fields": fields}


# Applications


def application(store: Store, record: Record, *, with_jobs: bool = True) -> Record:
    """Describe an application with its person, its jobs and where it stands."""
    person = store.get("candidates", record["candidate_id"])
    return {"application": _application(store, record, person, with_jobs=with_jobs)}


def _application(store: Store, record: Record, person: Record | None, *, with_jobs: bool) -> Record:
    job_ids = [record["job_id"]] if record["job_id"] else record["prospective_job_ids"]
    jobs = [_job(store, job, record["job_post_id"]) for job in (store.get("jobs", one) for one in job_ids) if job]
    detail = store.first("rejection_details", application_id=record["id"])
    return {
        "id": record["id"],
        "status": "active" if record["status"] == "in_process" else record["status"],
        "prospect": record["prospect"],
        "rejected_at": record["rejected_at"],
        "applied_at": record["created_at"],
        "last_activity_at": record["last_activity_at"],
        "url": f"{_APP}/people/{record['candidate_id']}?application_id={record['id']}",
        "source": _source(store, record["source_id"]),
        "credited_to": _credited_to(store, record),
        "rejection_reason": named(store, "rejection_reasons", record["rejection_reason_id"], "type"),
        "rejection_details": detail and {"custom_fields": custom_fields(detail["question_custom_fields"])},
        "current_stage": _stage(store, record["job_interview_stage_id"]),
        "prospect_detail": _prospect(store, record),
        "custom_fields": custom_fields(record["custom_fields"]),
        "candidate": person and candidate(store, person),
        "jobs": jobs if with_jobs else [],
    }


def _source(store: Store, source_id: Any) -> Record | None:
    source = store.get("sources", source_id)
    return {"id": source["id"], "public_name": source["name"]} if source else None


def _stage(store: Store, stage_id: Any) -> Record | None:
    stage = named(store, "job_interview_stages", stage_id)
    return stage and stage | {"interviews": []}


def _prospect(store: Store, record: Record) -> Record:
    detail = store.first("prospect_details", application_id=record["id"]) or {}
    return {
        "prospect_pool": named(store, "prospect_pools", detail.get("pool_id")),
        "prospect_stage": named(store, "prospect_pool_stages", detail.get("pool_stage_id")),
        "prospect_owner": named(store, "users", detail.get("prospect_owner_id")),
    }


def hired_application(store: Store, record: Record, opening: Record) -> Record:
    """Describe a hire, or the end of one, with its offer and opening."""
    told = application(store, record)
    job = store.get("jobs", record["job_id"])
    offer = {"id": record["id"], "version": 1, "created_at": record["last_activity_at"], "sent_at": None}
    offer |= {"resolved_at": record["last_activity_at"], "starts_at": None, "custom_fields": {}}
    told["application"] |= {
        "offer": offer,
        "opening": _opening(opening) if opening else None,
        "job": job and _job(store, job, record["job_post_id"]),
    }
    return told


def deleted_application(record: Record) -> Record:
    copied = ("id", "candidate_id", "job_id", "created_at", "source_id", "rejected_at", "referrer_id", "prospect")
    return {
        "application": {name: record[name] for name in copied}
        | {
            "candidate_rejection_reason_id": record["rejection_reason_id"],
            "rejection_note_id": None,
            "rejected_by_user_id": None,
        }
    }


# Jobs and posts


def _opening(row: Record) -> Record:
    return {"id": row["id"], "opening_id": row["opening_id"], "custom_fields": custom_fields(row["custom_fields"])}


def _place(store: Store, collection: str, record_id: Any) -> Record | None:
    return named(store, collection, record_id, "external_id")


def _job(store: Store, record: Record, job_post_id: int | None = None) -> Record:
    copied = ("id", "name", "requisition_id", "notes", "confidential", "status", "created_at", "opened_at", "closed_at")
    offices = [_place(store, "offices", office) for office in record["office_ids"] or []]
    return {name: record[name] for name in copied} | {
        "job_post_id": job_post_id,
        "created_by_id": None,
        "url": f"{_APP}/sdash/{record['id']}",
        "departments": [_place(store, "departments", record["department_id"])],
        "offices": offices,
        "hiring_team": _team(store, record["id"]),
        "custom_fields": custom_fields(record["custom_fields"]),
    }


def _team(store: Store, job_id: int) -> Record:
    def members(rows: list[Record]) -> list[Record]:
        users = (store.get("users", row["user_id"]) for row in rows)
        return [{"user_id": user["id"], "employee_id": user["employee_id"]} for user in users if user]

    owners = store.where("job_owners", job_id=job_id)
    return {
        "hiring_managers": members(store.where("job_hiring_managers", job_id=job_id)),
        **{f"{kind}s": members([row for row in owners if row["type"] == kind]) for kind in _OWNERS},
    }


_OWNERS = ("sourcer", "recruiter", "coordinator")


def job(store: Store, record: Record) -> Record:
    openings = [_opening(row) for row in store.where("openings", job_id=record["id"])]
    return {"job": _job(store, record) | {"openings": openings}}


def approved_job(store: Store, record: Record) -> Record:
    return job(store, record) | {"approval_flow": {"approval_flow_type": "Opening"}}


def post(store: Store, record: Record) -> Record:
    """Describe a post: flat, with its location as one text, which the API does not have."""
    return {
        "id": record["id"],
        **({"job_id": record["job_id"]} if record["job_id"] else {}),
        "title": record["title"],
        "location": {"name": "; ".join(locations(store, record["id"])) or None},
        "content": record["content"],
        "internal_content": record["internal_content"],
        "updated_at": record["updated_at"],
        "internal": record["internal"],
        "external": not record["internal"],
        "live": record["live"],
        "questions": [_question(question) for question in record["questions"] or []],
    }


def _question(question: Record) -> Record:
    kept = {name: question[name] for name in ("required", "private", "label")}
    values = [{"value": option["id"], "label": option["label"]} for option in question["options"]]
    return kept | {"type": question["answer_type"], "name": question["name"], "values": values}


def locations(store: Store, post_id: int) -> list[str]:
    """Return the places of a post as people read them."""
    texts = []
    for row in store.where("job_post_locations", job_post_id=post_id):
        if row.get("type") == "office":
            texts.append((store.get("offices", row.get("office_id")) or {}).get("name"))
        elif row.get("type") == "custom_list":
            texts.append((store.get("job_board_custom_locations", row.get("custom_location_id")) or {}).get("value"))
        else:
            texts.append(row.get("plain_text_location"))
    return [str(text) for text in texts if text]


def deleted_post(store: Store, record: Record) -> Record:
    return {"job_post": post(store, record)}


def deleted(root: str, record: Record) -> Record:
    """Describe what is simply gone: a job, a stage, a department, an office, an interview, a scorecard."""
    return {root: {name: record[name] for name in ("id", "name") if name in record} | _children(root)}


def _children(root: str) -> Record:
    return {"child_ids": []} if root in ("department", "office") else {}
