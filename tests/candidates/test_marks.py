"""Skip ✕ and bookmark ♡: one recruiter's own, with *Undo*."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Employer, Membership, User
from candidates.marks import marks_of, set_mark
from candidates.models import Candidate, Mark, MarkKind
from tests.factories import ApplicationFactory, HiddenFromFactory, JobFactory, MembershipFactory, ProfileFactory

BACK = "/employers/lumen-robotics/applicants/"


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    candidate: Candidate = ProfileFactory(candidate__first_name="Ada", candidate__last_name="Lovelace").candidate
    return candidate


def _address(candidate: Candidate) -> str:
    return f"/employers/lumen-robotics/candidates/{candidate.key}/mark/"


def _kind(user: User) -> str:
    return Mark.objects.filter(membership__user=user).values_list("kind", flat=True).first() or ""


def test_mark_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate) -> None:
    page, asked = _address(ada), {"kind": "skipped"}
    assert "/accounts/login/" in client.post(page, asked)["Location"]
    assert as_charlie.post(page, asked).status_code == 404
    assert as_bob.post(page, asked).status_code == 403
    assert as_rita.get(page).status_code == 405
    assert as_rita.post(page, {"kind": "adored"}).status_code == 400
    assert not Mark.objects.exists()
    assert as_rita.post(page, asked)["Location"] == f"/employers/lumen-robotics/candidates/{ada.key}/"
    assert Mark.objects.get().kind == MarkKind.SKIPPED


def test_mark_of_somebody_hidden_is_as_of_nobody_and_of_an_applicant_tells_what_they_wrote(
    as_rita: Client, employer: Employer, ada: Candidate
) -> None:
    HiddenFromFactory(profile=ada.profile, name=employer.name)
    assert as_rita.post(_address(ada), {"kind": "skipped"}).status_code == 404
    ApplicationFactory(candidate=ada, job=JobFactory(employer=employer), first_name="A", last_name="King")
    text = as_rita.post(_address(ada), {"kind": "skipped", "next": BACK}, follow=True).text
    assert "Skipped A King." in text
    assert "Skipped Ada Lovelace" not in text


def test_undo_brings_back_what_it_was_and_leads_back(as_rita: Client, rita: User, ada: Candidate) -> None:
    as_rita.post(_address(ada), {"kind": "bookmarked"})
    away = "https://elsewhere.example/"
    answer = as_rita.post(_address(ada), {"kind": "skipped", "next": BACK, "after_skip": away})
    assert "elsewhere" not in answer["Location"]
    text = as_rita.get(BACK).text
    assert "Skipped Ada Lovelace." in text
    assert 'name="kind" value="bookmarked"><button class="btn-undo"' in text
    assert as_rita.post(_address(ada), {"kind": "bookmarked", "next": BACK})["Location"] == BACK
    assert _kind(rita) == "bookmarked"
    assert as_rita.post(_address(ada), {"kind": "", "next": BACK})["Location"] == BACK
    assert _kind(rita) == ""


def test_a_name_of_markup_stays_text_in_the_message(as_rita: Client, employer: Employer) -> None:
    bobby = ProfileFactory(candidate__first_name="<b>Bobby</b>").candidate
    text = as_rita.post(_address(bobby), {"kind": "skipped", "next": BACK}, follow=True).text
    assert "&lt;b&gt;Bobby&lt;/b&gt;" in text
    assert "<b>Bobby" not in text


def test_mark_in_the_page_answers_with_the_buttons_and_the_message(as_rita: Client, ada: Candidate) -> None:
    answer = as_rita.post(_address(ada), {"kind": "bookmarked", "next": BACK}, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<form class="marks"')
    assert 'value="" aria-pressed="true" title="Bookmark"' in answer.text, "pressed once more, it is taken back"
    assert f'hx-target="#marks-{ada.key}"' in answer.text
    assert 'hx-swap-oob="true"' in answer.text


def test_marks_are_each_recruiters_own(employer: Employer, ada: Candidate) -> None:
    mine, hers = MembershipFactory(employer=employer), MembershipFactory(employer=employer)
    assert set_mark(mine, ada, MarkKind.SKIPPED) is None
    assert set_mark(mine, ada, MarkKind.BOOKMARKED) == MarkKind.SKIPPED
    assert marks_of(mine, [ada.pk]) == {ada.pk: "bookmarked"}
    assert marks_of(hers, [ada.pk]) == {}


@pytest.mark.django_db(transaction=True)
def test_marks_when_pressed_many_times_at_once_are_one(employer: Employer, ada: Candidate) -> None:
    membership: Membership = MembershipFactory(employer=employer)

    def press(kind: MarkKind) -> None:
        set_mark(membership, ada, kind)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, [MarkKind.SKIPPED, MarkKind.BOOKMARKED] * 4))
    assert Mark.objects.count() == 1
