"""Take out of a letter what must not reach the other side: private addresses, and links that are not theirs."""

import re
from collections.abc import Iterable

from django.conf import settings

from candidates.mail.addresses import addresses_of_candidate, addresses_of_member, relay_address
from candidates.models import Conversation, Direction

_REMOVED = "(link removed)"


def mask(text: str, conversation: Conversation, direction: Direction | str) -> str:
    """Replace, in what one side writes, each address of its own by the one at which the other side answers.

    Earlier letters that it quotes name the address which that side answers to, and its link to unsubscribe.
    What people write in other words ("ada at example dot org") stays: see ADR 0015.
    """
    to_member = direction == Direction.TO_MEMBER
    theirs, ours = conversation.candidate_token, conversation.member_token
    shown, unseen = (ours, theirs) if to_member else (theirs, ours)
    text = _unsubscribe_links().sub(_REMOVED, text)
    return _replaced(text, {*_private(conversation, to_member), relay_address(unseen)}, relay_address(shown))


def _private(conversation: Conversation, to_member: bool) -> set[str]:
    if to_member:
        return addresses_of_candidate(conversation.candidate, conversation.employer)
    return addresses_of_member(conversation.membership.user) if conversation.membership else set()


def _replaced(text: str, addresses: Iterable[str], instead: str) -> str:
    for address in sorted(addresses, key=len, reverse=True):
        exact = re.escape(address).replace("@", "(?:@|%40)")
        text = re.sub(rf"(?<![\w.+%-]){exact}(?![\w-]|\.\w)", instead, text, flags=re.IGNORECASE)
    return text


def _unsubscribe_links() -> re.Pattern[str]:
    return re.compile(re.escape(settings.BASE_URL) + r"/unsubscribe/\S*", re.IGNORECASE)
