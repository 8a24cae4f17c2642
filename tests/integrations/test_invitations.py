"""Handing the set-up to a colleague: the letter, the one-time link, and how little it opens."""

import logging
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from integrations import connecting, invitations
from integrations.greenhouse.scopes import ALL_SCOPES
from integrations.models import Connection, CredentialKind, SetupInvitation
from integrations.views import invitations as views
from tests.mail_server import MailServer
from tests.sandbox_process import ADMIN_EMAIL, API_KEY, CLIENT_ID, CLIENT_SECRET, SandboxProcess

PAGE = "/employers/lumen-robotics/settings/integrations/"
FORM = {"credential_kind": "oauth", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
OFFER = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
COLLEAGUE = "sam@lumen-robotics.example"


def _link() -> str:
    found = re.search(r"https?://[^/\s]+(/setup/\?key=\S+)", str(mail.outbox[0].body))
    assert found
    return found[1]


@pytest.fixture
def link(employer: Employer, alice: User) -> str:
    """An invited colleague's link, as it stands in the letter."""
    invitations.invite(employer=employer, email=COLLEAGUE, by=alice)
    return _link()


# --- inviting ------------------------------------------------------------------------------


def test_invite_writes_to_the_colleague_with_steps_scopes_and_a_link_of_which_only_a_hash_is_kept(
    as_alice: Client,
) -> None:
    page = as_alice.post(PAGE + "invite/", {"invite-email": COLLEAGUE}, follow=True).text
    assert f"We have written to {COLLEAGUE}" in page
    assert "Open invitations" in page
    (letter,) = mail.outbox
    assert (letter.to, letter.reply_to) == ([COLLEAGUE], ["alice@example.com"])
    assert "Connect Greenhouse for Lumen Robotics" in letter.subject
    body = str(letter.body)
    assert "Configure > Dev Center > API Credential Management > Create > Harvest V3 (OAuth)" in body
    assert all(scope in body for scope in ALL_SCOPES)
    key = _link().partition("=")[2]
    assert len(key) >= 40
    assert key not in str(SetupInvitation.objects.values().get())
    assert key not in page


def test_invite_again_replaces_the_older_link(employer: Employer, alice: User, link: str, client: Client) -> None:
    invitations.invite(employer=employer, email=COLLEAGUE.upper(), by=alice)
    assert SetupInvitation.objects.count() == 1
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("answer", "words", "is_invited"),
    [
        (SMTPRecipientsRefused({COLLEAGUE: (451, b"later")}), "could not be sent just now", False),
        (SMTPRecipientsRefused({COLLEAGUE: (550, b"never")}), "does not take letters to this address", False),
        (SMTPServerDisconnected("away"), "please invite them again", True),
    ],
    ids=["not now", "never", "silent half-way"],
)
def test_invite_when_the_mail_server_fails_then_a_letter_that_may_arrive_has_a_link_that_opens(
    as_alice: Client, server: type[MailServer], answer: Exception, words: str, is_invited: bool
) -> None:
    server.at_send = answer
    page = as_alice.post(PAGE + "invite/", {"invite-email": COLLEAGUE}, follow=True).text
    assert words in page
    assert COLLEAGUE in page, "what was typed is kept"
    assert SetupInvitation.objects.exists() is is_invited


def test_invite_has_limits(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(invitations.PENDING_AT_ONCE):
        as_alice.post(PAGE + "invite/", {"invite-email": f"{number}@example.com"})
    assert "Revoke one of them first" in as_alice.post(PAGE + "invite/", {"invite-email": COLLEAGUE}).text
    monkeypatch.setattr(views, "INVITATIONS_PER_HOUR", 1)
    assert "within the last hour" in as_alice.post(PAGE + "invite/", {"invite-email": COLLEAGUE}).text
    assert len(mail.outbox) == invitations.PENDING_AT_ONCE


def test_revoke_makes_the_link_worthless_and_belongs_to_the_employer(
    as_alice: Client, as_charlie: Client, client: Client, link: str
) -> None:
    pk = SetupInvitation.objects.get().pk
    path = f"invitations/{pk}/revoke/"
    assert as_charlie.post(f"/employers/other/settings/integrations/{path}").status_code == 404
    assert client.get(link).status_code == 200
    page = as_alice.post(PAGE + path, follow=True).text
    assert f"The link for {COLLEAGUE} no longer works" in page
    assert client.get(link).status_code == 404


# --- the page behind the link --------------------------------------------------------------


def test_the_link_shows_the_guide_and_nothing_else_of_the_employer(
    client: Client, link: str, employer: Employer, alice: User
) -> None:
    answer = client.get(link)
    assert "Connect Greenhouse for Lumen Robotics" in answer.text
    assert "harvest:job_posts:list" in answer.text
    assert "/employers/" not in answer.text
    assert "alice" not in answer.text
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.text


def test_the_colleague_connects_without_an_account_and_the_inviter_is_told(
    sandbox: SandboxProcess, client: Client, alice: User, link: str
) -> None:
    page = client.post(link, FORM).text
    assert "Greenhouse is connected" in page
    assert "Lumen Robotics" in page
    assert CLIENT_SECRET not in page
    connection = Connection.objects.get()
    assert connection.is_active
    assert (connection.secret.reveal(), connection.connected_by) == (CLIENT_SECRET, alice)
    told = mail.outbox[1]
    assert told.to == ["alice@example.com"]
    assert COLLEAGUE in str(told.body)
    assert PAGE in str(told.body)
    assert CLIENT_SECRET not in str(told.body)


def test_the_link_works_once(sandbox: SandboxProcess, client: Client, link: str) -> None:
    client.post(link, FORM)
    again = client.get(link)
    assert again.status_code == 410
    assert "This link was used" in again.text
    assert client.post(link, {**FORM, "credential_kind": "api_key", "api_key": API_KEY}).status_code == 410
    assert Connection.objects.get().credential_kind == CredentialKind.OAUTH


def test_a_refused_credential_does_not_use_the_link_up(sandbox: SandboxProcess, client: Client, link: str) -> None:
    page = client.post(link, {**FORM, "email": "nobody@example.com"}).text
    assert "Nobody in your Greenhouse account" in page
    assert not Connection.objects.exists()
    assert len(mail.outbox) == 1
    assert "Greenhouse is connected" in client.post(link, FORM).text


def test_a_missing_scope_shows_the_table_to_the_colleague_too(
    sandbox: SandboxProcess, client: Client, link: str
) -> None:
    scopes = sandbox.set_credential(CLIENT_ID)["scopes"]
    sandbox.set_credential(CLIENT_ID, scopes=[scope for scope in scopes if scope != "harvest:offices:list"])
    page = client.post(link, FORM).text
    assert "Does not work" in page
    assert "tick harvest:offices:list" in page


def test_a_link_that_ran_out_says_so(client: Client, link: str) -> None:
    invitation = SetupInvitation.objects.get()
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    SetupInvitation.objects.update(expires_at=timezone.now())
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This link has run out" in answer.text
    assert client.post(link, FORM).status_code == 410
    assert not Connection.objects.exists()


def test_a_link_nobody_sent_is_not_found(client: Client, db: None) -> None:
    answer = client.get("/setup/?key=made-up-key")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text
    assert answer.headers["X-Robots-Tag"].startswith("noindex")


def test_of_two_colleagues_at_once_one_counts(
    sandbox: SandboxProcess, client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's answer from Greenhouse comes while this one is still being tested."""
    examine, other = connecting.examine, Client()

    def slow(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(connecting, "examine", examine)
        findings = examine(*args, **kwargs)
        assert other.post(link, FORM).status_code == 200
        return findings

    monkeypatch.setattr(connecting, "examine", slow)
    late = client.post(link, {"credential_kind": "api_key", "api_key": API_KEY, "email": ADMIN_EMAIL})
    assert late.status_code == 410
    assert Connection.objects.get().credential_kind == CredentialKind.OAUTH, "the later one was not saved"


def test_a_link_revoked_while_the_credential_is_tested_saves_nothing(
    sandbox: SandboxProcess, client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = connecting.examine

    def revoked_meanwhile(*args: Any, **kwargs: Any) -> Any:
        SetupInvitation.objects.all().delete()
        return examine(*args, **kwargs)

    monkeypatch.setattr(connecting, "examine", revoked_meanwhile)
    assert client.post(link, FORM).status_code == 404
    assert not Connection.objects.exists()


def test_visits_and_tries_have_limits(
    sandbox: SandboxProcess, client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_PER_HOUR", 1)
    assert client.post(link, {**FORM, "email": "nobody@example.com"}).status_code == 200
    assert client.post(link, FORM).status_code == 429
    monkeypatch.setattr(views, "VISITS_PER_HOUR", 1)
    assert client.get(link).status_code == 429
    assert not Connection.objects.exists()


def test_an_invitation_after_its_inviter_left_connects_nothing(
    sandbox: SandboxProcess, client: Client, alice: User, link: str
) -> None:
    alice.delete()
    assert client.post(link, FORM).status_code == 410
    assert not Connection.objects.exists()
    assert len(mail.outbox) == 1


def test_the_form_of_the_link_is_protected_against_other_sites(link: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, FORM).status_code == 403


def test_the_key_is_in_no_log(
    sandbox: SandboxProcess, client: Client, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.get(link)
    client.post(link, FORM)
    client.get(link)
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "GET /setup/" in told
    assert link.partition("=")[2] not in told
    assert COLLEAGUE not in told


@pytest.mark.parametrize("change", ["demoted", "removed", "deactivated", "deleted"])
def test_a_link_ends_with_the_right_of_the_admin_who_sent_it(employer: Employer, alice: User, change: str) -> None:
    invitations.invite(employer=employer, email="friend@example.com", by=alice)
    assert invitations.pending_of(employer).count() == 1
    membership = alice.memberships.get()
    if change == "demoted":
        membership.role = "viewer"
        membership.save()
    elif change == "removed":
        membership.delete()
    elif change == "deactivated":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        alice.delete()
    assert not invitations.pending_of(employer).exists()
    assert not invitations.is_usable(SetupInvitation.objects.get())
