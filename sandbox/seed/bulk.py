"""Generated jobs, posts and candidates, for benchmarks and long lists."""

from itertools import cycle

from sandbox import hiring, people
from sandbox.context import World
from sandbox.seed.company import planted
from sandbox.seed.jobs import SHORT_STAGES, job_fields, plant_location, plant_stages
from sandbox.seed.questions import questions
from sandbox.seed.texts import post_html
from sandbox.store import Store

_ROLES = ("Engineer", "Technician", "Analyst", "Planner", "Designer", "Manager", "Operator")
_FIELDS = ("Robotics", "Fleet", "Warehouse", "Battery", "Vision", "Safety", "Logistics", "Data")
_PLACES = ("text: Berlin, Germany", "text: Rotterdam, Netherlands", "text: Pittsburgh, PA")
_POSTS_PER_JOB = 2


def add(world: World, *, posts: int = 0, jobs: int = 0, candidates: int = 0) -> dict[str, int]:
    """Add live, external posts of open jobs, and candidates spread over open jobs.

    Repeat: adds as many again.
    """
    store = world.store
    with store.unit():
        job_count = jobs or (posts + _POSTS_PER_JOB - 1) // _POSTS_PER_JOB
        made = [_job(store, number) for number in range(job_count)]
        for number, job_id in zip(range(posts), cycle(made or [0]), strict=False):
            _post(store, number, job_id)
        open_jobs = [job["id"] for job in store.where("jobs", status="open") if not job["is_template"]]
        for number in range(candidates):
            _candidate(store, number, open_jobs[number % len(open_jobs)])
    return {"jobs": job_count, "posts": posts, "candidates": candidates}


def _title(number: int) -> str:
    return f"{_FIELDS[number % len(_FIELDS)]} {_ROLES[number % len(_ROLES)]} {number + 1}"


def _job(store: Store, number: int) -> int:
    departments, offices = store.table("departments").order, store.table("offices").order
    job = planted(
        store,
        "jobs",
        days=600,
        name=_title(number),
        requisition_id=f"GEN-{number + 1}",
        notes=None,
        confidential=False,
        status="open",
        opened_at="2026-10-01T09:00:00.000Z",
        closed_at=None,
        is_template=False,
        copied_from_id=None,
        department_id=departments[number % len(departments)],
        office_ids=[offices[number % len(offices)]],
        custom_fields=job_fields("Full-time", "On-site"),
    )
    plant_stages(store, job["id"], SHORT_STAGES, 600)
    return int(job["id"])


def _post(store: Store, number: int, job_id: int) -> None:
    title = _title(number)
    text = {
        "name": title,
        "intro": f"As {title} you keep our customers' goods moving, together with a team of six.",
        "do": ["Own one part of the product", "Visit customers", "Write down what you learn"],
        "bring": ["Three years in a similar role", "Curiosity", "Clear writing"],
    }
    post = planted(
        store,
        "job_posts",
        days=601,
        title=title,
        job_id=job_id,
        job_board_id=store.table("job_boards").order[0],
        internal=False,
        active=True,
        live=True,
        featured=False,
        first_published_at="2026-10-02T09:00:00.000Z",
        content=post_html(text, {}),
        internal_content=None,
        language="en",
        public_url=f"https://job-boards.greenhouse.io/lumenrobotics/jobs/gen{number + 1}",
        demographic_question_set_id=None,
        questions=questions(job_id, []),
    )
    plant_location(store, post["id"], _PLACES[number % len(_PLACES)], 601)


def _candidate(store: Store, number: int, job_id: int) -> None:
    email = f"generated{number + 1}@people.example"
    values = {
        "first_name": "Generated",
        "last_name": f"Person {number + 1}",
        "email_addresses": [{"value": email, "type": "personal"}],
    }
    candidate = people.create(store, values)
    hiring.create_for_job(store, {"candidate_id": candidate["id"], "job_id": job_id})
