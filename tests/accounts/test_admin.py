"""The operators' view."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, Membership, Role, User
from tests.factories import JobFactory, MembershipFactory


@pytest.fixture
def as_operator(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator@example.com", "purpose-demo"))
    return client


def test_admin_when_signed_out_leads_through_our_own_log_in(client: Client, db: None) -> None:
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "<h1>Log in</h1>" in response.content.decode()


def test_admin_when_a_member_is_no_operator_denies(as_alice: Client) -> None:
    assert as_alice.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("model", ["user", "employer", "membership"])
def test_admin_lists_when_searched_open(as_operator: Client, alice: User, model: str) -> None:
    MembershipFactory()
    address = reverse(f"admin:accounts_{model}_changelist")
    assert as_operator.get(address, {"q": "alice"}).context["cl"].result_count == 1


@pytest.mark.parametrize("model", ["user", "employer", "membership"])
def test_admin_lists_when_they_grow_ask_no_more_queries(
    as_operator: Client, django_assert_max_num_queries: Any, model: str
) -> None:
    MembershipFactory.create_batch(8)
    with django_assert_max_num_queries(9):
        as_operator.get(reverse(f"admin:accounts_{model}_changelist"))


def test_admin_when_a_person_is_added_needs_no_user_name(as_operator: Client) -> None:
    words = {
        "email": "New.Person@Example.com",
        "first_name": "New",
        "last_name": "Person",
        "usable_password": "true",
        "password1": "a tidy workbench",
        "password2": "a tidy workbench",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    response = as_operator.post(reverse("admin:accounts_user_add"), words)
    assert response.status_code == 302
    assert User.objects.get(email="new.person@example.com").check_password("a tidy workbench")


@pytest.mark.parametrize("model", ["user", "employer", "membership"])
def test_admin_forms_when_opened_show(as_operator: Client, alice: User, model: str) -> None:
    membership = Membership.objects.get(user=alice)
    pk = {"user": alice.pk, "employer": membership.employer_id, "membership": membership.pk}[model]
    assert as_operator.get(reverse(f"admin:accounts_{model}_change", args=[pk])).status_code == 200
    assert as_operator.get(reverse(f"admin:accounts_{model}_add")).status_code == 200


def test_employers_when_listed_then_members_and_jobs_are_counted_apart(as_operator: Client, employer: Employer) -> None:
    MembershipFactory.create_batch(2, employer=employer)
    JobFactory.create_batch(3, employer=employer)
    address = reverse("admin:accounts_employer_changelist")
    html = as_operator.get(address, {"o": "-3.-4"}).text
    assert '<td class="field-members_count">2</td><td class="field-jobs_count">3</td>' in html
    Employer.objects.create(name="Nobody yet", slug="nobody-yet")
    assert '<td class="field-members_count">0</td><td class="field-jobs_count">0</td>' in as_operator.get(address).text


def change(client: Client, membership: Membership, **changes: Any) -> Any:
    words = {"user": membership.user_id, "employer": membership.employer_id, "role": membership.role, **changes}
    return client.post(reverse("admin:accounts_membership_change", args=[membership.pk]), words)


def test_admin_when_the_last_admin_is_demoted_moved_or_deleted_refuses(as_operator: Client, alice: User) -> None:
    membership = Membership.objects.get(user=alice)
    elsewhere = MembershipFactory().employer
    delete = as_operator.post(reverse("admin:accounts_membership_delete", args=[membership.pk]), {"post": "yes"})
    assert "only admin" in change(as_operator, membership, role=Role.VIEWER).content.decode()
    assert "only admin" in change(as_operator, membership, employer=elsewhere.pk).content.decode()
    assert delete.status_code == 403
    membership.refresh_from_db()
    assert (membership.role, membership.employer.slug) == (Role.ADMIN, "lumen-robotics")


def test_admin_when_another_admin_remains_may_demote(as_operator: Client, alice: User) -> None:
    membership = Membership.objects.get(user=alice)
    MembershipFactory(employer=membership.employer, role=Role.ADMIN)
    assert change(as_operator, membership, role=Role.VIEWER).status_code == 302
    membership.refresh_from_db()
    assert membership.role == Role.VIEWER
