"""Take a letter from a mail server, on standard input."""

import os
import re
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from candidates.mail.intake import Taken, receive
from candidates.mail.parsing import MAX_BYTES

# <recipient> as a mail server hands it over; anything else could begin a header.
_ADDRESS = re.compile(r"[\x21-\x7e]{1,320}")
# The words of sysexits.h that Postfix, Exim and their like understand: all but TEMPFAIL is final.
_EXITS = {
    Taken.TOO_LARGE: (os.EX_DATAERR, "The letter is too large."),
    Taken.NO_USER: (os.EX_NOUSER, "Nobody has this address."),
}


class Command(BaseCommand):
    help = (
        "Takes one letter on standard input, as a mail server hands it over. Ends with 0 (taken, also if it was taken "
        "before), 65 (too large), 67 (nobody has this address) or 75 (try again later)."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "recipient",
            nargs="?",
            help="The address it was delivered to; without it, the letter's headers say so (Delivered-To, To …).",
        )

    def handle(self, *_args: Any, recipient: str | None = None, **_options: Any) -> None:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        if recipient:
            if not _ADDRESS.fullmatch(recipient):
                raise CommandError("This is no address.", returncode=os.EX_NOUSER)
            raw = f"Delivered-To: {recipient}\n".encode() + raw
        try:
            taken = receive(raw)
        except DatabaseError as exc:
            raise CommandError("The database does not answer.", returncode=os.EX_TEMPFAIL) from exc
        if taken in _EXITS:
            code, sentence = _EXITS[taken]
            raise CommandError(sentence, returncode=code)
