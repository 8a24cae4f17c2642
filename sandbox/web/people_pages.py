"""The pages of people: who is there, and everything about one of them."""

from sandbox import hiring
from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.filters import addresses_in
from sandbox.present import file_url
from sandbox.store import Store
from sandbox.web.page import render
from sandbox.web.pages import application_row, full_name, name_of, newest
from sandbox.words import ATTACHMENT_TYPES, NOTE_VISIBILITIES

_SHOWN = 100


def people(world: World, request: Request) -> Response:
    store = world.store
    wanted = dict(request.params).get("q", "").strip()
    rows = []
    for candidate in newest(store, "candidates", len(store.table("candidates").order)):
        emails = addresses_in(candidate.get("email_addresses"))
        found = f"{full_name(candidate)} {' '.join(emails)}".casefold()
        if wanted.casefold() in found:
            applications = store.where("applications", candidate_id=candidate["id"])
            shown = [application_row(store, row) for row in applications]
            rows.append(candidate | {"name": full_name(candidate), "emails": emails, "applications": shown})
    jobs = _open_jobs(store)
    return render(request, "people.html", people=rows[:_SHOWN], count=len(rows), q=wanted, shown=_SHOWN, jobs=jobs)


def _open_jobs(store: Store) -> list[Record]:
    jobs = [job for job in store.where("jobs", status="open") if not job.get("is_template")]
    return sorted(jobs, key=lambda job: str(job.get("name")).casefold())


def person(world: World, request: Request, record: Record) -> Response:
    store = world.store
    chosen = dict(request.params).get("application_id", "")
    applications = store.where("applications", candidate_id=record["id"])
    # The application that was asked for comes first.
    applications.sort(key=lambda row: (str(row["id"]) != chosen, -int(row["id"])))
    notes = [
        note | {"by": name_of(store, "users", note["user_id"]) or "Somebody"}
        for note in store.where("notes", candidate_id=record["id"])
    ]
    return render(
        request,
        "person.html",
        person=record,
        name=full_name(record),
        emails=", ".join(addresses_in(record.get("email_addresses"))),
        tags=", ".join(record.get("tags") or []),
        custom_fields=list((record.get("custom_fields") or {}).values()),
        jobs=_open_jobs(store),
        pool_stages=_pool_stages(store),
        file_types=ATTACHMENT_TYPES,
        visibilities=NOTE_VISIBILITIES,
        applications=[_application_detail(world, request, row) for row in applications],
        chosen=chosen,
        notes=sorted(notes, key=lambda note: int(note["id"]), reverse=True),
        reasons=store.where("rejection_reasons"),
    )


def _pool_stages(store: Store) -> list[Record]:
    """Return the stages of every pool, each saying its pool too."""
    return [
        stage | {"pool": name_of(store, "prospect_pools", stage["prospect_pool_id"])}
        for stage in store.where("prospect_pool_stages")
    ]


def _application_detail(world: World, request: Request, application: Record) -> Record:
    store = world.store
    detail = store.first("prospect_details", application_id=application["id"]) or {}
    plan = hiring.plan(store, application["job_id"]) if application["job_id"] else []
    return application_row(store, application) | {
        "next": hiring.next_stage(store, application),
        "others": [stage for stage in plan if stage["id"] != application["job_interview_stage_id"]],
        "plan": plan,
        "pool_stage_id": detail.get("pool_stage_id"),
        "pool": name_of(store, "prospect_pools", detail.get("pool_id")),
        "pool_stage": name_of(store, "prospect_pool_stages", detail.get("pool_stage_id")),
        "openings": store.where("openings", job_id=application["job_id"], open=True),
        "referrer": name_of(store, "referrers", application["referrer_id"]),
        "recruiter": name_of(store, "users", application["recruiter_id"]),
        "fields": list((application["custom_fields"] or {}).values()),
        "files": [
            file | {"url": file_url(world, request.base_url, file), "bytes": file["_bytes"]}
            for file in store.where("attachments", application_id=application["id"])
        ],
    }
