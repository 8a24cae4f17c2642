"""Connect jobs: every job without a Greenhouse post in one table, with the one that is probably meant."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.models import Application
from integrations import reviewing
from integrations.ids import as_ids
from integrations.models import Connection
from integrations.pairing import (
    FOUND_AT_MOST,
    Pair,
    connect_pairs,
    free_posts,
    label_of,
    propose,
    read_typed,
    search_free,
    unconnected,
)
from integrations.searching import cleaned
from integrations.views.connection import connection_of

PER_PAGE = 25
_FIELD = "post-"


@never_cache
@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def connect_jobs(request: EmployerRequest) -> HttpResponse:
    """GET proposes a post for each job of one page; POST connects those whose field is filled in."""
    connection = connection_of(request)
    if connection is None:
        messages.info(request, "Connect your Greenhouse account first; then you can connect jobs.")
        return redirect("integrations", request.employer.slug)
    if request.method == "GET":
        return _page(request, connection, failed=[])
    typed = _typed(request)
    jobs = list(unconnected(request.employer).filter(pk__in=typed))
    pairs = read_typed(connection, jobs, typed)
    connected = connect_pairs(pairs, by=request.user)
    failed = [pair for pair in pairs if pair.problem]
    gone = len(typed) - len(pairs)
    _say(request, connected, len(failed), gone)
    done = [pair.job.pk for pair in pairs if not pair.problem]
    if before := reviewing.unsent(Application.objects.filter(job__in=done)).count():
        people = "1 person who applied before is" if before == 1 else f"{before} people who applied before are"
        messages.info(request, f"{people} not sent yet. The Jobs page says where, and lets you send them.")
    if failed:
        return _page(request, connection, failed=failed)
    return redirect("connect_jobs", request.employer.slug)


@require_GET
@employer_required(Role.RECRUITER)
def free_roles(request: EmployerRequest) -> HttpResponse:
    """Answer a field that is being typed in with the roles that match."""
    connection = connection_of(request)
    words = next((str(text) for name, text in request.GET.items() if name.startswith(_FIELD)), "")
    roles = [label_of(post) for post in search_free(connection, words)] if connection else []
    return render(request, "integrations/_free_roles.html", {"roles": roles})


def _typed(request: EmployerRequest) -> dict[int, str]:
    fields = [(name.removeprefix(_FIELD), text) for name, text in request.POST.items() if name.startswith(_FIELD)]
    found = {pk: cleaned(str(text)) for name, text in fields for pk in as_ids([name])}
    return {pk: text for pk, text in found.items() if text}


def _page(request: EmployerRequest, connection: Connection, failed: list[Pair]) -> HttpResponse:
    waiting = unconnected(request.employer).order_by("title", "pk")
    page = Paginator(waiting.exclude(pk__in=[pair.job.pk for pair in failed]), PER_PAGE).get_page(
        request.GET.get("page")
    )
    roles = [label_of(post) for post in search_free(connection, "")]
    pairs = [*failed, *propose(connection, page)]
    context: dict[str, Any] = {
        "nav": "jobs",
        "connection": connection,
        "page": page,
        "has_failed": bool(failed),
        "pairs": [(pair, [label_of(post) for post in pair.found]) for pair in pairs],
        "waiting": page.paginator.count + len(failed),
        "free": free_posts(connection).count(),
        "roles": roles,
        "searches": len(roles) == FOUND_AT_MOST,
    }
    return render(request, "integrations/connect_jobs.html", context)


def _say(request: EmployerRequest, connected: int, failed: int, gone: int) -> None:
    if connected:
        messages.success(request, f"{connected} {'job is' if connected == 1 else 'jobs are'} connected.")
    if failed:
        messages.warning(
            request, f"{failed} could not be connected; {'it stands' if failed == 1 else 'they stand'} first below."
        )
    if gone:
        messages.info(request, f"{gone} {'was' if gone == 1 else 'were'} connected or closed by a colleague meanwhile.")
    if not (connected or failed or gone):
        messages.info(request, "Choose a role for at least one job.")
