"""What each page shows."""

from typing import Any

from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.store import Store
from sandbox.switches import CHOICES, GROUPS, SIGNED, Switches, as_record
from sandbox.web.page import render

# What a person may order to go wrong, and where: the control API knows more.
_TROUBLES = (
    ("html", "200 with an HTML page"),
    ("nonsense", "200 with JSON of another shape"),
    ("slow", "an answer a second late"),
    ("broken_json", "200 with JSON that is cut off"),
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


def full_name(record: Record | None) -> str:
    parts = [(record or {}).get("first_name"), (record or {}).get("last_name")]
    return " ".join(part for part in parts if part) or "(no name)"


def name_of(store: Store, collection: str, record_id: Any) -> str:
    record = store.get(collection, record_id)
    return str(record["name"]) if record else ""


def application_row(store: Store, application: Record) -> Record:
    return application | {
        "candidate": full_name(store.get("candidates", application["candidate_id"])),
        "job": name_of(store, "jobs", application["job_id"]),
        "source": name_of(store, "sources", application["source_id"]),
        "reason": name_of(store, "rejection_reasons", application["rejection_reason_id"]),
        "state": "in process" if application["status"] == "in_process" else application["status"],
    }


def newest(store: Store, collection: str, count: int) -> list[Record]:
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
        arrivals=[application_row(store, row) for row in newest(store, "applications", _RECENT)],
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
        chaos=world.chaos.told(),
        troubles=_TROUBLES,
        places=_PLACES,
    )
