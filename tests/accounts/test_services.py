"""Employers get an address of their own, and always keep somebody who can administer them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import Employer, Membership, Role, User
from tests.factories import EmployerFactory, MembershipFactory, UserFactory


def membership_of(user: User) -> Membership:
    return Membership.objects.select_related("employer", "user").get(user=user)


def test_create_employer_when_called_makes_the_person_its_admin(db: None) -> None:
    person = UserFactory()
    employer = services.create_employer(name="  Lumen Robotics ", by=person)
    assert (employer.name, employer.slug) == ("Lumen Robotics", "lumen-robotics")
    assert membership_of(person).role == Role.ADMIN


def test_create_employer_when_the_slug_is_taken_adds_the_next_free_number(db: None) -> None:
    for slug in ("acme", "acme-2", "acme-robotics"):
        EmployerFactory(slug=slug)
    assert services.create_employer(name="Acme", by=UserFactory()).slug == "acme-3"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("New", "new-2"),
        ("Admin", "admin-2"),
        ("株式会社", "company"),
        ("—!", "company"),
        ("Großmann & Söhne", "gromann-sohne"),
        ("x" * 200, "x" * 60),
    ],
)
def test_create_employer_when_the_name_is_odd_still_gives_a_usable_slug(db: None, name: str, slug: str) -> None:
    assert services.create_employer(name=name, by=UserFactory()).slug == slug


def test_create_employer_when_hundreds_share_a_name_finds_a_slug_in_a_few_queries(db: None) -> None:
    Employer.objects.bulk_create(Employer(name="Acme", slug=f"acme-{number}") for number in range(2, 300))
    EmployerFactory(slug="acme")
    person = UserFactory()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        employer = services.create_employer(name="Acme", by=person)
    assert employer.slug == "acme-300"
    assert len(queries) < 10


def test_create_employer_when_somebody_takes_the_slug_meanwhile_takes_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    EmployerFactory(slug="acme")
    monkeypatch.setattr(Employer.objects, "filter", lambda **_words: Employer.objects.none())  # the stale reading
    assert services.create_employer(name="Acme", by=UserFactory()).slug == "acme-2"


def test_change_role_when_another_admin_remains_changes_it(alice: User, rita: User) -> None:
    services.change_role(membership=membership_of(rita), role=Role.ADMIN)
    services.change_role(membership=membership_of(alice), role=Role.VIEWER)
    assert (membership_of(rita).role, membership_of(alice).role) == (Role.ADMIN, Role.VIEWER)


def test_change_role_when_it_is_the_last_admin_refuses(alice: User, rita: User) -> None:
    with pytest.raises(services.LastAdmin):
        services.change_role(membership=membership_of(alice), role=Role.RECRUITER)
    assert membership_of(alice).role == Role.ADMIN


def test_change_role_when_the_last_admin_stays_admin_is_harmless(alice: User) -> None:
    services.change_role(membership=membership_of(alice), role=Role.ADMIN)
    assert membership_of(alice).role == Role.ADMIN


def test_change_role_when_only_another_employer_has_a_second_admin_refuses(alice: User, charlie: User) -> None:
    with pytest.raises(services.LastAdmin):
        services.change_role(membership=membership_of(alice), role=Role.VIEWER)


def test_remove_member_when_it_is_the_last_admin_refuses(alice: User, bob: User) -> None:
    with pytest.raises(services.LastAdmin):
        services.remove_member(membership=membership_of(alice))
    assert membership_of(alice).is_admin


def test_remove_member_when_called_twice_is_harmless_and_keeps_the_person(alice: User, bob: User) -> None:
    membership = membership_of(bob)
    services.remove_member(membership=membership)
    services.remove_member(membership=membership)
    assert not Membership.objects.filter(user=bob).exists()
    assert User.objects.filter(pk=bob.pk).exists()


def _both_at_once(first: Callable[[], None], second: Callable[[], None]) -> list[BaseException | None]:
    def run(change: Callable[[], None]) -> None:
        try:
            change()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [future.exception() for future in [pool.submit(run, first), pool.submit(run, second)]]


@pytest.mark.django_db(transaction=True)
def test_change_role_when_two_admins_demote_each_other_at_once_keeps_one(monkeypatch: pytest.MonkeyPatch) -> None:
    both_checked, check = Barrier(2), services._refuse_last_admin

    def check_then_wait_for_the_other(membership: Membership) -> None:
        check(membership)
        with suppress(BrokenBarrierError):  # which is how it ends when the other has to wait for us
            both_checked.wait(timeout=1)

    monkeypatch.setattr(services, "_refuse_last_admin", check_then_wait_for_the_other)
    employer = EmployerFactory()
    one, two = (MembershipFactory(employer=employer, role=Role.ADMIN) for _ in range(2))
    outcomes = _both_at_once(
        lambda: services.change_role(membership=one, role=Role.VIEWER),
        lambda: services.remove_member(membership=two),
    )
    assert Membership.objects.filter(employer=employer, role=Role.ADMIN).count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastAdmin", "NoneType"]
