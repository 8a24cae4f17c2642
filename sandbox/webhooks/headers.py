"""The headers a customer adds to deliveries of their own."""

import base64

from sandbox.exchange import Record

RESERVED = {
    "content-type",
    "content-length",
    "greenhouse-event-id",
    "authorization",
    "user-agent",
    "signature",
}


def parse_headers(text: str) -> dict[str, str]:
    """Read one `Name: value` a line.

    Raises: ValueError saying which line is none, or names a header that is Greenhouse's own.
    """
    headers = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value or not name.replace("-", "").isalnum() or not line.isascii():
            raise ValueError(f"`{line}` is no header")
        if name.lower() in RESERVED:
            raise ValueError(f"`{name}` is reserved")
        headers[name] = value
    return headers


def extra_headers(hook: Record) -> dict[str, str]:
    """Return the headers of a webhook beside Greenhouse's own."""
    headers = parse_headers(hook["additional_headers"] or "")
    if hook["_basic_auth_username"] is not None:
        pair = f"{hook['_basic_auth_username']}:{hook['_basic_auth_password'] or ''}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers
