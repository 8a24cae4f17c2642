"""Hidden means hidden everywhere: every page about people, found from the addresses themselves."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates import activity, sharing, sourcing
from candidates.marks import set_mark
from candidates.models import (
    AccessKind,
    Conversation,
    Direction,
    HiddenFrom,
    MarkKind,
    Message,
    NoticeKind,
    Profile,
    company_key,
)
from candidates.notices import notify
from candidates.search import index
from integrations.people import address_of
from tests.factories import DocumentFactory, JobFactory, ProfileFactory

pytestmark = pytest.mark.django_db
NAME = "Zebedee Quillfeather"
LISTS = ("candidates", "shared_with_me", "messages", "pipeline", "pipeline_csv", "applicants", "dashboard", "exports")


def addresses() -> Iterator[str]:
    """Every address of one person of an employer, whoever adds one."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif "candidates/<uuid:key>/" in str(pattern.pattern):
                yield str(pattern.name)

    yield from walk(get_resolver().url_patterns)


@pytest.fixture
def person(employer: Employer, alice: User, rita: User) -> Profile:
    """Somebody whom the team found, marked, shared, wrote to and picked for a job."""
    first, last = NAME.split()
    profile: Profile = ProfileFactory(candidate__first_name=first, candidate__last_name=last, skills=["Python"])
    candidate = profile.candidate
    profile.resume = DocumentFactory(candidate=candidate, filename=f"{NAME}.pdf")
    profile.save()
    index.refresh([profile.pk])
    admin = Membership.objects.get(user=alice)
    set_mark(admin, candidate, MarkKind.BOOKMARKED)
    sharing.share_with_team(employer=employer, candidate=candidate, by=rita, to=[admin], note="Look!", key=uuid4())
    sharing.make_link(employer=employer, candidate=candidate, by=alice)
    sourcing.source(employer=employer, candidate=candidate, job=JobFactory(employer=employer), by=alice)
    talk = Conversation.objects.create(
        employer=employer, candidate=candidate, membership=admin, written_at=timezone.now()
    )
    Message.objects.create(conversation=talk, direction=Direction.TO_CANDIDATE, author=alice, subject="Hello", text="?")
    activity.note_access(employer=employer, by=alice, candidates=[candidate], kind=AccessKind.OPENED)
    url = address_of(employer, candidate)
    notify(employer=employer, kind=NoticeKind.SHARED, text=f"See {NAME}", url=url, candidate=candidate)
    return profile


def hide(profile: Profile, how: str, employer: Employer) -> None:
    if how == "unlisted":
        Profile.objects.filter(pk=profile.pk).update(is_listed=False)
    else:
        HiddenFrom.objects.create(profile=profile, name=employer.name, key=company_key(employer.name))


def seen_in(client: Client, employer: Employer) -> list[str]:
    pages = {name: client.get(reverse(name, args=[employer.slug])) for name in (*LISTS, "notifications")}
    texts = {name: b"".join(page).decode() for name, page in pages.items()}
    return [name for name, text in texts.items() if NAME.split()[1] in text]


def test_a_person_when_visible_is_on_the_lists_that_are_checked_below(
    as_alice: Client, employer: Employer, person: Profile
) -> None:
    assert {"candidates", "shared_with_me", "messages", "pipeline", "pipeline_csv"} <= set(seen_in(as_alice, employer))
    assert as_alice.get(address_of(employer, person.candidate)).status_code == 200


@pytest.mark.parametrize("how", ["unlisted", "hidden"])
def test_a_person_when_hidden_is_on_no_list_and_behind_no_address(
    as_alice: Client, employer: Employer, person: Profile, how: str
) -> None:
    link = person.candidate.shared_links.get().get_absolute_url()
    hide(person, how, employer)
    assert seen_in(as_alice, employer) == []
    names = sorted(addresses())
    assert {"candidate", "candidate_mark", "candidate_link", "share_with_team", "send_email"} <= set(names)
    for name in names:
        more = [1] if name == "candidate_link_revoke" else []
        url = reverse(name, args=[employer.slug, person.candidate.key, *more])
        answers = [as_alice.get(url), as_alice.post(url, {"kind": "bookmarked", "text": "x"})]
        assert {answer.status_code for answer in answers} <= {404, 405}, name
    assert as_alice.get(link).status_code == 404
