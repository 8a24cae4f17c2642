"""Where an action leads back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_back(request: HttpRequest, otherwise: str, *, field: str = "next") -> str:
    """The page of ours that a form names in a field, else the given one."""
    asked: str = request.POST.get(field, "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure())
    return asked if is_ours else otherwise
