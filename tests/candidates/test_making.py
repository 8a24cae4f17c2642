"""Many people at once: written in few statements, made up in any number, and never where real people are."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.models import Employer
from bench.meters import counted_statements
from candidates.demo.network import network
from candidates.making.person import Person
from candidates.making.variations import variations
from candidates.making.writing import Writer
from candidates.models import Candidate, Profile, ProfileTerm, ProfileText, TermKind


def somebody(email: str, *, hidden_from: tuple[str, ...] = ()) -> Person:
    names = {TermKind.SKILL: ["Python", "python ", "Welding"], TermKind.VALUE: ["Small team"]}
    return Person(email, "Ada", "Lovelace", {"years": 7}, names, list(hidden_from))


@pytest.mark.django_db
def test_add_then_they_are_as_told_found_by_search_and_hidden_from_whom_they_say(employer: Employer) -> None:
    hidden = somebody("b@example.org", hidden_from=(employer.name, employer.name.upper()))
    first, second = Writer().add([somebody("a@example.org"), hidden])
    assert (first.candidate.name, first.years) == ("Ada Lovelace", 7)
    assert sorted(first.terms.values_list("name", flat=True)) == ["Python", "Small team", "Welding"]
    assert "welding" in ProfileText.objects.get(profile=first).headline
    assert list(Profile.objects.visible_to(employer)) == [first]
    assert second.hidden_from.count() == 1


@pytest.mark.django_db
def test_add_when_one_is_known_already_then_nobody_is_written() -> None:
    Writer().add([somebody("a@example.org")])
    with pytest.raises(IntegrityError):
        Writer().add([somebody("b@example.org"), somebody("a@example.org")])
    assert Candidate.objects.count() == Profile.objects.count() == 1


@pytest.mark.django_db
def test_add_when_many_then_as_many_statements_as_for_a_few() -> None:
    people = network()
    writer = Writer()
    writer.add(people[:10])
    with counted_statements() as few:
        writer.add(list(variations(people[:10], count=10)))
    with counted_statements() as many:
        writer.add(list(variations(people[:10], count=40, first=10)))
    assert many.total <= few.total + 4  # SQLite takes a thousand values in a statement


def test_variations_when_the_seed_is_the_same_then_the_people_are_and_none_alike() -> None:
    people = network()
    made = list(variations(people, count=500, seed=7))
    assert made == list(variations(people, count=500, seed=7))
    assert made != list(variations(people, count=500, seed=8))
    assert len({each.email for each in made}) == 500
    assert len({each.name for each in made}) > 450
    assert all(each.email.endswith("@made.example") for each in made)


@pytest.mark.django_db
def test_make_candidates_when_run_twice_then_there_are_twice_as_many(settings: Any) -> None:
    settings.DEBUG = True
    out = io.StringIO()
    for _ in range(2):
        call_command("make_candidates", count=30, stdout=out)
    assert "Made 30 people of the network" in out.getvalue()
    assert Profile.objects.count() == ProfileText.objects.count() == 60
    assert ProfileTerm.objects.count() > 60 * 8


@pytest.mark.django_db
def test_make_candidates_when_real_people_may_be_there_then_refuses_but_for_the_flag(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="real people"):
        call_command("make_candidates", count=5)
    assert not Candidate.objects.exists()
    call_command("make_candidates", count=5, among_real_people=True, stdout=io.StringIO())
    assert Candidate.objects.count() == 5


def test_make_candidates_when_the_count_is_none_then_says_so() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("make_candidates", count=0)
