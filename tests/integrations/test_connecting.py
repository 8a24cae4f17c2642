"""Connecting an employer to Greenhouse: each way it can go, against the sandbox over real HTTP."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations import connecting
from integrations.checkup import CheckFailed
from integrations.models import Connection, ConnectionState
from tests.integrations.pasted import FORM, KEY, OAUTH, PAGE, refusal
from tests.sandbox_process import (
    ADMIN_EMAIL,
    CLIENT_ID,
    CLIENT_SECRET,
    FORMER_EMAIL,
    LIMITED_CLIENT_ID,
    LIMITED_CLIENT_SECRET,
    RECRUITER_EMAIL,
    SandboxProcess,
)


@pytest.mark.parametrize("how", [OAUTH, KEY], ids=["oauth", "api_key"])
def test_connect_with_either_credential_stores_an_active_connection(
    sandbox: SandboxProcess, employer: Employer, alice: User, how: dict[str, Any]
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **how)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE
    assert connection.secret.reveal() == how["secret"]
    assert connection.secret_last4 == "cdef"
    assert connection.source_name == "Purpose Jobs"
    user = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    assert connection.acting_user_remote_id == str(user)


def test_connect_finds_the_user_by_a_secondary_address(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **{**OAUTH, "email": "Maya@lumen-robotics.example"})
    assert connection.organization_name == "Lumen Robotics"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "wrong-secret-0123456789abcdef"}, "key_refused"),
        ({"client_id": "no-suffix"}, "client_id_malformed"),
        ({"email": "nobody@example.com"}, "user_unknown"),
        ({"email": FORMER_EMAIL}, "user_deactivated"),
        ({"email": RECRUITER_EMAIL}, "not_site_admin"),
        ({"client_id": LIMITED_CLIENT_ID, "secret": LIMITED_CLIENT_SECRET}, "scope_missing"),
    ],
)
def test_connect_when_the_input_is_wrong_names_it_and_saves_nothing(
    sandbox: SandboxProcess, employer: Employer, alice: User, change: dict[str, str], code: str
) -> None:
    assert refusal(employer, alice, **{**OAUTH, **change}) == code


@pytest.mark.parametrize(
    ("switches", "how", "code"),
    [
        ({"auth_down": True}, OAUTH, "auth_unreachable"),
        ({"harvest_down": True}, OAUTH, "connect_unavailable"),
        ({"keys_retired": True}, KEY, "api_key_refused"),
        ({}, {**KEY, "secret": "wrong-key-0123456789abcdef"}, "api_key_refused"),
    ],
)
def test_connect_when_greenhouse_refuses_says_so_and_saves_nothing(
    sandbox: SandboxProcess,
    employer: Employer,
    alice: User,
    switches: dict[str, Any],
    how: dict[str, Any],
    code: str,
) -> None:
    sandbox.switches(**switches)
    assert refusal(employer, alice, **how) == code


@pytest.mark.parametrize(
    ("kind", "code", "asked"),
    [("html", "auth_not_json", 1), ("nonsense", "auth_no_token", 1), ("truncate", "auth_unreachable", 2)],
)
def test_connect_when_the_token_answer_is_odd_names_it_and_saves_nothing(
    sandbox: SandboxProcess, employer: Employer, alice: User, kind: str, code: str, asked: int
) -> None:
    sandbox.faults({"kind": kind, "method": "POST", "path": "/token", "times": 5})
    assert refusal(employer, alice, **OAUTH) == code
    assert 5 - sum(fault["times"] for fault in sandbox.faults()) == asked, "retried only where that can help"


def test_connect_when_the_token_answer_is_cut_once_asks_again(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.faults({"kind": "truncate", "method": "POST", "path": "/token"})
    assert connecting.connect(employer=employer, by=alice, **OAUTH).is_active


def test_connect_where_introspection_is_refused_finds_the_missing_scope_by_asking(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.switches(introspection=False)
    scopes = sandbox.set_credential(CLIENT_ID)["scopes"]
    sandbox.set_credential(CLIENT_ID, scopes=[scope for scope in scopes if scope != "harvest:job_posts:list"])
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert (caught.value.problem.code, caught.value.detail) == ("scope_missing", "harvest:job_posts:list")


def test_check_when_the_user_lost_site_admin_needs_attention_and_recheck_clears_it(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    failed = connecting.check(connection)
    assert failed is not None
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.NEEDS_ATTENTION, "not_site_admin")

    sandbox.set_user(ADMIN_EMAIL, site_admin=True)
    connecting.recheck(connection.pk)
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.ACTIVE, "")


def test_check_does_not_revive_a_connection_that_was_disconnected_meanwhile(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    connecting.check(connection)
    assert Connection.objects.get().state == ConnectionState.DISCONNECTED


# --- the page ------------------------------------------------------------------------------


def test_page_adds_the_integration_and_never_shows_the_stored_secret(sandbox: SandboxProcess, as_alice: Client) -> None:
    answer = as_alice.post(PAGE, {**FORM, "client_secret": f"  {CLIENT_SECRET}\n"}, follow=True)
    assert "Greenhouse is connected to Lumen Robotics" in answer.text
    assert CLIENT_SECRET not in answer.text
    assert "cdef" in answer.text


def test_page_puts_the_sentence_beside_the_field_and_keeps_what_was_typed(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    answer = as_alice.post(PAGE, {**FORM, "email": "nobody@example.com"})
    assert re.search(r'id="id_email_error".*Nobody in your Greenhouse account', answer.text, re.DOTALL)
    assert "nobody@example.com" in answer.text
    assert CLIENT_ID in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_page_asks_for_the_field_of_the_chosen_credential(as_alice: Client) -> None:
    answer = as_alice.post(PAGE, {"credential_kind": "api_key", "email": ADMIN_EMAIL})
    assert "Enter your API Key." in answer.text
    assert "Enter the client ID." not in answer.text


def test_page_by_role(client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == 404
    assert as_bob.get(PAGE).status_code == as_rita.get(PAGE).status_code == 200
    assert as_bob.post(PAGE, FORM).status_code == as_rita.post(PAGE, FORM).status_code == 403
    assert as_bob.post(PAGE + "test/").status_code == 403
    assert as_alice.post(PAGE + "test/").status_code == 404, "nothing to test yet"


@pytest.mark.parametrize("path", ["user/", "source/", "source/check/", "invite/", "invitations/1/revoke/"])
def test_only_admins_change_anything(
    path: str, client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client
) -> None:
    assert client.post(PAGE + path).status_code == 302
    assert as_charlie.post(PAGE + path).status_code == 404
    assert as_bob.post(PAGE + path).status_code == as_rita.post(PAGE + path).status_code == 403
