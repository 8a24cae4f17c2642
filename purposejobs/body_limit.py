"""Refuse a request's body by its length before anything reads it.

Django counts fields, not files: without this, any address would let anybody fill the disk for temporary files.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MEGABYTE = 1024 * 1024
MOST_BYTES = 3 * MEGABYTE
# Only these bring files: an application with several, of which each over 5 MB is let go of with a sentence in the form,
# a profile with its résumé, a logo, which has its own sentence when it is too large, and an operator's file of people.
MOST_BYTES_WITH_FILES = {
    "/apply/": 30 * MEGABYTE,
    "/correct/": 30 * MEGABYTE,
    "/profile/edit/": 12 * MEGABYTE,
    "/settings/logo/": 12 * MEGABYTE,
    "/candidateimport/add/": 12 * MEGABYTE,
}
# What Greenhouse delivers is read into memory as a whole, to check its signature.
WEBHOOKS, MOST_BYTES_OF_WEBHOOK = "/greenhouse/hooks/", 2 * MEGABYTE
# A letter of the relay, too.
MAIL, MOST_BYTES_OF_MAIL = "/mail/inbound/", 10 * MEGABYTE
_MOST_DIGITS = 18
_TOO_MUCH = "This is more than we can take at once. Go back and choose smaller files: each may have 5 MB, a logo 1 MB."


class BodyLimit:
    """Middleware that answers 413; it stands before all that looks into a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = next((size for end, size in MOST_BYTES_WITH_FILES.items() if request.path.endswith(end)), MOST_BYTES)
        if request.path.startswith(WEBHOOKS):
            most = MOST_BYTES_OF_WEBHOOK
        if request.path == MAIL:
            most = MOST_BYTES_OF_MAIL
        length = request.META.get("CONTENT_LENGTH") or "0"
        # Python refuses to read a number of thousands of digits.
        if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > most:
            return HttpResponse(_TOO_MUCH, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
