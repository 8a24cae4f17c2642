"""Whom we act as in Greenhouse: a person or the service user, chosen on connecting and changed later."""

import re

from django.test import Client

from accounts.models import Employer, User
from integrations import connecting
from integrations.models import Connection, ConnectionState
from tests.factories import GreenhouseJobFactory
from tests.integrations.pasted import FORM, OAUTH, PAGE, columns, refusal
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, FORMER_EMAIL, RECRUITER_EMAIL, SandboxProcess

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
    assert refusal(employer, alice, **SERVICE) == "service_user_blocked"


def test_connect_when_looking_up_users_is_refused_though_listed_offers_the_service_user(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.faults({"kind": "status", "status": 403, "method": "GET", "path": "/v3/user_emails", "times": 5})
    assert refusal(employer, alice, **OAUTH) == "lookup_refused"


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
    before = columns()
    page = as_alice.post(PAGE + "user/", {"acting-email": FORMER_EMAIL}).text
    assert re.search(r'id="id_acting-email_error".*can no longer log in', page, re.DOTALL)
    assert columns() == before


def test_the_service_user_can_take_over_from_a_person(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    as_alice.post(PAGE + "user/", {"acting-email": "", "acting-acts_as_service_user": "on"})
    connection = Connection.objects.get()
    assert (connection.acts_as_service_user, connection.acting_user_remote_id, connection.email) == (True, "", "")
