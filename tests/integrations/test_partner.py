"""Connect with Greenhouse: the whole way to the consent and back, over real HTTP, and each way it can be decided."""

import logging
from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations import connecting
from integrations.credentials import client_for
from integrations.models import Connection, ConnectionState, CredentialKind
from tests.factories import GreenhouseJobFactory
from tests.integrations.consent import BUTTON, START, come_back, consent, press_button, query_of
from tests.integrations.pasted import PAGE
from tests.sandbox_process import (
    ADMIN_EMAIL,
    CLIENT_ID,
    CLIENT_SECRET,
    PARTNER_CLIENT_ID,
    PARTNER_CLIENT_SECRET,
    RECRUITER_EMAIL,
    SandboxProcess,
)

pytestmark = pytest.mark.usefixtures("partner")


# --- the way there -------------------------------------------------------------------------


def test_page_when_this_installation_is_a_partner_offers_it_to_admins(as_alice: Client, as_rita: Client) -> None:
    assert BUTTON in as_alice.get(PAGE).text
    assert BUTTON not in as_rita.get(PAGE).text


@pytest.mark.parametrize("missing", ["GREENHOUSE_PARTNER_CLIENT_ID", "GREENHOUSE_PARTNER_CLIENT_SECRET"])
def test_page_when_the_partner_is_not_configured_offers_nothing(as_alice: Client, settings: Any, missing: str) -> None:
    setattr(settings, missing, "")
    assert BUTTON not in as_alice.get(PAGE).text
    assert as_alice.post(START).status_code == 404


def test_start_by_role(client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client) -> None:
    assert client.post(START).status_code == 302
    assert as_charlie.post(START).status_code == 404
    assert as_rita.post(START).status_code == as_bob.post(START).status_code == 403
    assert as_alice.get(START).status_code == 405
    assert as_alice.post(START).status_code == 200


def test_start_leads_to_the_consent_with_our_exact_address_and_a_new_random_state(
    as_alice: Client, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    first, second = press_button(as_alice), press_button(as_alice)
    asked = query_of(first)
    assert first.startswith(f"{settings.GREENHOUSE_AUTH_URL}/authorize?")
    assert asked["redirect_uri"] == "https://jobs.example/greenhouse/callback/"
    assert (asked["response_type"], asked["client_id"]) == ("code", PARTNER_CLIENT_ID)
    assert "harvest:candidates:create" in asked["scope"].split()
    assert len(asked["state"]) >= 40
    assert asked["state"] != query_of(second)["state"]
    assert PARTNER_CLIENT_SECRET not in first


# --- and back ------------------------------------------------------------------------------


def test_consent_with_a_service_account_connects_and_keeps_both_tokens_encrypted(
    sandbox: SandboxProcess, as_alice: Client, alice: User
) -> None:
    page = consent(as_alice, sandbox)
    assert "Greenhouse is connected to Lumen Robotics" in page
    row = Connection.objects.get()
    assert (row.state, row.credential_kind) == (ConnectionState.ACTIVE, CredentialKind.PARTNER)
    assert row.organization_name == "Lumen Robotics"
    assert row.acts_as_service_user
    assert (row.acting_user_remote_id, row.acting_user_name) == ("", "a Greenhouse service account")
    assert row.connected_by == alice
    assert row.source_name == "Purpose Jobs"
    assert row.refreshed_at is not None
    for secret in (row.token, row.refresh_token):
        assert secret.reveal()
        assert secret.reveal() not in secret.stored + page
    assert client_for(row).fetch_sources()


def test_consent_as_a_person_connects_in_their_name(sandbox: SandboxProcess, as_alice: Client) -> None:
    consent(as_alice, sandbox, service_account=False)
    row = Connection.objects.get()
    user = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    assert (row.acting_user_remote_id, row.acts_as_service_user) == (str(user), False)
    assert row.acting_user_name == "Maya Okafor"


def test_consent_where_introspection_is_refused_connects_all_the_same(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    sandbox.switches(introspection=False)
    assert "Greenhouse is connected" in consent(as_alice, sandbox)
    assert Connection.objects.get().state == ConnectionState.ACTIVE


@pytest.mark.parametrize("decision", ["deny"])
def test_consent_when_denied_says_so_and_saves_nothing(
    sandbox: SandboxProcess, as_alice: Client, decision: str
) -> None:
    assert "Somebody chose Deny" in consent(as_alice, sandbox, decision=decision)
    assert not Connection.objects.exists()


def test_consent_of_somebody_who_is_no_site_admin_is_refused_with_the_way_out(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    page = consent(as_alice, sandbox, email=RECRUITER_EMAIL, service_account=False)
    assert "the user who authorized us is not one" in page
    assert "tick the service account" in page
    assert not Connection.objects.exists()


def test_consent_for_another_organization_is_refused_and_the_old_connection_works_on(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    consent(as_alice, sandbox)
    GreenhouseJobFactory(connection=Connection.objects.get())
    before = Connection.objects.values("organization_remote_id", "token", "refresh_token", "state").get()
    page = consent(as_alice, sandbox, organization="Other Org")
    assert "linked to a different Greenhouse organization" in page
    assert Connection.objects.values("organization_remote_id", "token", "refresh_token", "state").get() == before
    assert client_for(Connection.objects.get()).fetch_sources()


def test_consent_takes_the_place_of_a_pasted_credential_and_back_again(
    sandbox: SandboxProcess, as_alice: Client, alice: User, employer: Employer
) -> None:
    pasted = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
    first = connecting.connect(employer=employer, by=alice, **pasted)
    job = GreenhouseJobFactory(connection=first)
    consent(as_alice, sandbox)
    row = Connection.objects.get()
    assert (row.pk, row.credential_kind) == (first.pk, CredentialKind.PARTNER)
    assert (row.secret.reveal(), row.secret_last4, row.email) == ("", "", "")
    connecting.connect(employer=employer, by=alice, **pasted)
    row.refresh_from_db()
    assert (row.credential_kind, row.refresh_token.reveal(), row.refreshed_at) == (CredentialKind.OAUTH, "", None)
    assert list(row.greenhouse_jobs.all()) == [job]


def test_whole_way_leaves_no_secret_in_logs_messages_or_pages(
    sandbox: SandboxProcess, as_alice: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    location = sandbox.consent(press_button(as_alice))
    page = come_back(as_alice, location)
    sandbox.expire_tokens()
    row = Connection.objects.get()
    old = (row.token.reveal(), row.refresh_token.reveal())
    client_for(row).fetch_sources()
    row.refresh_from_db()
    told = page + as_alice.get(PAGE).text + "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records)
    tokens = (row.token.reveal(), row.refresh_token.reveal(), *old)
    for secret in (PARTNER_CLIENT_SECRET, query_of(location)["code"], *tokens):
        assert secret not in told
