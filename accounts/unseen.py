"""Pages behind a one-time link, whose key is in their address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


def unseen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a page with a key in its address out of caches, search engines and other sites' logs."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        # Not `no-referrer`: browsers would then send our own form with `Origin: null`, which the CSRF check refuses.
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return guarded
