"""Keys of one-time links: the link has the key, the database its hash alone, so that a copy of it opens nothing."""

import hashlib
import secrets


def new_key() -> str:
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    # The key is random and long, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(key.encode()).hexdigest()
