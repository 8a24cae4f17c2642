"""What an employer's pages show of letters. Every query starts from the employer; who is hidden is left out."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Employer, Membership
from candidates.known import known_to, names_known_to
from candidates.mail.addresses import relay_address
from candidates.mail.problems import PROBLEMS, MailProblem
from candidates.mail.rules import is_unsubscribed
from candidates.models import (
    Candidate,
    Conversation,
    Direction,
    DoNotContact,
    MailState,
    Message,
)

_TROUBLE = Q(state__in=(MailState.FAILED, MailState.UNKNOWN), direction=Direction.TO_CANDIDATE)


@dataclass(frozen=True)
class MailOfPerson:
    """What a person's page shows of letters: the team's conversations, and who said that they are to be left alone.

    Shape: `relay` is the member's own address for this person, empty until they have one.
    """

    conversations: list[Conversation]
    marked: DoNotContact | None
    is_unsubscribed: bool
    relay: str


def conversations_of(employer: Employer) -> QuerySet[Conversation]:
    """The letters of a team with people whom it may see; what was never begun is not among them. Constant in queries.

    Shape: each row has `has_trouble`: its last letter to the person did not arrive, or perhaps not.
    """
    begun = Q(written_at__isnull=False) | Q(answered_at__isnull=False)
    rows = Conversation.objects.filter(begun, employer=employer, candidate__in=known_to(employer))
    trouble = Message.objects.filter(_TROUBLE, conversation=OuterRef("pk"), created_at__gte=OuterRef("written_at"))
    joined = ("employer", "candidate", "membership__user")
    return rows.select_related(*joined).annotate(has_trouble=Exists(trouble))


def name_people(employer: Employer, conversations: list[Conversation]) -> list[tuple[Conversation, str]]:
    """Put to each conversation what the employer calls the person. Two queries, however many there are."""
    names = names_known_to(employer, [row.candidate for row in conversations])
    return [(row, names.get(row.candidate_id, "")) for row in conversations]


def mail_of(*, membership: Membership, candidate: Candidate) -> MailOfPerson:
    """Gather what a person's page shows of letters. Three queries."""
    employer = membership.employer
    conversations = list(conversations_of(employer).filter(candidate=candidate))
    marks = DoNotContact.objects.filter(candidate=candidate, employer=employer, by_person=False)
    return MailOfPerson(
        conversations=conversations,
        marked=marks.select_related("user").first(),
        is_unsubscribed=is_unsubscribed(employer, candidate),
        relay=relay_of(membership, candidate),
    )


def relay_of(membership: Membership, candidate: Candidate) -> str:
    """The address at which a member reaches a person from their own mail program; empty until it was asked for."""
    row = Conversation.objects.filter(membership=membership, candidate=candidate).only("member_token").first()
    return relay_address(row.member_token) if row else ""


@dataclass(frozen=True)
class Line:
    """One letter as the page shows it. `can_send_again` is for whoever wrote it."""

    message: Message
    problem: MailProblem | None
    can_send_again: bool

    @property
    def is_from_team(self) -> bool:
        return self.message.direction == Direction.TO_CANDIDATE


def lines_of(conversation: Conversation, membership: Membership) -> list[Line]:
    """All letters of a conversation, the oldest first. One query."""
    is_own = membership.is_recruiter and conversation.membership_id == membership.pk
    rows = conversation.messages.select_related("author", "job").order_by("created_at", "pk")
    return [
        Line(
            message=row,
            problem=PROBLEMS.get(row.code) if row.direction == Direction.TO_CANDIDATE else None,
            can_send_again=(
                is_own
                and row.direction == Direction.TO_CANDIDATE
                and row.state in (MailState.FAILED, MailState.UNKNOWN)
                and row.author_id == membership.user_id
            ),
        )
        for row in rows
    ]
