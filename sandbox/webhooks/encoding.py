"""A delivery as Greenhouse writes and signs it."""

import hashlib
import hmac
import json

from sandbox.exchange import Record


def body_of(action: str, payload: Record) -> str:
    """Write the body: everything that is not ASCII is escaped, and so are angle brackets."""
    text = json.dumps({"action": action, "payload": payload}, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def signature_of(body: bytes, secret: str) -> str:
    return f"sha256 {hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
