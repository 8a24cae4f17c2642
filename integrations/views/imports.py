"""Import Jobs: read the career site with visible progress, then choose what goes live."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import services
from integrations.models import Connection, GreenhouseJobPost, SyncRun, SyncState
from integrations.tasks import enqueue_sync
from integrations.views.ids import as_ids


def _connection(request: EmployerRequest) -> Connection | None:
    return Connection.objects.filter(employer=request.employer).first()


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def import_jobs(request: EmployerRequest) -> HttpResponse:
    """GET shows where the latest reading is; POST starts one, or joins the one under way.

    Shape: the whole page, or with `HX-Request` only the piece inside the dialog.
    """
    connection = _connection(request)
    if connection is None or not connection.is_connected:
        messages.info(request, "Connect your Greenhouse account first; then you can import its jobs.")
        return _go(request, "integrations")
    if request.method == "POST":
        enqueue_sync(connection, by=request.user)
        if not request.htmx:
            return redirect("import_jobs", request.employer.slug)
    template = "integrations/_import.html" if request.htmx else "integrations/import.html"
    if request.htmx and request.method == "POST":
        template = "integrations/_import_dialog.html"
    return render(request, template, _reading(connection))


def _reading(connection: Connection) -> dict[str, object]:
    run = SyncRun.objects.filter(connection=connection).first()
    context: dict[str, object] = {"nav": "dashboard", "connection": connection, "run": run}
    if run and run.state in (SyncState.SUCCEEDED, SyncState.PARTIAL):
        posts = GreenhouseJobPost.objects.filter(connection=connection).offered()
        context["posts"] = list(
            posts.select_related("greenhouse_job", "link__job").defer("content", "link__job__description")
        )
    return context


@require_POST
@employer_required(Role.RECRUITER)
def import_save(request: EmployerRequest) -> HttpResponse:
    """Save the switches: every listed post becomes a job, on or off."""
    connection = _connection(request)
    if connection is None:
        return redirect("integrations", request.employer.slug)
    listed, live = as_ids(request.POST.getlist("listed")), as_ids(request.POST.getlist("live"))
    made, now_live = services.import_posts(connection=connection, post_ids=listed, live_ids=live, by=request.user)
    messages.success(request, _in_words(made, now_live))
    return redirect("jobs", request.employer.slug)


def _in_words(made: int, live: int) -> str:
    imported = f"{made} new job{'s' if made != 1 else ''} imported" if made else "No new jobs"
    return f"{imported}; {live} of the listed jobs {'is' if live == 1 else 'are'} live on your company page."


def _go(request: EmployerRequest, name: str) -> HttpResponse:
    target = redirect(name, request.employer.slug)
    if request.htmx:  # a plain redirect would land inside the dialog
        return HttpResponse(status=204, headers={"HX-Redirect": target.url})
    return target
