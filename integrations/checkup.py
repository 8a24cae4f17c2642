"""Try a credential and an e-mail against Greenhouse. HTTP only; writes no row."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings

from integrations.credentials import Credential, FixedToken, client_with
from integrations.doctor import Diagnosis, by_list
from integrations.greenhouse import auth
from integrations.greenhouse.auth import Introspection, Token
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import (
    Forbidden,
    GreenhouseError,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UnexpectedReply,
)
from integrations.greenhouse.schemas import Record, SourcePayload, UserPayload
from integrations.greenhouse.scopes import ALL_SCOPES, PEOPLE, collection_of, is_listing
from integrations.greenhouse.transport import Gate
from integrations.models import CredentialKind
from integrations.problems import PROBLEMS, Problem

log = logging.getLogger(__name__)
T = TypeVar("T")

SERVICE_USER = "the Greenhouse service user"
_A_MOMENT_SECONDS = 0.4


class CheckFailed(Exception):
    """A credential cannot be used; `problem` says why in words, `detail` names what (never a secret).

    Shape: `diagnosis` is there once Greenhouse has told, or shown, what the credential may do.
    """

    def __init__(self, code: str, detail: str = "", diagnosis: Diagnosis | None = None) -> None:
        super().__init__(code)
        self.problem: Problem = PROBLEMS[code]
        self.detail = detail
        self.diagnosis = diagnosis


@dataclass(frozen=True)
class Findings:
    """What a good credential leads to. Shape: `user` is None for the service user, `sources` if it may not see them."""

    user: UserPayload | None
    token: Token
    organization_id: str
    organization_name: str
    sources: tuple[SourcePayload, ...] | None
    diagnosis: Diagnosis


def examine(credential: Credential, email: str, *, as_service_user: bool = False, gate: Gate | None = None) -> Findings:
    """Sign in, find the acting user, check role and scopes, read one job.

    Shape: `gate` is the budget of the connection that has this credential, if one has.
    Effects: about nine requests, or twenty where introspection is refused; no writes at Greenhouse.
    Raises: CheckFailed, with a code for each thing that a person can repair.
    Source: contract §2.2, §2.5, §2.7, §6.4, §6.5, §9 Connect.
    """
    token, user = _sign_in(credential, None), None
    seen = introspect(credential, token)
    if not as_service_user:
        if seen:  # what is missing is said all at once, not one refusal at a time
            _refuse_missing(_diagnosed(credential.kind, seen, "", needs_person=True))
        user = _find_user(client_with(FixedToken(token.value), gate), email, is_listed=seen is not None)
        token = _sign_in(credential, user.id)
        seen = introspect(credential, token) if seen else None
    return look_around(credential.kind, token, seen, user, gate=gate)


def look_around(
    kind: str,
    token: Token,
    seen: Introspection | None,
    user: UserPayload | None,
    *,
    acting_as: str = "",
    gate: Gate | None = None,
) -> Findings:
    """See what a token may do in whose name: `user`, or whoever `acting_as` names, or the service user.

    Effects: two requests, or one more for each collection without an introspection.
    Raises: CheckFailed.
    """
    client = client_with(FixedToken(token.value), gate)
    name = acting_as or (name_of(user) if user else SERVICE_USER)
    needs_person = user is not None
    if seen:
        diagnosis = _diagnosed(kind, seen, name, needs_person=needs_person)
    else:
        diagnosis = _probed(kind, client, name, needs_person=needs_person)
    _refuse_missing(diagnosis)
    _read_one_job(client, diagnosis, user)
    sources = _sources(client) if diagnosis.reads_sources else None
    if sources is None:  # listed and refused all the same
        refused = diagnosis.refused | {"harvest:sources:list"}
        diagnosis = replace(diagnosis, refused=refused, granted=diagnosis.granted - refused)
    return Findings(
        user=user,
        token=token,
        organization_id=str(seen.organization_id or "") if seen else "",
        organization_name=seen.organization_name or "" if seen else "",
        sources=sources,
        diagnosis=diagnosis,
    )


def shows_any_job(token: Token, job_ids: Collection[str]) -> bool:
    """Tell whether a token shows at least one of these Greenhouse jobs, closed ones included.

    Effects: one request for 50 ids.
    Raises: CheckFailed.
    """
    client = client_with(FixedToken(token.value))
    try:
        return bool(_patiently(lambda: list(client.fetch_by_ids("jobs", Record, key="ids", ids=job_ids))))
    except GreenhouseError as exc:
        raise not_now(exc) from exc


def name_of(user: UserPayload) -> str:
    return user.name or f"{user.first_name or ''} {user.last_name or ''}".strip()


# --- signing in ----------------------------------------------------------------------------


def _sign_in(credential: Credential, acting_user: int | None) -> Token:
    by_key = credential.kind == CredentialKind.API_KEY
    try:
        return _patiently(lambda: credential.fetch_token(acting_user=acting_user))
    except (Unauthorized, Rejected) as exc:
        if acting_user is not None:  # without a user it worked a moment ago
            raise CheckFailed("user_refused") from exc
        if by_key:
            raise CheckFailed("keys_retired" if isinstance(exc, Rejected) else "api_key_refused") from exc
        raise CheckFailed("client_id_malformed" if exc.code == "client_id_suffix" else "key_refused") from exc
    except GreenhouseError as exc:
        raise no_token(exc) from exc


def no_token(exc: GreenhouseError) -> CheckFailed:
    """Name what stood in the way of a token, apart from the credential itself."""
    if isinstance(exc, Unavailable):
        log.warning("no token: %s", exc)
        return CheckFailed("auth_slow" if exc.code == "timeout" else "auth_unreachable")
    if isinstance(exc, UnexpectedReply):
        log.warning("no token: %s", exc)
        return CheckFailed("auth_no_token" if exc.field == "access_token" else "auth_not_json")
    return not_now(exc)


def _patiently(ask: Callable[[], T]) -> T:
    """Ask once more where a moment may help: not after a timeout, for a person is waiting."""
    try:
        return ask()
    except Unavailable as exc:
        if exc.code == "timeout":
            raise
        time.sleep(_A_MOMENT_SECONDS)
    return ask()


# --- for whom, and what it may do ----------------------------------------------------------


def _find_user(client: GreenhouseClient, email: str, *, is_listed: bool) -> UserPayload:
    try:
        users = _patiently(lambda: client.fetch_users_by_email(email))
    except Forbidden as exc:
        if is_listed:
            raise CheckFailed("lookup_refused") from exc
        raise CheckFailed("scope_missing", ", ".join(PEOPLE.scopes)) from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc
    if not users:
        raise CheckFailed("user_unknown")
    active = [user for user in users if not user.deactivated]
    if not active:
        raise CheckFailed("user_deactivated")
    admins = [user for user in active if user.site_admin]
    if not admins:
        raise CheckFailed("not_site_admin")
    return admins[0]


def introspect(credential: Credential, token: Token) -> Introspection | None:
    """None where introspection is not to be had: with an API key, or refused."""
    if credential.kind == CredentialKind.API_KEY:
        return None
    try:
        seen = _patiently(
            lambda: auth.introspect(
                auth_url=settings.GREENHOUSE_AUTH_URL,
                client_id=credential.client_id,
                client_secret=credential.secret.reveal(),
                token=token.value,
            )
        )
    except (RateLimited, Unavailable) as exc:
        raise not_now(exc) from exc
    except GreenhouseError:
        return None
    return seen if seen.active else None


def _diagnosed(kind: str, seen: Introspection, acting_as: str, *, needs_person: bool) -> Diagnosis:
    granted, refused = by_list(seen.scopes)
    return Diagnosis(
        kind=kind,
        granted=granted,
        refused=refused,
        organization_name=seen.organization_name or "",
        acting_as=acting_as,
        role=seen.user_role or "",
        needs_person=needs_person,
    )


def _probed(kind: str, client: GreenhouseClient, acting_as: str, *, needs_person: bool) -> Diagnosis:
    """Find out with one cheap request per collection; what only a write would show stays unseen."""
    granted: set[str] = set()
    refused: set[str] = set()
    for scope in filter(is_listing, ALL_SCOPES):
        (granted if _may_list(client, collection_of(scope)) else refused).add(scope)
    if not granted:  # every single list refused: that is rather the role than so many boxes left unticked
        raise CheckFailed("not_site_admin" if needs_person else "service_user_blocked")
    return Diagnosis(
        kind=kind,
        granted=frozenset(granted),
        refused=frozenset(refused),
        acting_as=acting_as,
        needs_person=needs_person,
    )


def _may_list(client: GreenhouseClient, collection: str) -> bool:
    try:
        _patiently(lambda: client.fetch_page(collection, Record, params={"per_page": "1"}))
    except Forbidden:
        return False
    except GreenhouseError as exc:
        raise not_now(exc) from exc
    return True


def _refuse_missing(diagnosis: Diagnosis) -> None:
    missing = diagnosis.missing_required
    if missing:
        raise CheckFailed("scope_missing", ", ".join(missing), diagnosis)


def _read_one_job(client: GreenhouseClient, diagnosis: Diagnosis, user: UserPayload | None) -> None:
    """Read as the acting user: whoever is no Site Admin is refused, or shown nothing (contract §10 no. 13)."""
    blocked = "not_site_admin" if user else "service_user_blocked"
    try:
        page = _patiently(lambda: client.fetch_page("jobs", Record, params={"per_page": "1"}))
    except Forbidden as exc:  # the scope is there, so it is the user who may not
        raise CheckFailed(blocked, diagnosis=diagnosis) from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc
    role = diagnosis.role.lower().replace(" ", "_").replace("-", "_")
    if not page.items and not user and role and role != "site_admin":
        raise CheckFailed(blocked, diagnosis=diagnosis)


def _sources(client: GreenhouseClient) -> tuple[SourcePayload, ...] | None:
    """All sources; None where we may not see them, which switches only the source off."""
    try:
        return tuple(_patiently(client.fetch_sources))
    except Forbidden:
        return None
    except GreenhouseError as exc:
        raise not_now(exc) from exc


def not_now(exc: GreenhouseError) -> CheckFailed:
    log.warning("check-up stopped: %s", exc)
    if isinstance(exc, RateLimited):
        return CheckFailed("connect_busy")
    if isinstance(exc, Unavailable):
        return CheckFailed("connect_unavailable")
    if isinstance(exc, Unauthorized):
        return CheckFailed("key_refused")
    return CheckFailed("connect_unexpected")
