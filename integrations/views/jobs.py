"""The recruiter's jobs: list and switch."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.models import Connection
from integrations.views.ids import as_ids
from jobs.models import Job, JobState
from jobs.services import set_live

PER_PAGE = 50
TABS = (("", "All"), *((state.value, state.label) for state in JobState))


@require_GET
@employer_required()
def jobs(request: EmployerRequest) -> HttpResponse:
    """List the employer's jobs with state, Greenhouse badge and number of applicants. Constant in queries."""
    rows: QuerySet[Job] = Job.objects.for_employer(request.employer).defer("description")
    state, words = request.GET.get("state", ""), request.GET.get("q", "").replace("\x00", "").strip()
    if state in JobState.values:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(title__icontains=words)
    rows = (
        rows.select_related("greenhouse_link__post")
        .annotate(applicant_count=Count("applications"))
        .order_by("title", "pk")
    )
    context = {
        "nav": "jobs",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tabs": TABS,
        "state": state,
        "q": words,
        "connection": Connection.objects.filter(employer=request.employer).first(),
    }
    return render(request, "integrations/jobs.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def job_switch(request: EmployerRequest) -> HttpResponse:
    """Put jobs on the company page or take them off."""
    ids = as_ids(request.POST.getlist("job"))
    live = request.POST.get("to") == "live"
    rows = Job.objects.for_employer(request.employer).filter(pk__in=ids).exclude(state=JobState.CLOSED)
    moved = set_live(jobs=rows, live=live)
    where = "live on your company page" if live else "off your company page"
    messages.success(request, f"{moved} job{'s are' if moved != 1 else ' is'} now {where}.")
    return redirect("jobs", request.employer.slug)
