"""Signing up, logging in and out, passwords."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, Membership, Role, User
from tests.factories import PASSWORD, UserFactory

SIGN_UP = {
    "name": "Ana María López",
    "email": "Ana@Lumen.example",
    "company": "Lumen Robotics",
    "password1": "a tidy workbench",
}


def sign_up(client: Client, **changes: str) -> Any:
    return client.post(reverse("account_signup"), {**SIGN_UP, **changes})


def test_signup_when_all_is_well_makes_the_person_the_employer_and_its_admin(client: Client, db: None) -> None:
    response = sign_up(client)
    membership = Membership.objects.select_related("user", "employer").get()
    assert (membership.user.email, membership.role) == ("ana@lumen.example", Role.ADMIN)
    assert (membership.user.first_name, membership.user.last_name) == ("Ana", "María López")
    assert membership.employer.slug == "lumen-robotics"
    assert response.status_code == 302
    assert client.get(reverse("home")).url == reverse("dashboard", args=["lumen-robotics"])


def test_signup_when_done_asks_to_confirm_the_address_by_mail(client: Client, db: None) -> None:
    sign_up(client)
    (message,) = mail.outbox
    assert message.to == ["ana@lumen.example"]
    assert message.subject == "Welcome to Purpose Jobs: confirm your email address"
    link = re.search(r"https?://[^/]+(/\S+)", message.body)
    assert link
    assert "Yes, confirm" in client.get(link[1]).content.decode()
    client.post(link[1])
    assert EmailAddress.objects.get(email="ana@lumen.example").verified


@pytest.mark.parametrize("field", list(SIGN_UP))
def test_signup_when_a_field_is_missing_keeps_the_rest_and_makes_nothing(client: Client, db: None, field: str) -> None:
    page = sign_up(client, **{field: ""}).content.decode()
    assert f'id="id_{field}_error"' in page
    kept = [value for name, value in SIGN_UP.items() if name not in {field, "password1"}]
    assert all(f'value="{value}"' in page for value in kept)
    assert not User.objects.exists()
    assert not Employer.objects.exists()


@pytest.mark.parametrize("password", ["short", "1234567890123", "password12345", "María López"])
def test_signup_when_the_password_is_weak_says_so_beside_it(client: Client, db: None, password: str) -> None:
    page = sign_up(client, password1=password).content.decode()
    assert 'id="id_password1_error"' in page
    assert not User.objects.exists()


def test_signup_when_the_employer_cannot_be_made_leaves_no_person_behind(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_words: Any) -> Employer:
        raise RuntimeError("no slug")

    monkeypatch.setattr("accounts.forms.create_employer", broken)
    with pytest.raises(RuntimeError):
        sign_up(client)
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.com"])
def test_signup_when_the_address_has_an_account_makes_no_second_one(client: Client, alice: User, email: str) -> None:
    sign_up(client, email=email)
    assert User.objects.get() == alice
    assert Employer.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_signup_when_verification_is_mandatory_does_not_say_who_has_an_account(
    client: Client, alice: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    taken = sign_up(client, email="alice@example.com")
    free = sign_up(Client(), email="free@example.com")
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert mail.outbox[0].subject == "You already have a Purpose Jobs account"


def test_signup_when_the_address_is_taken_in_the_same_moment_leads_to_the_log_in(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both forms were valid when they were checked; the database then refuses the second.
    monkeypatch.setattr("accounts.forms.SignupForm.validate_unique_email", lambda _form, value: value)
    response = sign_up(client, email="alice@example.com")
    assert response.url == reverse("account_login")
    assert "There is already an account" in client.get(response.url).content.decode()
    assert User.objects.get() == alice
    assert Employer.objects.count() == 1


def test_login_when_the_password_is_right_leads_to_the_dashboard(client: Client, alice: User) -> None:
    response = client.post(reverse("account_login"), {"login": "Alice@example.com", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("dashboard", args=["lumen-robotics"])


def test_login_when_the_password_is_wrong_says_so_and_keeps_the_address(client: Client, alice: User) -> None:
    response = client.post(reverse("account_login"), {"login": "alice@example.com", "password": "wrong"})
    page = response.content.decode()
    assert "The email address and the password do not belong together." in page
    assert 'value="alice@example.com"' in page


def test_login_when_tried_too_often_stops_even_the_right_password(client: Client, alice: User) -> None:
    for _ in range(5):
        client.post(reverse("account_login"), {"login": "alice@example.com", "password": "wrong"})
    client.post(reverse("account_login"), {"login": "alice@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_login_when_next_is_a_page_of_ours_leads_there(client: Client, alice: User) -> None:
    team = reverse("team", args=["lumen-robotics"])
    response = client.get(team)
    assert response.url == f"{reverse('account_login')}?next={team}"
    response = client.post(response.url, {"login": "alice@example.com", "password": PASSWORD, "next": team})
    assert response.url == team


def test_login_when_next_is_elsewhere_stays_here(client: Client, alice: User) -> None:
    words = {"login": "alice@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(reverse("account_login"), words).url == reverse("home")


def test_logout_when_posted_ends_the_session(as_alice: Client) -> None:
    response = as_alice.post(reverse("account_logout"))
    assert response.url == reverse("account_login")
    assert "_auth_user_id" not in as_alice.session


def test_logout_when_only_visited_asks_first(as_alice: Client) -> None:
    page = as_alice.get(reverse("account_logout")).content.decode()
    assert "Log out?" in page
    assert "_auth_user_id" in as_alice.session


def test_password_reset_when_followed_to_the_end_sets_the_new_password(client: Client, alice: User) -> None:
    response = client.post(reverse("account_reset_password"), {"email": "alice@example.com"})
    assert response.url == reverse("account_reset_password_done")
    (message,) = mail.outbox
    assert message.subject == "Choose a new password for Purpose Jobs"
    link = re.search(r"https?://[^/]+(/\S+)", message.body)
    assert link
    form = client.get(link[1], follow=True).redirect_chain[-1][0]
    new = {"password1": "a second workbench", "password2": "a second workbench"}
    assert "Your password is changed" in client.post(form, new, follow=True).content.decode()
    alice.refresh_from_db()
    assert alice.check_password("a second workbench")
    assert "This link no longer works" in Client().get(link[1], follow=True).content.decode()


def test_password_reset_when_nobody_has_the_address_looks_the_same(client: Client, db: None) -> None:
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert response.url == reverse("account_reset_password_done")
    (message,) = mail.outbox
    assert message.subject == "No Purpose Jobs account with this address"


def test_user_when_made_twice_in_other_letters_is_refused_by_the_database(db: None) -> None:
    UserFactory(email="same@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create(email="SAME@example.com")


ENTRANCE = [
    ("account_login", "Log in"),
    ("account_signup", "Sign up"),
    ("account_reset_password", "Reset your password"),
    ("account_reset_password_done", "Look into your email"),
    ("account_reset_password_from_key_done", "Your password is changed"),
    ("account_email_verification_sent", "Look into your email"),
    ("account_inactive", "This account is switched off"),
]
OWN = [
    ("account_logout", "Log out?"),
    ("account_email", "Email addresses"),
    ("account_change_password", "Change password"),
    ("account_reauthenticate", "Is it still you?"),
]


@pytest.mark.parametrize(("name", "heading"), ENTRANCE)
def test_entrance_pages_when_opened_wear_our_frame(client: Client, db: None, name: str, heading: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert 'class="site-header"' in page


@pytest.mark.parametrize(("name", "heading"), OWN)
def test_own_pages_when_opened_wear_our_frame(as_alice: Client, name: str, heading: str) -> None:
    page = as_alice.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert 'class="site-header"' in page


@pytest.mark.parametrize(("name", "_heading"), OWN[1:])
def test_own_pages_when_signed_out_lead_to_the_log_in(client: Client, db: None, name: str, _heading: str) -> None:
    assert client.get(reverse(name)).url.startswith(reverse("account_login"))
