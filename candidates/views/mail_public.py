"""The doors of the relay that need no log-in: mail that comes in, and the link to get no more."""

from http import HTTPStatus

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from candidates.mail import intake, unsubscribing
from candidates.mail.intake import Taken
from candidates.mail.parsing import MAX_BYTES

_STATUS = {
    Taken.STORED: HTTPStatus.OK,
    Taken.REPEAT: HTTPStatus.OK,
    Taken.NO_USER: HTTPStatus.NOT_FOUND,
    Taken.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


@sensitive_variables("body")
@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    """Take a letter: 200 also for repeats, 401 unless it was signed just now, 404 where nobody has this address."""
    try:
        # Not `body`: that is for forms, and stops at their size.
        body = request.read(MAX_BYTES + 1)
    except UnreadablePostError:  # cut off on its way
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    headers = request.headers
    timestamp, signature = headers.get("Relay-Timestamp", ""), headers.get("Relay-Signature", "")
    if not intake.is_signed(body, timestamp=timestamp, signature=signature):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return HttpResponse(status=_STATUS[intake.receive(body)])


@csrf_exempt  # a mail program presses the button (RFC 8058), and the link itself is the right to do so
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody get no more e-mail of an employer, or of any, or take it back; needs no log-in, works twice."""
    try:
        link = unsubscribing.link_of(token)
    except BadSignature as exc:
        raise Http404 from exc
    if link is not None and request.method == "POST":
        _follow(link, request.POST.get("what", ""))
        if "what" in request.POST:
            return redirect("unsubscribe", token)
    context: dict[str, object] = {"link": link}
    if link is not None:
        context["from_employer"], context["from_all"] = unsubscribing.words_of(link)
    return render(request, "candidates/unsubscribe.html", context)


def _follow(link: unsubscribing.Link, what: str) -> None:
    if what == "again":
        unsubscribing.subscribe_again(link.candidate, link.employer)
    else:
        unsubscribing.unsubscribe(link.candidate, None if what == "all" else link.employer)
