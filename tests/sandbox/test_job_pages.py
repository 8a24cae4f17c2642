"""What a Greenhouse admin does to jobs, posts and boards, and what the API and the webhooks make of it."""

from typing import Any

import pytest

from tests.sandbox.browsing import page, press
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def post(sandbox: SandboxProcess, job: dict[str, Any]) -> dict[str, Any]:
    return sandbox.records("job_posts", job_id=job["id"])[0]


def now(sandbox: SandboxProcess, post: dict[str, Any]) -> dict[str, Any]:
    return sandbox.records("job_posts", id=post["id"])[0]


def told(sandbox: SandboxProcess) -> list[str]:
    """Return the events that were sent out, to nobody who listens."""
    return [row["action"] for row in sandbox.deliveries()]


def listen(sandbox: SandboxProcess, *events: str) -> None:
    sandbox.webhook_trouble({"kind": "drop", "times": 100})
    sandbox.add_webhook("http://127.0.0.1:9/", "s", *events)


def test_post_when_deleted_and_restored_then_a_draft_again(sandbox: SandboxProcess, post: dict[str, Any]) -> None:
    listen(sandbox, "job_post_deleted", "job_post_updated")
    path = f"/posts/{post['id']}"
    assert "Restore" in press(sandbox, f"{path}/delete")
    assert (now(sandbox, post)["active"], now(sandbox, post)["live"]) == (False, False)
    assert "can be published" in press(sandbox, f"{path}/publish")
    press(sandbox, f"{path}/restore")
    assert (now(sandbox, post)["active"], now(sandbox, post)["live"]) == (True, False)
    assert "is not deleted" in press(sandbox, f"{path}/restore")
    assert told(sandbox) == ["job_post_deleted", "job_post_updated"]


def test_post_when_its_text_or_pay_changes_then_so_in_the_api(
    sandbox: SandboxProcess, token: str, post: dict[str, Any]
) -> None:
    listen(sandbox, "job_post_updated")
    path = f"/posts/{post['id']}"
    press(sandbox, f"{path}/rewrite", content="<p>Ünlike <b>before</b></p>")
    assert now(sandbox, post)["content"] == "<p>Ünlike <b>before</b></p>"
    assert now(sandbox, post)["updated_at"] > post["updated_at"]
    bonus = sandbox.records("pay_inputs", title="Annual bonus")[0]
    shown = press(sandbox, f"{path}/pay", pay_input_id=bonus["id"], least="5000", most="", currency="chf")
    assert "has a new Annual bonus" in shown
    ranges = sandbox.api("GET", f"/v3/pay_input_ranges?job_post_ids={post['id']}", token=token).json()
    mine = next(row for row in ranges if row["pay_input_id"] == bonus["id"])
    assert (mine["min_cents"], mine["max_cents"], mine["currency_type"]) == (500000, None, "CHF")
    assert "must rise" in press(
        sandbox, f"{path}/pay", pay_input_id=bonus["id"], least="9", most="8", currency="CHF")  # fmt: skip
    assert "three letters" in press(sandbox, f"{path}/pay", pay_input_id=bonus["id"], least="9", currency="francs")
    press(sandbox, f"{path}/pay", pay_input_id=bonus["id"], currency="CHF")
    assert not sandbox.records("pay_input_ranges", job_post_id=post["id"], pay_input_id=bonus["id"])
    assert told(sandbox) == ["job_post_updated"] * 3


def test_locations_when_saved_unchanged_then_nothing_happens_else_each_is_a_row(
    sandbox: SandboxProcess, post: dict[str, Any]
) -> None:
    sandbox.switches(location_touches_post=True)
    before = sandbox.records("job_post_locations", job_post_id=post["id"])
    press(sandbox, f"/posts/{post['id']}/locate", location="Zürich, Schweiz")
    assert sandbox.records("job_post_locations", job_post_id=post["id"]) == before
    assert now(sandbox, post) == post
    press(sandbox, f"/posts/{post['id']}/locate", location="Oslo; Bergen ;")
    rows = sandbox.records("job_post_locations", job_post_id=post["id"])
    assert {row["plain_text_location"] for row in rows} == {"Oslo", "Bergen"}
    assert now(sandbox, post)["updated_at"] > post["updated_at"]


def test_board_when_taken_offline_then_its_posts_too_until_published_again(
    sandbox: SandboxProcess, post: dict[str, Any]
) -> None:
    board = sandbox.records("job_boards", id=post["job_board_id"])[0]
    internal = sandbox.records("job_posts", internal=True, live=True)
    press(sandbox, f"/boards/{board['id']}/offline")
    assert sandbox.records("job_boards", id=board["id"])[0]["status"] == "draft"
    assert sandbox.records("job_posts", live=True) == internal
    assert "board is not live" in press(sandbox, f"/posts/{post['id']}/publish")
    assert "Publish its posts" in press(sandbox, f"/boards/{board['id']}/live")
    press(sandbox, f"/posts/{post['id']}/publish")
    assert now(sandbox, post)["live"] is True


def test_prospect_post_when_unpublished_and_published_then_without_a_job(sandbox: SandboxProcess) -> None:
    (post,) = sandbox.records("job_posts", job_id=None)
    assert post["live"] is True
    press(sandbox, f"/posts/{post['id']}/unpublish")
    assert "is on the board" in press(sandbox, f"/posts/{post['id']}/publish")
    assert now(sandbox, post)["live"] is True


def test_job_when_closed_or_a_post_is_added_then_told(sandbox: SandboxProcess, job: dict[str, Any]) -> None:
    listen(sandbox, "job_updated", "job_post_created")
    press(sandbox, f"/jobs/{job['id']}/close")
    press(sandbox, f"/jobs/{job['id']}/reopen")
    press(sandbox, f"/jobs/{job['id']}/add_post", title="Another", location="Basel")
    assert told(sandbox) == ["job_updated", "job_updated", "job_post_created"]
    body = sandbox.deliveries()[-1]["body"]
    assert '"location":{"name":"Basel"}' in body


def test_pages_when_a_job_is_odd_then_still_shown(sandbox: SandboxProcess) -> None:
    odd = sandbox.add_record("jobs", name=None, status="thawing", office_ids=None)
    assert "thawing" in page(sandbox, "/jobs")
    page(sandbox, f"/jobs/{odd['id']}")


def test_account_when_new_then_one_of_every_case_an_import_meets(sandbox: SandboxProcess) -> None:
    posts, jobs = sandbox.records("job_posts"), {job["id"]: job for job in sandbox.records("jobs")}
    asked = [question for post in posts for question in post["questions"]]
    types = {"short_text", "long_text", "boolean", "single_select", "multi_select", "attachment", "hidden"}
    assert {question["answer_type"] for question in asked} == types
    assert any(question["private"] for question in asked)
    assert all(bool(question["options"]) == question["answer_type"].endswith("select") for question in asked)
    names = [question["name"] for question in posts[-2]["questions"]]
    assert len(set(names)) == len(names)
    statuses = {job["status"] for job in jobs.values()}
    assert statuses == {"open", "draft", "closed"}
    assert any(job["is_template"] for job in jobs.values())
    assert any(job["confidential"] for job in jobs.values())
    assert set(jobs) - {post["job_id"] for post in posts}, "a job without a post"
    offline = {board["id"] for board in sandbox.records("job_boards", status="draft")}
    assert any(post["job_board_id"] in offline for post in posts)
    assert {row["title"] for row in sandbox.records("pay_inputs")} == {
        "Annual salary range", "Hourly rate", "Annual bonus"}  # fmt: skip
    assert len({row["pay_input_id"] for row in sandbox.records("pay_input_ranges")}) == 3
