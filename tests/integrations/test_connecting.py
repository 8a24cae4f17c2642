"""Connecting an employer to Greenhouse: each way it can go, against the sandbox over real HTTP."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations import connecting
from integrations.checkup import CheckFailed
from integrations.models import Connection, ConnectionState, CredentialKind
from tests.factories import GreenhouseJobFactory
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

OAUTH = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
KEY = {"kind": CredentialKind.API_KEY, "client_id": "", "secret": API_KEY, "email": ADMIN_EMAIL}


def _problem(employer: Employer, by: User, **how: Any) -> str:
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=by, **how)
    assert not Connection.objects.exists(), "nothing half-saved"
    return caught.value.problem.code


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
    assert _problem(employer, alice, **{**OAUTH, **change}) == code


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
    assert _problem(employer, alice, **how) == code


@pytest.mark.parametrize(
    ("kind", "code", "asked"),
    [("html", "auth_not_json", 1), ("nonsense", "auth_no_token", 1), ("truncate", "auth_unreachable", 2)],
)
def test_connect_when_the_token_answer_is_odd_names_it_and_saves_nothing(
    sandbox: SandboxProcess, employer: Employer, alice: User, kind: str, code: str, asked: int
) -> None:
    sandbox.faults({"kind": kind, "method": "POST", "path": "/token", "times": 5})
    assert _problem(employer, alice, **OAUTH) == code
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


def test_connect_again_keeps_the_rows_of_the_same_organization(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    first = connecting.connect(employer=employer, by=alice, **OAUTH)
    job = GreenhouseJobFactory(connection=first, remote_id=str(sandbox.records("jobs")[0]["id"]))
    second = connecting.connect(employer=employer, by=alice, **KEY)
    assert second.pk == first.pk
    assert list(second.greenhouse_jobs.all()) == [job]


def test_connect_to_another_organization_is_refused_once_jobs_are_read(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    Connection.objects.update(organization_remote_id="77")
    GreenhouseJobFactory(connection=connection)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert caught.value.problem.code == "other_organization"
    assert Connection.objects.get().organization_remote_id == "77"


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


# --- the page ------------------------------------------------------------------------------

PAGE = "/employers/lumen-robotics/settings/integrations/"
FORM = {"credential_kind": "oauth", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "email": ADMIN_EMAIL}


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


def test_check_does_not_revive_a_connection_that_was_disconnected_meanwhile(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    connecting.check(connection)
    assert Connection.objects.get().state == ConnectionState.DISCONNECTED


# --- keys that were pasted by mistake ------------------------------------------------------

OLD_KEY = "0123456789abcdef0123456789abcdef-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": CLIENT_ID}, "client_id_as_secret"),
        ({"client_id": CLIENT_SECRET, "secret": CLIENT_ID}, "swapped"),
        ({"secret": "https://boards.greenhouse.io/lumenrobotics"}, "board_token"),
        ({"client_id": "boards.greenhouse.io/lumenrobotics"}, "board_token"),
    ],
)
def test_connect_with_what_is_certainly_no_secret_names_it_without_asking_greenhouse(
    sandbox: SandboxProcess, employer: Employer, alice: User, change: dict[str, str], code: str
) -> None:
    assert _problem(employer, alice, **{**OAUTH, **change}) == code
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "lumenrobotics"}, "board_token"),
        ({"kind": CredentialKind.API_KEY, "client_id": "", "secret": "lumenrobotics"}, "board_token"),
        ({"secret": OLD_KEY}, "old_key_as_secret"),
        ({"client_id": OLD_KEY[:-2], "secret": "some-secret-0123456789abcdef"}, "old_key_as_secret"),
        ({"secret": "other-client-7"}, "client_id_as_secret"),
        ({"secret": "some-secret-0123456789abcdef"}, "key_refused"),
    ],
)
def test_connect_with_a_refused_secret_says_what_it_looks_like(
    sandbox: SandboxProcess, employer: Employer, alice: User, change: dict[str, str], code: str
) -> None:
    assert _problem(employer, alice, **{**OAUTH, **change}) == code
    assert sandbox.requests("POST"), "a short word may be a key somewhere: Greenhouse has the last word"


def test_connect_with_a_secret_that_only_looks_odd_works(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.set_credential(CLIENT_ID, secret=OLD_KEY)
    assert connecting.connect(employer=employer, by=alice, **{**OAUTH, "secret": OLD_KEY}).is_active


def test_connect_when_signing_in_is_too_slow_says_so_and_does_not_ask_again(
    sandbox: SandboxProcess, employer: Employer, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.greenhouse.transport.READ_SECONDS", 0.2)
    sandbox.faults({"kind": "slow", "seconds": 3, "method": "POST", "path": "/token", "times": 5})
    assert _problem(employer, alice, **OAUTH) == "auth_slow"
    assert sandbox.faults()[0]["times"] == 4


# --- whom we act as ------------------------------------------------------------------------

SERVICE = {**OAUTH, "email": "", "as_service_user": True}


def test_connect_as_the_service_user_needs_no_email_and_no_scope_for_users(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    scopes = sandbox.set_credential(CLIENT_ID)["scopes"]
    sandbox.set_credential(CLIENT_ID, scopes=[scope for scope in scopes if ":user" not in scope])
    connection = connecting.connect(employer=employer, by=alice, **SERVICE)
    connection.refresh_from_db()
    assert (connection.email, connection.acting_user_remote_id) == ("", "")
    assert connection.acts_as_service_user
    assert connection.acting_user_name == "the Greenhouse service user"
    assert sandbox.requests("GET", "/v3/user_emails") == []
    assert connecting.check(connection) is None


def test_connect_as_a_service_user_who_may_not_read_is_refused(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.faults({"kind": "status", "status": 403, "method": "GET", "path": "/v3/jobs", "times": 5})
    assert _problem(employer, alice, **SERVICE) == "service_user_blocked"


def test_connect_when_looking_up_users_is_refused_though_listed_offers_the_service_user(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.faults({"kind": "status", "status": 403, "method": "GET", "path": "/v3/user_emails", "times": 5})
    assert _problem(employer, alice, **OAUTH) == "lookup_refused"


def test_a_user_deactivated_later_is_named_and_another_one_repairs_it_with_nothing_lost(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    before = Connection.objects.get()
    job = GreenhouseJobFactory(connection=before)
    sandbox.set_user(ADMIN_EMAIL, deactivated=True)
    page = as_alice.post(PAGE + "test/", follow=True).text
    assert Connection.objects.get().problem_code == "user_deactivated"
    assert "can no longer log in to Greenhouse" in page
    assert re.search(r"<details class=\"card fold\" open>\s*<summary[^>]*><h2[^>]*>Choose another user", page)

    sandbox.set_user(RECRUITER_EMAIL, site_admin=True)
    page = as_alice.post(PAGE + "user/", {"acting-email": RECRUITER_EMAIL}, follow=True).text
    after = Connection.objects.get()
    assert f"We act as {after.acting_user_name} from now on" in page
    assert (after.email, after.state, after.problem_code) == (RECRUITER_EMAIL, ConnectionState.ACTIVE, "")
    assert after.acting_user_remote_id != before.acting_user_remote_id
    assert (after.secret.reveal(), after.client_id) == (before.secret.reveal(), before.client_id)
    assert list(after.greenhouse_jobs.all()) == [job]


def test_another_user_who_cannot_be_used_changes_nothing(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    before = _columns()
    page = as_alice.post(PAGE + "user/", {"acting-email": FORMER_EMAIL}).text
    assert re.search(r'id="id_acting-email_error".*can no longer log in', page, re.DOTALL)
    assert _columns() == before


def test_the_service_user_can_take_over_from_a_person(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    as_alice.post(PAGE + "user/", {"acting-email": "", "acting-acts_as_service_user": "on"})
    connection = Connection.objects.get()
    assert (connection.acts_as_service_user, connection.acting_user_remote_id, connection.email) == (True, "", "")


def _columns() -> dict[str, Any]:
    return dict(Connection.objects.values().get())


# --- replacing the credential --------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"client_secret": "wrong-secret-0123456789abcdef"}, {"client_id": LIMITED_CLIENT_ID}, {"email": FORMER_EMAIL}],
)
def test_a_new_credential_that_fails_leaves_the_old_one_as_it_is(
    sandbox: SandboxProcess, as_alice: Client, change: dict[str, str]
) -> None:
    as_alice.post(PAGE, FORM)
    before = _columns()
    change = {**change, "client_secret": LIMITED_CLIENT_SECRET} if "client_id" in change else change
    answer = as_alice.post(PAGE, {**FORM, **change})
    assert answer.status_code == 200
    assert _columns() == before


def test_the_old_secret_serves_until_the_new_one_has_proved_itself(
    sandbox: SandboxProcess, employer: Employer, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting.connect(employer=employer, by=alice, **OAUTH)
    held_meanwhile = []
    monkeypatch.setattr(
        connecting,
        "_refuse_other_organization",
        lambda *_: held_meanwhile.append(Connection.objects.get().secret.reveal()),
    )
    connection = connecting.connect(employer=employer, by=alice, **KEY)
    connection.refresh_from_db()
    assert held_meanwhile == [CLIENT_SECRET], "Greenhouse has said yes to the new one by then"
    assert connection.secret.reveal() == API_KEY


def test_a_credential_of_another_organization_is_refused_by_name_once_jobs_are_read(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    GreenhouseJobFactory(connection=Connection.objects.get())
    before = _columns()
    other = {**FORM, "client_id": "other-client-6", "client_secret": "other-secret-0123456789abcdef"}
    page = as_alice.post(PAGE, other).text
    assert "linked to a different Greenhouse organization" in page
    assert "Other Org" in page
    assert _columns() == before


@pytest.mark.parametrize("how", [OAUTH, KEY], ids=["introspection refused", "api_key"])
def test_a_credential_that_shows_none_of_our_jobs_is_refused_where_greenhouse_does_not_name_its_organization(
    sandbox: SandboxProcess, employer: Employer, alice: User, how: dict[str, Any]
) -> None:
    GreenhouseJobFactory(connection=connecting.connect(employer=employer, by=alice, **OAUTH), remote_id="987654321")
    before = _columns()
    sandbox.switches(introspection=False)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **how)
    assert caught.value.problem.code == "other_organization"
    assert _columns() == before


def test_choosing_a_user_while_the_credential_is_replaced_does_not_touch_the_new_one(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    stale = connecting.connect(employer=employer, by=alice, **OAUTH)
    connecting.connect(employer=employer, by=alice, **KEY)
    before = _columns()
    with pytest.raises(CheckFailed) as caught:
        connecting.choose_user(connection=stale, email=ADMIN_EMAIL, as_service_user=False)
    assert caught.value.problem.code == "replaced_meanwhile"
    assert _columns() == before


# --- the source ----------------------------------------------------------------------------


def _source_id(sandbox: SandboxProcess, name: str) -> int:
    return int(sandbox.records("sources", name=name)[0]["id"])


def test_source_named_like_us_is_taken_and_another_choice_outlives_every_check_up(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    ours, other = (
        _source_id(sandbox, "Purpose Jobs"),
        next(row for row in sandbox.records("sources") if row["name"] != "Purpose Jobs"),
    )
    offer = as_alice.get(PAGE + "source/").text
    assert f'<option value="{ours}" selected>' in offer
    page = as_alice.post(PAGE + "source/", {"source": other["id"]}, follow=True).text
    assert f"<strong>{other['name']}</strong>" in page
    as_alice.post(PAGE + "test/")
    assert Connection.objects.get().source_remote_id == str(other["id"])


def test_source_none_is_a_choice_too(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    as_alice.post(PAGE + "source/", {"source": ""})
    as_alice.post(PAGE + "test/")
    assert Connection.objects.get().source_remote_id == ""
    assert "You chose to send people without a source" in as_alice.get(PAGE).text


def test_source_that_does_not_exist_is_explained_and_found_by_check_again(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    ours = _source_id(sandbox, "Purpose Jobs")
    sandbox.change_record("sources", ours, name="Somebody else")
    page = as_alice.post(PAGE, FORM, follow=True).text
    assert "Configure → Sources" in page
    assert "still lists no source" in as_alice.post(PAGE + "source/check/", follow=True).text
    sandbox.change_record("sources", ours, name="Purpose Jobs (board)")
    assert "Found: people carry the source" in as_alice.post(PAGE + "source/check/", follow=True).text
    assert Connection.objects.get().source_remote_id == str(ours)


def test_a_chosen_source_that_vanished_is_said_and_comes_back_by_its_name(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    other = next(row for row in sandbox.records("sources") if row["name"] != "Purpose Jobs")
    as_alice.post(PAGE + "source/", {"source": other["id"]})
    sandbox.remove_record("sources", other["id"])
    page = as_alice.post(PAGE + "test/", follow=True).text
    connection = Connection.objects.get()
    assert connection.source_is_gone
    assert connection.is_active, "sending works without"
    assert f"The source “{other['name']}” is gone from Greenhouse" in page
    sandbox.change_record("sources", _source_id(sandbox, "Purpose Jobs"), name=other["name"])
    as_alice.post(PAGE + "source/check/")
    assert not Connection.objects.get().source_is_gone


def test_source_when_greenhouse_is_down_says_so(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    sandbox.switches(harvest_down=True)
    assert "Greenhouse does not answer right now" in as_alice.get(PAGE + "source/", follow=True).text
    assert "Greenhouse does not answer right now" in as_alice.post(PAGE + "source/check/", follow=True).text


@pytest.mark.parametrize("path", ["user/", "source/", "source/check/", "invite/", "invitations/1/revoke/"])
def test_only_admins_change_anything(
    path: str, client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client
) -> None:
    assert client.post(PAGE + path).status_code == 302
    assert as_charlie.post(PAGE + path).status_code == 404
    assert as_bob.post(PAGE + path).status_code == as_rita.post(PAGE + path).status_code == 403
