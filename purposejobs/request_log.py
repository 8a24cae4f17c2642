"""The log's lines about requests, without their queries: these hold search words, names and one-time codes."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from purposejobs.logs import quiet_path


class QuietRequestMiddleware(RequestMiddleware):
    """As django-structlog's, but the path is all it says of an address."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {quiet_path(request.path)}"
