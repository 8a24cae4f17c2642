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
    """Whose credential it is and in whose name it acts."""

    credential: Record
    user: Record

    @property
    def may_list(self) -> bool:
        return bool(self.user["site_admin"] or self.user.get("_service_account"))

    def has(self, scope: str) -> bool:
        return scope in self.credential["scopes"]


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


def issue(store: Store, credential: Record, user: Record, lifetime_seconds: int) -> tuple[str, int]:
    """Return a new access token and the epoch second it expires at."""
    now = int(time.time())
    expires = now + lifetime_seconds
    claims = {
        "iss": ISSUER,
        "aud": "https://harvest.greenhouse.io",
        "sub": str(user["id"]),
        "client_id": credential["client_id"] or "api-key",
        "credential": credential["id"],
        "generation": credential["generation"],
        "iat": now,
        "exp": expires,
        "jti": secrets.token_hex(8),
    }
    content = f"{_base64(encode({'alg': 'HS256', 'typ': 'JWT'}))}.{_base64(encode(claims))}"
    return f"{content}.{_signature(store, content)}", expires


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
    if user is None or user["deactivated"]:
        return None
    return Caller(credential, user)


def authenticate(store: Store, request: Request) -> Caller:
    """Return the caller of an API request.

    Raises: Refusal 401 without a token that is good now.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    caller = caller_of(store, token.strip()) if kind.lower() == "bearer" else None
    if caller is None:
        raise unauthorized()
    return caller
