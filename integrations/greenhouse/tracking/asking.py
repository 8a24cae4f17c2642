"""Read from Greenhouse where people stand: their applications, and what else is needed to say what happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden
from integrations.greenhouse.schemas import ApplicationPayload, RejectionDetailPayload
from integrations.greenhouse.scopes import REASONS, STAGE_DATES, STAGES, listing_scope
from integrations.greenhouse.sight import prove_sight
from integrations.greenhouse.tracking.following import Persons, fetch_persons, successor
from integrations.greenhouse.tracking.standing import Reading, Rejection, Stage
from integrations.models import Connection, Export


def ask(
    connection: Connection,
    client: GreenhouseClient,
    exports: Sequence[Export],
    *,
    about_people: Iterable[Export] = (),
    look_ups: int | None = None,
) -> list[Reading]:
    """Ask where these exports stand, and besides what became of the people behind some of them.

    Effects: a GET for 50 exports, and a few more where something happened.
    Shape: exports that could not be answered for are left out: whose person is hidden, or one of more than `look_ups`
        who are not there.
    Raises: GreenhouseError, DecryptionError; Forbidden where we are shown nothing at all.
    """
    if not exports:
        return []
    asked_at = timezone.now()
    rows = {str(row.id): row for row in client.fetch_applications(ids=[e.application_remote_id for e in exports])}
    if not rows:
        prove_sight(client, connection.pk)
    return complete(connection, client, exports, rows, asked_at=asked_at, about_people=about_people, look_ups=look_ups)


def complete(
    connection: Connection,
    client: GreenhouseClient,
    exports: Iterable[Export],
    rows: dict[str, ApplicationPayload],
    *,
    asked_at: datetime,
    about_people: Iterable[Export] = (),
    look_ups: int | None = None,
) -> list[Reading]:
    """Complete what was read: why one is missing or converted, why somebody was rejected, since when at a stage.

    Effects: a few GETs where something happened, else none.
    Shape: `rows` by id; an export without one is no longer there under its id.
    """
    exports = list(exports)
    missing = [export for export in exports if export.application_remote_id not in rows]
    persons = fetch_persons(client, connection.pk, [*missing, *about_people], look_ups=look_ups)
    now = _with_successors(client, exports, rows, persons)
    rejections = _rejections(connection, client, [(e, row) for e, row in now if row and row.status == "rejected"])
    stages = _stages(connection, client, [(e, row) for e, row in now if row])

    def reading(export: Export, row: ApplicationPayload | None) -> Reading:
        person_id = export.candidate_remote_id
        return Reading(
            export=export,
            asked_at=asked_at,
            row=row,
            stage=stages.get(row.id, Stage()) if row else Stage(),
            rejection=rejections.get(row.id, Rejection()) if row and rejections is not None else None,
            candidate_id=_candidate_id(export, row, persons),
            person=persons.current(person_id),
            asked_about_person=person_id in persons.asked,
            person_is_gone=persons.is_gone(person_id),
        )

    # Of somebody whom we may not see any more, a missing application proves nothing.
    return [reading(export, row) for export, row in now if row or export.candidate_remote_id not in persons.hidden]


def _candidate_id(export: Export, row: ApplicationPayload | None, persons: Persons) -> str:
    if row:
        return str(row.candidate_id)
    person = persons.current(export.candidate_remote_id)
    return str(person.id) if person else export.candidate_remote_id


def _with_successors(
    client: GreenhouseClient, exports: list[Export], rows: dict[str, ApplicationPayload], persons: Persons
) -> list[tuple[Export, ApplicationPayload | None]]:
    """Pair each export with the application that stands for it now."""
    current = [(export, rows.get(export.application_remote_id)) for export in exports]
    sought: dict[int, int] = {}
    for export, row in current:
        if row and row.status == "converted":
            sought[export.pk] = row.candidate_id
        elif row is None and (person := persons.current(export.candidate_remote_id)):
            sought[export.pk] = person.id
    if not sought:
        return current
    theirs = client.fetch_applications(candidate_ids=set(sought.values()))
    return [
        (export, successor(export, row, _of(theirs, sought[export.pk])) or row if export.pk in sought else row)
        for export, row in current
    ]


def _of(rows: Iterable[ApplicationPayload], candidate_id: int) -> list[ApplicationPayload]:
    return [row for row in rows if row.candidate_id == candidate_id]


def _rejections(
    connection: Connection, client: GreenhouseClient, rejected: list[tuple[Export, ApplicationPayload]]
) -> dict[int, Rejection] | None:
    """Why each was rejected; None without the scope to read it, then a rejection stays without its reason."""
    if not rejected:
        return {}
    if not connection.may(*REASONS.scopes):
        return None
    try:
        reasons = {reason.id: reason for reason in client.fetch_rejection_reasons()}
        details = client.fetch_rejection_details([row.id for _, row in rejected])
    except Forbidden as exc:
        connection.note_refused(listing_scope(exc.path))
        return None
    news = {row.id for export, row in rejected if export.remote_status != row.status}
    names = _names(client, [detail for detail in details if detail.application_id in news])
    return {
        detail.application_id: Rejection(
            reason=reasons.get(detail.rejection_reason_id or 0),
            detail=detail,
            by=names.get(detail.rejected_by_id or 0, ""),
        )
        for detail in details
    }


def _names(client: GreenhouseClient, details: list[RejectionDetailPayload]) -> dict[int, str]:
    ids = {detail.rejected_by_id for detail in details if detail.rejected_by_id}
    try:
        users = client.fetch_users(ids)
    except Forbidden:  # nice to know, and no reason to follow nobody
        return {}
    return {user.id: user.name or f"{user.first_name or ''} {user.last_name or ''}".strip() for user in users}


def _stages(
    connection: Connection, client: GreenhouseClient, rows: list[tuple[Export, ApplicationPayload]]
) -> dict[int, Stage]:
    """Where each stands: by `job_interview_stage_id`, else the current one of its stages, else by its name alone."""
    stages = {row.id: Stage(str(row.job_interview_stage_id or ""), row.stage_name or "") for _, row in rows}
    moved = [row for export, row in rows if row.job_id and _has_moved(export, row, stages[row.id])]
    scope = STAGE_DATES.scopes[0]
    if not moved or not connection.may(scope):
        return stages
    try:
        current = client.fetch_application_stages([row.id for row in moved])
        names = _stage_names(connection, client, [row for row in moved if not row.stage_name])
    except Forbidden as exc:
        connection.note_refused(listing_scope(exc.path))
        return stages
    for line in current:
        if line.current and line.application_id in stages:
            name = stages[line.application_id].name or names.get(line.job_interview_stage_id, "")
            stages[line.application_id] = Stage(str(line.job_interview_stage_id), name, line.entered_at)
    return stages


def _has_moved(export: Export, row: ApplicationPayload, stage: Stage) -> bool:
    """An application without the id of its stage is asked about only when its name says that something happened."""
    is_elsewhere = stage.name != export.remote_stage or row.status != export.remote_status
    return is_elsewhere or bool(stage.remote_id) and stage.remote_id != export.remote_stage_id


def _stage_names(
    connection: Connection, client: GreenhouseClient, nameless: list[ApplicationPayload]
) -> dict[int, str]:
    job_ids = {row.job_id for row in nameless if row.job_id}
    if not job_ids or not connection.may(*STAGES.scopes):
        return {}
    return {stage.id: stage.name for stage in client.fetch_interview_stages(job_ids)}
