"""The pages of employers and teams: who gets in, and what happens there."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, Membership, Role, User
from tests.factories import MembershipFactory, UserFactory

MEMBER_PAGES = ["company_profile", "team", "employer_open"]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def membership_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


# --- who gets in -------------------------------------------------------------------------
@pytest.mark.parametrize("name", MEMBER_PAGES)
def test_member_pages_when_signed_out_lead_to_the_log_in(client: Client, employer: Employer, name: str) -> None:
    address = reverse(name, args=[employer.slug])
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("name", MEMBER_PAGES)
def test_member_pages_when_a_stranger_asks_do_not_exist(as_charlie: Client, employer: Employer, name: str) -> None:
    assert as_charlie.get(reverse(name, args=[employer.slug])).status_code == 404


@pytest.mark.parametrize("name", ["company_profile", "team"])
@pytest.mark.parametrize("who", ["as_alice", "as_rita", "as_bob"])
def test_member_pages_when_a_member_asks_open(
    request: pytest.FixtureRequest, employer: Employer, who: str, name: str
) -> None:
    response = request.getfixturevalue(who).get(reverse(name, args=[employer.slug]))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Account Settings" in page
    assert ">Log out<" in page


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
@pytest.mark.parametrize(
    ("who", "status"), [("client", 302), ("as_charlie", 404), ("as_bob", 403), ("as_rita", 403), ("as_alice", 302)]
)
def test_team_changes_when_asked_for_are_for_admins_only(
    request: pytest.FixtureRequest, alice: User, bob: User, name: str, who: str, status: int
) -> None:
    address = reverse(name, args=["lumen-robotics", membership_of(bob).pk])
    response = request.getfixturevalue(who).post(address, {"role": Role.RECRUITER})
    assert response.status_code == status
    unchanged = Membership.objects.filter(user=bob, role=Role.VIEWER).exists()
    assert unchanged == (who != "as_alice")


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_team_changes_when_the_member_is_of_another_employer_do_not_exist(
    as_alice: Client, charlie: User, name: str
) -> None:
    address = reverse(name, args=["lumen-robotics", membership_of(charlie).pk])
    assert as_alice.post(address, {"role": Role.VIEWER}).status_code == 404
    assert membership_of(charlie).role == Role.ADMIN


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_team_changes_when_only_visited_are_refused(as_alice: Client, alice: User, name: str) -> None:
    assert as_alice.get(reverse(name, args=["lumen-robotics", membership_of(alice).pk])).status_code == 405


# --- where home leads --------------------------------------------------------------------
def test_home_when_signed_out_is_the_front_page(client: Client, db: None) -> None:
    page = client.get(reverse("home")).content.decode()
    assert reverse("account_signup") in page
    assert reverse("account_login") in page


def test_home_when_a_member_leads_to_the_dashboard(as_bob: Client) -> None:
    assert as_bob.get(reverse("home")).url == reverse("dashboard", args=["lumen-robotics"])


def test_home_when_without_an_employer_leads_to_making_one(client: Client, db: None) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("home")).url == reverse("employer_new")


def test_home_when_several_employers_leads_to_the_one_used_last(as_alice: Client, alice: User) -> None:
    MembershipFactory(user=alice, employer__name="Zeta", employer__slug="zeta")
    as_alice.get(reverse("team", args=["zeta"]))
    assert as_alice.get(reverse("home")).url == reverse("dashboard", args=["zeta"])


def test_home_when_thrown_out_of_the_one_used_last_leads_to_another(as_alice: Client, alice: User) -> None:
    zeta = MembershipFactory(user=alice, employer__name="Zeta", employer__slug="zeta")
    as_alice.get(reverse("team", args=["zeta"]))
    zeta.delete()
    assert as_alice.get(reverse("home")).url == reverse("dashboard", args=["lumen-robotics"])


def test_panel_when_several_employers_offers_to_switch(as_alice: Client, alice: User) -> None:
    address = reverse("team", args=["lumen-robotics"])
    switch = reverse("employer_open", args=["zeta"])
    assert switch not in as_alice.get(address).content.decode()
    MembershipFactory(user=alice, employer__name="Zeta", employer__slug="zeta")
    assert switch in as_alice.get(address).content.decode()
    assert as_alice.get(switch).url == reverse("dashboard", args=["zeta"])


# --- making an employer ------------------------------------------------------------------
def test_employer_new_when_signed_out_leads_to_the_log_in(client: Client, db: None) -> None:
    assert client.get(reverse("employer_new")).url.startswith(reverse("account_login"))


def test_employer_new_when_posted_makes_it_and_opens_its_dashboard(client: Client, db: None) -> None:
    person = UserFactory()
    client.force_login(person)
    assert client.get(reverse("employer_new")).status_code == 200
    response = client.post(reverse("employer_new"), {"name": "Tidewater Labs"})
    assert response.url == reverse("dashboard", args=["tidewater-labs"])
    assert membership_of(person).role == Role.ADMIN


def test_employer_new_when_the_name_is_blank_says_so(client: Client, db: None) -> None:
    client.force_login(UserFactory())
    response = client.post(reverse("employer_new"), {"name": "  "})
    assert "This field is required." in response.content.decode()
    assert not Employer.objects.exists()


# --- the company profile -----------------------------------------------------------------
PROFILE = {
    "name": "Lumen Robotics GmbH",
    "tagline": "Robots that help",
    "about": "<b>We</b> build robots.",
    "website": "lumen.example",
    "headquarters": "Berlin, Germany",
}


def test_company_profile_when_an_admin_saves_keeps_it(as_alice: Client, employer: Employer) -> None:
    address = reverse("company_profile", args=[employer.slug])
    response = as_alice.post(address, PROFILE)
    assert response.url == address
    employer.refresh_from_db()
    assert (employer.name, employer.slug) == ("Lumen Robotics GmbH", "lumen-robotics")
    assert employer.website == "https://lumen.example"
    assert "&lt;b&gt;We&lt;/b&gt;" in as_alice.get(address).content.decode()


@pytest.mark.parametrize("who", ["as_rita", "as_bob"])
def test_company_profile_when_no_admin_can_be_read_but_not_saved(
    request: pytest.FixtureRequest, employer: Employer, who: str
) -> None:
    client = request.getfixturevalue(who)
    address = reverse("company_profile", args=[employer.slug])
    assert 'name="tagline"' not in client.get(address).content.decode()
    response = client.post(address, PROFILE)
    assert response.status_code == 403
    assert "role Admin" in response.content.decode()
    employer.refresh_from_db()
    assert employer.name == "Lumen Robotics"


def test_company_profile_when_something_is_wrong_keeps_what_was_typed_and_saves_nothing(
    as_alice: Client, employer: Employer
) -> None:
    address = reverse("company_profile", args=[employer.slug])
    response = as_alice.post(address, {**PROFILE, "name": "Typed name", "website": "not a website"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="id_website_error"' in page
    assert all(f'value="{value}"' in page for value in ("Typed name", "not a website", "Robots that help"))
    assert "<title>Company profile · Lumen Robotics · Purpose Jobs</title>" in page
    employer.refresh_from_db()
    assert employer.name == "Lumen Robotics"


# --- the team ----------------------------------------------------------------------------
def test_team_when_listed_shows_everybody_of_this_employer_only(as_bob: Client, alice: User, charlie: User) -> None:
    page = as_bob.get(reverse("team", args=["lumen-robotics"])).content.decode()
    assert "alice@example.com" in page
    assert "bob@example.com" in page
    assert "charlie@example.com" not in page


def test_team_when_it_grows_asks_no_more_queries(
    as_alice: Client, employer: Employer, django_assert_max_num_queries: Any
) -> None:
    as_alice.get(reverse("team", args=[employer.slug]))  # the first visit also remembers the employer
    for _ in range(12):
        MembershipFactory(employer=employer)
    with django_assert_max_num_queries(7):
        as_alice.get(reverse("team", args=[employer.slug]))


def test_member_role_when_the_role_is_unknown_changes_nothing(as_alice: Client, bob: User) -> None:
    address = reverse("member_role", args=["lumen-robotics", membership_of(bob).pk])
    response = as_alice.post(address, {"role": "owner"})
    assert said(response) == ["Choose one of the roles in the list."]
    assert membership_of(bob).role == Role.VIEWER


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_team_changes_when_it_is_the_last_admin_say_what_to_do(as_alice: Client, alice: User, name: str) -> None:
    address = reverse(name, args=["lumen-robotics", membership_of(alice).pk])
    response = as_alice.post(address, {"role": Role.VIEWER})
    assert said(response) == [f"{alice} is the only admin. Make somebody else an admin first."]
    assert membership_of(alice).role == Role.ADMIN


def test_member_remove_when_an_admin_leaves_leads_out_of_the_employer(as_alice: Client, alice: User) -> None:
    MembershipFactory(employer=membership_of(alice).employer, role=Role.ADMIN)
    response = as_alice.post(reverse("member_remove", args=["lumen-robotics", membership_of(alice).pk]))
    assert response.url == reverse("home")
    assert as_alice.get(reverse("team", args=["lumen-robotics"])).status_code == 404
