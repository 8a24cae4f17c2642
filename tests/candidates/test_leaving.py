"""Deleting everything: what goes, what stays, and that twice is harmless."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, Membership, User
from candidates import activity
from candidates.joining import leaving
from candidates.models import (
    AccessKind,
    Activity,
    ActivityKind,
    Application,
    ApplicationOrigin,
    Candidate,
    CandidateLink,
    Conversation,
    Direction,
    Document,
    DoNotContact,
    Mark,
    MarkKind,
    Message,
    Profile,
    ProfileAccess,
    ProfileText,
    SignIn,
)
from candidates.search import index
from tests.candidates.joining import EMAIL, log_in
from tests.factories import AnswerFactory, ApplicationFactory, CandidateFactory, DocumentFactory, ProfileFactory

pytestmark = pytest.mark.django_db
LEFT_BY_TEAMS: tuple[type[Model], ...] = (ProfileAccess, Activity, Mark, CandidateLink, Conversation, Message)


@pytest.fixture
def profile() -> Profile:
    profile: Profile = ProfileFactory(candidate__email=EMAIL, skills=["Python"])
    profile.resume = DocumentFactory(candidate=profile.candidate)
    profile.save()
    index.refresh([profile.pk])
    return profile


def known_by(employer: Employer, user: User, candidate: Candidate) -> None:
    """Leave what a team leaves with a person."""
    activity.note_access(employer=employer, by=user, candidates=[candidate], kind=AccessKind.OPENED)
    activity.record(employer=employer, candidate=candidate, kind=ActivityKind.NOTED, text="Kind.", by=user)
    membership = Membership.objects.get(user=user)
    Mark.objects.create(membership=membership, candidate=candidate, kind=MarkKind.BOOKMARKED)
    CandidateLink.objects.create(employer=employer, candidate=candidate, made_by=user)
    talk = Conversation.objects.create(employer=employer, candidate=candidate, membership=membership)
    Message.objects.create(conversation=talk, direction=Direction.TO_CANDIDATE, author=user, subject="Hi", text="Ada!")
    DoNotContact.objects.get_or_create(candidate=candidate, employer=None, by_person=True)


def leave(client: Client, **changes: str) -> Any:
    return client.post(reverse("leave"), {"email": EMAIL, **changes})


def test_leave_when_opened_then_says_what_goes_and_changes_nothing(
    client: Client, profile: Profile, employer: Employer
) -> None:
    ApplicationFactory(candidate=profile.candidate, job__employer=employer)
    log_in(client)
    html = client.get(reverse("leave")).content.decode()
    assert "We cannot delete it there" in html
    assert "You applied at <strong>Lumen Robotics</strong>" in html
    assert Profile.objects.exists()


def test_leave_when_the_address_is_not_typed_right_then_nothing_is_deleted(client: Client, profile: Profile) -> None:
    log_in(client)
    for typed in ("", "x", "other@example.org"):
        assert leave(client, email=typed).status_code == 200
    assert Profile.objects.get() == profile


def test_leave_when_nobody_was_applied_to_then_no_row_of_the_person_is_left(
    client: Client, profile: Profile, employer: Employer, rita: User, django_capture_on_commit_callbacks: Any
) -> None:
    known_by(employer, rita, profile.candidate)
    assert profile.resume
    storage, name = profile.resume.file.storage, profile.resume.file.name
    log_in(client)
    elsewhere = Client()
    log_in(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("leave"), {"email": EMAIL.upper()}, follow=True)
    assert "Everything is deleted" in page.content.decode()
    for model in (Candidate, Profile, ProfileText, Document, SignIn, *LEFT_BY_TEAMS, DoNotContact):
        assert not model._default_manager.exists(), model
    assert not storage.exists(name)
    assert elsewhere.get(reverse("own_profile"))["Location"] == reverse("join")
    assert leave(client)["Location"] == reverse("join")


def test_leave_when_applications_are_taken_back_then_a_number_without_a_name_is_left(
    client: Client, profile: Profile, employer: Employer, rita: User
) -> None:
    application = ApplicationFactory(candidate=profile.candidate, job__employer=employer)
    hired = ApplicationFactory(candidate=profile.candidate, job__employer=employer, status="hired")
    AnswerFactory(application=application)
    known_by(employer, rita, profile.candidate)
    log_in(client)
    leave(client, keeps="")
    application.refresh_from_db()
    hired.refresh_from_db()
    assert (application.name, application.email, application.phone, application.note) == (
        "Anonymized Candidate",
        *("", "", ""),
    )
    assert (application.status, hired.status) == ("withdrawn", "hired")
    assert not application.answers.exists()
    assert application.timeline.first().text == "The person left Purpose Jobs and took the data back"  # type: ignore[union-attr]
    assert Candidate.objects.get().email.endswith("@example.invalid")
    for model in LEFT_BY_TEAMS:
        assert not model._default_manager.exists(), model
    leaving.leave(candidate=Candidate.objects.get(), keeps_applications=False)
    assert Application.objects.count() == 2


def test_leave_when_applications_are_left_then_those_employers_keep_theirs_and_nobody_else_anything(
    client: Client, profile: Profile, employer: Employer, other_employer: Employer, rita: User, charlie: User
) -> None:
    application = ApplicationFactory(candidate=profile.candidate, job__employer=employer, first_name="Augusta")
    application.resume = DocumentFactory(candidate=profile.candidate)
    application.save()
    sourced = ApplicationFactory(
        candidate=profile.candidate, job__employer=other_employer, origin=ApplicationOrigin.SOURCED
    )
    known_by(employer, rita, profile.candidate)
    known_by(other_employer, charlie, profile.candidate)
    log_in(client)
    leave(client, keeps="keep")
    application.refresh_from_db()
    sourced.refresh_from_db()
    assert (application.first_name, application.email, application.status) == ("Augusta", EMAIL, "applied")
    assert (sourced.email, sourced.status) == ("", "withdrawn")
    assert list(Document.objects.all()) == [application.resume]
    assert [one.employer for one in Activity.objects.all()] == [employer]
    assert [one.membership.employer for one in Mark.objects.all()] == [employer]
    assert [one.conversation.employer for one in Message.objects.all()] == [employer]
    assert [one.employer for one in CandidateLink.objects.all()] == [employer]
    assert DoNotContact.objects.exists()  # the person's own word to those who keep them
    assert not ProfileAccess.objects.exists()
    assert not Profile.objects.exists()
    assert Candidate.objects.get().first_name == "Augusta"
    leaving.leave(candidate=Candidate.objects.get(), keeps_applications=True)
    assert Application.objects.get(pk=application.pk).email == EMAIL


def test_leave_when_two_employers_knew_them_then_neither_name_nor_address_is_left(
    profile: Profile, employer: Employer, other_employer: Employer
) -> None:
    for one in (employer, other_employer):
        ApplicationFactory(candidate=profile.candidate, job__employer=one)
    leaving.leave(candidate=profile.candidate, keeps_applications=False)
    left = Candidate.objects.get()
    assert (left.name, left.email) == ("Anonymized Candidate", f"anonymized-{left.key.hex}@example.invalid")


def test_leave_when_applications_are_left_then_what_was_picked_there_goes_all_the_same(
    profile: Profile, employer: Employer
) -> None:
    applied = ApplicationFactory(candidate=profile.candidate, job__employer=employer)
    picked = ApplicationFactory(
        candidate=profile.candidate, job__employer=employer, origin=ApplicationOrigin.SOURCED, resume=profile.resume
    )
    leaving.leave(candidate=profile.candidate, keeps_applications=True)
    applied.refresh_from_db()
    picked.refresh_from_db()
    assert (applied.email, applied.note, applied.status) == (EMAIL, "I like robots.", "applied")
    assert (picked.email, picked.note, picked.status, picked.resume) == ("", "", "withdrawn", None)
    assert not Document.objects.exists()


def test_leave_when_somebody_only_applied_then_they_can_take_that_back(client: Client, employer: Employer) -> None:
    application = ApplicationFactory(candidate__email=EMAIL, job__employer=employer)
    log_in(client)
    leave(client)
    application.refresh_from_db()
    assert application.email == ""


def test_leave_when_nobody_is_known_by_the_address_then_leads_to_the_form(client: Client) -> None:
    log_in(client)
    assert client.get(reverse("leave"))["Location"] == reverse("edit_profile")


def test_leave_touches_nobody_else(client: Client, profile: Profile, employer: Employer, rita: User) -> None:
    other = ProfileFactory(candidate=CandidateFactory(email="grace@example.org"))
    ApplicationFactory(candidate=other.candidate, job__employer=employer)
    known_by(employer, rita, other.candidate)
    log_in(client)
    leave(client)
    assert list(Profile.objects.all()) == [other]
    assert (ProfileAccess.objects.count(), Activity.objects.count(), Mark.objects.count()) == (1, 1, 1)
    assert Application.objects.get().email == "grace@example.org"
