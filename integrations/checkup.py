"""Try a credential and an e-mail against Greenhouse. HTTP only; writes no row."""

import logging
from dataclasses import dataclass

from django.conf import settings

from integrations.credentials import Credential, FixedToken, client_with
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
)
from integrations.greenhouse.schemas import Record, SourcePayload, UserPayload
from integrations.greenhouse.scopes import REQUIRED_SCOPES, collection_of
from integrations.models import CredentialKind
from integrations.problems import PROBLEMS, Problem

log = logging.getLogger(__name__)


class CheckFailed(Exception):
    """A credential cannot be used; `problem` says why in words, `detail` names what (never a secret)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.problem: Problem = PROBLEMS[code]
        self.detail = detail


@dataclass(frozen=True)
class Findings:
    """What a good credential leads to."""

    user: UserPayload
    token: Token
    organization_id: str
    organization_name: str
    source: SourcePayload | None


def examine(credential: Credential, email: str) -> Findings:
    """Sign in, find the acting user, check role and scopes, read one job.

    Effects: about seven requests; no writes at Greenhouse.
    Raises: CheckFailed, with a code for each thing that a person can repair.
    Source: contract §2.2, §2.5, §2.7, §6.4, §6.5, §9 Connect.
    """
    service_token = _sign_in(credential, None)
    user = _find_user(client_with(FixedToken(service_token.value)), email)
    token = _sign_in(credential, user.id)
    client = client_with(FixedToken(token.value))
    seen = _introspect(credential, token)
    missing = REQUIRED_SCOPES - seen.scopes if seen else _refused_collections(client)
    if missing:
        raise CheckFailed("scope_missing", ", ".join(sorted(missing)))
    _read_one_job(client)
    return Findings(
        user=user,
        token=token,
        organization_id=str(seen.organization_id or "") if seen else "",
        organization_name=seen.organization_name or "" if seen else "",
        source=_our_source(client),
    )


def _sign_in(credential: Credential, acting_user: int | None) -> Token:
    by_key = credential.kind == CredentialKind.API_KEY
    try:
        return credential.fetch_token(acting_user=acting_user)
    except Unauthorized as exc:
        raise CheckFailed("api_key_refused" if by_key else "key_refused") from exc
    except Rejected as exc:
        if by_key:
            raise CheckFailed("keys_retired") from exc
        raise CheckFailed("client_id_malformed" if exc.code == "client_id_suffix" else "key_refused") from exc
    except GreenhouseError as exc:
        raise _not_now(exc) from exc


def _find_user(client: GreenhouseClient, email: str) -> UserPayload:
    try:
        users = client.fetch_users_by_email(email)
    except Forbidden as exc:
        raise CheckFailed("scope_missing", "harvest:users:list, harvest:user_emails:list") from exc
    except GreenhouseError as exc:
        raise _not_now(exc) from exc
    if not users:
        raise CheckFailed("user_unknown")
    active = [user for user in users if not user.deactivated]
    if not active:
        raise CheckFailed("user_deactivated")
    if not active[0].site_admin:
        raise CheckFailed("not_site_admin")
    return active[0]


def _introspect(credential: Credential, token: Token) -> Introspection | None:
    """None where introspection is not to be had: with an API key, or refused."""
    if credential.kind == CredentialKind.API_KEY:
        return None
    try:
        return auth.introspect(
            auth_url=settings.GREENHOUSE_AUTH_URL,
            client_id=credential.client_id,
            client_secret=credential.secret.reveal(),
            token=token.value,
        )
    except (RateLimited, Unavailable) as exc:
        raise _not_now(exc) from exc
    except GreenhouseError:
        return None


def _refused_collections(client: GreenhouseClient) -> frozenset[str]:
    """Find missing list scopes with one cheap request per collection; write scopes cannot be seen so."""
    refused = set()
    for scope in sorted(REQUIRED_SCOPES):
        if not scope.endswith(":list"):
            continue
        try:
            client.fetch_page(collection_of(scope), Record, params={"per_page": "1"})
        except Forbidden:
            refused.add(scope)
        except GreenhouseError as exc:
            raise _not_now(exc) from exc
    return frozenset(refused)


def _read_one_job(client: GreenhouseClient) -> None:
    try:
        client.fetch_page("jobs", Record, params={"per_page": "1"})
    except Forbidden as exc:  # the scope is there, so it is the user who may not
        raise CheckFailed("not_site_admin") from exc
    except GreenhouseError as exc:
        raise _not_now(exc) from exc


def _our_source(client: GreenhouseClient) -> SourcePayload | None:
    try:
        sources = list(client.fetch_sources())
    except GreenhouseError as exc:
        raise _not_now(exc) from exc
    return next((source for source in sources if "purpose jobs" in source.name.lower()), None)


def _not_now(exc: GreenhouseError) -> CheckFailed:
    log.warning("check-up stopped: %s", exc)
    if isinstance(exc, (Unavailable, RateLimited)):
        return CheckFailed("connect_unavailable")
    if isinstance(exc, Unauthorized):
        return CheckFailed("key_refused")
    return CheckFailed("connect_unexpected")
