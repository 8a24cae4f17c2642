"""The third step: the application on the job, or the prospect's."""

from candidates.models import EventKind
from integrations.greenhouse import outgoing
from integrations.greenhouse.errors import Forbidden, NotFound, Rejected
from integrations.greenhouse.export.credit import referrer_of
from integrations.greenhouse.export.healing import look_after_refusal, without_what_is_gone
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.schemas import ApplicationPayload, JobPayload
from integrations.greenhouse.scopes import PROSPECTS
from integrations.models import ExportStep, GreenhouseJob

_OPEN = "open"
_ENDED = {"rejected": "was_rejected", "hired": "was_hired"}


def send_application(walk: Walk) -> None:
    """Use the application that is there, or make one (contract §6.7)."""
    export = walk.export
    if export.application_remote_id:
        return
    if _may_be_there(walk) and _adopt(walk):
        return
    ensure_job_is_open(walk)
    part = outgoing.application_part(export, export.connection, referrer_of(walk))
    body = outgoing.application_body(export, part)
    walk.begin(ExportStep.APPLICATION)
    try:
        created = without_what_is_gone(walk, body, body, lambda: walk.client.send_application(body))
    except Rejected as exc:
        walk.commit()  # a refusal is an answer: nothing is in flight
        if _adopt(walk):  # a second application on one job may be refused (contract §10 no. 12)
            return
        look_after_refusal(walk, exc)
        raise NeedsPerson(refusal_of(exc)) from exc
    walk.application_is_new = True
    event = (EventKind.SENT, outgoing.sent_in_words(export))
    walk.commit(application_remote_id=str(created.id), event=event)


def ensure_job_is_open(walk: Walk) -> None:
    """Ask Greenhouse about a job that was closed when we last looked; it may be open again.

    Raises: NeedsPerson for one that is closed or gone.
    """
    job = walk.export.greenhouse_job
    if job is None or job.status == _OPEN:
        return
    found = list(walk.client.fetch_by_ids("jobs", JobPayload, key="ids", ids=[job.remote_id]))
    if not found:
        raise NeedsPerson("job_gone")
    if found[0].status != _OPEN:
        raise NeedsPerson("job_closed")
    GreenhouseJob.objects.filter(pk=job.pk).update(status=_OPEN)


def refusal_of(exc: Rejected) -> str:
    """The code of the problem that a refused person or application stands for."""
    about_job = isinstance(exc, NotFound) or any("job" in name for name in exc.fields)
    return "job_gone" if about_job else "data_refused"


def _may_be_there(walk: Walk) -> bool:
    """Whom this very attempt has made is on no job but ours."""
    return not walk.person_is_new or walk.left_open == ExportStep.APPLICATION


def _adopt(walk: Walk) -> bool:
    there = applications_there(walk)
    if not there:
        return False
    remote_id = str(there[0].id)
    if walk.left_open == ExportStep.APPLICATION:
        event = (EventKind.SENT, outgoing.sent_in_words(walk.export))
    elif walk.has_moved:
        event = (EventKind.MERGED, "Found again in Greenhouse: merged with somebody there")
    else:
        event = (EventKind.LINKED, f"Found in Greenhouse and linked{_ended(walk, there[0])}")
    was_there = walk.export.was_there or event[0] == EventKind.LINKED
    walk.commit(application_remote_id=remote_id, was_there=was_there, event=event)
    return True


def _ended(walk: Walk, application: ApplicationPayload) -> str:
    """Say of somebody who is out of the job already that they are; a second application is not made."""
    if application.status not in _ENDED:
        return ""
    walk.remark(_ENDED[application.status])
    return f": {application.status} there already"


def applications_there(walk: Walk) -> list[ApplicationPayload]:
    """What the person has of what we would make: an open one first, then the newest."""
    export = walk.export
    candidate_id = int(export.candidate_remote_id)
    job_id = int(export.greenhouse_job.remote_id) if export.greenhouse_job else None
    # A prospect's jobs are in another field than an application's, so only the others can be asked for by job.
    job_ids = None if export.is_prospect else [job_id] if job_id else []
    rows = [
        row
        for row in walk.client.fetch_applications(candidate_ids=[candidate_id], job_ids=job_ids)
        if row.candidate_id == candidate_id and row.status != "converted" and _is_for(row, job_id)
    ]
    if export.pool_remote_id and job_id is None:
        rows = _in_pool(walk, rows)
    return sorted(rows, key=lambda row: (row.status == "in_process", row.id), reverse=True)


def _is_for(row: ApplicationPayload, job_id: int | None) -> bool:
    if job_id is None:  # one without a job that is still open; a closed one says nothing of today
        return row.prospect and row.job_id is None and not row.prospective_job_ids and row.status == "in_process"
    return row.job_id == job_id or (row.prospect and job_id in row.prospective_job_ids)


def _in_pool(walk: Walk, rows: list[ApplicationPayload]) -> list[ApplicationPayload]:
    """Those in the wanted pool; where we may not see pools, any of them: rather once in another pool than twice."""
    if not rows or not walk.may(PROSPECTS.scopes):
        return rows
    try:
        details = walk.client.fetch_prospect_details([row.id for row in rows])
    except Forbidden:
        walk.export.connection.note_refused("harvest:prospect_details:list")
        return rows
    pool_id = int(walk.export.pool_remote_id)
    ids = {detail.application_id for detail in details if detail.pool_id == pool_id}
    return [row for row in rows if row.id in ids]
