"""Hand a letter to the mail server, and tell whether it has it: what every queue of letters needs to know."""

import logging
from enum import Enum, auto
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)
_FOR_GOOD = 500  # from here on a mail server means "never"; below it, "not now"


class Outcome(Enum):
    """What is known of a letter after the mail server was asked to take it."""

    TAKEN = auto()
    LATER = auto()  # surely not taken, but it may be another time
    REFUSED = auto()  # surely not taken, and never will be
    UNKNOWN = auto()  # the server fell silent half-way: it may have left, so nobody sends it again unasked


def hand_over(letter: EmailMessage, owed_by: str) -> Outcome:
    """Hand a letter to the mail server and return what became of it.

    Effects: a line in the log about what went wrong, with `owed_by` (say, "application 7") instead of the address.
    """
    connection = get_connection()
    try:
        connection.open()
    except OSError as exc:  # every error of smtplib is one, too
        return _tell(owed_by, exc, Outcome.LATER)
    try:
        connection.send_messages([letter])
    except SMTPRecipientsRefused as exc:
        return _tell(owed_by, exc, _answered(max(code for code, _ in exc.recipients.values())))
    except SMTPResponseException as exc:
        return _tell(owed_by, exc, _answered(exc.smtp_code))
    except OSError as exc:
        return _tell(owed_by, exc, Outcome.UNKNOWN)
    finally:
        connection.close()
    return Outcome.TAKEN


def is_settled(letter: EmailMessage, owed_by: str) -> bool:
    """Hand a letter to the mail server; False where it surely has not taken it, but may take it later.

    Effects: as `hand_over`.
    """
    return hand_over(letter, owed_by) is not Outcome.LATER


def one_line(text: str) -> str:
    """Fold a text for a header or a list: nothing in it begins a line of its own."""
    return " ".join(text.split())


def _answered(code: int) -> Outcome:
    return Outcome.REFUSED if code >= _FOR_GOOD else Outcome.LATER


def _tell(owed_by: str, exc: OSError, outcome: Outcome) -> Outcome:
    # Only the kind of error: its words may quote the address.
    again = "it will be sent later" if outcome is Outcome.LATER else "it is not sent again"
    logger.warning("%s: a letter failed with %s; %s", owed_by, type(exc).__name__, again)
    return outcome
