"""Bearer tokens: signed, shaped like the JWTs of Greenhouse, and refused once their credential is."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass

from sandbox.exchange import Record, Refusal, Request, encode
from sandbox.store import Store

ISSUER = "https://auth.greenhouse.io"


@dataclass(frozen=True)
class Caller:
    """Whose credential it is, in whose name it acts, and what a customer allowed a partner to do."""

    credential: Record
    user: Record
    grant: Record | None = None

    @property
    def may_list(self) -> bool:
        return bool(self.user["site_admin"] or self.user.get("_service_account"))

    @property
    def sees_private(self) -> bool:
        """Say whether private candidates are shown; a permission of its own, which a Site Admin may lack."""
        return bool(self.user.get("_sees_private", True))

    def has(self, scope: str) -> bool:
        return scope in self.credential["scopes"] and (self.grant is None or scope in self.grant["scopes"])

    @property
    def scopes(self) -> list[str]:
        return [scope for scope in self.credential["scopes"] if self.has(scope)]

    @property
    def organization_id(self) -> int:
        return int((self.grant or self.credential)["organization_id"])


def unauthorized() -> Refusal:
    text = "Token could not be decoded. Please ensure your token is from a trusted source."
    return Refusal(401, {"message": "Unauthorized", "errors": [text]})


def signing_key(store: Store) -> bytes:
    """Return the key of this data file, making it on first use."""
    row = store.first("_keys")
    if row is None:
        with store.unit():
            row = store.add("_keys", secret=secrets.token_hex(32))
    return bytes.fromhex(row["secret"])


def sign(store: Store, text: str) -> str:
    return hmac.new(signing_key(store), text.encode(), hashlib.sha256).hexdigest()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signature(store: Store, content: str) -> str:
    return _base64(hmac.new(signing_key(store), content.encode(), hashlib.sha256).digest())


def issue(
    store: Store,
    credential: Record,
    user: Record,
    lifetime_seconds: int,
    *,
    grant: Record | None = None,
    only_one: bool = False,
) -> tuple[str, int]:
    """Return a new access token and the epoch second it expires at.

    Effects: with `only_one`, the tokens this credential holds for this user are dead from now on.
    """
    now = int(time.time())
    expires = now + lifetime_seconds
    claims = {
        "iss": ISSUER,
        "aud": "https://harvest.greenhouse.io",
        "sub": str(user["id"]),
        "client_id": credential["client_id"] or "api-key",
        "credential": credential["id"],
        "generation": credential["generation"],
        "grant": grant and grant["id"],
        "iat": now,
        "exp": expires,
        "jti": secrets.token_hex(8),
    }
    _remember(store, claims, only_one=only_one)
    content = f"{_base64(encode({'alg': 'HS256', 'typ': 'JWT'}))}.{_base64(encode(claims))}"
    return f"{content}.{_signature(store, content)}", expires


def _remember(store: Store, claims: Record, *, only_one: bool) -> None:
    """Write down which tokens of a credential and user live, once only one of them may."""
    row = store.first("_live_tokens", credential_id=claims["credential"], sub=claims["sub"])
    if not only_one and row is None:
        return
    with store.unit():
        if row is None:
            store.add("_live_tokens", credential_id=claims["credential"], sub=claims["sub"], ids=[claims["jti"]])
        else:
            others = [] if only_one else row["ids"]
            store.change("_live_tokens", row["id"], ids=[*others, claims["jti"]])


def revoke(store: Store, token: str) -> bool:
    """End one token for good, and say whether it was alive."""
    claims = claims_of(store, token)
    if claims is None:
        return False
    with store.unit():
        store.add("_revoked_tokens", jti=claims["jti"])
    return True


def _was_ended(store: Store, claims: Record) -> bool:
    row = store.first("_live_tokens", credential_id=claims["credential"], sub=claims["sub"])
    if row is not None and claims["jti"] not in row["ids"]:
        return True
    return store.first("_revoked_tokens", jti=claims["jti"]) is not None


def claims_of(store: Store, token: str) -> Record | None:
    """Return the claims of a token we signed and that has not expired, else None."""
    content, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(store, content).encode()):
        return None
    try:
        claims: Record = json.loads(_unbase64(content.partition(".")[2]))
    except ValueError:
        return None
    return claims if claims["exp"] > time.time() else None


def caller_of(store: Store, token: str) -> Caller | None:
    """Return who a token speaks for now: revocation and deactivation act at once."""
    claims = claims_of(store, token)
    if claims is None:
        return None
    credential = store.get("_credentials", claims["credential"])
    user = store.get("users", int(claims["sub"]))
    if credential is None or credential["revoked"] or credential["generation"] != claims["generation"]:
        return None
    if user is None or user["deactivated"] or _was_ended(store, claims):
        return None
    if claims.get("grant") is None:
        return Caller(credential, user)
    grant = store.get("_grants", claims["grant"])
    return Caller(credential, user, grant) if grant and grant["active"] else None


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def is_disconnected(store: Store, request: Request) -> bool:
    """Say whether the token is a partner's whom the organization has turned away."""
    claims = claims_of(store, _bearer(request))
    grant = store.get("_grants", claims.get("grant")) if claims else None
    return grant is not None and not grant["active"]


def authenticate(store: Store, request: Request) -> Caller:
    """Return the caller of an API request.

    Raises: Refusal 401 without a token that is good now.
    """
    caller = caller_of(store, _bearer(request))
    if caller is None:
        raise unauthorized()
    return caller
