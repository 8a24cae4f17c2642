"""The pipeline: who is where, and moving people by hand where Greenhouse does not."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.activity import note_access
from candidates.models import AccessKind, Application, ApplicationOrigin, ApplicationStatus
from candidates.sourcing import NotInNetwork, source
from candidates.views.going_back import page_back
from integrations import pipeline, pipeline_download, staging
from integrations.hand_over import on_connected_jobs
from integrations.ids import as_id, as_uuid
from integrations.people import address_of
from integrations.pipeline import Asked, Card
from integrations.problems import PROBLEMS
from integrations.searching import page_number
from integrations.views.connection import connection_of
from integrations.views.people import person_or_404
from jobs.models import Job, JobState

NOTHING_CHANGED = 204


@vary_on_headers("HX-Request")
@require_GET
@employer_required()
def pipeline_page(request: EmployerRequest) -> HttpResponse:
    """Show everybody in columns; asked by the page itself, answer only when something has changed."""
    asked = Asked.of(request.GET)
    seen = pipeline.overview(request.membership, asked)
    if request.htmx and request.GET.get("seen") == seen.fingerprint:
        return HttpResponse(status=NOTHING_CHANGED)
    context = {"nav": "pipeline", "asked": asked, "seen": seen.fingerprint, **_shown(request, asked, seen.counts)}
    if request.htmx:
        return render(request, "integrations/_pipeline.html", context)
    connection = connection_of(request)
    context |= {
        "jobs": pipeline.jobs_of(request.employer),
        "origins": ApplicationOrigin.choices,
        "days": pipeline.DAYS,
        "by_hand_count": on_connected_jobs(connection).count() if connection else 0,
    }
    return render(request, "integrations/pipeline.html", context)


def _shown(request: EmployerRequest, asked: Asked, counts: Mapping[str, int]) -> dict[str, Any]:
    """All columns, or the whole of one."""
    context: dict[str, Any] = {"targets": [(status, pipeline.label_of(status)) for status in staging.BY_HAND]}
    if asked.column in ApplicationStatus.values:
        rows = pipeline.matching(request.membership, asked).filter(status=asked.column).order_by("-status_at", "-pk")
        page = Paginator(rows, pipeline.PER_COLUMN).get_page(page_number(request.GET.get("page", "")))
        cards = pipeline.cards_of(page.object_list)  # type: ignore[arg-type]  # a slice of a queryset is one, too
        status = ApplicationStatus(asked.column)
        only = pipeline.Column(status, pipeline.label_of(status), page.paginator.count, cards)
        context |= {"only": only, "page": page}
    else:
        columns = pipeline.columns_of(request.membership, asked, counts)
        cards = [card for column in columns for card in column.cards]
        shown = [column for column in columns if column.status in pipeline.COLUMNS]
        ended = [column for column in columns if column.status in pipeline.ENDED]
        context |= {"columns": shown, "ended": ended, "is_empty": not any(column.count for column in columns)}
    _note_listed(request, cards)
    return context


def _note_listed(request: EmployerRequest, cards: list[Card]) -> None:
    picked = {card.application.candidate_id for card in cards if card.application.is_sourced}
    if picked:
        note_access(employer=request.employer, by=request.user, candidates=picked, kind=AccessKind.LISTED)


@require_POST
@employer_required(Role.RECRUITER)
def pipeline_move(request: EmployerRequest) -> HttpResponse:
    """Move one person into another column, unless Greenhouse says where they stand."""
    # One form serves all cards, so its buttons say both: "offer:<key>".
    to, _, key = request.POST.get("to", "").partition(":")
    application = get_object_or_404(Application.objects.visible_to(request.employer), key=as_uuid(key))
    back = page_back(request, reverse("pipeline", args=[request.employer.slug]))
    try:
        status = ApplicationStatus(to)
        if staging.move(application=application, status=status, by=request.user):
            messages.success(request, f"{application.name} is now in {pipeline.label_of(status)}.")
        else:
            messages.info(request, f"{application.name} was there already.")
    except staging.LedByGreenhouse:
        problem = PROBLEMS["led_by_greenhouse"]
        messages.error(request, f"{problem.sentence} {problem.next_step}")
    except ValueError:
        messages.error(request, "Choose one of the columns in the list.")
    return redirect(back)


@require_GET
@employer_required(Role.RECRUITER)
def pipeline_csv(request: EmployerRequest) -> StreamingHttpResponse:
    """Hand out all that the filters leave as CSV, a slice at a time."""
    rows = pipeline.matching(request.membership, Asked.of(request.GET))
    lines = pipeline_download.lines_of(rows, employer=request.employer, by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"pipeline-{request.employer.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def pipeline_add(request: EmployerRequest, key: Any) -> HttpResponse:
    """Put somebody of the network into the pipeline, for one of the jobs or for none yet."""
    person = person_or_404(request, key)
    jobs = Job.objects.filter(employer=request.employer).exclude(state=JobState.CLOSED).order_by("title", "pk")
    if request.method == "GET":
        context = {"nav": "pipeline", "person": person, "candidate": person.candidate, "jobs": jobs}
        return render(request, "integrations/pipeline_add.html", context)
    chosen = request.POST.get("job", "")
    job = get_object_or_404(jobs, pk=as_id(chosen) or 0) if chosen else None
    try:
        application = source(employer=request.employer, candidate=person.candidate, job=job, by=request.user)
    except NotInNetwork as exc:
        raise Http404 from exc
    messages.success(request, f"{application.name} is in the pipeline.")
    return redirect(address_of(request.employer, person.candidate))
