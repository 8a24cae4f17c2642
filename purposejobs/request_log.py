"""The log's lines about requests, without their queries: these hold search words, names and one-time codes."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from purposejobs.logs import KEYED_ADDRESSES


class QuietRequestMiddleware(RequestMiddleware):
    """As django-structlog's, but the path is all it says of an address."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        keyed = (f"{begin}…" for begin in KEYED_ADDRESSES if request.path.startswith(begin))  # the rest is a key
        path = next(keyed, request.path)
        return f"{request.method} {path}"
