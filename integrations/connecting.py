"""Make, test and look after an employer's connection. HTTP first, then one short write."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Employer, User
from integrations import health
from integrations.checkup import CheckFailed, Findings, examine
from integrations.credentials import Credential
from integrations.fields import DecryptionError, Secret
from integrations.models import Connection, ConnectionState, CredentialKind, GreenhouseJob, Step

# What a check-up finds out and writes.
FOUND = (
    *("acting_user_remote_id", "acting_user_name", "organization_remote_id", "organization_name"),
    *("source_remote_id", "source_name"),
    *("token", "token_expires_at", "tested_at", "poll_due_at"),
)
# What a good check-up proves.
SEEN_WELL = (Step.SIGN_IN, Step.USERS, Step.JOBS)
# A form that was not saved says it in other words than a connection that is there.
STORED_AS = {"connect_unavailable": "unavailable", "connect_unexpected": "unexpected_reply"}
RECHECK_EVERY = timedelta(minutes=5)


def connect(
    *, employer: Employer, by: User, kind: CredentialKind, client_id: str, secret: str, email: str
) -> Connection:
    """Test a credential against Greenhouse and store it, or store nothing.

    Effects: about seven requests, then one write. An existing connection keeps its jobs, links and exports.
    Raises: CheckFailed, then nothing was saved.
    """
    credential = Credential(kind, Secret.of(secret), client_id)
    findings = examine(credential, email)
    with transaction.atomic():
        connection = Connection.objects.filter(employer=employer).first() or Connection(employer=employer)
        _refuse_other_organization(connection, findings)
        connection.credential_kind, connection.client_id = kind, client_id
        connection.secret, connection.secret_last4 = credential.secret, secret[-4:]
        connection.connected_by = by
        connection.email = email
        connection.become_well()
        _note_findings(connection, findings)
        connection.save()
    health.note_well(connection.pk, *SEEN_WELL)
    return connection


def check(connection: Connection) -> CheckFailed | None:
    """Test the stored credential; None means all is well.

    Effects: the connection's state, problem and what was found are written.
    """
    if connection.state == ConnectionState.DISCONNECTED:
        return CheckFailed("disconnected")
    try:
        findings = examine(Credential.of(connection), connection.email)
        _refuse_other_organization(connection, findings)
    except DecryptionError:
        failed = CheckFailed("secret_unreadable")
    except CheckFailed as exc:
        failed = exc
    else:
        _note_findings(connection, findings)
        # Only what was found: workers have written other columns while we asked.
        found = {name: getattr(connection, name) for name in FOUND}
        connection.with_this_credential().exclude(state=ConnectionState.DISCONNECTED).update(**found)
        connection.mark_well()
        health.note_well(connection.pk, *SEEN_WELL)
        return None
    _note_trouble(connection, failed.problem.code)
    return failed


def _note_trouble(connection: Connection, code: str) -> None:
    code = STORED_AS.get(code, code)
    connection.mark_trouble(code)
    step = health.step_of_code(code, Step.JOBS if code == "scope_missing" else Step.SIGN_IN)
    if step != Step.SIGN_IN:  # it got that far
        health.note_well(connection.pk, Step.SIGN_IN)
    health.note_trouble(connection.pk, step, code)


def recheck(connection_id: int) -> None:
    """See whether the cause of a connection's trouble is gone. Repeat: at most once in five minutes."""
    now = timezone.now()
    trouble = Q(state=ConnectionState.NEEDS_ATTENTION) | Q(state=ConnectionState.ACTIVE, broken_since__isnull=False)
    due = Connection.objects.filter(trouble, pk=connection_id, poll_due_at__lte=now)
    if due.update(poll_due_at=now + RECHECK_EVERY) == 1:
        check(Connection.objects.get(pk=connection_id))


def _refuse_other_organization(connection: Connection, findings: Findings) -> None:
    """Ids of one Greenhouse account mean other people in another, so what is linked must not move."""
    known, found = connection.organization_remote_id, findings.organization_id
    has_data = GreenhouseJob.objects.filter(connection_id=connection.pk).exists()
    if known and found and known != found and has_data:
        raise CheckFailed("other_organization")


def _note_findings(connection: Connection, findings: Findings) -> None:
    user, source = findings.user, findings.source
    connection.acting_user_remote_id = str(user.id)
    connection.acting_user_name = user.name or f"{user.first_name or ''} {user.last_name or ''}".strip()
    connection.organization_remote_id = findings.organization_id or connection.organization_remote_id
    connection.organization_name = findings.organization_name or connection.organization_name
    connection.source_remote_id = str(source.id) if source else ""
    connection.source_name = source.name if source else ""
    connection.token = Secret.of(findings.token.value)
    connection.token_expires_at = findings.token.expires_at
    connection.tested_at = connection.poll_due_at = timezone.now()
