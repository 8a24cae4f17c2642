"""Who does not want e-mail: the person's own word, by a link in every letter, and the team's mark."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.urls import reverse

from accounts.handing_over import one_line
from accounts.models import Employer, User
from candidates.activity import record
from candidates.models import ActivityKind, Candidate, DoNotContact

# Short, so that no mail program breaks the link; it never grows old, and it shows nothing of anybody.
_SIGNER = Signer(salt="candidates.unsubscribe", sep=".")


@dataclass(frozen=True)
class Link:
    """What the link of a letter leads to."""

    candidate: Candidate
    employer: Employer


def unsubscribe_url(candidate: Candidate, employer: Employer) -> str:
    token = _SIGNER.sign(f"{candidate.pk}-{employer.pk}")
    return f"{settings.BASE_URL}{reverse('unsubscribe', args=[token])}"


def link_of(token: str) -> Link | None:
    """Read a link; None if it leads to somebody who is gone.

    Raises: BadSignature for a link that is not ours.
    """
    candidate_id, _, employer_id = _SIGNER.unsign(token).partition("-")
    candidate = Candidate.objects.filter(pk=candidate_id).first()
    employer = Employer.objects.filter(pk=employer_id).first()
    return Link(candidate, employer) if candidate and employer else None


def unsubscribe(candidate: Candidate, employer: Employer | None) -> None:
    """Keep a person's word: no more e-mail of this employer, or of any. Repeat: harmless."""
    # Not an error where it was said before, also in the same moment.
    DoNotContact.objects.bulk_create(
        [DoNotContact(candidate=candidate, employer=employer, by_person=True)], ignore_conflicts=True
    )


def subscribe_again(candidate: Candidate, employer: Employer) -> None:
    """Take a person's word back: this employer, and with it any other, may write again. Repeat: harmless."""
    rows = DoNotContact.objects.filter(candidate=candidate, by_person=True)
    (rows.filter(employer=employer) | rows.filter(employer=None)).delete()


def words_of(link: Link) -> tuple[bool, bool]:
    """Whether the person wants no e-mail of this employer, and whether of none at all."""
    rows = DoNotContact.objects.filter(candidate=link.candidate, by_person=True)
    said = set(rows.values_list("employer", flat=True))
    return link.employer.pk in said, None in said


def mark(*, employer: Employer, candidate: Candidate, by: User, reason: str) -> None:
    """Mark a person "do not contact" for the whole team, with a reason.

    Effects: one transaction; a line of the team's doings. Repeat: only the reason changes.
    """
    with transaction.atomic():
        _, created = DoNotContact.objects.update_or_create(
            candidate=candidate,
            employer=employer,
            by_person=False,
            defaults={"user": by, "reason": one_line(reason)[:300]},
        )
        if created:
            text = "Marked “do not contact”"
            record(employer=employer, candidate=candidate, kind=ActivityKind.DO_NOT_CONTACT, text=text, by=by)


def unmark(*, employer: Employer, candidate: Candidate, by: User) -> None:
    """Take the team's mark away. Effects: one transaction; a line of the team's doings. Repeat: harmless."""
    with transaction.atomic():
        rows = DoNotContact.objects.filter(candidate=candidate, employer=employer, by_person=False)
        if rows.delete()[0]:
            text = "May be contacted again"
            record(employer=employer, candidate=candidate, kind=ActivityKind.CONTACT_AGAIN, text=text, by=by)
