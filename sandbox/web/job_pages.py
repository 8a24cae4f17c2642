"""The pages of jobs, their posts, and the boards these are on."""

from sandbox import hiring
from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.store import Store
from sandbox.web.page import render
from sandbox.web.pages import application_row, name_of
from sandbox.webhooks.payloads import locations


def jobs(world: World, request: Request) -> Response:
    store = world.store
    rows = [
        job
        | {
            "department": name_of(store, "departments", job.get("department_id")),
            "offices": ", ".join(name_of(store, "offices", office) for office in job.get("office_ids") or []),
            "live_posts": len(store.where("job_posts", job_id=job["id"], live=True, active=True)),
            "people": len(store.where("applications", job_id=job["id"], status="in_process")),
        }
        for job in store.all("jobs")
    ]
    order = {"open": 0, "draft": 1, "closed": 2}
    rows.sort(
        key=lambda job: (
            bool(job.get("is_template")),
            order.get(str(job.get("status")), 3),
            str(job.get("name")).casefold(),
        )
    )
    return render(request, "jobs.html", jobs=rows)


def job(world: World, request: Request, record: Record) -> Response:
    store = world.store
    applications = [application_row(store, row) for row in store.where("applications", job_id=record["id"])]
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
    return render(
        request,
        "job.html",
        job=record,
        department=name_of(store, "departments", record.get("department_id")),
        offices=", ".join(name_of(store, "offices", office) for office in record.get("office_ids") or []),
        openings=len(store.where("openings", job_id=record["id"], open=True)),
        posts=[_post(store, post) for post in store.where("job_posts", job_id=record["id"])],
        pay_inputs=store.where("pay_inputs"),
        pipeline=pipeline,
        done=[row for row in applications if row["status"] != "in_process"],
    )


def _post(store: Store, post: Record) -> Record:
    board = store.get("job_boards", post.get("job_board_id"))
    ranges = [
        row
        | {
            "title": (store.get("pay_inputs", row["pay_input_id"]) or {}).get("title"),
            "least": (row["min_cents"] or 0) // 100,
            "most": (row["max_cents"] or 0) // 100,
        }
        for row in store.where("pay_input_ranges", job_post_id=post["id"])
    ]
    places = "; ".join(locations(store, post["id"]))
    return post | {"board": board["company_name"] if board else "no board", "places": places, "pay": ranges}


def boards(world: World, request: Request) -> Response:
    store = world.store
    rows = [
        board
        | {
            "posts": len(store.where("job_posts", job_board_id=board["id"], active=True)),
            "live": len(store.where("job_posts", job_board_id=board["id"], live=True, active=True)),
        }
        for board in store.where("job_boards")
    ]
    posts = [_post(store, post) for post in store.where("job_posts", job_id=None)]
    return render(request, "boards.html", boards=rows, posts=posts, pay_inputs=store.where("pay_inputs"))
