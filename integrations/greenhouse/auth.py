"""How an employer's credential becomes a bearer token, and what a token may do.

Most token calls change nothing in Greenhouse and are safe to repeat. The partner's calls are not: a code and a
refresh token work once, so they end in OutcomeUnknown where the answer was lost on the way.

Source: harvestdocs.greenhouse.io, Authentication, Introspect token, and Integrating as a Greenhouse Harvest
Partner, read 2026-11-23.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from integrations.greenhouse import errors, headers, transport
from integrations.greenhouse.parsing import parse_moment
from integrations.greenhouse.transport import Call, Gate, Reply

Clock = Callable[[], datetime]
Kind = Literal["client_credentials", "api_key", "partner"]

_CLAIMS: Final = "https://auth.greenhouse.io/claims"
_FORM: Final = "application/x-www-form-urlencoded"
# A token that does not say how long it lives is used for a short time; one that claims more than a day is
# mistaken.
_SHORT_LIFE: Final = timedelta(minutes=5)
_LONGEST_LIFE: Final = timedelta(days=1)
# Epochs above this are milliseconds: in seconds they would lie after the year 5000.
_MILLISECONDS_FROM: Final = 1e11
_TOKEN: Final = re.compile(r"[!-~]+")
_CREDENTIAL_ERRORS: Final = frozenset({"invalid_client", "unauthorized_client"})
_REQUEST_ERRORS: Final = frozenset(
    {"invalid_grant", "invalid_request", "invalid_scope", "unsupported_grant_type", "access_denied"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. Units: `expires_at` is aware UTC by our own clock, rather too early than too late."""

    value: str = field(repr=False)
    expires_at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Grant:
    """What a customer allowed a partner. The refresh token works once and is replaced with every use."""

    token: Token
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Introspection:
    """What Greenhouse says of a token: whether it works, for whom it acts, and what it may do."""

    active: bool
    organization_id: str | None = None
    organization_name: str | None = None
    user_role: str | None = None
    subject: str | None = None
    scopes: frozenset[str] = frozenset()


def fetch_token_with_client_credentials(
    *,
    auth_url: str,
    client_id: str,
    client_secret: str,
    sub: int | str | None = None,
    session: requests.Session | None = None,
    now: Clock | None = None,
    gate: Gate | None = None,
) -> Token:
    """Return a token for a Harvest V3 (OAuth) credential, acting as user `sub` or as the integration itself.

    Repeat: harmless; each call is another token, and 60 a minute are allowed.
    Raises: Unauthorized (`invalid_client`), Rejected (`client_id_suffix` and others), Forbidden, RateLimited,
        Unavailable, UnexpectedReply.
    """
    form = {"grant_type": "client_credentials"} | ({} if sub is None else {"sub": str(sub)})
    call = Call(
        "POST",
        "/token",
        url=transport.checked_base_url(auth_url) + "/token",
        body=urlencode(form).encode(),
        content_type=_FORM,
    )
    return _fetch_token(call, _basic(client_id, client_secret), "client_credentials", session, now, gate)


def exchange_api_key(
    *,
    harvest_url: str,
    api_key: str,
    sub: int | str | None = None,
    session: requests.Session | None = None,
    now: Clock | None = None,
    gate: Gate | None = None,
) -> Token:
    """Return a token for an API key of the kind Harvest v1 used, as long as Greenhouse still exchanges them.

    Repeat: harmless.
    Raises: as `fetch_token_with_client_credentials`; Rejected (`keys_retired`) where the exchange is gone.
    """
    call = Call(
        "POST",
        "/auth/token",
        url=transport.checked_base_url(harvest_url) + "/auth/token",
        body=json.dumps({} if sub is None else {"sub": int(sub)}).encode(),
    )
    return _fetch_token(call, _basic(api_key, ""), "api_key", session, now, gate)


def consent_address(*, auth_url: str, client_id: str, redirect_uri: str, scopes: Iterable[str], state: str) -> str:
    """Return where a browser goes to let the customer allow a partner what it asks for.

    Source: contract §2.4, steps 2 to 4.
    """
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
    }
    return f"{transport.checked_base_url(auth_url)}/authorize?{urlencode(query)}"


def exchange_code(
    *,
    auth_url: str,
    client_id: str,
    client_secret: str,
    code: str,
    redirect_uri: str,
    session: requests.Session | None = None,
    now: Clock | None = None,
    gate: Gate | None = None,
) -> Grant:
    """Return the tokens for the code a consent led to; it lives one minute and works once.

    Raises: Unauthorized (the partner itself is refused), Rejected (`invalid_grant` and others), Forbidden,
        RateLimited, Unavailable where the code was certainly not used, OutcomeUnknown where it may be.
    Source: contract §2.4, steps 5 and 6.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _fetch_grant(auth_url, form, _basic(client_id, client_secret), "", session, now, gate)


def refresh(
    *,
    auth_url: str,
    client_id: str,
    client_secret: str,
    refresh_token: str,
    session: requests.Session | None = None,
    now: Clock | None = None,
    gate: Gate | None = None,
) -> Grant:
    """Return new tokens for a refresh token, which is dead from then on: store the answer before using it.

    Raises: as `exchange_code`.
    Source: contract §2.4, step 7.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _fetch_grant(auth_url, form, _basic(client_id, client_secret), refresh_token, session, now, gate)


def introspect(
    *,
    auth_url: str,
    client_id: str,
    client_secret: str,
    token: str,
    session: requests.Session | None = None,
    now: Clock | None = None,
) -> Introspection:
    """Return what Greenhouse says of a token; an inactive one has nothing but `active`.

    Raises: as `fetch_token_with_client_credentials`.
    """
    call = Call(
        "POST",
        "/introspect",
        url=transport.checked_base_url(auth_url) + "/introspect",
        body=urlencode({"token": token, "token_type_hint": "access_token"}).encode(),
        content_type=_FORM,
    )
    reply = _answer(call, _basic(client_id, client_secret), session, now)
    body = _object(reply)
    if not isinstance(body.get("active"), bool):
        raise reply.misfit("active")
    return _introspection(body) if body["active"] else Introspection(active=False)


def _fetch_token(
    call: Call,
    auth: AuthBase,
    kind: Kind,
    session: requests.Session | None,
    now: Clock | None,
    gate: Gate | None = None,
) -> Token:
    # Before the call: the token cannot have been made earlier, so it cannot expire earlier than we think.
    asked_at = (now or transport.utc_now)()
    reply = _answer(call, auth, session, now, gate)
    return _token(reply, _object(reply), kind, asked_at)


def _fetch_grant(
    auth_url: str,
    form: Mapping[str, str],
    auth: AuthBase,
    held: str,
    session: requests.Session | None,
    now: Clock | None,
    gate: Gate | None,
) -> Grant:
    """Shape: `held` is the refresh token to keep where the answer brings no other; without one it must."""
    call = Call(
        "POST",
        "/token",
        url=transport.checked_base_url(auth_url) + "/token",
        body=urlencode(form).encode(),
        content_type=_FORM,
        is_write=True,  # what it sends works once
    )
    asked_at = (now or transport.utc_now)()
    reply = _answer(call, auth, session, now, gate)
    body = _object(reply)
    token = _token(reply, body, "partner", asked_at)
    refresh_token = body.get("refresh_token") or held
    if not isinstance(refresh_token, str) or not _TOKEN.fullmatch(refresh_token):
        raise reply.misfit("refresh_token")
    return Grant(token, refresh_token)


def _token(reply: Reply, body: Mapping[str, Any], kind: Kind, asked_at: datetime) -> Token:
    value = body.get("access_token")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise reply.misfit("access_token")
    if str(body.get("token_type") or "Bearer").lower() != "bearer":
        raise reply.misfit("token_type")
    return Token(value, asked_at + _lifetime(body, reply.headers, asked_at), kind)


def _answer(
    call: Call,
    auth: AuthBase,
    session: requests.Session | None,
    now: Clock | None,
    gate: Gate | None = None,
) -> Reply:
    with _borrowed(session) as active:
        reply = transport.exchange(active, call, auth, gate)
    try:
        transport.check_status(reply, now or transport.utc_now)
    except errors.Unauthorized as refused:
        code = _grant_refusal(reply, refused) if call.is_write else "invalid_client"
    except errors.Rejected as refused:
        code = _refusal_code(reply, refused)
    else:
        return reply
    if code in _CREDENTIAL_ERRORS:
        raise errors.Unauthorized(code, **reply.facts())
    raise (errors.NotFound if reply.status == 404 else errors.Rejected)(code, **reply.facts())


@contextmanager
def _borrowed(session: requests.Session | None) -> Iterator[requests.Session]:
    if session is not None:
        yield session
        return
    with transport.build_session() as own:
        yield own


def _refusal_code(reply: Reply, refused: errors.Rejected | errors.Unauthorized) -> str:
    """Return the stable word for a refusal; the two endpoints have different shapes for them (2.3)."""
    if reply.call.path == "/auth/token" and reply.status in {404, 410}:
        return "keys_retired"
    try:
        body = transport.decode_json(reply.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return refused.code
    error, message = body.get("error"), body.get("message")
    if isinstance(error, str) and error in _CREDENTIAL_ERRORS | _REQUEST_ERRORS:
        return error
    if isinstance(message, str) and "client id suffix" in message.lower():
        return "client_id_suffix"
    return refused.code


def _grant_refusal(reply: Reply, refused: errors.Unauthorized) -> str:
    """Tell a refused code or refresh token from a refused partner: both may come as 401 (2.3)."""
    code = _refusal_code(reply, refused)
    return code if code in _REQUEST_ERRORS else "invalid_client"


def _object(reply: Reply) -> dict[str, Any]:
    body = transport.decode(reply)
    if not isinstance(body, dict):
        raise reply.misfit()
    return body


def _lifetime(body: Mapping[str, Any], reply_headers: Mapping[str, str], asked_at: datetime) -> timedelta:
    """Return how long a token lives: by `expires_in`, `expires_at` or `expires` (2.2), else a short time."""
    life = _duration(body.get("expires_in"))
    for key in ("expires_at", "expires"):
        moment = _moment(body.get(key))
        if life is None and moment is not None:
            life = headers.by_our_clock(moment, reply_headers, asked_at) - asked_at
    return min(life, _LONGEST_LIFE) if life is not None and life > timedelta(0) else _SHORT_LIFE


def _duration(value: object) -> timedelta | None:
    seconds = _number(value)
    return None if seconds is None or seconds > _MILLISECONDS_FROM else timedelta(seconds=seconds)


def _moment(value: object) -> datetime | None:
    epoch = _number(value)
    try:
        if epoch is not None:
            return datetime.fromtimestamp(epoch / 1000 if epoch > _MILLISECONDS_FROM else epoch, UTC)
        return parse_moment(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number > 0 else None


def _introspection(body: Mapping[str, Any]) -> Introspection:
    claims = _mapping(body.get(_CLAIMS))
    organization = _mapping(claims.get("organization"))
    scope = body.get("scope")
    listed = scope.split() if isinstance(scope, str) else scope if isinstance(scope, list) else []
    return Introspection(
        active=True,
        organization_id=_text(organization.get("id")),
        organization_name=_text(organization.get("name")),
        user_role=_text(claims.get("user_role")),
        subject=_text(body.get("sub")),
        scopes=frozenset(name for name in listed if isinstance(name, str)),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, int | str) and value != "" else None


def _basic(user: str, password: str) -> HTTPBasicAuth:
    # As bytes: `requests` encodes text as Latin-1 and fails on whatever else was pasted into the form.
    return HTTPBasicAuth(user.encode(errors="replace"), password.encode(errors="replace"))
