"""Refuse a request's body by its length before anything reads it.

Django counts fields, not files: without this, any address would let anybody fill the disk for temporary files.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MEGABYTE = 1024 * 1024
MOST_BYTES = 3 * MEGABYTE
# Only an application brings a file. What is over a résumé's 5 MB is let go of there, with a sentence in the form.
MOST_BYTES_WITH_FILE = 30 * MEGABYTE


class BodyLimit:
    """Middleware that answers 413; it stands before all that looks into a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = MOST_BYTES_WITH_FILE if request.path.endswith("/apply/") else MOST_BYTES
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > most:
            text = "This is more than we can take at once. A résumé may have 5 MB; go back and choose a smaller file."
            return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
