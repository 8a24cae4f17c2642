"""Notes of the team: theirs alone, escaped; who is named in one is told, once."""

import pytest
from django.test import Client

from accounts.models import Employer, Membership, User
from candidates.models import ActivityKind, Candidate, Note, Notice, NoticeKind, Profile
from candidates.notes import mentioned_in, write_note
from tests.factories import ApplicationFactory, JobFactory, MembershipFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    candidate: Candidate = ApplicationFactory(job=JobFactory(employer=employer)).candidate
    return candidate


def add(client: Client, candidate: Candidate, text: str = "Strong in control theory.", **given: object) -> int:
    address = f"/employers/lumen-robotics/candidates/{candidate.key}/notes/"
    return client.post(address, {"text": text, **given}).status_code


def page_of(client: Client, candidate: Candidate) -> str:
    return client.get(f"/employers/lumen-robotics/candidates/{candidate.key}/").content.decode()


def told(user: User) -> list[str]:
    rows = Notice.objects.filter(membership__user=user, kind=NoticeKind.MENTION).order_by("pk")
    return list(rows.values_list("url", flat=True))


def test_a_note_is_written_by_recruiters_and_read_by_members(
    client: Client, as_charlie: Client, as_bob: Client, as_rita: Client, rita: User, ada: Candidate
) -> None:
    assert (add(client, ada), add(as_charlie, ada), add(as_bob, ada), add(as_rita, ada)) == (302, 404, 403, 302)
    note = Note.objects.get()
    assert (note.author, note.candidate) == (rita, ada)
    assert "Strong in control theory." in page_of(as_bob, ada)
    assert rita.memberships.get().employer.activities.get().kind == ActivityKind.NOTED


def test_a_note_is_shown_as_it_was_written_and_runs_nothing(as_rita: Client, ada: Candidate) -> None:
    add(as_rita, ada, "<script>alert(1)</script>")
    page = page_of(as_rita, ada)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_notes_of_another_employer_are_not_there(as_charlie: Client, as_rita: Client, ada: Candidate) -> None:
    add(as_rita, ada)
    note = Note.objects.get()
    for address in (f"/employers/other/notes/{note.pk}/", f"/employers/other/notes/{note.pk}/delete/"):
        assert as_charlie.post(address, {"text": "x"}).status_code == 404
    ApplicationFactory(candidate=ada, job=JobFactory(employer=Employer.objects.get(slug="other")))
    assert "control theory" not in as_charlie.get(f"/employers/other/candidates/{ada.key}/").content.decode()


def test_an_empty_or_endless_note_is_refused(as_rita: Client, ada: Candidate) -> None:
    assert [add(as_rita, ada, text) for text in ("", "   ", "x" * 5001)] == [200, 200, 200]
    assert not Note.objects.exists()


def test_who_is_named_or_chosen_is_told_once(
    as_rita: Client, rita: User, alice: User, bob: User, ada: Candidate
) -> None:
    member = bob.memberships.get()
    add(as_rita, ada, f"@{alice.email} and @{rita.email} please look", called=[member.pk])
    note = Note.objects.get()
    [url] = told(alice)
    assert url == f"/employers/lumen-robotics/candidates/{ada.key}/#note-{note.pk}"
    assert (len(told(bob)), told(rita)) == (1, [])
    write_note(candidate=ada, by=rita.memberships.get(), text=f"Again @{alice.email}", note=note)
    assert len(told(alice)) == 1


def test_a_colleague_of_another_employer_cannot_be_called(as_rita: Client, charlie: User, ada: Candidate) -> None:
    assert add(as_rita, ada, f"@{charlie.email}") == 302
    assert add(as_rita, ada, "hello", called=[charlie.memberships.get().pk]) == 200
    assert told(charlie) == []


def test_names_are_read_as_people_write_them(employer: Employer) -> None:
    def member(first: str, last: str) -> Membership:
        made: Membership = MembershipFactory(employer=employer, user=UserFactory(first_name=first, last_name=last))
        return made

    ada, other_ada, grace = member("Ada", "Lovelace"), member("Ada", "Byron"), member("Grace", "Hopper")
    team = [ada, other_ada, grace]
    assert mentioned_in("@ada lovelace, what do you think?", team) == [ada]
    assert mentioned_in("(@Grace) and @Grace Hopper", team) == [grace]
    assert mentioned_in("@Ada?", team) == []
    assert mentioned_in("@Gracefully, grace@example.org, @nobody, @ Grace", team) == []


def test_the_author_changes_a_note_and_admins_delete_it(
    as_rita: Client, as_alice: Client, as_bob: Client, ada: Candidate
) -> None:
    add(as_rita, ada)
    address = f"/employers/lumen-robotics/notes/{Note.objects.get().pk}/"
    assert "control theory" in as_rita.get(address).content.decode()
    assert as_alice.post(address, {"text": "Mine now"}).status_code == 403
    assert as_bob.get(address).status_code == 403
    assert as_rita.post(address, {"text": "Better words"}).status_code == 302
    note = Note.objects.get()
    assert (note.text, note.edited_at is not None) == ("Better words", True)
    add(as_alice, ada, "By the admin")
    others = Note.objects.exclude(pk=note.pk).get()
    assert as_rita.post(f"/employers/lumen-robotics/notes/{others.pk}/delete/").status_code == 403
    assert as_alice.post(f"{address}delete/").status_code == 302
    assert list(Note.objects.all()) == [others]


def test_notes_about_somebody_who_hides_are_out_of_reach(as_rita: Client) -> None:
    profile = ProfileFactory()
    add(as_rita, profile.candidate)
    Profile.objects.update(is_listed=False)
    address = f"/employers/lumen-robotics/notes/{Note.objects.get().pk}/"
    assert (as_rita.get(address).status_code, add(as_rita, profile.candidate)) == (404, 404)
