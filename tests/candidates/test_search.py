"""Whom a search finds and in which order: the same on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Employer, Membership
from candidates import search
from candidates.activity import record
from candidates.marks import set_mark
from candidates.models import ActivityKind, DocumentText, MarkKind, Profile
from candidates.search import Query, index
from tests.factories import CandidateFactory, DocumentFactory, MembershipFactory, ProfileFactory


@pytest.fixture
def member(employer: Employer) -> Membership:
    row: Membership = MembershipFactory(employer=employer)
    return row


def join(first_name: str, *, days_ago: int = 10, resume: str = "", **said: Any) -> Profile:
    candidate = CandidateFactory(first_name=first_name, last_name="Berg")
    if resume:
        said["resume"] = DocumentFactory(candidate=candidate)
        DocumentText.objects.create(document=said["resume"], text=resume)
    profile: Profile = ProfileFactory(candidate=candidate, **said)
    Profile.objects.filter(pk=profile.pk).update(joined_at=timezone.now() - timedelta(days=days_ago))
    return profile


@pytest.fixture
def network(employer: Employer) -> dict[int, str]:
    """Five people, by profile; in what is expected of them, ! stands behind who must come first."""
    people = [
        join(
            "Ada",
            days_ago=400,
            current_title="Firmware Engineer",
            skills=["C++", "Rust", "Python"],
            locations=["Berlin, Germany"],
            level="senior",
            years=9,
            salary_min=70_000,
            salary_currency="EUR",
            search_state="active",
            values=["Small team"],
        ),
        join("Bo", days_ago=3, current_title="Product Designer", skills=["Figma"], resume="I once wrote firmware"),
        join("Cy", days_ago=20, current_title="Head of Design", skills=["Figma", "Python"], years=15, level="lead"),
        join("Di", days_ago=2, skills=["Rust"], salary_min=90_000, salary_currency="EUR", locations=["New York"]),
        join("Ed", days_ago=1, skills=["Go"], salary_min=60_000, salary_currency="USD", remote="only", years=0),
    ]
    index.refresh(profile.pk for profile in people)
    return {profile.pk: profile.candidate.first_name for profile in people}


def names(member: Membership, network: dict[int, str], address: str) -> list[str]:
    return [network[pk] for pk in search.find(member, Query.of(QueryDict(address))).profile_ids]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sort=newest", "Ed Di Bo Cy Ada"),
        ("q=firmware", "Ada! Bo"),  # in the title before in the résumé
        ("q=designing", "Bo Cy"),
        ("q=firmware -designer", "Ada"),
        ('q="head of design"', "Cy"),
        ('q="design head"', ""),
        ("q=firmware OR head", "Ada Bo Cy"),
        ("q=C%2B%2B", "Ada"),
        ("q=berg the", "Ada Bo Cy Di Ed"),
        ("q=-berg", ""),
        ("skills=python, RUST, c%2B%2B", "Ada! Cy Di"),  # three of three, although the oldest
        ("skills=python,rust&match=all", "Ada"),
        ("skills=python,basket weaving&match=all", ""),
        ("skills=basket weaving", ""),
        ("skills=python,rust&locations=nowhere", ""),
        ("locations=berlin", "Ada"),
        ("locations=york", "Di"),
        ("value=Small team", "Ada"),
        ("level=senior&level=lead", "Ada Cy"),
        ("years_min=9", "Ada Cy"),
        ("years_max=5", "Ed"),
        ("salary=75000&currency=EUR", "Ada Bo Cy"),  # who said nothing, too; another currency not
        ("state=active", "Ada"),
        ("remote=on_site", "Ada Bo Cy Di"),
        ("joined=7", "Bo Di Ed"),
        ("skills=python,rust&q=firmware&locations=berlin&level=senior&state=active&salary=80.000", "Ada"),
    ],
)
def test_find_when_asked_finds_exactly_these(
    member: Membership, network: dict[int, str], address: str, expected: str
) -> None:
    found = names(member, network, address)
    assert sorted(found) == sorted(expected.replace("!", "").split())
    if "!" in expected:
        assert found[0] == expected.partition("!")[0]


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "*",
        "a*",
        "NEAR(",
        "^",
        "(a OR",
        "'); --",
        "headline:x",
        "-",
        "OR",
        "{a b}",
        "\\",
        "🚀",
        "é" * 300,
        "\x00",
    ],
)
def test_find_when_anything_is_typed_does_not_fail(member: Membership, network: dict[int, str], text: str) -> None:
    query = QueryDict(mutable=True)
    query.setlist("q", [text])
    query.setlist("skills", [text, text + ",python"])
    query.setlist("salary", [text])
    for name in ("level", "sort", "joined", "currency", "job", "years_min", "locations"):
        query.setlist(name, [text])
    search.find(member, Query.of(query))


def test_query_when_written_as_an_address_is_read_back_the_same() -> None:
    address = (
        'q="head of" -x&skills=Go, C%2B%2B&match=all&locations=Berlin&remote=remote&level=lead&years_min=1&years_max=9'
        "&salary=80000&currency=USD&value=Small team&state=open&uncontacted=1&outside=1&joined=30&sort=newest&job=7"
    )
    query = Query.of(QueryDict(address))
    assert Query.of(QueryDict(query.address)) == query
    assert query.is_narrow
    assert Query.of(QueryDict("sort=worst&level=god&page=2")) == Query()


def test_find_leaves_out_whom_the_employer_wrote_to(member: Membership, network: dict[int, str]) -> None:
    ada = Profile.objects.get(candidate__first_name="Ada")
    record(employer=member.employer, candidate=ada.candidate, kind=ActivityKind.EMAILED, text="E-mailed")
    assert "Ada" not in names(member, network, "uncontacted=1")
    assert "Ada" in names(MembershipFactory(), network, "uncontacted=1")


def test_marks_are_the_members_own(member: Membership, network: dict[int, str]) -> None:
    people = {one.candidate.first_name: one.candidate for one in Profile.objects.select_related("candidate")}
    set_mark(member, people["Bo"], MarkKind.SKIPPED)
    for name in ("Cy", "Ada"):
        set_mark(member, people[name], MarkKind.BOOKMARKED)
    assert names(member, network, "sort=newest") == ["Ed", "Di", "Cy", "Ada"]
    assert search.find(member, Query()).skipped_count == 1
    assert names(member, network, "sort=skipped") == ["Bo"]
    assert names(member, network, "sort=bookmarked") == ["Ada", "Cy"]
    assert len(names(MembershipFactory(employer=member.employer), network, "")) == 5


def test_neighbours_are_those_of_the_list_also_of_somebody_just_skipped(
    member: Membership, network: dict[int, str]
) -> None:
    di = Profile.objects.get(candidate__first_name="Di").candidate
    query = Query.of(QueryDict("sort=newest"))
    for _ in range(2):
        before, after = search.neighbours(member, query, di)
        assert [one.first_name for one in (before, after) if one] == ["Ed", "Bo"]
        set_mark(member, di, MarkKind.SKIPPED)
    assert search.neighbours(member, Query.of(QueryDict("q=firmware")), di) == (None, None)


def test_find_when_there_are_more_than_it_puts_in_order_says_so(
    member: Membership, network: dict[int, str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("candidates.search.finding.MOST", 2)
    results = search.find(member, Query.of(QueryDict("skills=python,rust")))
    assert results.is_cut
    assert [network[pk] for pk in results.profile_ids][0] == "Ada"
