"""One attempt at one export: the steps in their order, and what every kind of trouble means for the row."""

import logging

from django.utils import timezone

from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.errors import (
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UnexpectedReply,
)
from integrations.greenhouse.export import outcome
from integrations.greenhouse.export.applying import send_application
from integrations.greenhouse.export.files import left_out, send_files
from integrations.greenhouse.export.lock import LEASE, free_person, lease_person
from integrations.greenhouse.export.notes import send_note
from integrations.greenhouse.export.people import add_contacts, send_person
from integrations.greenhouse.export.walk import NeedsPerson, Superseded, Walk
from integrations.models import Export, GreenhousePerson
from integrations.preflight import blocking_problem
from integrations.problems import code_for

log = logging.getLogger(__name__)

STEPS = (send_person, add_contacts, send_application, send_files, send_note)
SINGLE_APPLICANTS = 10  # with more of them waiting, sending is bulk work, and a click goes ahead of it
_JOINED = (
    *("connection__employer", "greenhouse_job", "application__job", "application__employer"),
    *("application__resume", "application__candidate", "requested_by", "credit_to"),
)


def run(export_id: int) -> None:
    """Send one application to Greenhouse, or go on where an earlier attempt stopped.

    Effects: reads and writes at Greenhouse, outside any transaction, at most five for somebody new with a résumé and
        a note; the row tells what became of it.
    Repeat: harmless; only the caller that moves the row to `sending` goes on, and finished steps are not repeated.
    """
    if not Export.objects.claim(export_id, lease=LEASE):
        return
    export = Export.objects.select_related(*_JOINED).filter(pk=export_id).first()
    if export is None:  # deleted just now
        return
    if not export.connection.is_active:
        outcome.put_off(export, "", seconds=0, counts=False)
        return
    if not export.candidate_remote_id and (code := blocking_problem(export.application, without=left_out(export))):
        outcome.stop(export, code)
        return
    person = lease_person(export)
    if person is None:
        # No attempt: whoever stood in line must not wait the longer for it when the first trouble comes.
        outcome.put_off(export, "", seconds=5, counts=False)
        return
    try:
        _attempt(export, person)
    finally:
        free_person(export)


def _attempt(export: Export, person: GreenhousePerson) -> None:
    client = client_for(export.connection, _priority(export))
    walk = Walk.of(export, person, client)
    try:
        _take_steps(walk)
    except Superseded:
        log.info("export %s was cancelled, deleted or taken over", export.pk)
        outcome.free_cancelled(export)
    except OutcomeUnknown as exc:
        log.warning("export %s: outcome unknown: %s", export.pk, exc)
        outcome.put_off_unknown(export)
    except (RateLimited, Unavailable) as exc:
        _not_now(walk, exc)
    except UnexpectedReply as exc:
        log.error("export %s: %s", export.pk, exc)
        outcome.put_off(export, code_for(exc), seconds=outcome.backoff(export.attempts))
    except Forbidden as exc:
        _forbidden(walk, exc)
    except (Unauthorized, DecryptionError) as exc:
        _broken(walk, code_for(exc))
    except NeedsPerson as exc:
        outcome.stop(export, exc.code)
    except Rejected as exc:
        log.warning("export %s: refused: %s", export.pk, exc)
        outcome.stop(export, "data_refused")
    except Exception:
        # Whatever it was, the row must say so, come again, and end before a person.
        log.exception("export %s stopped", export.pk)
        _unforeseen(walk)
    else:
        outcome.finish(export)


def _take_steps(walk: Walk) -> None:
    for step in STEPS:
        step(walk)
    if walk.refused_files:
        raise NeedsPerson(walk.refused_files[0])


def _unforeseen(walk: Walk) -> None:
    """Come back later; out of time, say, in the middle of a write, which may arrive all the same."""
    if walk.has_begun:
        outcome.put_off_unknown(walk.export)
    else:
        outcome.put_off(walk.export, "unforeseen", seconds=outcome.backoff(walk.export.attempts))


def _not_now(walk: Walk, exc: RateLimited | Unavailable) -> None:
    """Come back later; both errors prove that the write which was about to leave did not."""
    export = walk.export
    walk.nothing_left()
    if isinstance(exc, Unavailable):
        outcome.put_off(export, code_for(exc), seconds=outcome.backoff(export.attempts))
        return
    wait = (come_back_at(exc) - timezone.now()).total_seconds()
    outcome.put_off(export, code_for(exc), seconds=wait, counts=walk.leaves_doubt)


def _forbidden(walk: Walk, exc: Forbidden) -> None:
    export, code = walk.export, code_for(exc)
    walk.nothing_left()
    if export.problem_code == code:
        # Lists tell nothing of a right to write: the check-up found all well, and it is refused again.
        outcome.stop(export, code)
        return
    _broken(walk, code)


def _broken(walk: Walk, code: str) -> None:
    """The connection itself is in trouble: all its exports wait until it works again."""
    walk.nothing_left()
    walk.export.connection.mark_trouble(code)
    outcome.put_off(walk.export, code, seconds=0)


def _priority(export: Export) -> Priority:
    due = Export.objects.due(timezone.now()).filter(connection=export.connection_id)
    waiting = due.values_list("pk", flat=True)[: SINGLE_APPLICANTS + 1]
    return Priority.BULK if len(waiting) > SINGLE_APPLICANTS else Priority.INTERACTIVE
