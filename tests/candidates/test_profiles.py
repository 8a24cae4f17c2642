"""Who may be seen by whom."""

import pytest

from accounts.models import Employer
from candidates.models import HiddenFrom, Profile, TermKind, company_key
from candidates.vocabulary import terms_named
from tests.factories import EmployerFactory, ProfileFactory


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Lumen Robotics GmbH", "lumenrobotics"),
        ("  lumen   ROBOTICS, Inc. ", "lumenrobotics"),
        ("https://www.lumen-robotics.com/jobs?x=1", "lumenrobotics"),
        ("lumen-robotics.co.uk", "lumenrobotics"),
        ("careers.lumen-robotics.com", "lumenrobotics"),
        ("Société Générale SA", "societegenerale"),
        ("https://müller.de/karriere", "muller"),
        ("xn--mller-kva.de", "muller"),
        ("https://www.linkedin.com/company/lumen-robotics-gmbh/about/", "lumenrobotics"),
        ("lumen-robotics.com.", "lumenrobotics"),
        ("Co", "co"),
        ("株式会社ルーメン", "株式会社ルーメン"),
        ("…", ""),
    ],
)
def test_a_company_is_the_same_however_it_is_written(written: str, key: str) -> None:
    assert company_key(written) == key


def hide(profile: Profile, name: str) -> None:
    HiddenFrom.objects.create(profile=profile, name=name, key=company_key(name))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Lumen Robotics", "lumen robotics gmbh", "www.lumen.example"])
def test_a_person_is_invisible_to_the_companies_they_hide_from(name: str) -> None:
    lumen: Employer = EmployerFactory(name="Lumen Robotics", slug="lumen-7", website="https://lumen.example/")
    other: Employer = EmployerFactory(name="Halcyon")
    profile: Profile = ProfileFactory()
    hide(profile, name)
    assert list(Profile.objects.visible_to(lumen)) == []
    assert list(Profile.objects.visible_to(other)) == [profile]


@pytest.mark.django_db
def test_a_person_who_is_not_listed_is_visible_to_nobody(employer: Employer) -> None:
    ProfileFactory(is_listed=False)
    assert not Profile.objects.visible_to(employer).exists()


@pytest.mark.django_db
def test_terms_are_shared_whatever_their_case_and_fixed_lists_take_no_new_ones() -> None:
    first, second = terms_named(TermKind.SKILL, ["Python", " react  native "]), terms_named(TermKind.SKILL, ["PYTHON"])
    assert [term.name for term in first] == ["Python", "react native"]
    assert second == first[:1]
    assert [t.name for t in terms_named(TermKind.VALUE, ["open source", "World domination"])] == ["Open source"]
