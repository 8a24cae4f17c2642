"""Hand a letter to the mail server, and tell whether it has it: what every queue of letters needs to know."""

import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)
_FOR_GOOD = 500  # from here on a mail server means "never"; below it, "not now"


def is_settled(letter: EmailMessage, owed_by: str) -> bool:
    """Hand a letter to the mail server; False where it surely has not taken it, but may take it later.

    Effects: a line in the log about what went wrong, with `owed_by` (say, "application 7") instead of the address.
    """
    connection = get_connection()
    try:
        connection.open()
    except OSError as exc:  # every error of smtplib is one, too
        return _tell(owed_by, exc, settled=False)
    try:
        connection.send_messages([letter])
    except SMTPRecipientsRefused as exc:
        return _tell(owed_by, exc, settled=any(code >= _FOR_GOOD for code, _ in exc.recipients.values()))
    except SMTPResponseException as exc:
        return _tell(owed_by, exc, settled=exc.smtp_code >= _FOR_GOOD)
    except OSError as exc:
        return _tell(owed_by, exc, settled=True)
    finally:
        connection.close()
    return True


def one_line(text: str) -> str:
    """Fold a text for a header or a list: nothing in it begins a line of its own."""
    return " ".join(text.split())


def _tell(owed_by: str, exc: OSError, *, settled: bool) -> bool:
    # Only the kind of error: its words may quote the address.
    again = "it is not sent again" if settled else "it will be sent later"
    logger.warning("%s: a letter failed with %s; %s", owed_by, type(exc).__name__, again)
    return settled
