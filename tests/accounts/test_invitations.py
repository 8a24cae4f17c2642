"""Asking colleagues into the team: the letter, the link, and whom it lets in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.models import Employer, Membership, Role, TeamInvitation, User
from accounts.views import invitations as views
from candidates.tasks import sweep_links
from tests.accounts.test_views import said
from tests.factories import EmployerFactory, MembershipFactory, UserFactory
from tests.mail_server import MailServer

TEAM = "/employers/lumen-robotics/settings/team/"
INVITE = f"{TEAM}invite/"
SAM = "sam@lumen-robotics.example"
ABOUT_SAM = {"name": "Sam van der Berg", "password": "blue tractor at dawn"}


def _links() -> list[str]:
    return [re.findall(r"https?://[^/\s]+(/team/join/\?key=\S+)", str(letter.body))[0] for letter in mail.outbox]


@pytest.fixture
def link(employer: Employer, alice: User) -> str:
    """Sam's link, as it stands in the letter."""
    invitations.invite(employer=employer, email=SAM, role=Role.VIEWER, by=alice)
    return _links()[0]


def _invite(admin: Client, email: str = SAM, role: str = Role.RECRUITER) -> Any:
    return admin.post(INVITE, {"email": email, "role": role}, follow=True)


# --- inviting ------------------------------------------------------------------------------
def test_invite_writes_a_link_of_which_only_a_hash_is_kept(as_alice: Client, alice: User) -> None:
    page = _invite(as_alice, email="Sam@Lumen-Robotics.example").text
    assert f"We have written to {SAM}" in page
    assert "Recruiter · until" in page
    (letter,) = mail.outbox
    assert letter.to == [SAM]
    assert letter.reply_to == [alice.email]
    assert letter.subject == "Join Lumen Robotics on Purpose Jobs"
    assert "Your role would be Recruiter." in letter.body
    key = _links()[0].partition("=")[2]
    assert len(key) >= 40
    assert key not in str(TeamInvitation.objects.values().get())
    assert key not in page


@pytest.mark.parametrize(("who", "status"), [("client", 302), ("as_charlie", 404), ("as_bob", 403), ("as_rita", 403)])
def test_invite_and_revoke_when_asked_for_are_for_admins_only(
    request: pytest.FixtureRequest, link: str, who: str, status: int
) -> None:
    visitor = request.getfixturevalue(who)
    assert visitor.post(INVITE, {"email": "x@example.com", "role": Role.ADMIN}).status_code == status
    assert visitor.post(f"{TEAM}invitations/{TeamInvitation.objects.get().pk}/revoke/").status_code == status
    assert TeamInvitation.objects.get().email == SAM
    if status in (403, 404):
        assert SAM not in visitor.get(TEAM).text


def test_invite_again_takes_the_place_of_the_older_link_and_role(as_alice: Client, client: Client, link: str) -> None:
    _invite(as_alice, role=Role.ADMIN)
    assert TeamInvitation.objects.get().role == Role.ADMIN
    assert client.get(link).status_code == 404
    assert client.get(_links()[1]).status_code == 200


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("bob@example.com", Role.ADMIN, "bob@example.com is in the team already"),
        ("BOB@example.com", Role.ADMIN, "bob@example.com is in the team already"),
        ("nobody", Role.VIEWER, "Enter a valid email address."),
        (SAM, "owner", "owner is not one of the available choices"),
    ],
)
def test_invite_when_what_was_typed_is_wrong_says_so_and_keeps_it(
    as_alice: Client, bob: User, email: str, role: str, words: str
) -> None:
    page = _invite(as_alice, email=email, role=role).text
    assert words in page
    assert f'value="{email}"' in page
    assert mail.outbox == []
    assert not TeamInvitation.objects.exists()


@pytest.mark.parametrize(
    ("answer", "words", "is_invited"),
    [
        (SMTPRecipientsRefused({SAM: (451, b"later")}), "could not be sent just now", False),
        (SMTPRecipientsRefused({SAM: (550, b"never")}), "does not take letters to this address", False),
        (SMTPServerDisconnected("away"), "press Send again", True),
    ],
    ids=["not now", "never", "silent half-way"],
)
def test_invite_when_the_mail_server_fails_then_a_letter_that_may_arrive_has_a_link_that_opens(
    as_alice: Client, server: type[MailServer], answer: Exception, words: str, is_invited: bool
) -> None:
    server.at_send = answer
    assert words in _invite(as_alice).text
    assert TeamInvitation.objects.exists() is is_invited


def test_invite_again_when_the_mail_server_fails_then_the_older_link_stays(
    as_alice: Client, client: Client, link: str, server: type[MailServer]
) -> None:
    server.at_send = SMTPRecipientsRefused({SAM: (451, b"later")})
    _invite(as_alice)
    assert client.get(link).status_code == 200


def test_invite_has_limits(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "OPEN_AT_ONCE", 2)
    for number in range(2):
        _invite(as_alice, email=f"{number}@example.com")
    assert "There are 2 open invitations already" in _invite(as_alice).text
    assert "We have written to 1@example.com" in _invite(as_alice, email="1@example.com").text, "it takes no new place"
    monkeypatch.setattr(views, "INVITATIONS_PER_HOUR", 1)
    assert "within the last hour" in _invite(as_alice).text


@pytest.mark.django_db(transaction=True)
def test_invite_when_pressed_twice_at_once_leaves_one_link_that_opens(
    employer: Employer, alice: User, client: Client
) -> None:
    def press(_: int) -> None:
        invitations.invite(employer=employer, email=SAM, role=Role.VIEWER, by=alice)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    assert TeamInvitation.objects.count() == 1
    assert sorted(client.get(link).status_code for link in _links()) == [200, 404, 404, 404]


def test_revoke_makes_the_link_worthless_and_belongs_to_the_employer(
    as_alice: Client, as_charlie: Client, client: Client, link: str
) -> None:
    pk = TeamInvitation.objects.get().pk
    assert as_charlie.post(f"/employers/other/settings/team/invitations/{pk}/revoke/").status_code == 404
    assert client.get(link).status_code == 200
    answer = as_alice.post(f"{TEAM}invitations/{pk}/revoke/")
    assert said(answer) == [f"The link for {SAM} no longer works."]
    assert client.get(link).status_code == 404
    assert as_alice.post(f"{TEAM}invitations/{pk}/revoke/").status_code == 404


def test_team_when_an_invitation_has_run_out_offers_to_send_it_again(as_alice: Client, link: str) -> None:
    TeamInvitation.objects.update(expires_at=timezone.now())
    page = as_alice.get(TEAM).text
    assert "Viewer · the link no longer works" in page
    assert "Send again" in page


def test_team_when_many_are_invited_asks_no_more_queries(
    as_alice: Client, employer: Employer, alice: User, link: str, django_assert_max_num_queries: Any
) -> None:
    as_alice.get(TEAM)
    for number in range(9):
        invitations.invite(employer=employer, email=f"{number}@example.com", role=Role.VIEWER, by=alice)
    with django_assert_max_num_queries(7):
        as_alice.get(TEAM)


def test_sweep_when_a_month_has_gone_by_deletes_what_ran_out(link: str) -> None:
    run_out = timezone.now() - invitations.KEPT_AFTERWARDS
    TeamInvitation.objects.update(expires_at=run_out + timedelta(minutes=1))
    sweep_links()
    assert TeamInvitation.objects.exists()
    TeamInvitation.objects.update(expires_at=run_out)
    sweep_links()
    assert not TeamInvitation.objects.exists()


# --- the page behind the link --------------------------------------------------------------
def test_join_when_somebody_has_no_account_makes_one_and_lets_them_in(client: Client, link: str) -> None:
    page = client.get(link)
    assert "Join Lumen Robotics" in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    answer = client.post(link, ABOUT_SAM, follow=True)
    assert answer.redirect_chain[-1][0] == "/employers/lumen-robotics/dashboard/"
    assert "Welcome to Lumen Robotics. Your role is Viewer." in answer.text
    sam = User.objects.get(email=SAM)
    assert (sam.first_name, sam.last_name) == ("Sam", "van der Berg")
    assert sam.check_password(ABOUT_SAM["password"])
    assert EmailAddress.objects.get(user=sam).verified
    assert Membership.objects.get(user=sam).role == Role.VIEWER
    assert Client().get(link).status_code == 404, "it works once"
    assert not TeamInvitation.objects.exists()


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"password": "short"}, {"password": "van der Berg"}, {"password": SAM}]
)
def test_join_when_the_form_is_wrong_makes_nobody(client: Client, link: str, typed: dict[str, str]) -> None:
    answer = client.post(link, {**ABOUT_SAM, **typed})
    assert answer.status_code == 200
    assert "is-invalid" in answer.text
    assert not User.objects.filter(email=SAM).exists()
    assert client.get(link).status_code == 200


def test_join_when_there_is_an_account_asks_to_log_in_and_comes_back(client: Client, link: str) -> None:
    UserFactory(email=SAM)
    page = client.get(link).text
    assert "There is an account with this address already" in page
    assert client.post(link, ABOUT_SAM).status_code == 200, "nobody gets another password this way"
    log_in = re.findall(r'href="(/accounts/login/\?next=[^"]+)"', page)[0]
    answer = client.post(log_in, {"login": SAM, "password": "purpose-demo"})
    assert answer["Location"] == link
    assert said(client.post(link))[-1] == "Welcome to Lumen Robotics. Your role is Viewer."
    assert Membership.objects.get(user__email=SAM).employer.slug == "lumen-robotics"


def test_join_when_logged_in_as_somebody_else_lets_nobody_in(as_charlie: Client, link: str) -> None:
    page = as_charlie.get(link).text
    assert "The invitation is for another address" in page
    assert as_charlie.post(link, ABOUT_SAM).status_code == 200
    assert not Membership.objects.filter(user__email__in=[SAM, "charlie@example.com"], role=Role.VIEWER).exists()
    assert as_charlie.post("/accounts/logout/", {"next": link})["Location"] == link


def test_join_when_already_a_member_keeps_the_role(client: Client, link: str, employer: Employer) -> None:
    sam = UserFactory(email=SAM)
    MembershipFactory(user=sam, employer=employer, role=Role.ADMIN)
    client.force_login(sam)
    client.post(link)
    assert Membership.objects.get(user=sam).role == Role.ADMIN


@pytest.mark.parametrize("ending", ["runs out", "inviter leaves", "inviter is demoted", "employer is deleted"])
def test_join_when_the_invitation_ends_opens_nothing(client: Client, link: str, alice: User, ending: str) -> None:
    place = Membership.objects.filter(user=alice)
    if ending == "runs out":
        TeamInvitation.objects.update(expires_at=timezone.now())
    elif ending == "inviter leaves":
        place.delete()
    elif ending == "inviter is demoted":
        place.update(role=Role.RECRUITER)
    else:
        Employer.objects.get(slug="lumen-robotics").delete()
    assert client.get(link).status_code == (404 if ending == "employer is deleted" else 410)
    assert client.post(link, ABOUT_SAM).status_code in (404, 410)
    assert not User.objects.filter(email=SAM).exists()


@pytest.mark.parametrize("key", ["", "nonsense", "\0", "é" * 300])
def test_join_when_the_key_is_nonsense_says_so(client: Client, db: None, key: str) -> None:
    answer = client.get(reverse("team_join"), {"key": key})
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


@pytest.mark.django_db(transaction=True)
def test_join_when_pressed_twice_at_once_makes_one_person(link: str) -> None:
    def press(_: int) -> int:
        status = Client().post(link, ABOUT_SAM).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(press, range(3)))
    assert set(answers) <= {200, 302, 404}
    assert User.objects.filter(email=SAM).count() == Membership.objects.filter(user__email=SAM).count() == 1


def test_join_when_tried_too_often_waits(client: Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TRIES_PER_HOUR", 1)
    client.post(link, {})
    assert client.post(link, ABOUT_SAM).status_code == 429
    assert client.get(link).status_code == 200


def test_staff_read_invitations_and_revoke_them_but_no_hash(client: Client, link: str) -> None:
    client.force_login(User.objects.create_superuser("staff@example.com", "purpose-demo"))
    listed = client.get("/admin/accounts/teaminvitation/")
    assert SAM in listed.text
    row = TeamInvitation.objects.get()
    page = client.get(f"/admin/accounts/teaminvitation/{row.pk}/change/").text
    assert row.key_hash not in page
    assert client.get("/admin/accounts/teaminvitation/?key_hash__startswith=a").status_code in (302, 400)


def test_invitations_of_another_employer_are_not_listed(as_alice: Client, link: str, charlie: User) -> None:
    other = EmployerFactory()
    MembershipFactory(employer=other, user=charlie, role=Role.ADMIN)
    invitations.invite(employer=other, email="secret@example.com", role=Role.VIEWER, by=charlie)
    assert "secret@example.com" not in as_alice.get(TEAM).text
