"""One application → Greenhouse, exactly once. The only writer (`design.md` §5.2).

person → application → résumé → note. Each step's remote id is committed before the next begins. Before a write goes
out, `step_in_flight` is committed; whoever finds it set reads back and adopts what arrived, and sends again only when
the reading proves that nothing did. Greenhouse offers no idempotency keys, so this row is ours.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse import outcome, outgoing
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import (
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UnexpectedReply,
)
from integrations.greenhouse.schemas import ApplicationPayload, Record
from integrations.greenhouse.scopes import NOTES
from integrations.greenhouse.sight import prove_sight
from integrations.models import Export, ExportStep, GreenhousePerson
from integrations.problems import code_for

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=150)  # above Celery's hard limit: who holds it is either at work or dead
SINGLE_APPLICANTS = 10  # with more of them waiting, sending is bulk work, and a click goes ahead of it


class NeedsPerson(Exception):
    """The export cannot go on until somebody acts; `code` names the problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Walk:
    """One attempt at one export: the row, the person's shared row, and the door to Greenhouse."""

    export: Export
    person: GreenhousePerson
    client: GreenhouseClient
    came_back: bool = False  # an earlier attempt may have got further than it could commit
    person_is_new: bool = False
    has_written: bool = False

    def begin(self, step: ExportStep) -> None:
        """Commit that a write is about to leave."""
        self.has_written = True
        self.export.step_in_flight = step
        self.export.save(update_fields=["step_in_flight"])

    def commit(self, **remote_ids: str) -> None:
        """Commit what a step led to, before anything else happens."""
        self.export.step_in_flight = ""
        for name, value in remote_ids.items():
            setattr(self.export, name, value)
        self.export.save(update_fields=["step_in_flight", *remote_ids])


def run(export_id: int) -> None:
    """Send one application to Greenhouse, or go on where an earlier attempt stopped.

    Effects: reads and at most four writes at Greenhouse, outside any transaction; the row tells what became of it.
    Repeat: harmless; only the caller that moves the row to `sending` goes on, and finished steps are not repeated.
    """
    if not Export.objects.claim(export_id, lease=LEASE):
        return
    export = Export.objects.select_related(
        "connection__employer", "greenhouse_job", "application__job", "application__employer", "application__resume"
    ).get(pk=export_id)
    if not export.connection.is_active:
        outcome.put_off(export, "", seconds=0)
        return
    person = _lease_person(export)
    if person is None:
        outcome.put_off(export, "", seconds=5)
        return
    try:
        _attempt(export, person)
    finally:
        _free_person(export, person)


def _attempt(export: Export, person: GreenhousePerson) -> None:
    walk = Walk(export, person, client_for(export.connection, _priority(export)), came_back=export.attempts > 1)
    try:
        for step in (_send_person, _send_application, _send_resume, _send_note):
            step(walk)
    except OutcomeUnknown as exc:
        log.warning("export %s: outcome unknown: %s", export.pk, exc)
        outcome.put_off(export, "outcome_unknown", seconds=settings.GREENHOUSE_SETTLE_SECONDS, unknown=True)
    except RateLimited as exc:
        if not walk.has_written:  # it was no attempt: nothing of it need be read back
            Export.objects.filter(pk=export.pk).update(attempts=F("attempts") - 1)
        outcome.put_off(export, code_for(exc), seconds=(come_back_at(exc) - timezone.now()).total_seconds())
    except Unavailable as exc:
        outcome.put_off(export, code_for(exc), seconds=outcome.backoff(export.attempts))
    except UnexpectedReply as exc:
        log.error("export %s: %s", export.pk, exc)
        outcome.put_off(export, code_for(exc), seconds=outcome.backoff(export.attempts))
    except Forbidden as exc:
        if export.problem_code == code_for(exc):
            # Lists tell nothing of a right to write: the check-up found all well, and it is refused again.
            outcome.stop(export, code_for(exc))
            return
        export.connection.mark_trouble(code_for(exc))
        outcome.put_off(export, code_for(exc), seconds=0)
    except Unauthorized as exc:
        export.connection.mark_trouble(code_for(exc))
        outcome.put_off(export, code_for(exc), seconds=0)
    except DecryptionError:
        export.connection.mark_trouble("secret_unreadable")
        outcome.put_off(export, "secret_unreadable", seconds=0)
    except NeedsPerson as exc:
        outcome.stop(export, exc.code)
    except Rejected as exc:
        log.warning("export %s: refused: %s", export.pk, exc)
        outcome.stop(export, "data_refused")
    except Exception:
        # Whatever it was, the row must say so, come again, and end before a person.
        log.exception("export %s stopped", export.pk)
        outcome.put_off(export, "unforeseen", seconds=outcome.backoff(export.attempts))
    else:
        outcome.finish(export)


def _priority(export: Export) -> Priority:
    due = Export.objects.due(timezone.now()).filter(connection=export.connection_id)
    waiting = due.values_list("pk", flat=True)[: SINGLE_APPLICANTS + 1]
    return Priority.BULK if len(waiting) > SINGLE_APPLICANTS else Priority.INTERACTIVE


# --- the steps: each is skipped once its id is there ---------------------------------------


def _send_person(walk: Walk) -> None:
    """Find the person by e-mail, or make them together with the application (contract §6.6, §9 Export)."""
    export = walk.export
    if export.candidate_remote_id:
        return
    found = walk.person.remote_id or _find_person(walk)
    if found:
        _remember(walk, found)
        return
    prove_sight(walk.client, export.connection_id)
    body = outgoing.candidate_body(export.application)
    body["application"] = outgoing.application_part(export.greenhouse_job.remote_id, export.connection.source_remote_id)
    walk.begin(ExportStep.PERSON)
    try:
        created = walk.client.send_candidate(body)
    except Rejected as exc:
        walk.commit()
        raise NeedsPerson(_refusal(exc)) from exc
    walk.person_is_new = True
    _remember(walk, str(created.candidate_id))
    if created.application_id is not None:
        walk.commit(application_remote_id=str(created.application_id))


def _find_person(walk: Walk) -> str:
    """The newest person with this e-mail who is on this job, else the newest. Empty when there is none."""
    people = list(walk.client.fetch_candidates_by_email(walk.person.email))
    if len(people) > 1:
        on_job = _applications_on_job(walk, [person.id for person in people])
        if on_job:
            return str(on_job[0].candidate_id)
    return str(max(person.id for person in people)) if people else ""


def _remember(walk: Walk, remote_id: str) -> None:
    walk.commit(candidate_remote_id=remote_id)
    if walk.person.remote_id != remote_id:
        walk.person.remote_id = remote_id
        GreenhousePerson.objects.filter(pk=walk.person.pk).update(remote_id=remote_id)


def _send_application(walk: Walk) -> None:
    """Use the application that is there, or make one (contract §6.7)."""
    export = walk.export
    if export.application_remote_id:
        return
    if _adopt_application(walk):
        return
    body = outgoing.application_part(export.greenhouse_job.remote_id, export.connection.source_remote_id)
    body["candidate_id"] = int(export.candidate_remote_id)
    walk.begin(ExportStep.APPLICATION)
    try:
        created = walk.client.send_application(body)
    except Rejected as exc:
        walk.commit()  # a refusal is an answer: nothing is in flight
        if _adopt_application(walk):  # a second application on one job may be refused (contract §10 no. 12)
            return
        raise _why_refused(walk, exc) from exc
    walk.commit(application_remote_id=str(created.id))


def _adopt_application(walk: Walk) -> bool:
    there = _applications_on_job(walk, [int(walk.export.candidate_remote_id)])
    if not there:
        return False
    ours = walk.person_is_new or walk.export.step_in_flight in (ExportStep.PERSON, ExportStep.APPLICATION)
    walk.export.was_there = not (ours or walk.came_back)
    walk.export.save(update_fields=["was_there"])
    walk.commit(application_remote_id=str(there[0].id))
    return True


def _applications_on_job(walk: Walk, candidate_ids: list[int]) -> list[ApplicationPayload]:
    """Applications of these people on the export's job, an open one first, then the newest."""
    job_id = int(walk.export.greenhouse_job.remote_id)
    rows = [
        row
        for row in walk.client.fetch_applications(candidate_ids=candidate_ids, job_ids=[job_id])
        if row.job_id == job_id and row.candidate_id in candidate_ids and row.status != "converted"
    ]
    return sorted(rows, key=lambda row: (row.status == "in_process", row.id), reverse=True)


def _why_refused(walk: Walk, exc: Rejected) -> Exception:
    """The person we remembered was merged or deleted, the job is gone, or it is the data."""
    if not _is_there(walk):
        GreenhousePerson.objects.filter(pk=walk.person.pk).update(remote_id="")
        walk.commit(candidate_remote_id="")
        return Unavailable("person_moved", path=exc.path)
    return NeedsPerson(_refusal(exc))


def _refusal(exc: Rejected) -> str:
    about_job = isinstance(exc, NotFound) or any("job" in field for field in exc.fields)
    return "job_gone" if about_job else "data_refused"


def _is_there(walk: Walk) -> bool:
    ids = [walk.export.candidate_remote_id]
    return any(True for _ in walk.client.fetch_by_ids("candidates", Record, key="ids", ids=ids))


def _send_resume(walk: Walk) -> None:
    """Attach the résumé, unless the application already has this very file (contract §6.9)."""
    export, document = walk.export, walk.export.application.resume
    if export.resume_remote_id or document is None:
        return
    filename = outgoing.resume_filename(export.application, document)
    if _may_be_there(walk):
        for file in walk.client.fetch_attachments(application_id=int(export.application_remote_id)):
            if file.filename == filename:
                walk.commit(resume_remote_id=str(file.id))
                return
    try:
        with document.file.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError as exc:
        raise NeedsPerson("resume_lost") from exc
    walk.begin(ExportStep.RESUME)
    created = _answered(
        walk,
        lambda: (
            walk.client.send_attachment(outgoing.attachment_body(export.application_remote_id, filename, content)).id
        ),
        "resume_refused",
    )
    walk.commit(resume_remote_id=str(created))


def _send_note(walk: Walk) -> None:
    """Write the applicant's words as a note, unless our marker is already there (contract §6.10).

    The note is optional: where a scope for it is missing, the person is sent without one.
    """
    export = walk.export
    if export.note_remote_id or not export.connection.may(*NOTES.scopes):
        return
    link = settings.BASE_URL + export.application.get_absolute_url()
    scope = "harvest:notes:list"
    try:
        if _may_be_there(walk) and _adopt_note(walk, link):
            return
        scope = "harvest:notes:create"
        _write_note(walk, link)
    except Forbidden as exc:
        log.warning("export %s: goes without its note: %s", export.pk, exc)
        walk.commit()  # a refusal is an answer: nothing is in flight
        export.connection.note_refused(scope)


def _adopt_note(walk: Walk, link: str) -> bool:
    for note in walk.client.fetch_notes(candidate_id=int(walk.export.candidate_remote_id)):
        if link in (note.body or ""):
            walk.commit(note_remote_id=str(note.id))
            return True
    return False


def _write_note(walk: Walk, link: str) -> None:
    export = walk.export
    body = outgoing.note_body(
        export.candidate_remote_id,
        export.application_remote_id,
        outgoing.note_text(export.application, link),
    )
    walk.begin(ExportStep.NOTE)
    created = _answered(walk, lambda: walk.client.send_note(body).id, "data_refused")
    walk.commit(note_remote_id=str(created))


def _may_be_there(walk: Walk) -> bool:
    """Reading back costs a request, so a first walk that just made the application skips it."""
    return walk.came_back or not walk.person_is_new


def _answered(walk: Walk, send: Callable[[], int], refusal: str) -> int:
    """Run a write; a refusal is an answer, so nothing is in flight after it."""
    try:
        return send()
    except Rejected as exc:
        walk.commit()
        raise NeedsPerson(refusal) from exc


# --- the lock on one person ---------------------------------------------------------------


def _free_person(export: Export, person: GreenhousePerson) -> None:
    """Let the next export of this person in, unless a write of ours may still be under way: then nobody but us."""
    held_until = (export.retry_at or timezone.now() + LEASE) if export.step_in_flight else None
    GreenhousePerson.objects.filter(pk=person.pk).update(lease_until=held_until)


def _lease_person(export: Export) -> GreenhousePerson | None:
    """Take the lock on (connection, e-mail); None while another export of the same person is at work."""
    email = export.application.email.lower()
    person, _ = GreenhousePerson.objects.get_or_create(connection=export.connection, email=email)
    now = timezone.now()
    # Our own lease is left over from a write without an answer; only one worker holds the export.
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(leased_for=export.pk)
    taken = GreenhousePerson.objects.filter(free, pk=person.pk).update(lease_until=now + LEASE, leased_for=export.pk)
    if taken != 1:
        return None
    person.refresh_from_db()
    return person
