"""Make, test and look after an employer's connection. HTTP first, then one short write."""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Employer, User
from integrations import grants, health, partner, recognition, webhook_setup
from integrations.checkup import CheckFailed, Findings, examine, name_of, shows_any_job
from integrations.credentials import Credential, gate_of, held_token, sole_minter
from integrations.fields import DecryptionError, Secret
from integrations.greenhouse.auth import Grant
from integrations.models import Connection, ConnectionState, CredentialKind, GreenhouseJob, Step
from integrations.sources import note_source

# What a check-up finds out and writes.
FOUND = (
    *("acting_user_remote_id", "acting_user_name", "organization_remote_id", "organization_name"),
    *("source_remote_id", "source_name", "granted_scopes", "refused_scopes"),
    *("token", "token_expires_at", "tested_at", "poll_due_at"),
)
# A partner's tokens are written by whoever refreshes them (`grants.py`): what we asked with may be over by now.
FOUND_OF_PARTNER = tuple(name for name in FOUND if name not in ("token", "token_expires_at"))
# What a person gave, and what begins anew with it.
GIVEN = (
    *("credential_kind", "client_id", "secret", "secret_last4", "email", "acts_as_service_user"),
    *("connected_by", "refresh_token", "refreshed_at", "token_lease_until", "credential_no", "updated_at"),
    *("state", "problem_code", "problem_at", "broken_since", "recovered_at", "disconnected_at"),
)
# What a good check-up proves.
SEEN_WELL = (Step.SIGN_IN, Step.USERS, Step.JOBS)
# A form that was not saved says it in other words than a connection that is there.
STORED_AS = {
    "connect_unavailable": "unavailable",
    "connect_unexpected": "unexpected_reply",
    "connect_busy": "rate_limited",
    "auth_unreachable": "unavailable",
    "auth_slow": "unavailable",
    "auth_not_json": "unexpected_reply",
    "auth_no_token": "unexpected_reply",
}
LOOK_AGAIN_EVERY = timedelta(hours=1)
RECHECK_EVERY = timedelta(minutes=5)
JOBS_ASKED_FOR = 50  # as many as fit into one request
_REFUSALS = ("key_refused", "api_key_refused", "client_id_malformed")


def connect(
    *,
    employer: Employer,
    by: User | None,
    kind: CredentialKind,
    client_id: str,
    secret: str,
    email: str,
    as_service_user: bool = False,
    claim: Callable[[], None] | None = None,
) -> Connection:
    """Test a credential against Greenhouse and store it, or store nothing.

    Effects: about nine requests, then one transaction. An existing connection keeps its jobs, links and exports, and
    its old secret until the new one has proved itself. `claim` runs in that transaction; what it raises undoes it.
    Raises: CheckFailed, then nothing was saved.
    """
    credential = Credential(kind, Secret.of(secret), client_id)
    findings = _tried(credential, secret, email, as_service_user=as_service_user)
    _refuse_stranger(employer, findings)
    with transaction.atomic():
        if claim:
            claim()
        _hold(employer.pk)
        connection, _ = Connection.objects.get_or_create(employer=employer, defaults={"credential_kind": kind})
        _refuse_other_organization(connection, findings)
        connection.credential_kind, connection.client_id = kind, client_id
        connection.secret, connection.secret_last4 = credential.secret, secret[-4:]
        connection.refresh_token, connection.refreshed_at, connection.token_lease_until = Secret(""), None, None
        connection.connected_by = by
        _store(connection, findings, email, as_service_user=as_service_user)
    health.note_well(connection.pk, *SEEN_WELL)
    return connection


def connect_partner(*, employer: Employer, by: User, grant: Grant) -> Connection:
    """Look at what a consent allows and store it, or store nothing.

    Effects: as `connect`; both tokens of the grant are stored together.
    Raises: CheckFailed, then nothing was saved.
    """
    findings = partner.examine_consent(partner.fresh(grant))
    _refuse_stranger(employer, findings)
    kind = CredentialKind.PARTNER
    with transaction.atomic():
        _hold(employer.pk)
        connection, _ = Connection.objects.get_or_create(employer=employer, defaults={"credential_kind": kind})
        _refuse_other_organization(connection, findings)
        connection.credential_kind, connection.client_id = kind, settings.GREENHOUSE_PARTNER_CLIENT_ID
        connection.secret, connection.secret_last4 = Secret(""), ""
        for name, value in grants.stored(grant).items():
            setattr(connection, name, value)
        connection.connected_by = by
        _store(connection, findings, "", as_service_user=findings.user is None)
        webhook_setup.ensure(connection)
    health.note_well(connection.pk, *SEEN_WELL)
    return connection


def _hold(employer_id: int) -> None:
    """Keep everybody else from writing the employer's connection until the transaction ends.

    An UPDATE that changes nothing locks the row on PostgreSQL; on SQLite the transaction itself is the lock.
    """
    Connection.objects.filter(employer=employer_id).update(credential_no=F("credential_no"))


def choose_user(*, connection: Connection, email: str, as_service_user: bool) -> None:
    """Let the stored credential act as somebody else; nothing else of it changes.

    Effects: as `connect`.
    Raises: CheckFailed, then nothing was saved.
    """
    try:
        findings = _examine_stored(connection, email, as_service_user=as_service_user)
    except DecryptionError as exc:
        raise CheckFailed("secret_unreadable") from exc
    with transaction.atomic():
        _hold(connection.employer_id)
        now_there = Connection.objects.get(pk=connection.pk)
        if now_there.credential_no != connection.credential_no:
            raise CheckFailed("replaced_meanwhile")
        _refuse_other_organization(connection, findings)
        _store(now_there, findings, email, as_service_user=as_service_user)
    health.note_well(connection.pk, *SEEN_WELL)


def check(connection: Connection) -> CheckFailed | None:
    """Test the stored credential; None means all is well.

    Effects: the connection's state, problem and what was found are written, unless somebody has put another credential
    in its place, or disconnected it, while we asked.
    """
    if connection.state == ConnectionState.DISCONNECTED:
        return CheckFailed("disconnected")
    try:
        findings = _examined(connection)
        _refuse_other_organization(connection, findings)
    except DecryptionError:
        failed = CheckFailed("secret_unreadable")
    except CheckFailed as exc:
        failed = exc
    else:
        _note_findings(connection, findings)
        _write_found(connection, FOUND_OF_PARTNER if connection.credential_kind == CredentialKind.PARTNER else FOUND)
        connection.mark_well()
        health.note_well(connection.pk, *SEEN_WELL)
        return None
    if failed.diagnosis:
        connection.granted_scopes = sorted(failed.diagnosis.granted)
        connection.refused_scopes = sorted(failed.diagnosis.refused)
        _write_found(connection, ("granted_scopes", "refused_scopes"))
    _note_trouble(connection, failed.problem.code)
    return failed


def _examined(connection: Connection) -> Findings:
    if connection.credential_kind == CredentialKind.PARTNER:
        return partner.examine_consent(partial(held_token, connection.pk), gate_of(connection))
    return _examine_stored(connection, connection.email, as_service_user=connection.acts_as_service_user)


def _examine_stored(connection: Connection, email: str, *, as_service_user: bool) -> Findings:
    credential = Credential.of(connection)
    with sole_minter(connection.pk):
        return examine(credential, email, as_service_user=as_service_user, gate=gate_of(connection))


def _write_found(connection: Connection, names: Collection[str]) -> None:
    # Only what was found: workers have written other columns while we asked.
    found = {name: getattr(connection, name) for name in names}
    source = {name: found.pop(name) for name in ("source_remote_id", "source_name") if name in found}
    rows = connection.with_this_credential().exclude(state=ConnectionState.DISCONNECTED)
    rows.update(**found)
    # Somebody may have chosen a source while we asked.
    if source:
        rows.filter(source_is_chosen=connection.source_is_chosen).update(**source)


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


def look_again(connection_id: int) -> None:
    """See whether a feature that was switched off for want of a scope may be on again.

    Repeat: at most once an hour for a connection, whoever asks.
    """
    now = timezone.now()
    due = Connection.objects.filter(
        pk=connection_id, state=ConnectionState.ACTIVE, tested_at__lt=now - LOOK_AGAIN_EVERY
    )
    if due.update(tested_at=now) == 1:
        check(Connection.objects.get(pk=connection_id))


def _tried(credential: Credential, secret: str, email: str, *, as_service_user: bool) -> Findings:
    """Examine what somebody typed; a mistake that shows is named instead of a mere refusal."""
    mistake = recognition.certain(credential.kind, credential.client_id, secret)
    if mistake:
        raise CheckFailed(mistake)
    try:
        return examine(credential, email, as_service_user=as_service_user)
    except CheckFailed as exc:
        if exc.problem.code in _REFUSALS:
            mistake = recognition.suspect(credential.kind, credential.client_id, secret)
        if not mistake:
            raise
        raise CheckFailed(mistake) from exc


def _refuse_stranger(employer: Employer, findings: Findings) -> None:
    """Where Greenhouse does not say whose credential it is, it must show one of the jobs that we know."""
    known = GreenhouseJob.objects.filter(connection__employer=employer).order_by("-pk")
    ids = [] if findings.organization_id else list(known.values_list("remote_id", flat=True)[:JOBS_ASKED_FOR])
    if ids and not shows_any_job(findings.token, ids):
        raise CheckFailed("other_organization")


def _refuse_other_organization(connection: Connection, findings: Findings) -> None:
    """Ids of one Greenhouse account mean other people in another, so what is linked must not move."""
    known, found = connection.organization_remote_id, findings.organization_id
    has_data = GreenhouseJob.objects.filter(connection_id=connection.pk).exists()
    if known and found and known != found and has_data:
        raise CheckFailed("other_organization", findings.organization_name)


def _store(connection: Connection, findings: Findings, email: str, *, as_service_user: bool) -> None:
    """Write what was given and what it led to; what workers still hold of the credential before is void."""
    connection.email, connection.acts_as_service_user = email, as_service_user
    _note_findings(connection, findings)
    connection.become_well()
    connection.save(update_fields=[*FOUND, *GIVEN])


def _note_findings(connection: Connection, findings: Findings) -> None:
    user = findings.user
    connection.acting_user_remote_id = str(user.id) if user else ""
    connection.acting_user_name = name_of(user) if user else findings.diagnosis.acting_as
    connection.organization_remote_id = findings.organization_id or connection.organization_remote_id
    connection.organization_name = findings.organization_name or connection.organization_name
    connection.granted_scopes = sorted(findings.diagnosis.granted)
    connection.refused_scopes = sorted(findings.diagnosis.refused)
    if findings.sources is not None:
        note_source(connection, findings.sources)
    connection.token = Secret.of(findings.token.value)
    connection.token_expires_at = findings.token.expires_at
    connection.tested_at = connection.poll_due_at = timezone.now()
