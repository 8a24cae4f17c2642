"""*Share with Team* and *Copy Candidate Link*: for the team alone, while the person is not hidden, each once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import Employer, Membership, User
from candidates import sharing, sharing_letters
from candidates.models import (
    Activity,
    Application,
    Candidate,
    CandidateLink,
    Notice,
    ProfileAccess,
    Share,
    SharedWith,
)
from tests.factories import ApplicationFactory, HiddenFromFactory, JobFactory, ProfileFactory

BASE = "/employers/lumen-robotics/candidates/"


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    candidate: Candidate = ProfileFactory(candidate__first_name="Ada", candidate__last_name="Lovelace").candidate
    return candidate


@pytest.fixture
def to_bob(employer: Employer, bob: User) -> Membership:
    return Membership.objects.get(user=bob, employer=employer)


def _page(candidate: Candidate, what: str) -> str:
    return f"{BASE}{candidate.key}/{what}/"


def _share(client: Client, candidate: Candidate, to: Membership, **values: Any) -> Any:
    asked = {"to": [to.pk], "note": "Look at her engines.", "key": str(uuid4()), **values}
    return client.post(_page(candidate, "share"), asked)


def test_share_and_link_by_role(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate, to_bob: Membership
) -> None:
    link = sharing.make_link(employer=to_bob.employer, candidate=ada, by=to_bob.user)
    for address in (_page(ada, "share"), _page(ada, "link"), _page(ada, f"link/{link.pk}/revoke")):
        assert "/accounts/login/" in client.post(address)["Location"]
        assert as_charlie.post(address).status_code == 404
        assert as_bob.post(address).status_code == 403
        assert as_rita.post(address).status_code in (200, 302)
    shared = f"{BASE}shared/"
    assert client.get(shared).status_code == 302
    assert as_charlie.get(shared).status_code == 404
    assert as_bob.get(shared).status_code == 200


def test_share_is_told_by_letter_notice_list_and_timeline(
    as_rita: Client,
    as_bob: Client,
    rita: User,
    ada: Candidate,
    to_bob: Membership,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as woken:
        answer = _share(as_rita, ada, to_bob)
    assert answer["Location"] == f"{BASE}{ada.key}/"
    assert len(woken) == 1
    share = Share.objects.get()
    assert sharing_letters.owed() == [share.pk]
    sharing_letters.write(share.pk)
    sharing_letters.write(share.pk)
    [letter] = mail.outbox
    assert letter.to == ["bob@example.com"]
    assert "Ada" not in letter.subject
    assert f"{rita} of Lumen Robotics shared Ada Lovelace with you" in letter.body
    assert "Look at her engines." in letter.body
    assert f"{BASE}{ada.key}/" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert Notice.objects.get().membership == to_bob
    assert "Look at her engines." in as_bob.get(f"{BASE}shared/").text
    assert Activity.objects.get().text == f"Shared with {to_bob.user}"
    assert ProfileAccess.objects.get(kind="shared").user == rita


@pytest.mark.parametrize("leaves", [True, False], ids=["left the team", "locked out"])
def test_share_when_its_only_colleague_is_gone_then_no_letter_is_owed(
    rita: User, ada: Candidate, to_bob: Membership, leaves: bool
) -> None:
    given: dict[str, Any] = {"employer": to_bob.employer, "candidate": ada, "by": rita}
    sharing.share_with_team(**given, to=[to_bob], note="", key=uuid4())
    if leaves:
        to_bob.delete()
    else:
        User.objects.filter(pk=to_bob.user_id).update(is_active=False)
    assert sharing_letters.owed() == []


def test_share_without_anybody_or_with_strangers_is_refused(
    as_rita: Client, ada: Candidate, charlie: User, rita: User, to_bob: Membership
) -> None:
    for member in (charlie.memberships.get(), rita.memberships.get()):
        assert "not one of the available choices" in _share(as_rita, ada, member).text
    text = as_rita.post(_page(ada, "share"), {"key": str(uuid4()), "note": "For nobody"}).text
    assert "Choose at least one colleague." in text
    assert "For nobody" in text
    assert not Share.objects.exists()


def test_a_name_with_line_breaks_adds_no_header(ada: Candidate, rita: User, to_bob: Membership) -> None:
    Employer.objects.update(name="Lumen\r\nBcc: all@example.com")
    Candidate.objects.update(first_name="Ada\nBcc: x@example.com")
    to_bob.refresh_from_db()
    sharing.share_with_team(
        employer=to_bob.employer, candidate=Candidate.objects.get(), by=rita, to=[to_bob], note="", key=uuid4()
    )
    sharing_letters.write(Share.objects.get().pk)
    assert mail.outbox[0].bcc == []
    assert "\n" not in mail.outbox[0].subject


def test_shared_list_when_somebody_hides_while_it_is_read_then_they_are_left_out(
    as_bob: Client, rita: User, ada: Candidate, to_bob: Membership
) -> None:
    sharing.share_with_team(employer=to_bob.employer, candidate=ada, by=rita, to=[to_bob], note="", key=uuid4())

    def hide(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_asking_for_names = 'FROM "candidates_application"' in sql and "candidates_sharedwith" not in sql
        if is_asking_for_names and not ada.profile.hidden_from.exists():
            HiddenFromFactory(profile=ada.profile)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hide):
        answer = as_bob.get(f"{BASE}shared/")
    assert answer.status_code == 200
    assert "Ada" not in answer.text


def test_who_hides_meanwhile_is_in_no_letter_list_notice_or_link(
    as_bob: Client, rita: User, ada: Candidate, to_bob: Membership
) -> None:
    employer = to_bob.employer
    given: dict[str, Any] = {"employer": employer, "candidate": ada, "by": rita}
    share = sharing.share_with_team(**given, to=[to_bob], note="", key=uuid4())
    link = sharing.make_link(**given)
    assert as_bob.get(link.get_absolute_url())["Location"] == f"{BASE}{ada.key}/"
    HiddenFromFactory(profile=ada.profile)
    sharing_letters.write(share.pk)
    assert mail.outbox == []
    assert "Ada" not in as_bob.get(f"{BASE}shared/").text
    assert as_bob.get(link.get_absolute_url()).status_code == 404
    assert not Notice.objects.shown_to(to_bob).exists()
    with pytest.raises(sharing.NotKnown):
        sharing.share_with_team(**given, to=[to_bob], note="", key=uuid4())
    for by in [to_bob.user, rita]:  # who has a link already
        with pytest.raises(sharing.NotKnown):
            sharing.make_link(employer=employer, candidate=ada, by=by)


def test_an_applicant_who_hides_is_shared_under_the_name_of_the_application(
    as_bob: Client, rita: User, ada: Candidate, to_bob: Membership
) -> None:
    ApplicationFactory(candidate=ada, job=JobFactory(employer=to_bob.employer), first_name="A", last_name="King")
    HiddenFromFactory(profile=ada.profile)
    share = sharing.share_with_team(employer=to_bob.employer, candidate=ada, by=rita, to=[to_bob], note="", key=uuid4())
    sharing_letters.write(share.pk)
    assert "A King" in mail.outbox[0].body
    assert "A King" in as_bob.get(f"{BASE}shared/").text
    assert not ProfileAccess.objects.exists()


def test_link_opens_for_the_team_alone_until_it_is_revoked(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    text = as_rita.post(_page(ada, "link"), follow=True).text
    link = CandidateLink.objects.get()
    assert f'readonly value="https://jobs.example/c/{link.key}/"' in text
    address = link.get_absolute_url()
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    assert as_charlie.get(address).status_code == 404
    assert as_bob.get(address)["Location"] == f"{BASE}{ada.key}/"
    assert "Links for your team" not in as_bob.get(f"{BASE}{ada.key}/").text
    assert as_rita.post(_page(ada, f"link/{link.pk}/revoke"))["Location"].endswith("#candidate-links")
    assert as_bob.get(address).status_code == 404
    assert [row.kind for row in Activity.objects.order_by("pk")] == ["link_copied", "link_revoked"]


def test_link_in_the_page_answers_with_the_list_and_what_a_script_copies(as_rita: Client, ada: Candidate) -> None:
    answer = as_rita.post(_page(ada, "link"), headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="candidate-links">')
    assert len(re.findall("data-copy-now", answer.text)) == 1


def test_link_of_another_person_is_not_revoked_from_here(as_rita: Client, employer: Employer, ada: Candidate) -> None:
    other = sharing.make_link(
        employer=employer, candidate=ProfileFactory().candidate, by=employer.memberships.get().user
    )
    assert as_rita.post(_page(ada, f"link/{other.pk}/revoke")).status_code == 404
    assert CandidateLink.objects.live().exists()


@pytest.mark.django_db(transaction=True)
def test_share_and_link_when_pressed_at_once_are_made_once(rita: User, ada: Candidate, to_bob: Membership) -> None:
    given: dict[str, Any] = {"employer": to_bob.employer, "candidate": ada, "by": rita}
    key = uuid4()

    def press(_: int) -> None:
        sharing.share_with_team(**given, to=[to_bob], note="", key=key)
        sharing.make_link(**given)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    assert Share.objects.count() == SharedWith.objects.count() == CandidateLink.objects.count() == 1
    assert Activity.objects.count() == 2


def test_shared_with_me_costs_the_same_for_one_and_for_thirty(
    as_bob: Client, rita: User, to_bob: Membership, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        profile = ProfileFactory()
        sharing.share_with_team(
            employer=to_bob.employer, candidate=profile.candidate, by=rita, to=[to_bob], note="", key=uuid4()
        )
    as_bob.get(f"{BASE}shared/")
    with django_assert_max_num_queries(12):
        as_bob.get(f"{BASE}shared/")


def test_deleting_the_person_takes_shares_and_links_along(rita: User, ada: Candidate, to_bob: Membership) -> None:
    given: dict[str, Any] = {"employer": to_bob.employer, "candidate": ada, "by": rita}
    sharing.share_with_team(**given, to=[to_bob], note="", key=uuid4())
    sharing.make_link(**given)
    ada.delete()
    assert not Share.objects.exists()
    assert not CandidateLink.objects.exists()
    assert not Application.objects.exists()
