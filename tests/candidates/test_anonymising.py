"""Forgetting who somebody is at one employer: with the team's words of them, and nowhere else."""

from accounts.models import Employer, Membership, User
from candidates.anonymising import anonymise
from candidates.mail.adding import add_answer
from candidates.models import Candidate, CandidateLink, Conversation, Message, Note, Notice, Share
from candidates.notes import write_note
from candidates.sharing import make_link
from tests.factories import ApplicationFactory, MembershipFactory


def written_about(candidate: Candidate, user: User) -> None:
    """Leave what a team writes: a note, a share, a link, and a letter that was answered, of which it is told."""
    membership = Membership.objects.select_related("employer", "user").get(user=user)
    employer = membership.employer
    write_note(candidate=candidate, by=membership, text="Ada asked for 80,000.")
    Share.objects.create(employer=employer, candidate=candidate, by=membership.user, note="Ada!")
    make_link(employer=employer, candidate=candidate, by=membership.user)
    letters = Conversation.objects.create(employer=employer, candidate=candidate, membership=membership)
    add_answer(conversation=letters, subject="Hello", text="Ada here.")


def test_anonymise_takes_the_words_of_this_team_alone(employer: Employer, rita: User) -> None:
    candidate = ApplicationFactory(job__employer=employer).candidate
    stranger = MembershipFactory(user__first_name="Sam")
    ApplicationFactory(candidate=candidate, job__employer=stranger.employer)
    for user in (rita, stranger.user):
        written_about(candidate, user)
    models = (Note, Share, CandidateLink, Conversation, Message, Notice)
    assert [model._default_manager.count() for model in models] == [2] * 6
    for _ in range(2):
        anonymise(candidate=candidate, employer=employer)
    assert [model._default_manager.count() for model in models] == [1] * 6
    assert Note.objects.get().employer == stranger.employer
    assert Notice.objects.get().membership == stranger
    candidate.refresh_from_db()
    assert candidate.first_name == "Ada"
    anonymise(candidate=candidate, employer=stranger.employer)
    candidate.refresh_from_db()
    assert candidate.name == "Anonymized Candidate"
