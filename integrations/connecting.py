"""Make, test and look after an employer's connection. HTTP first, then one short write."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Employer, User
from integrations.checkup import CheckFailed, Findings, examine
from integrations.credentials import Credential
from integrations.fields import DecryptionError, Secret
from integrations.models import Connection, ConnectionState, CredentialKind, GreenhouseJob

# What a check-up finds out and writes.
FOUND = (
    *("state", "problem_code", "problem_at", "acting_user_remote_id", "acting_user_name"),
    *("organization_remote_id", "organization_name", "source_remote_id", "source_name"),
    *("token", "token_expires_at", "tested_at", "poll_due_at"),
)
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
        _note_findings(connection, findings)
        connection.save()
    return connection


def check(connection: Connection) -> CheckFailed | None:
    """Test the stored credential; None means all is well.

    Effects: the connection's state, problem and what was found are written.
    """
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
        Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED).update(**found)
        return None
    connection.mark_trouble(failed.problem.code)
    return failed


def recheck(connection_id: int) -> None:
    """See whether the cause of a connection's trouble is gone. Repeat: at most once in five minutes."""
    now = timezone.now()
    due = Connection.objects.filter(pk=connection_id, state=ConnectionState.NEEDS_ATTENTION, poll_due_at__lte=now)
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
    connection.state = ConnectionState.ACTIVE
    connection.clear_problem()
    connection.acting_user_remote_id = str(user.id)
    connection.acting_user_name = user.name or f"{user.first_name or ''} {user.last_name or ''}".strip()
    connection.organization_remote_id = findings.organization_id or connection.organization_remote_id
    connection.organization_name = findings.organization_name or connection.organization_name
    connection.source_remote_id = str(source.id) if source else ""
    connection.source_name = source.name if source else ""
    connection.token = Secret.of(findings.token.value)
    connection.token_expires_at = findings.token.expires_at
    connection.tested_at = connection.poll_due_at = timezone.now()
