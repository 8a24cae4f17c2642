"""Joining the network, and logging in to one's profile, by a link in an e-mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import is_allowed
from candidates.joining import asking, links, session
from candidates.joining.forms import EmailForm

LINKS_PER_HOUR = 20
_LIMIT_SENTENCE = "Many links were asked for from your network within the last hour. Please try again in an hour."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Say what joining is, and send a link to whoever types an address."""
    if session.signed_in(request):
        return redirect("own_profile")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if is_allowed(request, what="join", per_hour=LINKS_PER_HOUR):
            asking.ask(email=form.cleaned_data["email"])
            return redirect("join_sent")
        form.add_error(None, _LIMIT_SENTENCE)
    return render(request, "candidates/join.html", {"form": form})


@never_cache
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Say where to look, the same whether the address is known or not."""
    return render(request, "candidates/join_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show a button, and log in whoever presses it: programs that look into mail follow links, but press nothing."""
    found = links.find((request.POST or request.GET).get("key", ""))
    if found is None:
        return render(request, "candidates/sign_in_gone.html")
    if request.method != "POST":
        context = {"sign_in": found, "key": request.GET["key"]}
        return render(request, "candidates/sign_in.html", context)
    if not links.use(found):
        return render(request, "candidates/sign_in_gone.html")
    session.log_in(request, found)
    if found.changes_id:
        _say_what_became(request, found.email, found.changes_id)
    return redirect("own_profile")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Log out; the browser's session of an employer's user stays."""
    session.log_out(request)
    messages.success(request, "You are logged out.")
    return redirect("join")


def _say_what_became(request: HttpRequest, email: str, candidate_id: int) -> None:
    candidate = session.candidate_of(email)
    if candidate and candidate.pk == candidate_id:
        messages.success(request, f"Your profile uses {email} from now on.")
    else:
        messages.warning(
            request,
            f"Somebody else is known by {email} already, and you are logged in as them now: from another profile of "
            "yours, or an application. Your other profile keeps its address. To bring both together, delete one.",
        )
