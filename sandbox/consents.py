"""What a customer allowed a partner: the code it is handed over with, the tokens it lives by, its end."""

import re
import secrets
import time

from sandbox.exchange import Record, Refusal
from sandbox.store import Store
from sandbox.switches import Switches

# The addresses of a development machine are registered from the start.
_LOCAL = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d{1,5})?/([^?#\s]*/)?greenhouse/callback/")


def redirect_allowed(credential: Record, address: str) -> bool:
    """Say whether an address is registered for this partner, letter by letter."""
    return address in credential["redirect_uris"] or _LOCAL.fullmatch(address) is not None


def refused(switches: Switches, error: str = "invalid_grant") -> Refusal:
    return Refusal(int(switches.refresh_refusal_status), {"error": error})


def allow(
    store: Store,
    switches: Switches,
    *,
    credential: Record,
    organization_id: int,
    user: Record,
    scopes: list[str],
    redirect_uri: str,
) -> str:
    """Write down a consent and return the code the partner may exchange for it, once."""
    code = secrets.token_urlsafe(24)
    with store.unit():
        for old in [order for order in store.all("_codes") if order["until"] <= time.time()]:
            store.remove("_codes", old["id"])
        store.add(
            "_codes",
            code=code,
            credential_id=credential["id"],
            organization_id=organization_id,
            user_id=user["id"],
            scopes=scopes,
            redirect_uri=redirect_uri,
            until=time.time() + switches.code_lifetime_seconds,
        )
    return code


def redeem(store: Store, switches: Switches, credential: Record, code: str, redirect_uri: str) -> Record:
    """Return the grant a code stands for.

    Effects: the code is used up, also by an exchange that is refused.
    Raises: Refusal `invalid_grant` or `invalid_request`.
    """
    order = store.first("_codes", code=code, credential_id=credential["id"])
    if order is None:
        raise refused(switches)
    with store.unit():
        store.remove("_codes", order["id"])
    if not redirect_uri and switches.redirect_uri_required:
        raise refused(switches, "invalid_request")
    if order["until"] <= time.time() or (redirect_uri and redirect_uri != order["redirect_uri"]):
        raise refused(switches)
    with store.unit():
        return store.add(
            "_grants",
            active=True,
            **{name: order[name] for name in ("credential_id", "organization_id", "user_id", "scopes")},
        )


def new_refresh_token(store: Store, switches: Switches, grant: Record) -> str:
    token = f"grn_{secrets.token_urlsafe(32)}"
    until = time.time() + switches.refresh_lifetime_seconds
    with store.unit():
        store.add("_refresh_tokens", token=token, grant_id=grant["id"], until=until, used_at=None)
    return token


def use_refresh_token(store: Store, switches: Switches, credential: Record, token: str) -> Record:
    """Return the grant of a refresh token, with the scopes the partner still has.

    Effects: the token is used up.
    Raises: Refusal `invalid_grant` for a token that is unknown, used, expired or disconnected.
    """
    row = store.first("_refresh_tokens", token=token)
    grant = store.get("_grants", row["grant_id"]) if row else None
    if row is None or grant is None or grant["credential_id"] != credential["id"] or not grant["active"]:
        raise refused(switches)
    now = time.time()
    if row["used_at"] is not None and now >= row["used_at"] + switches.refresh_grace_seconds:
        if switches.refresh_reuse_disconnects:
            end(store, credential["id"], grant["organization_id"])
        raise refused(switches)
    user = store.get("users", grant["user_id"])
    if row["until"] <= now or user is None or user["deactivated"]:
        raise refused(switches)
    with store.unit():
        store.change("_refresh_tokens", row["id"], used_at=row["used_at"] or now)
        kept = [scope for scope in grant["scopes"] if scope in credential["scopes"]]
        return store.change("_grants", grant["id"], scopes=kept)


def end(store: Store, credential_id: int, organization_id: int) -> int:
    """Disconnect a partner from an organization and return how many consents that ended."""
    with store.unit():
        live = store.where("_grants", credential_id=credential_id, organization_id=organization_id, active=True)
        for grant in live:
            store.change("_grants", grant["id"], active=False)
    return len(live)
