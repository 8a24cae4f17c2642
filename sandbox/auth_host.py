"""The auth host: tokens for credentials, codes and refresh tokens, introspection, and the exchange of an API key."""

import base64
import binascii
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sandbox import consents, credentials, tokens
from sandbox.exchange import Record, Refusal, Request, Response, json_response
from sandbox.store import Store
from sandbox.switches import Switches
from sandbox.traffic import RateLimiter

CLAIMS = "https://auth.greenhouse.io/claims"
_GRANTS = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
_TOKEN_WINDOW_SECONDS = 60
_PRIVATE = {"Cache-Control": "private, no-store"}


def _refused(status: int, message: str) -> Refusal:
    return Refusal(status, {"message": message, "errorId": f"err-{secrets.token_hex(8)}"})


def _invalid(error: str, status: int = 401) -> Refusal:
    """Refuse in the words of RFC 6749, the other of the two shapes this host uses."""
    return Refusal(status, {"error": error})


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, password


def client_of(store: Store, request: Request) -> Record:
    """Return the OAuth credential whose id and secret the request carries.

    Raises: Refusal 400 or 401, in either of the host's two shapes.
    """
    given = _basic(request)
    if given is None or not given[0]:
        raise _refused(401, "Unauthorized")
    client_id, secret = given
    if not re.search(r"-\d+$", client_id):
        raise _refused(400, f"client_id={client_id} does not contain a valid client ID suffix")
    credential = store.first("_credentials", client_id=client_id)
    if credential is None or credential["revoked"] or not credentials.is_secret(credential, secret):
        raise _invalid("invalid_client")
    return credential


def known_client(store: Store, request: Request) -> str:
    """Return the client id a request gives, when there is such a one: it might be a secret put in its place."""
    given = _basic(request)
    known = given and given[0] and store.first("_credentials", client_id=given[0])
    return str(known["client_id"]) if known else ""


def token(store: Store, switches: Switches, limiter: RateLimiter, request: Request) -> Response:
    """Answer `POST /token`."""
    given = _basic(request)
    allowance = limiter.spend(f"token:{given[0] if given else ''}", switches.token_rate_limit, _TOKEN_WINDOW_SECONDS)
    headers = _PRIVATE | allowance.headers("X-Ratelimit", ahead=switches.clock_ahead_seconds)
    if allowance.refused:
        raise Refusal(429, {"message": "Too Many Requests"}, headers)
    request = _readable(request, switches.parameters_in)
    try:
        body = _granted(store, switches, client_of(store, request), request)
    except Refusal as refusal:
        refusal.headers.update(headers)
        raise
    return json_response(body, headers=headers)


def _readable(request: Request, where: str) -> Request:
    """Return the request with those parameters that are not read here taken away."""
    if where == "form":
        return replace(request, query="")
    return replace(request, body=b"") if where == "query" else request


def _granted(store: Store, switches: Switches, credential: Record, request: Request) -> Record:
    """Return the tokens a credential asks for, by whichever of the grants it may use."""
    kind = _grant_type(request)
    allowed = ("authorization_code", "refresh_token") if credential["kind"] == "partner" else ("client_credentials",)
    if kind not in allowed:
        raise _invalid("unauthorized_client", 400)
    if kind == "client_credentials":
        return _access(store, switches, credential, _subject(store, credential, request))
    if kind == "authorization_code":
        code, redirect_uri = _given(request, "code"), _given(request, "redirect_uri")
        grant = consents.redeem(store, switches, credential, code, redirect_uri)
    else:
        grant = consents.use_refresh_token(store, switches, credential, _given(request, "refresh_token"))
    body = _access(store, switches, credential, store.table("users").records[grant["user_id"]], grant)
    return body | {"refresh_token": consents.new_refresh_token(store, switches, grant)}


def _access(store: Store, switches: Switches, credential: Record, user: Record, grant: Record | None = None) -> Record:
    """Return the part of a token answer that every grant has."""
    lifetime = switches.token_lifetime_seconds
    access_token, expires = tokens.issue(
        store, credential, user, lifetime, grant=grant, only_one=switches.single_active_token
    )
    body: Record = {"token_type": "Bearer", "access_token": access_token}
    if switches.expires in ("both", "at"):
        body["expires_at"] = _seconds_stamp(expires + switches.clock_ahead_seconds)
    if switches.expires in ("both", "in"):
        body["expires_in"] = lifetime
    if switches.token_scope:
        body["scope"] = " ".join(tokens.Caller(credential, user, grant).scopes)
    return body


def _seconds_stamp(epoch: int) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _given(request: Request, name: str) -> str:
    """Read a parameter from the form or the query: the guide shows one, integrators send the other."""
    return request.form.get(name) or dict(request.params).get(name, "")


def _grant_type(request: Request) -> str:
    grant = _given(request, "grant_type")
    if not grant:
        raise _refused(400, "grant_type must be included in the /token request")
    if grant not in _GRANTS:
        raise _refused(400, f"grant_type={grant} is not one of: {', '.join(_GRANTS)}")
    return grant


def _subject(store: Store, credential: Record, request: Request) -> Record:
    """Return the user named as `sub`, or the credential's own service user when none is."""
    sub: Any = _given(request, "sub") or None
    if sub is None and request.headers.get("content-type", "").startswith("application/json"):
        body = request.json
        sub = body.get("sub") if isinstance(body, dict) else None
    if sub is None:
        return store.table("users").records[credential["service_user_id"]]
    user = store.get("users", int(sub)) if str(sub).isascii() and str(sub).isdigit() else None
    if user is None:
        raise _refused(400, f"sub={sub} is not a user of this organization")
    if user["deactivated"]:
        raise _invalid("invalid_grant", 400)
    return user


def exchange_key(store: Store, switches: Switches, request: Request) -> Response:
    """Answer `POST /auth/token` of the Harvest host: an API key for a bearer token."""
    given = _basic(request)
    if switches.keys_retired:
        raise _retired(switches)
    credential = store.first("_credentials", kind="api_key", secret=given[0]) if given and given[0] else None
    if credential is None or credential["revoked"]:
        raise Refusal(401, {"message": "Invalid credentials"})
    try:
        user = _subject(store, credential, request)
    except Refusal:
        # The exchange answers anything but success with 401.
        raise Refusal(401, {"message": "Invalid credentials"}) from None
    access_token, expires = tokens.issue(
        store, credential, user, switches.token_lifetime_seconds, only_one=switches.single_active_token
    )
    return json_response(
        {
            "token_type": "Bearer",
            "access_token": access_token,
            "expires": _seconds_stamp(expires + switches.clock_ahead_seconds),
        },
        headers=_PRIVATE,
    )


def _retired(switches: Switches) -> Refusal:
    messages = {
        "401": "Invalid credentials",
        "404": "Resource not found",
        "410": "API keys can no longer be exchanged. Please use OAuth.",
    }
    return Refusal(int(switches.keys_retired_status), {"message": messages[switches.keys_retired_status]})


def introspect(store: Store, switches: Switches, request: Request) -> Response:
    """Answer `POST /introspect`."""
    credential = client_of(store, request)
    token_text = _given(request, "token")
    caller = tokens.caller_of(store, token_text)
    claims = tokens.claims_of(store, token_text)
    # A credential learns about its own tokens only.
    if caller is None or claims is None or caller.credential["id"] != credential["id"]:
        return json_response({"active": False}, headers=_PRIVATE)
    organization = store.table("_organization").records[caller.organization_id]
    body = {
        "active": True,
        "client_id": credential["client_id"],
        "sub": claims["sub"],
        "scope": " ".join(caller.scopes),
        "token_type": "Bearer",
        "iss": tokens.ISSUER,
        "iat": claims["iat"] + switches.clock_ahead_seconds,
        "exp": claims["exp"] + switches.clock_ahead_seconds,
        CLAIMS: {"organization": {"id": organization["id"], "name": organization["name"]}, "silo": "s4"}
        | _role(caller, switches),
    }
    return json_response(body, headers=_PRIVATE)


def _role(caller: tokens.Caller, switches: Switches) -> Record:
    told = {
        "actual": "site_admin" if caller.may_list else "basic",
        "basic": "basic",
        "unknown": "grand_vizier",
    }
    return {"user_role": told[switches.introspection_role]} if switches.introspection_role in told else {}
