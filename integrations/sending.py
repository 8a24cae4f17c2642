"""What an employer may ask about people: send them, send them again, to another job, or not at all."""

from collections.abc import Collection
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Employer, User
from candidates import activity
from candidates.models import AccessKind, Application, Candidate, EventKind, Origin
from candidates.services import tell
from candidates.sourcing import source
from integrations.arrival import Arrival
from integrations.consent import NotToBeSent, refusal_of
from integrations.leaving_out import leave_out
from integrations.models import (
    CAN_BE_CANCELLED,
    CAN_BE_SENT_AGAIN,
    Connection,
    Export,
    ExportFile,
    ExportState,
    GreenhouseJob,
    GreenhousePerson,
    JobLink,
    SendsAs,
)
from integrations.tasks import enqueue_export, wake_export


def export_application(application: Application, *, by: User | None = None) -> Export | None:
    """Owe Greenhouse this application if its job is connected, as the settings of that job say.

    Repeat: the export that is there.
    """
    link = _link_of(application)
    if link is None or link.post.greenhouse_job is None:
        return None
    return enqueue_export(
        connection=link.post.connection,
        application=application,
        greenhouse_job=link.post.greenhouse_job,
        arrival=Arrival.of_link(link),
        by=by,
    )


def send_application(
    application: Application,
    *,
    by: User,
    greenhouse_job: GreenhouseJob | None,
    arrival: Arrival,
    without: Collection[int] = (),
) -> Export:
    """Owe Greenhouse this person because a recruiter asked for it, on a job or as a prospect without one.

    Effects: one transaction; a line in the timeline, and one about the documents of `without`, which are left out.
        Whoever asked gets the credit unless `arrival` names somebody.
    Repeat: the export that is there; one that was cancelled or stands before a person goes on, as asked for now.
    Raises: NotToBeSent for somebody of the network who does not want that; ValueError for a job of another employer, a
        candidate without a job, or an employer without Greenhouse.
    """
    if code := refusal_of(application):
        raise NotToBeSent(code)
    connection = _connection_to(application, greenhouse_job)
    if greenhouse_job is None and arrival.sends_as != SendsAs.PROSPECT:
        raise ValueError("Only a prospect goes without a job.")
    arrival = replace(arrival, credit_to=arrival.credit_to or by)
    with transaction.atomic():
        export = enqueue_export(
            connection=connection, application=application, greenhouse_job=greenhouse_job, arrival=arrival, by=by
        )
        if export.state in (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED):
            Export.objects.filter(pk=export.pk).update(**arrival.as_fields(), requested_by=by)
            send_again(export=export)
            export.refresh_from_db()
        if export.state == ExportState.PENDING:
            leave_out(export, without, by=by)
        if application.is_sourced:  # whatever is sent of them is their profile
            who = [application.candidate_id]
            activity.note_access(employer=application.employer, by=by, candidates=who, kind=AccessKind.SENT)
    return export


def _connection_to(application: Application, greenhouse_job: GreenhouseJob | None) -> Connection:
    """The connection of the application's employer. Raises: ValueError without one, or for a job of another."""
    connection = Connection.objects.filter(employer=application.employer_id).first()
    if connection is None or (greenhouse_job and greenhouse_job.connection_id != connection.pk):
        raise ValueError("The job is not in this employer's Greenhouse.")
    return connection


def send_person(
    *,
    employer: Employer,
    candidate: Candidate,
    by: User,
    greenhouse_job: GreenhouseJob | None,
    arrival: Arrival,
    without: Collection[int] = (),
) -> Export:
    """Owe Greenhouse somebody of the network: an application is made from the profile, once, and then sent.

    Effects: one transaction, and what `send_application` does.
    Repeat: as `send_application`.
    Raises: NotInNetwork for somebody hidden meanwhile, else as `send_application`.
    """
    with transaction.atomic():
        application = source(employer=employer, candidate=candidate, job=None, by=by)
        return send_application(application, by=by, greenhouse_job=greenhouse_job, arrival=arrival, without=without)


def export_of(application: Application) -> Export | None:
    """The export of the same person to the same Greenhouse job, if another application brought them there."""
    if application.job_id is None:
        return None
    return Export.objects.filter(
        candidate=application.candidate_id, greenhouse_job__posts__link__job=application.job_id
    ).first()


def send_again(*, export: Export, by: User | None = None) -> bool:
    """Try a stopped export once more, now. True if it was one that can be sent again.

    Effects: one transaction; a line in the timeline if `by` names who asked for it.
    Repeat: harmless; finished steps are not repeated and nothing is sent without reading back first.
    """
    now = timezone.now()
    with transaction.atomic():
        changed = Export.objects.filter(pk=export.pk, state__in=CAN_BE_SENT_AGAIN).update(
            state=ExportState.PENDING, retry_at=None, problem_code="", problem_at=None, woken_at=now, trying_since=now
        )
        if changed:
            forget_anonymized([export])
        if changed and by:
            _tell(export, EventKind.REQUESTED, "To be sent to Greenhouse again", by)
        if changed:
            wake_export(export)
    return bool(changed)


def forget_anonymized(rows: Collection[Export]) -> None:
    """Of those who were anonymized, forget where they are: asked for once more, they are added anew.

    Effects: the caller's transaction. Shape: `rows` of one connection, as they were before they were called again.
    """
    gone = [row for row in rows if row.problem_code == "person_anonymized"]
    if not gone:
        return
    emails = {row.application.email.strip().lower() for row in gone}
    people = GreenhousePerson.objects.filter(connection=gone[0].connection_id, email__in=emails)
    people.update(remote_id="")
    Export.objects.filter(pk__in=[row.pk for row in gone]).update(
        candidate_remote_id="", application_remote_id="", note_remote_id="", contacts_checked_at=None
    )
    ExportFile.objects.filter(export__in=gone).update(remote_id="")


def cancel_export(*, export: Export, by: User) -> bool:
    """Send nothing more of an export; what has arrived stays in Greenhouse. True if there was something to cancel.

    Effects: one transaction. A worker that is sending it ends before its next step.
    Repeat: harmless.
    """
    with transaction.atomic():
        cancelled = Export.objects.filter(pk=export.pk, state__in=CAN_BE_CANCELLED).update(
            state=ExportState.CANCELLED, retry_at=None, problem_code="", problem_at=None
        )
        if cancelled:
            _tell(export, EventKind.CANCELLED, "Sending to Greenhouse was cancelled", by)
    return bool(cancelled)


def choose_other_job(*, export: Export, greenhouse_job: GreenhouseJob, by: User) -> Export | None:
    """Send a stopped export to another Greenhouse job; None while something of it may still arrive on the first.

    Effects: one transaction; the stage of the first job is dropped.
    Repeat: the export to that job, which may be another one that was there before; this one is cancelled then.
    Raises: ValueError for a job of another employer.
    """
    if greenhouse_job.connection_id != export.connection_id:
        raise ValueError("The job belongs to another employer.")
    stopped = Export.objects.filter(
        pk=export.pk, state__in=CAN_BE_SENT_AGAIN, step_in_flight="", application_remote_id=""
    )
    try:
        with transaction.atomic():
            if not stopped.update(greenhouse_job=greenhouse_job, stage_remote_id="", stage_name="", requested_by=by):
                return None
            _tell(export, EventKind.REQUESTED, f"To be sent to another Greenhouse job: {greenhouse_job.name}", by)
            send_again(export=export)
    except IntegrityError:
        cancel_export(export=export, by=by)
        return Export.objects.filter(candidate=export.candidate_id, greenhouse_job=greenhouse_job).first()
    export.refresh_from_db()
    return export


def _link_of(application: Application) -> JobLink | None:
    if application.job_id is None:
        return None
    links = JobLink.objects.select_related("post__greenhouse_job", "post__connection", "credit_to")
    return links.filter(job=application.job_id).first()


def _tell(export: Export, kind: EventKind, text: str, by: User) -> None:
    tell(application=export.application, kind=kind, text=text, origin=Origin.MEMBER, actor=by)
