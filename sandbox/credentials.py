"""What happens to a credential in its life: a new secret, the old one's last days, the end of its tokens."""

import hmac
import secrets
import time

from sandbox.exchange import Record
from sandbox.store import Store


def is_secret(credential: Record, given: str) -> bool:
    """Say whether a text is the credential's secret, or one it had that still works."""
    good = [credential["secret"], *(old["secret"] for old in living(credential))]
    return any(hmac.compare_digest(given.encode(), secret.encode()) for secret in good)


def living(credential: Record) -> list[Record]:
    """Return the old secrets that still work."""
    return [old for old in credential["old_secrets"] if old["until"] > time.time()]


def rotate(store: Store, credential: Record, *, keep_seconds: int, secret: str = "") -> Record:
    """Give a credential another secret; the present one keeps working for a while.

    Effects: tokens that are out stay good.
    """
    old = {"secret": credential["secret"], "until": time.time() + keep_seconds}
    stem = credential["secret"].rpartition("-")[0]
    return store.change(
        "_credentials",
        credential["id"],
        secret=secret or f"{stem}-{secrets.token_hex(8)}",
        old_secrets=[*living(credential), old],
    )


def end_old_secrets(store: Store, credential: Record) -> Record:
    return store.change("_credentials", credential["id"], old_secrets=[])


def end_tokens(store: Store, credential: Record) -> Record:
    """Make every token issued so far a stranger's; new ones can be had at once."""
    return store.change("_credentials", credential["id"], generation=credential["generation"] + 1)
