"""Follow what became of the people we sent: ask by id, write down what changed.

Asking by id is the one way that the contract calls safe (§9 Track); a bounded number of the longest unasked exports
per round keeps the cost flat however many were sent.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from candidates.models import ApplicationStatus, Origin
from candidates.services import record_status
from integrations import health
from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden, GreenhouseError, RateLimited
from integrations.greenhouse.mapping import tracked_status
from integrations.greenhouse.schemas import ApplicationPayload, RejectionReasonPayload
from integrations.greenhouse.scopes import REASONS, listing_scope
from integrations.greenhouse.sight import prove_sight
from integrations.models import Connection, Export, ExportState, Step
from integrations.problems import code_for

log = logging.getLogger(__name__)

EXPORTS_PER_ROUND = 200  # four requests of 50 ids


def poll(connection_id: int) -> None:
    """Ask Greenhouse where the longest unasked people stand.

    Effects: a handful of GETs outside any transaction; exports, applications and timelines of what changed.
    Repeat: harmless; one round at a time by `Connection.poll_due_at`, which is moved on before anything is asked.
    """
    now = timezone.now()
    due = Connection.objects.filter(pk=connection_id, poll_due_at__lte=now)
    if due.update(poll_due_at=now + timedelta(seconds=settings.GREENHOUSE_POLL_SECONDS)) != 1:
        return
    connection = Connection.objects.get(pk=connection_id)
    if not connection.is_active:
        return
    try:
        _poll(connection)
    except RateLimited as exc:
        Connection.objects.filter(pk=connection_id).update(poll_due_at=come_back_at(exc))
    except GreenhouseError as exc:
        log.warning("poll of connection %s stopped: %s", connection_id, exc)
        _note_trouble(connection, code_for(exc), health.step_of_error(exc, Step.STATUS_BACK))
    except DecryptionError:
        _note_trouble(connection, "secret_unreadable", Step.SIGN_IN)
    else:
        Connection.objects.filter(pk=connection_id).update(polled_at=timezone.now())
        health.note_well(connection_id, Step.STATUS_BACK)
        if connection.problem_code:
            connection.mark_answering()


def _note_trouble(connection: Connection, code: str, step: Step) -> None:
    connection.mark_trouble(code)
    health.note_trouble(connection.pk, step, code)


def refresh(
    connection: Connection, *, application_ids: Iterable[str], candidate_ids: Iterable[str], origin: Origin
) -> None:
    """Ask Greenhouse where these people stand now, as far as we sent them; ids we do not know are passed over.

    Effects: as `poll`, for all exports of these applications and of these candidates.
    Repeat: harmless.
    Raises: GreenhouseError, DecryptionError; then some may have been brought up to date already.
    """
    asked = Q(application_remote_id__in=application_ids) | Q(candidate_remote_id__in=candidate_ids)
    _ask(connection, list(_tracked(connection).filter(asked)), origin)


def _poll(connection: Connection) -> None:
    longest_unasked = _tracked(connection).order_by(F("tracked_at").asc(nulls_first=True))
    _ask(connection, list(longest_unasked[:EXPORTS_PER_ROUND]), Origin.POLL)


def _tracked(connection: Connection) -> QuerySet[Export]:
    sent = Export.objects.filter(connection=connection, state=ExportState.SENT).exclude(application_remote_id="")
    return sent.exclude(application__status=ApplicationStatus.GONE).select_related("application")


def _ask(connection: Connection, exports: list[Export], origin: Origin) -> None:
    if not exports:
        return
    asked_at = timezone.now()
    client = client_for(connection, Priority.BULK)
    ids = [int(export.application_remote_id) for export in exports]
    found = {str(row.id): row for row in client.fetch_applications(ids=ids)}
    if not found:
        prove_sight(client, connection.pk)
    rejected = [row.id for row in found.values() if row.status == "rejected"]
    reasons = _rejection_reasons(connection, client, rejected)
    for export in exports:
        row = found.get(export.application_remote_id)
        if row and reasons is None and row.status == export.remote_status == "rejected":
            # What was known while we could read the reasons is better than what we may read now.
            Export.objects.filter(pk=export.pk).update(tracked_at=asked_at)
            continue
        reason = reasons.get(row.id) if row and reasons else None
        apply_application(export, row, reason, origin, asked_at)


def _rejection_reasons(
    connection: Connection, client: GreenhouseClient, application_ids: Iterable[int]
) -> dict[int, RejectionReasonPayload] | None:
    """Why each of these was rejected; None without the scope to read it, then a rejection stays without its reason."""
    wanted = list(application_ids)
    if not wanted:
        return {}
    if not connection.may(*REASONS.scopes):
        return None
    try:
        reasons = {reason.id: reason for reason in client.fetch_rejection_reasons()}
        details = list(client.fetch_rejection_details(application_ids=wanted))
    except Forbidden as exc:
        connection.note_refused(listing_scope(exc.path))
        return None
    return {
        detail.application_id: reasons[detail.rejection_reason_id]
        for detail in details
        if detail.rejection_reason_id in reasons
    }


def apply_application(
    export: Export,
    row: ApplicationPayload | None,
    reason: RejectionReasonPayload | None,
    origin: Origin,
    asked_at: datetime,
) -> None:
    """Bring one export and its application to what Greenhouse says now; None means it is no longer there.

    Repeat: writes and tells nothing new when nothing changed.
    """
    stage = (row.stage_name or "") if row else ""
    export.remote_status = row.status if row else "gone"
    export.remote_stage = stage[:300]
    export.rejection_reason = reason.name[:300] if reason else ""
    export.tracked_at = asked_at
    export.save(update_fields=["remote_status", "remote_stage", "rejection_reason", "tracked_at"])
    key = reason.type.key if reason and reason.type else ""
    status = tracked_status(row.status, stage, key) if row else ApplicationStatus.GONE
    record_status(
        application=export.application,
        status=status,
        text=_in_words(status, stage, export.rejection_reason),
        origin=origin,
    )


def _in_words(status: ApplicationStatus, stage: str, reason: str) -> str:
    if status == ApplicationStatus.GONE:
        return "No longer in Greenhouse: deleted or merged there"
    if status in (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN):
        return f"{status.label} in Greenhouse" + (f": {reason}" if reason else "")
    if status == ApplicationStatus.HIRED:
        return "Hired in Greenhouse"
    return f"In Greenhouse at stage {stage}" if stage else "In Greenhouse"
