"""Who writes from where, and to which address of ours."""

import re
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import Employer, User
from candidates.models import Application, Candidate, Conversation, Direction, Profile

# What stands instead of an address once somebody was anonymized; no letter reaches it.
_NOWHERE = "@example.invalid"
# In these a mail server says to whom it delivers; the first that names one of our addresses decides.
RECIPIENT_HEADERS = (("delivered-to",), ("x-original-to",), ("envelope-to",), ("to", "cc"))
MOST_RECIPIENTS = 5


def relay_address(token: str) -> str:
    return f"reply+{token}@{settings.RELAY_DOMAIN}"


def tokens_in(text: str) -> list[str]:
    """Find the relay addresses in a text and return their tokens, each once."""
    found = re.findall(rf"reply\+([a-z2-7]{{32}})@{re.escape(settings.RELAY_DOMAIN)}(?![\w.-])", text.lower())
    return list(dict.fromkeys(found))


def conversations_by(tokens: Iterable[str]) -> list[tuple[Conversation, Direction]]:
    """Find the conversations of relay addresses, and to which side what comes in there is passed on."""
    wanted = list(tokens)[:MOST_RECIPIENTS]
    joined = ("employer", "candidate", "membership__user", "membership__employer")
    rows = Conversation.objects.select_related(*joined)
    to_member = [(row, Direction.TO_MEMBER) for row in rows.filter(candidate_token__in=wanted)]
    to_candidate = [(row, Direction.TO_CANDIDATE) for row in rows.filter(member_token__in=wanted)]
    return to_member + to_candidate


def addresses_of_member(user: User) -> set[str]:
    """All addresses that are known to be a member's own, in lower case."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in (user.email, *verified)}


def addresses_of_candidate(candidate: Candidate, employer: Employer) -> set[str]:
    """All addresses by which a person is known, to us and to this employer, in lower case."""
    rows = Application.objects.for_employer(employer).filter(candidate=candidate)
    known = [candidate.email]
    for email, others in rows.values_list("email", "other_emails"):
        known += [email, *(other for other in others if isinstance(other, str))]
    return {address.lower() for address in known if address}


def address_to(candidate: Candidate, employer: Employer) -> str:
    """Where a letter of this employer reaches a person: of an applicant, what they wrote last; empty if nowhere."""
    address = candidate.email
    if not Profile.objects.filter(candidate=candidate).exists():
        newest = Application.objects.visible_to(employer).filter(candidate=candidate).first()
        address = newest.email if newest else ""
    return "" if address.endswith(_NOWHERE) else address
