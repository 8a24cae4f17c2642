"""What a person may do about the differences between what we sent and what Greenhouse has."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from candidates.models import Application, ApplicationOrigin, ApplicationStatus, Candidate, EventKind, Origin
from candidates.services import set_status, tell
from integrations.budget import Priority
from integrations.credentials import client_for
from integrations.greenhouse import tracking
from integrations.greenhouse.schemas import ApplicationPayload, CandidatePayload
from integrations.models import (
    Connection,
    Export,
    ExportState,
    Finding,
    FindingKind,
    FindingState,
    GreenhouseJob,
    GreenhousePerson,
    JobLink,
    Reconciliation,
    SendsAs,
)
from integrations.tasks import wake_export, wake_reconciliation

# What of an export tells where it is in Greenhouse: forgotten, it is sent as if for the first time, and reads back.
_NOWHERE = {
    **dict.fromkeys(("application_remote_id", "candidate_remote_id", "note_remote_id", "step_in_flight"), ""),
    **dict.fromkeys(("remote_status", "remote_stage", "remote_stage_id", "remote_job_id", "rejection_reason"), ""),
    **dict.fromkeys(("contacts_checked_at", "tracked_at", "person_tracked_at", "remote_since", "retry_at"), None),
    **dict.fromkeys(("status", "problem_code"), ""),
}


def enqueue_reconciliation(connection: Connection, *, by: User | None) -> Reconciliation:
    """Start a comparison, or join the one under way.

    Repeat: the open one of the connection; a unique constraint decides between two at once.
    """
    try:
        with transaction.atomic():
            row = Reconciliation.objects.create(connection=connection, requested_by=by)
    except IntegrityError:
        # The newest: the open one may have ended this moment.
        return Reconciliation.objects.filter(connection=connection).latest("pk")
    wake_reconciliation(row.pk)
    return row


def can_be_repaired(finding: Finding) -> bool:
    """Tell whether we can repair it; what is there twice only a person can put together in Greenhouse."""
    return finding.state != FindingState.REPAIRED and finding.kind in (FindingKind.MISSING, FindingKind.UNKNOWN)


def repair(finding: Finding, *, by: User) -> bool:
    """Send a missing person again, or take up somebody unknown; True if there was something to do.

    Effects: for somebody unknown two GETs outside any transaction; then one transaction.
    Repeat: harmless; nothing is sent without reading back first.
    Raises: GreenhouseError, DecryptionError.
    """
    if not can_be_repaired(finding):
        return False
    is_done = _send_again(finding, by) if finding.kind == FindingKind.MISSING else _take_up(finding, by)
    if is_done:
        decide(finding, FindingState.REPAIRED, by=by)
    return is_done


def decide(finding: Finding, state: FindingState, *, by: User) -> None:
    """Note what a person said of it. Repeat: harmless."""
    Finding.objects.filter(pk=finding.pk).update(state=state, decided_by=by, decided_at=timezone.now())


def _send_again(finding: Finding, by: User) -> bool:
    export = finding.export
    if export is None:
        return False
    former = [*export.former_application_ids, export.application_remote_id]
    # Still as it was found: somebody who is there again meanwhile is left alone.
    there = {"application_remote_id__in": finding.application_remote_ids, "status": ApplicationStatus.GONE}
    now = timezone.now()
    with transaction.atomic():
        mine = Export.objects.filter(pk=export.pk, state=ExportState.SENT, **there).update(
            **_NOWHERE, state=ExportState.PENDING, former_application_ids=former, trying_since=now, woken_at=now
        )
        if not mine:
            return False
        export.files.update(remote_id="", problem_code="")
        email = export.application.email.strip().lower()
        GreenhousePerson.objects.filter(connection=export.connection_id, email=email).update(remote_id="")
        set_status(application=export.application, status=ApplicationStatus.APPLIED)
        words = "Missing in Greenhouse; to be sent again"
        tell(application=export.application, kind=EventKind.REQUESTED, text=words, origin=Origin.MEMBER, actor=by)
        wake_export(export)
    return True


def _take_up(finding: Finding, by: User) -> bool:
    """Make somebody ours who came to Greenhouse with our source but not through us."""
    connection = finding.connection
    client = client_for(connection, Priority.INTERACTIVE)
    rows = client.fetch_applications(ids=finding.application_remote_ids)
    people = client.fetch_candidates(finding.candidate_remote_ids).seen if rows else ()
    person = next((one for one in people if _email_of(one) and rows[0].candidate_id == one.id), None)
    if person is None:
        return False
    try:
        with transaction.atomic():
            export = _adopt(connection, rows[0], person, by)
    except _NotOurs:
        return False
    if export:
        tracking.refresh(connection, application_ids=[export.application_remote_id], origin=Origin.POLL)
    return export is not None


class _NotOurs(Exception):
    """The person was sent to this job as another application; what was begun is taken back."""


def _adopt(connection: Connection, row: ApplicationPayload, person: CandidatePayload, by: User) -> Export | None:
    job = GreenhouseJob.objects.filter(connection=connection, remote_id=str(row.job_id or "")).first()
    if job is None and not row.prospect:
        return None
    email = _email_of(person)
    # Greenhouse's own words only: what another employer was told of the same person is none of this one's business.
    names = {"first_name": (person.first_name or "")[:150], "last_name": (person.last_name or "")[:150]}
    candidate, _ = Candidate.objects.by_email(email).get_or_create(defaults={"email": email, **names})
    link = JobLink.objects.filter(post__greenhouse_job=job).select_related("job").first() if job else None
    application, _ = Application.objects.get_or_create(
        candidate=candidate,
        employer_id=connection.employer_id,
        job=link.job if link else None,
        defaults={**names, "email": email, "origin": ApplicationOrigin.SOURCED, "status": ApplicationStatus.SENT},
    )
    arrived = {**_as_arrived(row, person), "application": application, "requested_by": by}
    export, made = Export.objects.get_or_create(
        connection=connection, candidate=candidate, greenhouse_job=job, defaults=arrived
    )
    if made:
        words = "Found in Greenhouse with our source and taken up"
        tell(application=application, kind=EventKind.LINKED, text=words, origin=Origin.MEMBER, actor=by)
        return export
    if export.application_remote_id != str(row.id):
        raise _NotOurs
    return export


def _as_arrived(row: ApplicationPayload, person: CandidatePayload) -> dict[str, Any]:
    """What an export would say of somebody whom it had brought there."""
    return {
        "sends_as": SendsAs.PROSPECT if row.prospect else SendsAs.CANDIDATE,
        "state": ExportState.SENT,
        "was_there": True,
        "candidate_remote_id": str(person.id),
        "application_remote_id": str(row.id),
        "sent_at": timezone.now(),
    }


def _email_of(person: CandidatePayload) -> str:
    """The first address of a person that is one; empty without any."""
    for address in person.email_addresses:
        email = address.value.strip().lower()
        with suppress(ValidationError):
            EmailValidator()(email)
            MaxLengthValidator(254)(email)
            return email
    return ""


def profile_urls(finding: Finding) -> list[str]:
    """Where in Greenhouse the people of a finding are."""
    return [f"{settings.GREENHOUSE_APP_URL}/people/{remote_id}" for remote_id in finding.candidate_remote_ids]
