"""Tokens, their two error shapes, introspection, scopes and the Site Admin rule."""

from typing import Any

import pytest
import requests

from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    FORMER_EMAIL,
    LIMITED_CLIENT_ID,
    LIMITED_CLIENT_SECRET,
    RECRUITER_EMAIL,
    SandboxProcess,
)

DEMO = (CLIENT_ID, CLIENT_SECRET)
GRANT = {"grant_type": "client_credentials"}
CLAIMS = "https://auth.greenhouse.io/claims"


def ask(sandbox: SandboxProcess, **kwargs: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/token", timeout=10, **kwargs)


def user_id(sandbox: SandboxProcess, email: str) -> int:
    return int(sandbox.records("user_emails", email=email)[0]["user_id"])


@pytest.mark.parametrize("place", ["data", "params"])
def test_token_when_grant_is_in_form_or_query_then_issued(sandbox: SandboxProcess, place: str) -> None:
    answer = ask(sandbox, auth=DEMO, **{place: GRANT})
    assert answer.status_code == 200
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["access_token"].count(".") == 2
    assert body["expires_in"] == 3600
    assert body["expires_at"].endswith("Z")
    assert answer.headers["X-Ratelimit-Limit"] == "60"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("auth", "form", "status", "key", "says"),
    [
        (None, GRANT, 401, "message", "Unauthorized"),
        (("nosuffix", "x"), GRANT, 400, "message", "valid client ID suffix"),
        (("unknown-9", "x"), GRANT, 401, "error", "invalid_client"),
        ((CLIENT_ID, "wrong"), GRANT, 401, "error", "invalid_client"),
        (DEMO, {}, 400, "message", "grant_type must be included"),
        (DEMO, {"grant_type": "password"}, 400, "message", "token-exchange"),
    ],
)
def test_token_when_refused_then_in_the_documented_shape(
    sandbox: SandboxProcess, auth: tuple[str, str] | None, form: dict[str, str], status: int, key: str, says: str
) -> None:
    answer = ask(sandbox, auth=auth, data=form)
    assert answer.status_code == status
    assert says in answer.json()[key]


@pytest.mark.parametrize(
    ("switch", "fields"),
    [("at", {"expires_at"}), ("in", {"expires_in"}), ("both", {"expires_at", "expires_in"}), ("none", set())],
)
def test_token_when_expiry_switched_then_only_those_fields(
    sandbox: SandboxProcess, switch: str, fields: set[str]
) -> None:
    sandbox.switches(expires=switch)
    assert {name for name in ask(sandbox, auth=DEMO, data=GRANT).json() if "expires" in name} == fields


@pytest.mark.parametrize("place", ["data", "params", "json"])
def test_token_when_sub_given_anywhere_then_acts_as_that_user(sandbox: SandboxProcess, place: str) -> None:
    sub = user_id(sandbox, ADMIN_EMAIL)
    kwargs: dict[str, Any] = {"params": dict(GRANT)}
    if place == "params":
        kwargs["params"]["sub"] = sub
    else:
        kwargs[place] = {"sub": sub}
    token = ask(sandbox, auth=DEMO, **kwargs).json()["access_token"]
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200
    assert sandbox.requests("GET")[-1]["subject"] == str(sub)


def test_token_when_user_is_deactivated_then_refused(sandbox: SandboxProcess) -> None:
    answer = ask(sandbox, auth=DEMO, data=GRANT | {"sub": str(user_id(sandbox, FORMER_EMAIL))})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_token_when_user_is_deactivated_later_then_dead_at_once(sandbox: SandboxProcess) -> None:
    token = sandbox.token(email=ADMIN_EMAIL)
    sandbox.set_user(ADMIN_EMAIL, deactivated=True)
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401


def test_token_when_lifetime_is_over_then_401(sandbox: SandboxProcess) -> None:
    sandbox.switches(token_lifetime_seconds=0)
    answer = sandbox.api("GET", "/v3/jobs", token=sandbox.token())
    assert answer.status_code == 401
    assert answer.json()["message"] == "Unauthorized"
    assert "X-RateLimit-Limit" not in answer.headers


def test_token_when_all_are_expired_then_401_until_renewed(sandbox: SandboxProcess, token: str) -> None:
    sandbox.expire_tokens()
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401
    assert sandbox.api("GET", "/v3/jobs", token=sandbox.token()).status_code == 200


def test_token_when_credential_is_revoked_then_dead_everywhere(sandbox: SandboxProcess, token: str) -> None:
    sandbox.set_credential(CLIENT_ID, revoked=True)
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 401
    assert ask(sandbox, auth=DEMO, data=GRANT).json() == {"error": "invalid_client"}


def test_token_when_forged_then_401(sandbox: SandboxProcess, token: str) -> None:
    for bad in (token[:-2] + "xx", "garbage", "", "a.b.c", "ä.ö.ü".encode().decode("latin-1")):
        assert sandbox.api("GET", "/v3/jobs", token=bad or " ").status_code == 401


def test_token_when_asked_too_often_then_429(sandbox: SandboxProcess) -> None:
    sandbox.switches(token_rate_limit=2)
    answers = [ask(sandbox, auth=DEMO, data=GRANT) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) >= 1


def exchange(sandbox: SandboxProcess, key: str, **kwargs: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/auth/token", auth=(key, ""), timeout=10, **kwargs)


def test_key_exchange_when_key_is_good_then_gives_a_working_token(sandbox: SandboxProcess) -> None:
    body = exchange(sandbox, API_KEY, json={"sub": user_id(sandbox, ADMIN_EMAIL)}).json()
    assert set(body) == {"token_type", "access_token", "expires"}
    assert sandbox.api("GET", "/v3/jobs", token=body["access_token"]).status_code == 200


def test_key_exchange_when_keys_are_retired_or_wrong_then_401(sandbox: SandboxProcess) -> None:
    assert exchange(sandbox, "wrong").json() == {"message": "Invalid credentials"}
    sandbox.switches(keys_retired=True)
    assert exchange(sandbox, API_KEY).status_code == 401


def introspect(sandbox: SandboxProcess, token: str) -> dict[str, Any]:
    form = {"token": token, "token_type_hint": "access_token"}
    return dict(requests.post(f"{sandbox.url}/introspect", auth=DEMO, data=form, timeout=10).json())


def test_introspect_when_site_admin_then_names_organization_role_and_scopes(sandbox: SandboxProcess) -> None:
    told = introspect(sandbox, sandbox.token(email=ADMIN_EMAIL))
    assert told["active"] is True
    assert told["client_id"] == CLIENT_ID
    assert told["sub"] == str(user_id(sandbox, ADMIN_EMAIL))
    assert "harvest:candidates:create" in told["scope"].split()
    assert told[CLAIMS]["organization"]["name"] == "Lumen Robotics"
    assert told[CLAIMS]["user_role"] == "site_admin"
    assert introspect(sandbox, sandbox.token(email=RECRUITER_EMAIL))[CLAIMS]["user_role"] == "basic"


def test_introspect_when_token_is_not_ours_then_inactive(sandbox: SandboxProcess) -> None:
    other = sandbox.token(client=(LIMITED_CLIENT_ID, LIMITED_CLIENT_SECRET))
    assert introspect(sandbox, other) == {"active": False}
    assert introspect(sandbox, "garbage") == {"active": False}


def test_scope_when_missing_then_403_with_rate_headers(sandbox: SandboxProcess) -> None:
    token = sandbox.token(client=(LIMITED_CLIENT_ID, LIMITED_CLIENT_SECRET))
    person = {"first_name": "A", "last_name": "B"}
    answer = sandbox.api("POST", "/v3/candidates", token=token, json=person)
    assert answer.status_code == 403
    assert answer.json()["message"] == "Forbidden"
    assert "X-RateLimit-Remaining" in answer.headers
    assert sandbox.api("GET", "/v3/candidates", token=token).status_code == 200


def test_scope_when_removed_then_enforced_at_once(sandbox: SandboxProcess, token: str) -> None:
    sandbox.set_credential(CLIENT_ID, scopes=["harvest:jobs:list"])
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 200
    assert sandbox.api("GET", "/v3/job_posts", token=token).status_code == 403


def test_list_when_subject_is_no_site_admin_then_403_or_empty(sandbox: SandboxProcess) -> None:
    token = sandbox.token(email=RECRUITER_EMAIL)
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 403
    sandbox.switches(non_admin_lists="empty")
    assert sandbox.api("GET", "/v3/jobs", token=token).json() == []


def test_hosts_when_down_then_503(sandbox: SandboxProcess, token: str) -> None:
    sandbox.switches(auth_down=True, harvest_down=True)
    assert ask(sandbox, auth=DEMO, data=GRANT).status_code == 503
    assert sandbox.api("GET", "/v3/jobs", token=token).status_code == 503
