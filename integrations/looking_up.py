"""Ask Greenhouse for something while a person waits for the page, and put into words why it could not be had."""

from collections.abc import Callable
from typing import TypeVar

from integrations.checkup import CheckFailed, not_now
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden, GreenhouseError
from integrations.greenhouse.scopes import listing_scope
from integrations.models import Connection

T = TypeVar("T")


def look_up(connection: Connection, ask: Callable[[GreenhouseClient], T]) -> T:
    """Return what Greenhouse answers.

    Effects: the requests of `ask`; a scope that was refused is noted on the connection.
    Raises: CheckFailed.
    """
    try:
        return ask(client_for(connection))
    except Forbidden as exc:
        scope = listing_scope(exc.path)
        connection.note_refused(scope)
        raise CheckFailed("scope_missing", scope) from exc
    except DecryptionError as exc:
        raise CheckFailed("secret_unreadable") from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc
