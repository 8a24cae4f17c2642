"""May this member write to this person, and what should they know before?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.known import known_to
from candidates.mail.addresses import address_to
from candidates.models import (
    Application,
    ApplicationStatus,
    Candidate,
    Conversation,
    Direction,
    DoNotContact,
    Message,
)

UNANSWERED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """What stands in the way of a letter. Shape: `refusal` is a code of `problems.py`, empty if there is none."""

    refusal: str = ""
    warnings: list[str] = field(default_factory=list)


def standing(*, membership: Membership, candidate: Candidate, conversation: Conversation | None = None) -> Standing:
    """Say whether a member may write to a person, and what they should know first. Constant in queries.

    Shape: `conversation` is theirs, if there is one; whoever wrote to them after a rejection may be answered unwarned.
    """
    employer = membership.employer
    if refusal := refusal_of(employer, candidate):
        return Standing(refusal)
    is_answer = conversation is not None and conversation.is_answered
    warnings = [*_do_not_contact(employer, candidate), *_rejected(employer, candidate, conversation)]
    return Standing(warnings=warnings if is_answer else [*warnings, *_unanswered(employer, candidate)])


def refusal_of(employer: Employer, candidate: Candidate) -> str:
    """Why nobody of this employer may write to a person, as a code; empty when they may."""
    if not known_to(employer).filter(pk=candidate.pk).exists():
        return "hidden"
    if is_unsubscribed(employer, candidate):
        return "unsubscribed"
    return "" if address_to(candidate, employer) else "no_address"


def may_write(membership: Membership | None) -> bool:
    """Whether somebody is still of the team, may log in, and may write to candidates."""
    return membership is not None and membership.user.is_active and membership.is_recruiter


def is_unsubscribed(employer: Employer, candidate: Candidate) -> bool:
    """Whether the person asked for no e-mail, of this employer or of any."""
    words = DoNotContact.objects.filter(candidate=candidate, by_person=True)
    return words.filter(Q(employer=employer) | Q(employer=None)).exists()


def midnight(now: datetime) -> datetime:
    """When the day of the limits began, in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def limit_of(employer: Employer, author: User) -> str:
    """Why nothing more may be sent today, as a code; empty when it may.

    Effects: none, but the employer's row is held until the caller's transaction ends: two letters at the same moment
        must not both be the last one.
    """
    Employer.objects.filter(pk=employer.pk).update(name=F("name"))
    since = midnight(timezone.now())
    sent = Message.objects.filter(
        conversation__employer=employer,
        conversation__last_at__gte=since,  # for the index
        direction=Direction.TO_CANDIDATE,
        created_at__gte=since,
    )
    if sent.filter(author=author).count() >= settings.EMAILS_A_DAY_PER_RECRUITER:
        return "recruiter_limit"
    return "employer_limit" if sent.count() >= settings.EMAILS_A_DAY_PER_EMPLOYER else ""


def _do_not_contact(employer: Employer, candidate: Candidate) -> list[str]:
    marked = DoNotContact.objects.filter(candidate=candidate, employer=employer, by_person=False)
    row = marked.select_related("user").first()
    if row is None:
        return []
    reason = f" The reason: {row.reason}" if row.reason else ""
    return [f"{row.user or 'Somebody of your team'} marked this person “do not contact”.{reason}"]


def _rejected(employer: Employer, candidate: Candidate, conversation: Conversation | None) -> list[str]:
    rows = Application.objects.for_employer(employer).filter(candidate=candidate, status=ApplicationStatus.REJECTED)
    if conversation is not None and conversation.is_answered and conversation.answered_at:
        rows = rows.filter(status_at__gt=conversation.answered_at)
    row = rows.select_related("job").order_by("-status_at").first()
    if row is None:
        return []
    job = f" for {row.job_title}" if row.job_title else ""
    return [f"Your company rejected this person{job} on {row.status_at.astimezone(UTC):%-d %B %Y}."]


def _unanswered(employer: Employer, candidate: Candidate) -> list[str]:
    since = timezone.now() - UNANSWERED_FOR
    rows = Conversation.objects.filter(employer=employer, candidate=candidate, written_at__gt=since)
    waiting = rows.filter(Q(answered_at=None) | Q(answered_at__lt=F("written_at")))
    row = waiting.select_related("membership__user").order_by("-written_at").first()
    if row is None:
        return []
    who = row.membership.user if row.membership else "Somebody who left your team"
    return [f"{who} wrote to this person within the last seven days and has no answer yet."]
