"""What each page shows."""

from typing import Any

from sandbox import hiring
from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.present import file_url
from sandbox.store import Store
from sandbox.switches import CHOICES, GROUPS, SIGNED, Switches, as_record
from sandbox.web.page import render

# What a person may order to go wrong, and where: the control API knows more.
_TROUBLES = (
    ("html", "200 with an HTML page"),
    ("nonsense", "200 with JSON of another shape"),
    ("slow", "an answer a second late"),
    ("truncate", "half an answer"),
    ("reset_before", "the line is cut before anything is done"),
    ("reset_after", "it is done, and the answer is lost"),
    ("status 401", "401"),
    ("status 403", "403"),
    ("status 422", "422"),
    ("status 429", "429"),
    ("status 500", "500"),
    ("status 503", "503"),
)
_PLACES = (
    ("/token", "tokens"),
    ("/introspect", "introspection"),
    ("/auth/token", "API key exchange"),
    ("/v3", "everything of Harvest"),
    ("/v3/jobs", "jobs"),
    ("/v3/job_posts", "job posts"),
    ("/v3/candidates", "candidates"),
    ("/v3/applications", "applications"),
    ("/v3/attachments", "attachments"),
    ("/v3/notes", "notes"),
)
_RECENT, _LAST_REQUESTS, _TRAFFIC = 8, 8, 200


def _full_name(record: Record | None) -> str:
    parts = [(record or {}).get("first_name"), (record or {}).get("last_name")]
    return " ".join(part for part in parts if part) or "(no name)"


def _name(store: Store, collection: str, record_id: Any) -> str:
    record = store.get(collection, record_id)
    return str(record["name"]) if record else ""


def _application_row(store: Store, application: Record) -> Record:
    return application | {
        "candidate": _full_name(store.get("candidates", application["candidate_id"])),
        "job": _name(store, "jobs", application["job_id"]),
        "source": _name(store, "sources", application["source_id"]),
        "reason": _name(store, "rejection_reasons", application["rejection_reason_id"]),
        "state": "in process" if application["status"] == "in_process" else application["status"],
    }


def _newest(store: Store, collection: str, count: int) -> list[Record]:
    """Return the newest records by when they came, which an API call may have set in the past."""
    rows = sorted(store.all(collection), key=lambda row: (row["created_at"], row["id"]), reverse=True)
    return rows[:count]


def dashboard(world: World, request: Request) -> Response:
    store = world.store
    credentials = sorted(store.all("_credentials"), key=lambda row: int(row["id"]))
    return render(
        request,
        "dashboard.html",
        base_url=request.base_url,
        credentials=credentials,
        admin="admin@example.com",
        arrivals=[_application_row(store, row) for row in _newest(store, "applications", _RECENT)],
        switch_groups=_switch_groups(world.switches),
        requests=world.log.matching()[: -_LAST_REQUESTS - 1 : -1],
        faults=world.faults.listed(),
        counts={
            "jobs": len(store.where("jobs", status="open", is_template=False)),
            "posts": len(store.where("job_posts", live=True)),
            "people": len(store.table("candidates").order),
            "applications": len(store.table("applications").order),
        },
    )


def _switch_groups(switches: Switches) -> list[Record]:
    values, defaults = as_record(switches), as_record(Switches())
    return [
        {
            "title": title,
            "switches": [
                {
                    "name": name,
                    "value": values[name],
                    "kind": _kind(name, values[name]),
                    "choices": CHOICES.get(name, ()),
                    "explanation": explanation,
                    "changed": values[name] != defaults[name],
                }
                for name, explanation in explanations.items()
            ],
        }
        for title, explanations in GROUPS.items()
    ]


def _kind(name: str, value: Any) -> str:
    if name in CHOICES:
        return "choice"
    return "flag" if isinstance(value, bool) else "signed" if name in SIGNED else "number"


def traffic(world: World, request: Request) -> Response:
    return render(
        request,
        "traffic.html",
        requests=world.log.matching()[: -_TRAFFIC - 1 : -1],
        faults=world.faults.listed(),
        troubles=_TROUBLES,
        places=_PLACES,
    )


def jobs(world: World, request: Request) -> Response:
    store = world.store
    rows = [
        job
        | {
            "department": _name(store, "departments", job["department_id"]),
            "offices": ", ".join(_name(store, "offices", office) for office in job["office_ids"]),
            "live_posts": len(store.where("job_posts", job_id=job["id"], live=True, active=True)),
            "people": len(store.where("applications", job_id=job["id"], status="in_process")),
        }
        for job in store.all("jobs")
    ]
    order = {"open": 0, "draft": 1, "closed": 2}
    rows.sort(key=lambda job: (bool(job["is_template"]), order[job["status"]], str(job["name"]).casefold()))
    return render(request, "jobs.html", jobs=rows)


def job(world: World, request: Request, record: Record) -> Response:
    store = world.store
    applications = [_application_row(store, row) for row in store.where("applications", job_id=record["id"])]
    pipeline = [
        stage
        | {
            "people": [
                row
                for row in applications
                if row["status"] == "in_process" and row["job_interview_stage_id"] == stage["id"]
            ]
        }
        for stage in hiring.plan(store, record["id"])
    ]
    posts = [
        post | {"locations": _locations(store, post["id"])}
        for post in store.where("job_posts", job_id=record["id"], active=True)
    ]
    return render(
        request,
        "job.html",
        job=record,
        department=_name(store, "departments", record["department_id"]),
        offices=", ".join(_name(store, "offices", office) for office in record["office_ids"]),
        openings=len(store.where("openings", job_id=record["id"], open=True)),
        posts=posts,
        pipeline=pipeline,
        done=[row for row in applications if row["status"] != "in_process"],
    )


def _locations(store: Store, post_id: int) -> str:
    shown = []
    for row in store.where("job_post_locations", job_post_id=post_id):
        if row["type"] == "office":
            shown.append(_name(store, "offices", row["office_id"]))
        elif row["type"] == "custom_list":
            custom = store.get("job_board_custom_locations", row["custom_location_id"])
            shown.append(custom["value"] if custom else "")
        else:
            shown.append(row["plain_text_location"] or "")
    return "; ".join(shown)


def people(world: World, request: Request) -> Response:
    store = world.store
    wanted = dict(request.params).get("q", "").strip()
    rows = []
    for candidate in _newest(store, "candidates", len(store.table("candidates").order)):
        emails = [entry["value"] for entry in candidate["email_addresses"]]
        found = f"{_full_name(candidate)} {' '.join(emails)}".casefold()
        if wanted.casefold() in found:
            applications = store.where("applications", candidate_id=candidate["id"])
            shown = [_application_row(store, row) for row in applications]
            rows.append(candidate | {"name": _full_name(candidate), "emails": emails, "applications": shown})
    return render(request, "people.html", people=rows[:100], count=len(rows), q=wanted)


def person(world: World, request: Request, record: Record) -> Response:
    store = world.store
    chosen = dict(request.params).get("application_id", "")
    applications = store.where("applications", candidate_id=record["id"])
    # The application that was asked for comes first.
    applications.sort(key=lambda row: (str(row["id"]) != chosen, -int(row["id"])))
    notes = [
        note | {"by": _name(store, "users", note["user_id"]) or "Somebody"}
        for note in store.where("notes", candidate_id=record["id"])
    ]
    return render(
        request,
        "person.html",
        person=record,
        name=_full_name(record),
        custom_fields=list((record["custom_fields"] or {}).values()),
        applications=[_application_detail(world, request, row) for row in applications],
        chosen=chosen,
        notes=sorted(notes, key=lambda note: int(note["id"]), reverse=True),
        reasons=store.where("rejection_reasons"),
    )


def _application_detail(world: World, request: Request, application: Record) -> Record:
    store = world.store
    plan = hiring.plan(store, application["job_id"]) if application["job_id"] else []
    return _application_row(store, application) | {
        "next": hiring.next_stage(store, application),
        "others": [stage for stage in plan if stage["id"] != application["job_interview_stage_id"]],
        "plan": plan,
        "openings": store.where("openings", job_id=application["job_id"], open=True),
        "referrer": _name(store, "referrers", application["referrer_id"]),
        "recruiter": _name(store, "users", application["recruiter_id"]),
        "fields": list((application["custom_fields"] or {}).values()),
        "files": [
            file | {"url": file_url(world, request.base_url, file), "bytes": file["_bytes"]}
            for file in store.where("attachments", application_id=application["id"])
        ],
    }
