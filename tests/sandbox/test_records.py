"""Raw records by the control API: however odd, they are listed, found, hidden and counted."""

import time
from typing import Any

import pytest

from tests.sandbox_process import SandboxProcess

FAR = 9_007_199_254_740_991


def listed(sandbox: SandboxProcess, token: str, path: str) -> Any:
    answer = sandbox.api("GET", f"/v3/{path}", token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_record_when_added_raw_then_listed_exactly_so(sandbox: SandboxProcess, token: str) -> None:
    values = {"title": None, "job_id": FAR, "content": "<script>x</script>" + "x" * 1_000_000, "mood": ["new", 1]}
    post = sandbox.add_record("job_posts", id=FAR, active=True, live=True, without=["created_at"], **values)
    (shown,) = listed(sandbox, token, f"job_posts?ids={FAR}")
    assert shown == post
    assert set(shown) == {"id", "updated_at", "active", "live", *values}


def test_record_when_every_field_is_of_a_wrong_type_then_every_filter_still_answers(
    sandbox: SandboxProcess, token: str
) -> None:
    odd = {"updated_at": 7, "job_id": ["x", {}], "office_ids": {"a": 1}, "custom_fields": [1], "tags": 5}
    odd |= {"email_addresses": [None, 3, {"value": 4}], "private": "maybe", "active": None, "current": []}
    for name in ("jobs", "job_posts", "candidates", "applications", "application_stages", "attachments"):
        sandbox.add_record(name, **odd)
    for path in ("jobs?office_id=1", "jobs?custom_field_option_id=1", "job_posts?job_ids=5", "candidates?tag=x"):
        listed(sandbox, token, path)
    listed(sandbox, token, "candidates?email=a@b.example")
    for name in ("job_posts?active=false", "candidates", "applications", "application_stages", "attachments"):
        assert listed(sandbox, token, name)[0]["updated_at"] == 7
    assert listed(sandbox, token, "jobs?updated_at=gte|2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize("collection", ["sources", "candidates"])
def test_record_when_raw_json_stands_in_its_place_then_the_list_holds_that(
    sandbox: SandboxProcess, token: str, collection: str
) -> None:
    for odd in (None, 5, ["x"], {"message": "hidden"}):
        sandbox.add_record(collection, _raw=odd)
    assert listed(sandbox, token, collection)[:4] == [{"message": "hidden"}, ["x"], 5, None]


def test_record_when_changed_untouched_then_its_date_stands(sandbox: SandboxProcess, job: dict[str, Any]) -> None:
    changed = sandbox.change_record("jobs", job["id"], touch=False, without=["notes"], name="Quiet")
    assert changed == {name: value for name, value in job.items() if name != "notes"} | {"name": "Quiet"}
    assert sandbox.change_record("jobs", job["id"], name="Loud")["updated_at"] > job["updated_at"]


def test_records_when_hidden_then_in_no_list_until_shown_again(sandbox: SandboxProcess, token: str) -> None:
    ids = [row["id"] for row in listed(sandbox, token, "sources")]
    sandbox.hide_records("sources", ids[:3])
    assert [row["id"] for row in listed(sandbox, token, "sources?per_page=2")] == ids[3:5]
    sandbox.hide_records("sources", ids[:3], hidden=False)
    assert [row["id"] for row in listed(sandbox, token, "sources")] == ids
    assert "_hidden" not in listed(sandbox, token, "sources")[0]


def test_record_when_copied_and_removed_then_there_and_gone(sandbox: SandboxProcess, job: dict[str, Any]) -> None:
    copy = sandbox.copy_record("jobs", job, name="Twin")
    assert (copy["name"], copy["requisition_id"]) == ("Twin", job["requisition_id"])
    assert copy["id"] != job["id"]
    sandbox.remove_records("jobs", [copy["id"], job["id"]])
    assert not [row for row in sandbox.records("jobs") if row["id"] in (copy["id"], job["id"])]


@pytest.mark.parametrize("order", [{"id": "seven"}, {"id": 0}, "no object"])
def test_record_when_it_cannot_be_kept_then_none_of_the_batch_is(sandbox: SandboxProcess, order: Any) -> None:
    before = sandbox.counts()
    with pytest.raises(AssertionError, match="422"):
        sandbox.add_records("jobs", [{"name": "good"}, order])
    assert sandbox.counts() == before


def test_census_when_something_is_there_twice_then_counted(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    assert sandbox.duplicates() == {"people": [], "applications": [], "attachments": [], "notes": []}
    person, job = application["candidate_id"], application["job_id"]
    sandbox.copy_record("applications", application)
    emails = [{"value": "ROSA@people.example", "type": "work"}]
    sandbox.api("POST", "/v3/candidates", token=token, json={
        "first_name": "R", "last_name": "L", "email_addresses": emails})  # fmt: skip
    for _ in range(3):
        sandbox.add_record("attachments", application_id=application["id"], filename="cv.pdf")
        sandbox.add_record("notes", candidate_id=person, body="Hello")
    assert sandbox.duplicates() == {
        "people": [{"email": "rosa@people.example", "count": 2}],
        "applications": [{"candidate_id": person, "job_id": job, "count": 2}],
        "attachments": [{"application_id": application["id"], "filename": "cv.pdf", "count": 3}],
        "notes": [{"candidate_id": person, "body": "Hello", "count": 3}],
    }


def test_seed_when_a_thousand_posts_over_ten_jobs_are_ordered_then_soon_there(sandbox: SandboxProcess) -> None:
    started, before = time.monotonic(), sandbox.counts()
    sandbox.seed(posts=1000, jobs=10)
    after = sandbox.counts()
    assert (after["job_posts"] - before["job_posts"], after["jobs"] - before["jobs"]) == (1000, 10)
    assert time.monotonic() - started < 5
