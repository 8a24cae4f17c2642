"""The jobs of the demo account, read from data/jobs.toml, with their stages, posts and team."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.clock import stamp
from sandbox.exchange import Record
from sandbox.seed.company import PAY_INPUTS, START, named, planted
from sandbox.seed.questions import questions
from sandbox.seed.texts import post_html
from sandbox.store import Store

_DATA = Path(__file__).parent / "data" / "jobs.toml"
STAGES = (
    "Application Review",
    "Recruiter Call",
    "Take-home Exercise",
    "Technical Interview",
    "On-site Interview",
    "Reference Check",
    "Offer",
)
SHORT_STAGES = (
    "Application Review",
    "Phone Interview",
    "Hiring Manager Interview",
    "Trial Day",
    "Reference Check",
    "Offer",
)
LONG_STAGES = (
    "Application Review",
    "Recruiter Call",
    "Hiring Manager Interview",
    "Case Study",
    "Team Interviews",
    "Founders",
    "Reference Check",
    "Offer",
)
_PLANS = {"short": SHORT_STAGES, "long": LONG_STAGES, "standard": STAGES}
_MANAGERS = {
    "Engineering": "tomas@lumen-robotics.example",
    "Hardware": "aiko@lumen-robotics.example",
    "Commercial": "luca@lumen-robotics.example",
}
_PUBLIC_ADDRESS = "https://job-boards.greenhouse.io/lumenrobotics/jobs"


def plant(store: Store) -> None:
    """Plant every job of the data file, in its order."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    for post in data["prospect_post"]:
        _plant_prospect_post(store, post, days=398)
    for number, job in enumerate(data["job"]):
        _plant_job(store, job, days=400 + number * 5)


def _plant_job(store: Store, job: Record, days: float) -> None:
    status = job.get("status", "open")
    opened = stamp(START + timedelta(days=days, hours=1)) if status != "draft" else None
    closed = stamp(START + timedelta(days=days + 60)) if status == "closed" else None
    record = planted(
        store,
        "jobs",
        days=days,
        name=job["name"],
        requisition_id=job.get("requisition"),
        notes=job.get("notes"),
        confidential=job.get("confidential", False),
        status=status,
        opened_at=opened,
        closed_at=closed,
        is_template=job.get("template", False),
        copied_from_id=None,
        department_id=named(store, "departments", job["department"]) if "department" in job else None,
        office_ids=[named(store, "offices", office) for office in job.get("offices", [])],
        custom_fields=job_fields(job.get("employment", "Full-time"), job.get("workplace")),
    )
    plant_stages(store, record["id"], _PLANS[job.get("plan", "standard")], days)
    _plant_openings(store, record, job.get("openings", 1), opened, closed, days)
    _plant_team(store, record, days)
    for place, post in enumerate(job.get("post", [])):
        _plant_post(store, record, job, post, days + 1 + place * 0.25)


def job_fields(employment: str, workplace: str | None) -> Record:
    return {
        "employment_type": {"name": "Employment Type", "type": "single_select", "value": employment},
        "workplace_type": {"name": "Workplace Type", "type": "single_select", "value": workplace},
    }


def plant_stages(store: Store, job_id: int, names: tuple[str, ...], days: float) -> None:
    for order, name in enumerate(names):
        planted(
            store,
            "job_interview_stages",
            days=days,
            job_id=job_id,
            name=name,
            sort_order=order,
            active=True,
        )


def _plant_openings(store: Store, job: Record, count: int, opened: str | None, closed: str | None, days: float) -> None:
    for order in range(count):
        planted(
            store,
            "openings",
            days=days,
            job_id=job["id"],
            opening_id=f"{job['requisition_id']}-{order + 1}" if job["requisition_id"] else None,
            open=job["status"] != "closed",
            sort_order=order,
            opened_at=opened,
            closed_at=closed,
            target_start_on=None,
            application_id=None,
            close_reason_id=None,
            custom_fields={},
        )


def _root_department(store: Store, department_id: int | None) -> str:
    record = store.get("departments", department_id)
    while record and record["parent_id"]:
        record = store.get("departments", record["parent_id"])
    return str(record["name"]) if record else ""


def _plant_team(store: Store, job: Record, days: float) -> None:
    emails = {user["primary_email"]: user["id"] for user in store.all("users")}
    manager = _MANAGERS.get(_root_department(store, job["department_id"]), "priya@lumen-robotics.example")
    planted(store, "job_hiring_managers", days=days, job_id=job["id"], user_id=emails[manager])
    for email, kind, responsible in (
        ("recruiter@example.com", "recruiter", True),
        ("hannah@lumen-robotics.example", "coordinator", False),
    ):
        planted(
            store,
            "job_owners",
            days=days,
            job_id=job["id"],
            user_id=emails[email],
            type=kind,
            responsible=responsible,
        )


def _plant_prospect_post(store: Store, post: Record, days: float) -> None:
    """Plant a post that is of no job: whoever answers it becomes a prospect."""
    source: Record = {"name": post["title"], "intro": post["intro"]}
    job: Record = {"id": None, "status": "open", "is_template": False}
    _plant_post(store, job, source, post, days)


def _plant_post(store: Store, job: Record, source: Record, post: Record, days: float) -> None:
    internal = post.get("internal", False)
    live = post.get("live", job["status"] == "open" and not job["is_template"])
    content = post.get("content") or post_html(source, post)
    record = planted(
        store,
        "job_posts",
        days=days,
        title=post.get("title", source["name"]),
        job_id=job["id"],
        job_board_id=_board(store, post.get("board", "Lumen Robotics (internal)" if internal else "Lumen Robotics")),
        internal=internal,
        active=post.get("active", True),
        live=live,
        featured=False,
        first_published_at=stamp(START + timedelta(days=days)) if live else None,
        content=content,
        internal_content=content if internal else None,
        language=post.get("language", "en"),
        public_url=None,
        demographic_question_set_id=None,
        questions=questions(job["id"] or 0, [*source.get("questions", []), *source.get("question", [])]),
    )
    address = f"{_PUBLIC_ADDRESS}/{record['id']}?gh_jid={record['id']}"
    store.change("job_posts", record["id"], touch=False, public_url=address)
    for location in post.get("locations", []):
        plant_location(store, record["id"], location, days)
    pay = {kind: post.get(kind, source.get(kind)) for kind in PAY_INPUTS}
    for kind, asked in pay.items():
        if asked and not internal:
            _plant_pay(store, record, kind, asked, days)


def _board(store: Store, name: str) -> int:
    board = store.first("job_boards", company_name=name)
    if board is None:
        raise LookupError(f"the seed names no board called {name}")
    return int(board["id"])


def _plant_pay(store: Store, post: Record, kind: str, pay: list[Any], days: float) -> None:
    currency, least, most = pay
    planted(
        store,
        "pay_input_ranges",
        days=days,
        pay_input_id=_pay_input(store, kind),
        job_post_id=post["id"],
        currency_type=currency,
        min_cents=least * 100,
        max_cents=most * 100,
    )


def _pay_input(store: Store, kind: str) -> int:
    found = store.first("pay_inputs", title=PAY_INPUTS[kind][0])
    if found is None:
        raise LookupError(f"the account has no pay input for {kind}")
    return int(found["id"])


def plant_location(store: Store, post_id: int, written: str, days: float) -> None:
    """Add a location written as `text: ...`, `office: ...` or `list: ...`."""
    kind, _, value = written.partition(": ")
    office_id = named(store, "offices", value) if kind == "office" else None
    custom = store.first("job_board_custom_locations", value=value) if kind == "list" else None
    planted(
        store,
        "job_post_locations",
        days=days,
        job_post_id=post_id,
        type={"text": "free_text", "office": "office", "list": "custom_list"}[kind],
        plain_text_location=value if kind == "text" else None,
        office_id=office_id,
        custom_location_id=custom["id"] if custom else None,
    )
