"""The log's lines about requests, without their queries: these hold search words, names and one-time codes."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from purposejobs.body_limit import WEBHOOKS


class QuietRequestMiddleware(RequestMiddleware):
    """As django-structlog's, but the path is all it says of an address."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        path = f"{WEBHOOKS}…" if request.path.startswith(WEBHOOKS) else request.path  # the rest is a key
        return f"{request.method} {path}"
