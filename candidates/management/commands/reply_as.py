"""Answer the newest letter to an address, as its owner's mail program would."""

import sys
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidates.mail.addresses import relay_address
from candidates.mail.intake import receive
from candidates.models import Direction, MailState, Message


class Command(BaseCommand):
    help = (
        "Answers the newest letter that was sent to an address, for trying the relay without a mailbox. The answer "
        "comes in as from a mail server. Works in development mode only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="Who answers: a candidate, or a member of a team.")
        parser.add_argument("text", nargs="?", help="What they write; without it, standard input.")

    def handle(self, *_args: Any, address: str, text: str | None = None, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("This works in development mode only: it writes in other people's names.")
        newest = _newest_to(address)
        if newest is None:
            raise CommandError("No letter was sent to this address through the relay.")
        conversation = newest.conversation
        to_candidate = newest.direction == Direction.TO_CANDIDATE
        letter = EmailMessage()
        letter["From"] = address
        letter["To"] = relay_address(conversation.candidate_token if to_candidate else conversation.member_token)
        letter["Subject"] = newest.subject if newest.subject.lower().startswith("re:") else f"Re: {newest.subject}"
        letter["Message-ID"], letter["In-Reply-To"] = make_msgid(), newest.message_id
        letter.set_content(sys.stdin.read() if text is None else text)
        receive(letter.as_bytes(), wakes=False)  # the embedded broker may be out of reach from this shell
        self.stdout.write("The answer came in. A worker passes it on within 15 seconds.")


def _newest_to(address: str) -> Message | None:
    sent = Message.objects.filter(state=MailState.SENT).select_related("conversation").order_by("-pk")
    to_candidate = sent.filter(direction=Direction.TO_CANDIDATE, conversation__candidate__email__iexact=address)
    to_member = sent.filter(direction=Direction.TO_MEMBER, conversation__membership__user__email__iexact=address)
    return (to_candidate | to_member).first()
