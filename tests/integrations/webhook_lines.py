"""Deliveries as Greenhouse makes them: bytes, signed."""

import hashlib
import hmac
import json
from typing import Any

from django.test import Client

SECRET = "webhook-secret"


def body_of(action: object, **payload: Any) -> bytes:
    """As Greenhouse writes it: what is not ASCII escaped, and angle brackets too."""
    text = json.dumps({"action": action, "payload": payload})
    return text.replace("<", "\\u003c").replace(">", "\\u003e").encode()


def signature_of(body: bytes, secret: str = SECRET) -> str:
    return f"sha256 {hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def deliver(key: str, body: bytes, *, signature: str | None = None, event_id: str = "") -> int:
    """Post a delivery and return the status of the answer."""
    headers = {"Signature": signature_of(body) if signature is None else signature}
    if event_id:
        headers["Greenhouse-Event-ID"] = event_id
    # As somebody who is nobody here, with the checks for forged requests on.
    client = Client(enforce_csrf_checks=True, headers=headers)
    return client.post(f"/greenhouse/hooks/{key}/", body, content_type="application/json").status_code
