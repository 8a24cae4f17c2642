"""Applications and their way through the stages of a job. Shared by the API and the web page."""

from sandbox.exchange import Record, unprocessable
from sandbox.store import Store
from sandbox.switches import Switches
from sandbox.webhooks import payloads
from sandbox.webhooks.events import announce

_EMPTY: Record = {
    "job_id": None,
    "prospective_job_ids": [],
    "job_post_id": None,
    "source_id": None,
    "referrer_id": None,
    "recruiter_id": None,
    "coordinator_id": None,
    "agency_note_id": None,
    "prospect": False,
    "status": "in_process",
    "stage_id": None,
    "stage_name": None,
    "job_interview_stage_id": None,
    "rejection_reason_id": None,
    "needs_decision": False,
    "rejected_at": None,
    "location_address": None,
    "answers": [],
    "custom_fields": {},
}


def plan(store: Store, job_id: int) -> list[Record]:
    """Return the active stages of a job in their order."""
    stages = store.where("job_interview_stages", job_id=job_id, active=True)
    return sorted(stages, key=lambda stage: int(stage["sort_order"]))


def create_for_job(
    store: Store, values: Record, *, stage_id: int | None = None, switches: Switches | None = None
) -> Record:
    """Put a candidate on a job, in its first stage or the one asked for.

    Raises: Refusal 422 for a template, a stage of another job, or a second application on the job.
    """
    job = store.table("jobs").records[values["job_id"]]
    if job["is_template"]:
        raise unprocessable({"job_id": "is a template job, which takes no applications"})
    before = store.first("applications", candidate_id=values["candidate_id"], job_id=job["id"])
    rule = (switches or Switches()).second_application
    if before and rule == "422":
        raise unprocessable({"job_id": "The candidate already has an application on this job"})
    if before and rule == "return_existing":
        return before
    stage = _stage_of(store, job["id"], stage_id) if stage_id else next(iter(plan(store, job["id"])), None)
    application = store.add("applications", **(_EMPTY | {"last_activity_at": store.now()} | values))
    return _told(store, "new_candidate_application", _enter(store, application, job["id"], stage))


def _told(store: Store, action: str, application: Record, *, with_jobs: bool = True) -> Record:
    """Announce what happened to an application, and return it."""
    announce(store, action, lambda: payloads.application(store, application, with_jobs=with_jobs))
    return application


def update(store: Store, application: Record, values: Record) -> Record:
    """Change whom or what an application is credited to, or its fields."""
    changed = store.change("applications", application["id"], **values, last_activity_at=store.now())
    return _told(store, "application_updated", changed, with_jobs=False)


def create_prospect(store: Store, values: Record, details: Record) -> Record:
    """Add someone who is not on a job yet, with 0 or more jobs in mind."""
    application = store.add("applications", **(_EMPTY | {"prospect": True, "last_activity_at": store.now()} | values))
    empty: Record = dict.fromkeys(("pool_id", "pool_stage_id", "prospect_owner_id", "department_id", "office_id"))
    store.add("prospect_details", **(empty | details), application_id=application["id"])
    return _told(store, "new_prospect_application", application)


def _stage_of(store: Store, job_id: int, stage_id: int) -> Record:
    for stage in plan(store, job_id):
        if stage["id"] == stage_id:
            return stage
    raise unprocessable({"stage_id": f"{stage_id} is not an active stage of this job"})


def _enter(store: Store, application: Record, job_id: int, stage: Record | None) -> Record:
    """Lay out the rows of the whole plan; stages not visited have no entered_at."""
    now = application["created_at"]
    current = None
    for planned in plan(store, job_id):
        here = stage is not None and planned["id"] == stage["id"]
        row = store.add(
            "application_stages",
            application_id=application["id"],
            job_interview_stage_id=planned["id"],
            entered_at=now if here else None,
            exited_at=None,
            days_in_stage=0,
            current=here,
            created_at=now,
            updated_at=now,
        )
        current = row if here else current
    return _stand_in(store, application, current, stage, touch=False)


def _stand_in(store: Store, application: Record, row: Record | None, stage: Record | None, *, touch: bool) -> Record:
    return store.change(
        "applications",
        application["id"],
        touch=touch,
        stage_id=row and row["id"],
        stage_name=stage and stage["name"],
        job_interview_stage_id=stage and stage["id"],
    )


def _must_be_in_process(application: Record, verb: str) -> None:
    if application["status"] != "in_process" or application["prospect"]:
        state = "a prospect" if application["prospect"] else application["status"]
        raise unprocessable(f"The application cannot be {verb}: it is {state}")


def next_stage(store: Store, application: Record) -> Record | None:
    """Return the stage after the current one, or None on the last."""
    stages = plan(store, application["job_id"]) if application["job_id"] else []
    places = [stage["id"] for stage in stages]
    current = application["job_interview_stage_id"]
    if current not in places or current == places[-1]:
        return None
    return stages[places.index(current) + 1]


def move(
    store: Store,
    application: Record,
    *,
    from_stage_id: int,
    to_stage_id: int | None = None,
    to_job_id: int | None = None,
    switches: Switches,
) -> Record:
    """Move to a stage, to another job, or one stage on.

    Raises: Refusal 422 when the application has left `from_stage_id`, is not in process, or the
        target does not exist.
    """
    _must_be_in_process(application, "moved")
    if application["job_interview_stage_id"] != from_stage_id:
        raise unprocessable({"from_stage_id": "is not the current stage of the application"})
    if to_job_id is not None:
        if to_stage_id is not None and not switches.job_and_stage_together:
            raise unprocessable("to_job_id and to_stage_id cannot be sent together")
        moved = _transfer(store, application, to_job_id, to_stage_id)
        return _told(store, "candidate_stage_change", _told(store, "application_updated", moved))
    target = (
        _stage_of(store, application["job_id"], to_stage_id)
        if to_stage_id is not None
        else next_stage(store, application)
    )
    if target is None:
        raise unprocessable("The application is already in the last stage")
    moved = _step(store, application, target, touch=switches.stage_move_touches_application)
    return _told(store, "candidate_stage_change", moved)


def _step(store: Store, application: Record, target: Record, *, touch: bool) -> Record:
    now = store.now()
    arrived = None
    for row in store.where("application_stages", application_id=application["id"]):
        if row["job_interview_stage_id"] == target["id"]:
            arrived = store.change(
                "application_stages",
                row["id"],
                current=True,
                entered_at=row["entered_at"] or now,
                exited_at=None,
            )
        elif row["current"]:
            store.change("application_stages", row["id"], current=False, exited_at=now)
    moved = _stand_in(store, application, arrived, target, touch=touch)
    return store.change("applications", moved["id"], touch=touch, last_activity_at=now)


def _transfer(store: Store, application: Record, job_id: int, stage_id: int | None) -> Record:
    job = store.get("jobs", job_id)
    if job is None or job["is_template"]:
        raise unprocessable({"to_job_id": f"{job_id} does not exist"})
    if store.first("applications", candidate_id=application["candidate_id"], job_id=job_id):
        raise unprocessable({"to_job_id": "The candidate already has an application on this job"})
    stage = _stage_of(store, job_id, stage_id) if stage_id else next(iter(plan(store, job_id)), None)
    _drop_rows(store, "application_stages", application["id"])
    moved = store.change("applications", application["id"], job_id=job_id, last_activity_at=store.now())
    return _enter(store, moved, job_id, stage)


def reject(
    store: Store,
    application: Record,
    *,
    reason_id: int,
    by_user_id: int | None,
    note: str = "",
    custom_fields: Record | None = None,
) -> Record:
    _must_be_in_process_or_prospect(application)
    now = store.now()
    visibility = "admin_only_visible"
    note_id = add_note(store, application, user_id=by_user_id, body=note, visibility=visibility) if note else None
    store.add(
        "rejection_details",
        application_id=application["id"],
        rejection_reason_id=reason_id,
        rejected_by_id=by_user_id,
        rejection_note_id=note_id,
        rejected_at=now,
        question_custom_fields=custom_fields or {},
    )
    rejected = store.change(
        "applications",
        application["id"],
        status="rejected",
        rejected_at=now,
        rejection_reason_id=reason_id,
        last_activity_at=now,
    )
    return _told(store, "reject_candidate", rejected)


def _must_be_in_process_or_prospect(application: Record) -> None:
    if application["status"] != "in_process":
        raise unprocessable(f"The application cannot be rejected: it is {application['status']}")


def unreject(store: Store, application: Record) -> Record:
    if application["status"] != "rejected":
        raise unprocessable("The application is not rejected")
    _drop_rows(store, "rejection_details", application["id"])
    back = store.change(
        "applications",
        application["id"],
        status="in_process",
        rejected_at=None,
        rejection_reason_id=None,
        last_activity_at=store.now(),
    )
    return _told(store, "unreject_candidate", back)


def hire(
    store: Store,
    application: Record,
    *,
    opening_id: int | None = None,
    close_reason_id: int | None = None,
    now: str | None = None,
) -> Record:
    """Hire into an opening; the job closes by itself with its last one."""
    _must_be_in_process(application, "hired")
    now = now or store.now()
    openings = store.where("openings", job_id=application["job_id"], open=True)
    if opening_id is None and len(openings) > 1:
        raise unprocessable({"opening_id": "is required when more than one opening is open"})
    chosen = [row for row in openings if opening_id in (None, row["id"])]
    if not chosen:
        raise unprocessable({"opening_id": "is not an open opening of this job"})
    filled = store.change(
        "openings",
        chosen[0]["id"],
        open=False,
        closed_at=now,
        application_id=application["id"],
        close_reason_id=close_reason_id,
    )
    if len(openings) == 1:
        close_job(store, application["job_id"])
    hired = store.change("applications", application["id"], status="hired", last_activity_at=now)
    announce(store, "hire_candidate", lambda: payloads.hired_application(store, hired, filled))
    return hired


def unhire(store: Store, application: Record) -> Record:
    """Take a hire back: the opening is free again, and the job open, should it have closed."""
    if application["status"] != "hired":
        raise unprocessable("The application is not hired")
    opening = store.first("openings", application_id=application["id"])
    values: Record = {"open": True, "closed_at": None, "application_id": None, "close_reason_id": None}
    freed = opening and store.change("openings", opening["id"], **values)
    job = store.get("jobs", application["job_id"])
    if job and job["status"] == "closed":
        store.change("jobs", job["id"], status="open", closed_at=None)
    back = store.change("applications", application["id"], status="in_process", last_activity_at=store.now())
    announce(store, "unhire_candidate", lambda: payloads.hired_application(store, back, freed or {}))
    return back


def convert(store: Store, application: Record, *, job_id: int, stage_id: int | None) -> Record:
    """Turn a prospect into a candidate for a job: a new application, and the old one `converted`."""
    if not application["prospect"] or application["status"] != "in_process":
        raise unprocessable("The application is not an open prospect")
    kept = ("candidate_id", "source_id", "referrer_id", "recruiter_id", "coordinator_id", "custom_fields")
    values = {name: application[name] for name in kept} | {"job_id": job_id}
    made = create_for_job(store, values, stage_id=stage_id)
    converted = store.change("applications", application["id"], status="converted", last_activity_at=store.now())
    _told(store, "application_updated", converted, with_jobs=False)
    return made


def delete(store: Store, application: Record, *, with_person: bool = False) -> None:
    """Delete an application with everything that hangs on it; deleting the person announces itself."""
    if not with_person:
        announce(store, "delete_application", lambda: payloads.deleted_application(application))
    for attachment in store.where("attachments", application_id=application["id"]):
        store.drop_blob(attachment["id"])
    for collection in ("attachments", "application_stages", "rejection_details", "prospect_details"):
        _drop_rows(store, collection, application["id"])
    store.remove("applications", application["id"])


def _drop_rows(store: Store, collection: str, application_id: int) -> None:
    for row in store.where(collection, application_id=application_id):
        store.remove(collection, row["id"])


def add_note(store: Store, application: Record, *, user_id: int | None, body: str, visibility: str) -> int:
    note = store.add(
        "notes",
        candidate_id=application["candidate_id"],
        application_id=application["id"],
        user_id=user_id,
        type="NOTE",
        subject=None,
        body=body,
        body_with_tags=body,
        visibility=visibility,
        email_from=None,
        email_to=None,
        email_cc=[],
        email_attachment_file_names=[],
        import_hash=None,
    )
    return int(note["id"])


def close_job(store: Store, job_id: int) -> None:
    """Close a job: its openings close and its posts leave the board."""
    now = store.now()
    for opening in store.where("openings", job_id=job_id, open=True):
        store.change("openings", opening["id"], open=False, closed_at=now)
    for post in store.where("job_posts", job_id=job_id, live=True):
        store.change("job_posts", post["id"], live=False)
    _told_job(store, store.change("jobs", job_id, status="closed", closed_at=now))


def _told_job(store: Store, job: Record) -> Record:
    announce(store, "job_updated", lambda: payloads.job(store, job))
    return job


def reopen_job(store: Store, job_id: int) -> None:
    """Open a job again with one new opening; its posts stay off the board until somebody publishes them."""
    now = store.now()
    count = len(store.where("openings", job_id=job_id))
    store.add(
        "openings",
        job_id=job_id,
        opening_id=None,
        open=True,
        sort_order=count,
        opened_at=now,
        closed_at=None,
        target_start_on=None,
        application_id=None,
        close_reason_id=None,
        custom_fields={},
    )
    _told_job(store, store.change("jobs", job_id, status="open", closed_at=None, opened_at=now))
