"""A credential's life: rotation, revocation, one live token at a time, another organization; and the sources."""

import json
import sqlite3
import time
from typing import Any

import pytest
import requests

from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    OTHER_CLIENT_ID,
    OTHER_CLIENT_SECRET,
    SandboxProcess,
)

CLAIMS = "https://auth.greenhouse.io/claims"
OTHER = (OTHER_CLIENT_ID, OTHER_CLIENT_SECRET)


def token_status(sandbox: SandboxProcess, secret: str, client_id: str = CLIENT_ID) -> int:
    form = {"grant_type": "client_credentials"}
    return requests.post(f"{sandbox.url}/token", data=form, auth=(client_id, secret), timeout=10).status_code


def status(sandbox: SandboxProcess, token: str) -> int:
    return sandbox.api("GET", "/v3/sources", token=token).status_code


def organization(sandbox: SandboxProcess, client: tuple[str, str]) -> dict[str, Any]:
    form = {"token": sandbox.token(client=client)}
    answer = requests.post(f"{sandbox.url}/introspect", auth=client, data=form, timeout=10).json()
    return dict(answer[CLAIMS]["organization"])


# Secrets


def test_secret_when_rotated_then_both_work_for_a_week(sandbox: SandboxProcess, token: str) -> None:
    new = sandbox.rotate_secret(CLIENT_ID)
    assert new != CLIENT_SECRET
    assert [token_status(sandbox, secret) for secret in (new, CLIENT_SECRET, "wrong")] == [200, 200, 401]
    (old,) = sandbox.set_credential(CLIENT_ID)["old_secrets"]
    assert abs(old["until"] - time.time() - 7 * 24 * 3600) < 60
    assert status(sandbox, token) == 200, "tokens that are out stay good"


@pytest.mark.parametrize("place", ["switch", "order"])
def test_secret_when_its_last_days_are_over_then_only_the_new_one(sandbox: SandboxProcess, place: str) -> None:
    if place == "switch":
        sandbox.switches(old_secret_seconds=0)
        new = sandbox.rotate_secret(CLIENT_ID, secret="the-new-secret")
    else:
        new = sandbox.rotate_secret(CLIENT_ID, secret="the-new-secret", keep_seconds=0)
    assert new == "the-new-secret"
    assert [token_status(sandbox, secret) for secret in (new, CLIENT_SECRET)] == [200, 401]


def test_secret_when_rotated_twice_then_all_three_work_and_survive_a_restart(sandbox: SandboxProcess) -> None:
    second = sandbox.rotate_secret(CLIENT_ID)
    third = sandbox.rotate_secret(CLIENT_ID)
    sandbox.kill()
    sandbox.start()
    assert [token_status(sandbox, secret) for secret in (CLIENT_SECRET, second, third)] == [200, 200, 200]


def test_credential_when_set_to_nonsense_then_refused_and_unchanged(sandbox: SandboxProcess) -> None:
    before = sandbox.set_credential(CLIENT_ID)
    for wrong in ({"scopes": ["harvest:all"]}, {"scopes": "all"}, {"revoked": "yes"}, {"secret": ""}, {"name": 3}):
        with pytest.raises(AssertionError, match="422|404"):
            sandbox.set_credential(CLIENT_ID, **wrong)
    assert sandbox.set_credential(CLIENT_ID) | {"updated_at": ""} == before | {"updated_at": ""}


# Tokens


def test_tokens_when_one_is_ended_then_the_others_live(sandbox: SandboxProcess) -> None:
    first, second = sandbox.token(), sandbox.token()
    sandbox.expire_tokens(token=first)
    assert [status(sandbox, token) for token in (first, second)] == [401, 200]


def test_tokens_when_those_of_one_client_are_ended_then_the_others_live(sandbox: SandboxProcess) -> None:
    ours, theirs = sandbox.token(), sandbox.token(client=OTHER)
    sandbox.expire_tokens(client_id=CLIENT_ID)
    assert [status(sandbox, token) for token in (ours, theirs, sandbox.token())] == [401, 200, 200]


def test_single_active_token_when_on_then_a_new_one_ends_the_one_before(sandbox: SandboxProcess) -> None:
    before = sandbox.token()
    sandbox.switches(single_active_token=True)
    first, other_user, other_client = sandbox.token(), sandbox.token(email=ADMIN_EMAIL), sandbox.token(client=OTHER)
    assert status(sandbox, first) == 200, "tokens of others end nothing"
    second = sandbox.token()
    assert [status(sandbox, token) for token in (before, first, second)] == [401, 401, 200]
    assert [status(sandbox, token) for token in (other_user, other_client)] == [200, 200]


def test_single_active_token_when_off_again_then_tokens_live_side_by_side(sandbox: SandboxProcess) -> None:
    sandbox.switches(single_active_token=True)
    first = sandbox.token()
    sandbox.switches(single_active_token=False)
    second = sandbox.token()
    assert [status(sandbox, token) for token in (first, second)] == [200, 200]


def test_single_active_token_when_from_a_key_then_also(sandbox: SandboxProcess) -> None:
    sandbox.switches(single_active_token=True)
    answers = [requests.post(f"{sandbox.url}/auth/token", auth=(API_KEY, ""), timeout=10).json() for _ in range(2)]
    assert [status(sandbox, answer["access_token"]) for answer in answers] == [401, 200]


# Organizations and credentials


def test_organization_when_of_the_other_credential_then_another_id(sandbox: SandboxProcess) -> None:
    ours, theirs = organization(sandbox, (CLIENT_ID, CLIENT_SECRET)), organization(sandbox, OTHER)
    assert (ours["name"], theirs["name"]) == ("Lumen Robotics", "Other Org")
    assert ours["id"] != theirs["id"]
    assert sandbox.control("GET", "organizations") == {one["name"]: one["id"] for one in (ours, theirs)}


def test_credential_when_added_then_works_with_a_budget_of_its_own(sandbox: SandboxProcess) -> None:
    sandbox.add_credential("bench-client-77", "s3cret", scopes=["harvest:sources:list"], organization="Other Org")
    sandbox.switches(rate_limit=1, rate_window_seconds=3600)
    token = sandbox.token(client=("bench-client-77", "s3cret"))
    assert [status(sandbox, token), status(sandbox, token), status(sandbox, sandbox.token())] == [200, 429, 200]
    assert organization(sandbox, ("bench-client-77", "s3cret"))["name"] == "Other Org"
    with pytest.raises(AssertionError, match="is taken"):
        sandbox.add_credential("bench-client-77", "again")


def test_data_file_when_older_than_the_partner_then_gains_it_and_keeps_the_rest(sandbox: SandboxProcess) -> None:
    sandbox.set_credential(CLIENT_ID, scopes=["harvest:sources:list"])
    process, ours = sandbox, sandbox.control("GET", "credentials")[-1]
    process.kill()
    make_old(process, ours)
    process.start()
    names = {credential["client_id"]: credential for credential in process.control("GET", "credentials")}
    assert {OTHER_CLIENT_ID, "partner-client-9"} <= set(names)
    assert names[CLIENT_ID]["scopes"] == ["harvest:sources:list"]
    assert organization(process, (CLIENT_ID, CLIENT_SECRET))["name"] == "Lumen Robotics"
    assert token_status(process, process.rotate_secret(CLIENT_ID)) == 200


def make_old(sandbox: SandboxProcess, ours: dict[str, Any]) -> None:
    """Turn the data file into one that the first release left behind."""
    lacking = {name: value for name, value in ours.items() if name not in ("organization_id", "old_secrets")}
    del lacking["redirect_uris"]
    with sqlite3.connect(sandbox.data) as database:
        database.execute("DELETE FROM record WHERE collection = '_credentials' AND id <> ?", (ours["id"],))
        database.execute("DELETE FROM record WHERE collection = '_organization' AND body LIKE '%Other Org%'")
        update = "UPDATE record SET body = ? WHERE collection = '_credentials'"
        database.execute(update, (json.dumps(lacking),))


# Sources


def test_source_when_added_by_control_then_in_the_list(sandbox: SandboxProcess, token: str) -> None:
    made = sandbox.add_source("Job fairs")
    assert made["id"] in [row["id"] for row in sandbox.api("GET", "/v3/sources", token=token).json()]
    with pytest.raises(AssertionError, match="is taken"):
        sandbox.add_source("Job fairs")
