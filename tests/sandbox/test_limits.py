"""Rate limits: headers on every answer, 429 past the limit, everything back when the window rolls."""

import time

from tests.sandbox_process import SandboxProcess


def wait_until(epoch: int) -> None:
    while time.time() < epoch:
        time.sleep(0.02)


def test_budget_when_used_up_then_429_until_the_window_rolls(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(rate_limit=3, rate_window_seconds=4)
    first = sandbox.api("GET", "/v3/sources", token=token)
    wait_until(int(first.headers["X-RateLimit-Reset"]))
    answers = [sandbox.api("GET", "/v3/sources", token=token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 4
    wait_until(int(answers[3].headers["X-RateLimit-Reset"]))
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200


def test_budget_when_another_credential_asks_then_it_has_its_own(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(rate_limit=1, rate_window_seconds=3600)
    other = sandbox.token(client=("limited-client-5", "limited-secret-0123456789abcdef"))
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 429
    assert sandbox.api("GET", "/v3/sources", token=other).status_code == 200
    sandbox.renew_limits()
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200


def test_budget_when_default_then_fifty_per_thirty_seconds(sandbox: SandboxProcess, token: str) -> None:
    headers = sandbox.api("GET", "/v3/sources", token=token).headers
    assert headers["X-RateLimit-Limit"] == "50"
    assert int(headers["X-RateLimit-Reset"]) % 30 == 0


def test_refused_write_when_over_budget_then_nothing_is_written(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(rate_limit=1, rate_window_seconds=3600)
    sandbox.api("GET", "/v3/sources", token=token)
    before = sandbox.counts()
    person = {"first_name": "A", "last_name": "B"}
    assert sandbox.api("POST", "/v3/candidates", token=token, json=person).status_code == 429
    assert sandbox.counts() == before


def test_reset_when_budget_is_used_up_then_full_again(sandbox: SandboxProcess, token: str) -> None:
    wanted = {"rate_limit": 1, "rate_window_seconds": 3600}
    sandbox.switches(**wanted)
    statuses = [sandbox.api("GET", "/v3/sources", token=token).status_code for _ in range(2)]
    assert statuses == [200, 429]
    sandbox.reset()
    sandbox.switches(**wanted)
    assert sandbox.api("GET", "/v3/sources", token=token).status_code == 200
