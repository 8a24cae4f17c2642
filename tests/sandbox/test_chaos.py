"""Trouble by chance: as much as asked for, the same for the same seed, and nothing lost between eight clients."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.sandbox.browsing import page, press
from tests.sandbox_process import SandboxProcess

PEOPLE = 120


def add_people(sandbox: SandboxProcess, token: str, clients: int = 1) -> list[int]:
    """Add people side by side and return the status each was answered with, 0 for a lost line."""

    def add(number: int) -> int:
        email = {"value": f"p{number}@people.example", "type": "personal"}
        person = {"first_name": "P", "last_name": str(number), "email_addresses": [email]}
        try:
            return sandbox.api("POST", "/v3/candidates", token=token, json=person).status_code
        except requests.RequestException:
            return 0

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(add, range(PEOPLE)))


def faults_met(sandbox: SandboxProcess) -> list[str]:
    return [row["fault"] for row in sandbox.requests("POST", "/v3/candidates")]


def test_chaos_when_run_twice_with_one_seed_then_the_same_and_another_seed_differs(
    sandbox: SandboxProcess, token: str
) -> None:
    kinds = [{"kind": "reset_before"}, {"kind": "reset_after"}, {"kind": "broken_json"}, {"kind": "truncate"}]
    met = []
    for seed in (7, 7, 8):
        sandbox.switches(rate_limit=0)
        sandbox.clear_requests()
        sandbox.chaos(seed, 20, kinds=kinds)
        add_people(sandbox, token)
        told = sandbox.calm()
        met.append(faults_met(sandbox))
        assert told["seen"] == PEOPLE
        assert PEOPLE * 0.1 < told["met"] < PEOPLE * 0.3
    assert met[0] == met[1] != met[2]
    assert set(met[0]) == {"", *(kind["kind"] for kind in kinds)}


def test_chaos_when_eight_clients_write_then_the_census_tells_exactly_what_arrived(
    sandbox: SandboxProcess, token: str
) -> None:
    sandbox.switches(rate_limit=0)
    sandbox.chaos(3, 40, kinds=[{"kind": "reset_before"}, {"kind": "status", "status": 502, "after": True}])
    before = sandbox.counts()["candidates"]
    statuses = add_people(sandbox, token, clients=8)
    told = sandbox.calm()
    assert statuses.count(0) + statuses.count(502) == told["met"] > 0
    assert sandbox.counts()["candidates"] - before == PEOPLE - statuses.count(0)
    assert sandbox.duplicates()["people"] == []
    assert len({row["id"] for row in sandbox.records("candidates")}) == before + PEOPLE - statuses.count(0)


def test_chaos_when_at_most_is_reached_or_the_place_is_another_then_all_is_well(
    sandbox: SandboxProcess, token: str
) -> None:
    sandbox.chaos(1, 100, method="POST", path="/v3/notes", at_most=1, kinds=[{"kind": "status", "status": 503}])
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200
    statuses = [sandbox.api("POST", "/v3/notes", token=token, json={}).status_code for _ in range(3)]
    assert statuses == [503, 422, 422]


@pytest.mark.parametrize(
    "order", [{"percent": 5}, {"seed": 1, "percent": 101}, {"seed": 1, "percent": 5, "kinds": [{"kind": "joy"}]}]
)
def test_chaos_when_it_makes_no_sense_then_refused(sandbox: SandboxProcess, order: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="422"):
        sandbox.control("POST", "chaos", body=order)


def test_broken_json_when_met_then_200_that_does_not_parse(sandbox: SandboxProcess, token: str) -> None:
    sandbox.faults({"kind": "broken_json", "path": "/v3/jobs"})
    answer = sandbox.api("GET", "/v3/jobs", token=token)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(ValueError, match="Unterminated"):
        answer.json()


def test_window_when_a_second_long_then_fifty_again_each_second(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(rate_limit=50, rate_window_seconds=1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox.api("GET", "/v3/sources", token=token), range(160)))
    per_window: dict[str, int] = {}
    for answer in answers:
        if answer.status_code == 200:
            window = answer.headers["X-RateLimit-Reset"]
            per_window[window] = per_window.get(window, 0) + 1
    assert max(per_window.values()) <= 50
    assert all(answer.status_code == 200 or answer.headers["Retry-After"] == "1" for answer in answers)


def test_chaos_when_started_on_the_page_then_counted_there_until_stopped(sandbox: SandboxProcess, token: str) -> None:
    assert "100 % of the requests go wrong" in press(sandbox, "/chaos", percent="100", seed="5", path="/v3/jobs")
    with contextlib.suppress(requests.RequestException):
        sandbox.api("GET", "/v3/jobs", token=token)
    assert "1 of 1 requests met trouble" in page(sandbox, "/traffic")
    press(sandbox, "/chaos/stop")
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200
    assert "from 0 to 100" in press(sandbox, "/chaos", percent="101")
