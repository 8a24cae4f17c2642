"""Rendering, redirecting and the one message carried from a form to the next page."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.template import Context, Engine

from sandbox.exchange import Request, Response

_HERE = Path(__file__).resolve().parent.parent
_HTML = "text/html; charset=utf-8"
_COOKIE = "sandbox_message"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'{}; base-uri 'none'; frame-ancestors 'none'"


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(_HERE / "templates")], builtins=["sandbox.web.tags"], autoescape=True)


def render(request: Request, template: str, status: int = 200, *, forms_to: str = "", **values: Any) -> Response:
    """Return a page, showing the waiting message and forgetting it.

    `forms_to` is another origin that the page's forms may lead to.
    """
    headers = _HEADERS | {"Content-Security-Policy": _POLICY.format(f" {forms_to}" if forms_to else "")}
    kind, message = _waiting_message(request)
    if message:
        headers["Set-Cookie"] = f"{_COOKIE}=; Path=/; Max-Age=0; SameSite=Strict"
    context = Context(
        {**values, "message": message, "message_kind": kind, "path": request.path},
        use_l10n=False,
        use_tz=False,
    )
    body = _engine().get_template(template).render(context)
    return Response(status, body.encode("utf-8", "replace"), _HTML, headers)


def redirect(to: str, message: str, *, kind: str = "done") -> Response:
    """Send the browser back to a page, with a message to show there."""
    cookie = f"{_COOKIE}={quote(f'{kind}:{message}')}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
    return Response(303, b"", _HTML, {"Location": to, "Set-Cookie": cookie, "Cache-Control": "no-store"})


def _waiting_message(request: Request) -> tuple[str, str]:
    for part in request.headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == _COOKIE and value:
            kind, _, message = unquote(value).partition(":")
            return ("problem" if kind == "problem" else "done"), message
    return "done", ""


def style_sheet() -> Response:
    body = (_HERE / "static" / "sandbox.css").read_bytes()
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(200, body, "text/css; charset=utf-8", headers)
