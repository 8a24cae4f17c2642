"""What comes in and what goes out: one request, one response, one refusal."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

Record = dict[str, Any]

JSON_TYPE = "application/json; charset=utf-8"


class Refusal(Exception):
    """An answer other than success, raised from anywhere below the dispatcher."""

    def __init__(
        self, status: int, body: Record, headers: dict[str, str] | None = None, text: str | None = None
    ) -> None:
        super().__init__(f"{status} {body.get('message') or body.get('error')}")
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.text = text or _sentence(body)


def _sentence(body: Record) -> str:
    """Say the refusal in one line, for the web page."""
    errors = body.get("errors") or []
    parts = [
        error if isinstance(error, str) else ", ".join(f"{key} {text}" for key, text in error.items())
        for error in errors
    ]
    return "; ".join(parts) or str(body.get("message") or body.get("error") or "Refused")


def unprocessable(*errors: str | dict[str, str]) -> Refusal:
    return Refusal(422, {"message": "Unprocessable Content", "errors": list(errors)})


def not_found(what: str | None = None) -> Refusal:
    if what is None:
        return Refusal(404, {"message": "Resource not found"})
    return Refusal(404, {"message": "Resource not found", "errors": [f"{what} was not found"]})


def forbidden(*errors: str) -> Refusal:
    return Refusal(403, {"message": "Forbidden", "errors": list(errors)})


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]  # keys in lower case
    body: bytes
    base_url: str  # as the caller addressed us, so that links lead back the same way

    @cached_property
    def params(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def json(self) -> Any:
        """Read the body as JSON; an empty body reads as an empty object.

        Raises: Refusal 400 for anything that is not JSON.
        """
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Refusal(400, {"message": "Bad Request", "errors": ["The request body is not valid JSON."]}) from None


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)


def encode(value: Any) -> bytes:
    # A lone surrogate is legal in JSON and cannot be written as UTF-8.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(status, encode(value), headers=headers or {})


def refusal_response(refusal: Refusal) -> Response:
    return json_response(refusal.body, refusal.status, dict(refusal.headers))
