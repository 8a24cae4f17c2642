"""Who of the network is logged in: apart from the users of employers, in the same browser session."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from candidates.models import Candidate, Profile, SignIn

P = ParamSpec("P")
SESSION_KEY = "sign_in"


class OwnRequest(HttpRequest):
    """A request of somebody who proved an e-mail address; made by `sign_in_required`.

    `candidate` is None for an address that nobody is known by, `profile` for somebody who only applied so far.
    """

    email: str
    candidate: Candidate | None
    profile: Profile | None
    htmx: Any


def sign_in_required(
    view: Callable[Concatenate[OwnRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let in only who is logged in by a link that still stands; everybody else is led to where one asks for it.

    Effects: sets `request.email`, `request.candidate` and `request.profile`.
    """

    @wraps(view)
    def guarded(request: OwnRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        sign_in = signed_in(request)
        if sign_in is None:
            return redirect("join")
        request.email = sign_in.email
        request.candidate = candidate_of(sign_in.email)
        request.profile = getattr(request.candidate, "profile", None)
        return view(request, *args, **kwargs)

    return guarded


def signed_in(request: HttpRequest) -> SignIn | None:
    key = request.session.get(SESSION_KEY)
    return SignIn.objects.open(timezone.now()).filter(pk=key).first() if key else None


def log_in(request: HttpRequest, sign_in: SignIn) -> None:
    """Open the browser's session to the owner of an address. Effects: a new session key, so that no known one works."""
    log_out(request)
    request.session[SESSION_KEY] = sign_in.pk


def log_out(request: HttpRequest) -> None:
    """Close what a link opened, here and wherever the session was copied to. Repeat: harmless."""
    if key := request.session.pop(SESSION_KEY, None):
        SignIn.objects.filter(pk=key).delete()
    request.session.cycle_key()


def candidate_of(email: str) -> Candidate | None:
    return Candidate.objects.by_email(email).select_related("profile__resume__words").first()
