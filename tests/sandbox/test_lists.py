"""Paging, filters, fields, and everything a list refuses."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.catalogue import CATALOGUE
from tests.sandbox_process import SandboxProcess


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def walk(sandbox: SandboxProcess, token: str, path: str) -> list[list[dict[str, Any]]]:
    """Follow the links and return the pages."""
    pages = []
    while path:
        answer = sandbox.api("GET", path, token=token)
        pages.append(rows(answer))
        link = answer.links.get("next", {}).get("url", "")
        assert not link or link.startswith(sandbox.url)
        path = link.removeprefix(sandbox.url)
    return pages


def test_list_when_longer_than_a_page_then_links_to_the_rest(sandbox: SandboxProcess, token: str) -> None:
    pages = walk(sandbox, token, "/v3/job_posts?per_page=10&live=true")
    ids = [row["id"] for page in pages for row in page]
    assert [len(page) for page in pages[:-1]] == [10] * (len(pages) - 1)
    assert len(pages) > 2
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == len(sandbox.records("job_posts", live=True))


def test_list_when_page_is_exactly_full_then_no_empty_last_page(sandbox: SandboxProcess, token: str) -> None:
    count = len(sandbox.records("offices"))
    answer = sandbox.api("GET", f"/v3/offices?per_page={count}", token=token)
    assert len(rows(answer)) == count
    assert "Link" not in answer.headers


def test_list_when_rows_arrive_between_pages_then_nothing_shifts(sandbox: SandboxProcess, token: str) -> None:
    first = sandbox.api("GET", "/v3/jobs?per_page=5", token=token)
    sandbox.seed(jobs=3)
    second = rows(sandbox.api("GET", first.links["next"]["url"].removeprefix(sandbox.url), token=token))
    before = {row["id"] for row in rows(first)}
    assert before.isdisjoint(row["id"] for row in second)
    assert len(before | {row["id"] for row in second}) > 5


def test_cursor_when_not_alone_or_of_another_list_then_422(sandbox: SandboxProcess, token: str) -> None:
    link = sandbox.api("GET", "/v3/jobs?per_page=5", token=token).links["next"]["url"]
    path = link.removeprefix(sandbox.url)
    cursor = urlsplit(link).query
    assert list(parse_qs(cursor)) == ["cursor"]
    endless = base64.urlsafe_b64encode(b'{"collection": "jobs", "query": "", "id": Infinity}').decode()
    wrong = (f"{path}&per_page=5", f"/v3/offices?{cursor}", "/v3/jobs?cursor=abc", "/v3/jobs?cursor=")
    for bad in (*wrong, f"/v3/jobs?cursor={endless}"):
        assert sandbox.api("GET", bad, token=token).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "page=2",
        "skip_count=true",
        "per_page=0",
        "per_page=501",
        "per_page=ten",
        "ids=a",
        "ids=" + ",".join(map(str, range(51))),
        "job_id=1",
        "job_ids=1&job_ids=2",
        "live=yes",
        "fields=title,nonsense",
        "created_after=2026-01-01T00:00:00Z",
        "updated_at=2026-01-01T00:00:00Z",
        "updated_at=gte|2026-01-01",
        "updated_at=around|2026-01-01T00:00:00Z",
        "updated_at[gte]=2026-01-01T00:00:00",
        "updated_at[]=2026-01-01T00:00:00Z",
    ],
)
def test_list_when_parameter_is_wrong_then_422(sandbox: SandboxProcess, token: str, query: str) -> None:
    answer = sandbox.api("GET", f"/v3/job_posts?{query}", token=token)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Unprocessable Content"
    assert answer.json()["errors"]


def test_list_when_page_is_too_large_then_in_greenhouses_words(sandbox: SandboxProcess, token: str) -> None:
    errors = sandbox.api("GET", "/v3/jobs?per_page=600", token=token).json()["errors"]
    assert errors == [{"per_page": "`600` number is greater than: 500"}]


@pytest.mark.parametrize(
    "query",
    [
        "updated_at=gte|{at}",
        "updated_at=gte|{at}|lte|2100-01-01T00:00:00Z",
        "updated_at[gte]={at}",
        "updated_at=gt|2020-01-01T00:00:00Z|gte|{at}",
    ],
)
def test_dates_when_spelled_in_any_way_then_filter(sandbox: SandboxProcess, token: str, query: str) -> None:
    all_jobs = sorted(sandbox.records("jobs"), key=lambda job: job["updated_at"])
    at = all_jobs[-3]["updated_at"]
    found = rows(sandbox.api("GET", f"/v3/jobs?{query.format(at=at)}", token=token))
    assert {row["id"] for row in found} == {job["id"] for job in all_jobs if job["updated_at"] >= at}
    far = query.format(at="2099-01-01T00:00:00Z")
    assert rows(sandbox.api("GET", f"/v3/jobs?{far}", token=token)) == []


def test_ids_when_some_are_unknown_then_only_the_known(sandbox: SandboxProcess, token: str) -> None:
    ids = [job["id"] for job in sandbox.records("jobs")][:3]
    query = ",".join(map(str, [*reversed(ids), 7]))
    assert [row["id"] for row in rows(sandbox.api("GET", f"/v3/jobs?ids={query}", token=token))] == ids


def test_fields_when_given_then_nothing_else(sandbox: SandboxProcess, token: str) -> None:
    found = rows(sandbox.api("GET", "/v3/job_posts?fields=id,title&per_page=2", token=token))
    assert [set(row) for row in found] == [{"id", "title"}] * 2


def test_posts_when_deleted_then_only_on_request(sandbox: SandboxProcess, token: str) -> None:
    usual = rows(sandbox.api("GET", "/v3/job_posts?per_page=500", token=token))
    deleted = rows(sandbox.api("GET", "/v3/job_posts?active=false", token=token))
    assert all(row["active"] for row in usual)
    assert [row["title"] for row in deleted] == ["Fleet Trainer (deleted post)"]


def test_posts_when_imported_the_documented_way_then_a_believable_board(sandbox: SandboxProcess, token: str) -> None:
    posts = rows(sandbox.api("GET", "/v3/job_posts?live=true&internal=false&per_page=500", token=token))
    assert 30 <= len(posts) <= 45
    assert not any("location" in post for post in posts)
    kinds = {row["type"] for row in sandbox.records("job_post_locations")}
    assert kinds == {"free_text", "office", "custom_list"}
    listed = {row["job_post_id"] for row in sandbox.records("job_post_locations")}
    assert any(post["id"] not in listed for post in posts)
    assert any("<script>" in post["content"] for post in posts)


def test_users_when_asked_usually_then_no_service_accounts(sandbox: SandboxProcess, token: str) -> None:
    usual = rows(sandbox.api("GET", "/v3/users", token=token))
    everyone = rows(sandbox.api("GET", "/v3/users?show_service_accounts=true", token=token))
    assert all(user["primary_email"] for user in usual)
    assert [user["primary_email"] for user in everyone if user not in usual] == [""] * 5


def test_user_emails_when_secondary_and_in_capitals_then_found(sandbox: SandboxProcess, token: str) -> None:
    path = "/v3/user_emails?email=MAYA@lumen-robotics.example"
    found = rows(sandbox.api("GET", path, token=token))
    user = rows(sandbox.api("GET", f"/v3/users?ids={found[0]['user_id']}", token=token))[0]
    assert user["primary_email"] == "admin@example.com"
    assert user["site_admin"] is True


def test_applications_when_filtered_by_status_then_active_means_in_process(sandbox: SandboxProcess, token: str) -> None:
    found = rows(sandbox.api("GET", "/v3/applications?status=active", token=token))
    assert {row["status"] for row in found} == {"in_process"}
    assert sandbox.api("GET", "/v3/applications?status=in_process", token=token).status_code == 422


def test_reasons_when_defaults_are_asked_for_then_more(sandbox: SandboxProcess, token: str) -> None:
    usual = rows(sandbox.api("GET", "/v3/rejection_reasons", token=token))
    more = rows(sandbox.api("GET", "/v3/rejection_reasons?include_defaults=true", token=token))
    assert {row["type"]["key"] for row in usual} >= {"WE_REJECTED_THEM", "THEY_REJECTED_US"}
    assert len(more) > len(usual)
    one = sandbox.api("GET", f"/v3/rejection_reasons/{usual[0]['id']}", token=token)
    assert one.json() == usual[0]


def test_custom_field_options_when_asked_by_key_then_those(sandbox: SandboxProcess, token: str) -> None:
    path = "/v3/custom_field_options?custom_field_key=workplace_type"
    options = rows(sandbox.api("GET", path, token=token))
    assert [option["name"] for option in options] == ["Remote", "Hybrid", "On-site"]
    jobs = rows(sandbox.api("GET", f"/v3/jobs?custom_field_option_id={options[0]['id']}", token=token))
    assert {job["custom_fields"]["workplace_type"]["value"] for job in jobs} == {"Remote"}


@pytest.mark.parametrize("path", ["/v3/jobs/1", "/v3/nothing", "/v3", "/v3/candidates/1/notes", "/v3/jobs/x"])
def test_address_when_it_does_not_exist_then_404_even_without_token(sandbox: SandboxProcess, path: str) -> None:
    answer = requests.get(sandbox.url + path, timeout=10)
    assert (answer.status_code, answer.json()) == (404, {"message": "Resource not found"})


def test_removed_versions_when_called_then_410_or_as_switched(sandbox: SandboxProcess) -> None:
    assert requests.get(f"{sandbox.url}/v1/jobs", timeout=10).status_code == 410
    sandbox.switches(removed_versions_status=404)
    assert requests.get(f"{sandbox.url}/v2/jobs", timeout=10).status_code == 404


def test_get_when_it_has_a_body_then_403(sandbox: SandboxProcess, token: str) -> None:
    assert sandbox.api("GET", "/v3/jobs", token=token, json={"a": 1}).status_code == 403


def test_page_when_500_posts_then_fast(sandbox: SandboxProcess, token: str) -> None:
    sandbox.seed(posts=500)
    times = []
    for _ in range(3):
        answer = sandbox.api("GET", "/v3/job_posts?per_page=500&live=true", token=token)
        assert len(rows(answer)) == 500
        times.append(sandbox.requests("GET")[-1]["milliseconds"])
    assert min(times) < 100


def test_every_list_when_asked_for_changes_then_only_those_in_every_spelling(
    sandbox: SandboxProcess, token: str
) -> None:
    sandbox.switches(rate_limit=0)
    for name in set(CATALOGUE) - {"webhooks"}:
        stored = sandbox.records(name)
        assert stored, f"the seed has no {name}"
        at = sandbox.change_record(name, stored[-1]["id"])["updated_at"]
        queries = [f"updated_at=gte|{at}", f"updated_at=gte|{at}|lte|2999-01-01T00:00:00Z", f"updated_at[gte]={at}"]
        for query in queries:
            found = sandbox.api("GET", f"/v3/{name}?{query}&{SHOW_ALL.get(name, '')}".rstrip("&"), token=token)
            assert [row["id"] for row in found.json()] == [stored[-1]["id"]], f"{name}?{query}"


# What a list keeps back unless asked.
SHOW_ALL = {
    "users": "show_service_accounts=true",
    "rejection_reasons": "include_defaults=true",
}
