"""Import Jobs: read the career site with visible progress, choose what goes live, save."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import importing
from integrations.ids import as_ids
from integrations.import_list import Asked, found_posts, import_list, one_row
from integrations.models import Connection, SyncKind, SyncRun, SyncState
from integrations.progress import progress_of, skipped_words
from integrations.tasks import enqueue_sync
from integrations.views.connection import connection_of
from integrations.views.vanished import question

_READ = (SyncState.SUCCEEDED, SyncState.PARTIAL)
_REPLACED = "reading_replaced"  # by a fuller one, which is the one to show


def to_integrations(request: EmployerRequest) -> HttpResponse:
    """Lead to where Greenhouse is connected."""
    messages.info(request, "Connect your Greenhouse account first; then you can import its jobs.")
    return _go(request, reverse("integrations", args=[request.employer.slug]))


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def import_jobs(request: EmployerRequest) -> HttpResponse:
    """GET shows where the latest reading is, or the list; POST starts a reading, or joins the one under way.

    Shape: the whole page, or with `HX-Request` only the piece inside the dialog.
    """
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    if request.method == "POST":
        enqueue_sync(connection, by=request.user)
        if not request.htmx:
            return redirect(_address(request, "reading=1"))
    template = "integrations/_import.html" if request.htmx else "integrations/import.html"
    if request.htmx and request.method == "POST" and request.htmx.target != "import-body":
        template = "integrations/_import_dialog.html"
    return render(request, template, _page(request, connection))


def _page(request: EmployerRequest, connection: Connection) -> dict[str, object]:
    runs = SyncRun.objects.filter(connection=connection).exclude(kind=SyncKind.SURVEY).exclude(problem_code=_REPLACED)
    run = runs.first()
    waits = request.method == "POST" or "reading" in request.GET
    context: dict[str, object] = {"nav": "dashboard", "tab": "", "connection": connection, "run": run}
    has_list = runs.filter(state__in=_READ).exists()
    if run and run.is_open and (waits or not has_list or (run.kind == SyncKind.FULL and not request.GET)):
        return context | {"progress": progress_of(run), "has_list": has_list}
    if run:
        context["skipped"] = skipped_words(run)
    if has_list:
        return context | question(connection) | _list(request, connection, Asked.from_query(request.GET))
    return context


def _list(request: EmployerRequest, connection: Connection, asked: Asked) -> dict[str, object]:
    return {
        "list": import_list(connection, request.user, asked),
        "pending": importing.pending(connection, request.user),
        "asked": asked,
    }


@require_POST
@employer_required(Role.RECRUITER)
def import_choose(request: EmployerRequest) -> HttpResponse:
    """Keep what was chosen on a page of the list, then show the list as it is asked for next."""
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    _keep_page(request, connection)
    asked, note = _next(request, connection)
    if not request.htmx:
        if note:
            messages.info(request, note)
        return redirect(_address(request, asked.as_query or "page=1"))
    context = {"connection": connection, "note": note, "is_piece": True, **_list(request, connection, asked)}
    return render(request, "integrations/_import_found.html", context)


def _keep_page(request: EmployerRequest, connection: Connection) -> None:
    """Keep the rows that differ from how they were shown: another's, or a newer choice is not undone."""
    live, was = as_ids(request.POST.getlist("live")), as_ids(request.POST.getlist("was"))
    changes = dict.fromkeys(live - was, "on") | dict.fromkeys(was - live, "off")
    for action in ("skip", "unskip"):
        changes |= dict.fromkeys(as_ids(request.POST.getlist(action)), action)
    if changes:
        importing.choose(connection=connection, user=request.user, changes=changes)


def _next(request: EmployerRequest, connection: Connection) -> tuple[Asked, str]:
    """What list to show next, and what to say about it."""
    others = "" if "others" in request.POST or "has_others" not in request.POST else "no"
    shown = replace(Asked.from_query(QueryDict(request.POST.get("filter", ""))), others=others)
    pressed = request.POST
    if pressed.get("all") == "forget":
        count = importing.forget_choices(connection=connection, user=request.user)
        return shown, f"{_jobs(count)} as before: your changes are forgotten."
    if pressed.get("all") in importing.ACTIONS:
        posts = found_posts(connection, request.user, shown)
        count = importing.choose_all(user=request.user, posts=posts, action=pressed["all"], is_meant=shown.state)
        return shown, f"{_jobs(count)} chosen. Press Import to save." if count else "None of these would change."
    if {"page", "skip", "unskip"} & set(pressed):
        return replace(shown, page=Asked.from_query(pressed).page if "page" in pressed else shown.page), ""
    return replace(Asked.from_query(pressed), others=others, page=1), ""


def _jobs(count: int) -> str:
    return f"{count:,} job{'s' if count != 1 else ''}"


@require_POST
@employer_required(Role.RECRUITER)
def import_choose_one(request: EmployerRequest, pk: int) -> HttpResponse:
    """Keep one switch at once, for the page with scripts. The answer renews the row and the foot."""
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    action = request.POST.get("do", "")
    if action not in importing.ACTIONS:
        action = "on" if pk in as_ids(request.POST.getlist("live")) else "off"
    importing.choose(connection=connection, user=request.user, changes={pk: action})
    others = "" if "others" in request.POST or "has_others" not in request.POST else "no"
    context = {
        "pk": pk,
        "row": one_row(connection, request.user, pk),
        "is_whole_row": "do" in request.POST,
        "pending": importing.pending(connection, request.user),
        "asked": Asked(others=others),
    }
    return render(request, "integrations/_import_changed.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def import_save(request: EmployerRequest) -> HttpResponse:
    """Do what was chosen, and land on the jobs."""
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    _keep_page(request, connection)
    done = importing.save_choices(connection=connection, user=request.user, with_others="others" in request.POST)
    messages.success(request, _in_words(done, importing.live_count(connection)))
    return _go(request, reverse("jobs", args=[request.employer.slug]))


def _in_words(done: importing.Imported, live: int) -> str:
    imported = f"{done.made:,} new job{'s' if done.made != 1 else ''} imported" if done.made else "No new jobs"
    words = [f"{imported}; {live:,} of the listed jobs {'is' if live == 1 else 'are'} live on your company page."]
    if done.skipped:
        words.append(f"{_jobs(done.skipped)} will not be imported, and we remember it.")
    if done.gone:
        is_are = "was" if done.gone == 1 else "were"
        words.append(f"{_jobs(done.gone)} of your choice {is_are} no longer on your career site and left alone.")
    return " ".join(words)


def _address(request: EmployerRequest, query: str) -> str:
    return f"{reverse('import_jobs', args=[request.employer.slug])}?{query}"


def _go(request: EmployerRequest, address: str) -> HttpResponse:
    if request.htmx:  # a plain redirect would land inside the dialog
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
