"""How public pages may be kept by browsers and by caches on the way."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers, set_response_etag

# A job that is taken off is gone from every cache this soon.
FRESH_SECONDS = 60
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def cacheable(
    *, varies_by_visitor: bool
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let anyone keep what the view answers for a minute, and answer 304 where it did not change since.

    The ETag is taken from what would be sent, so it cannot miss a change: no row, template or setting is forgotten.
    With `varies_by_visitor`, whoever has a session or a message waiting gets a page of their own that no cache keeps.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if varies_by_visitor:
                patch_vary_headers(response, ["Cookie"])
                if _is_known(request):
                    patch_cache_control(response, private=True, no_cache=True)
                    return response
            if not response.has_header("Cache-Control"):
                patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
            set_response_etag(response)
            return get_conditional_response(request, etag=response["ETag"], response=response) or response

        return kept

    return decorate


def _is_known(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES
