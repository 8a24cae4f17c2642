"""The recruiter's jobs: list, switch, write, connect."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import services
from integrations.forms import JobEditForm
from integrations.models import Connection, JobLink
from integrations.views.ids import as_ids
from jobs.forms import JobForm
from jobs.models import Job, JobState
from jobs.services import create_job, set_live

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


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def job_new(request: EmployerRequest) -> HttpResponse:
    """Write a job of our own, as a draft."""
    form = JobForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = create_job(employer=request.employer, by=request.user, **form.cleaned_data)
        messages.success(request, f"“{job.title}” is saved as a draft. Switch it on when it may be seen.")
        return redirect("jobs", request.employer.slug)
    return render(request, "integrations/job_new.html", {"nav": "jobs", "form": form})


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def job_edit(request: EmployerRequest, pk: int) -> HttpResponse:
    """Change a job's words and say which Greenhouse post feeds it."""
    job = get_object_or_404(Job.objects.for_employer(request.employer).select_related("employer"), pk=pk)
    connection = Connection.objects.filter(employer=request.employer).first()
    form = JobEditForm(request.POST or None, instance=job, connection=connection)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in JobForm.Meta.fields}
        services.edit_job(job=get_object_or_404(Job, pk=job.pk), changes=changes, by=request.user)
        if connection is not None:
            services.connect_job(job=job, post=form.cleaned_data["greenhouse_post"], by=request.user)
        messages.success(request, f"“{job.title}” is saved.")
        return redirect("jobs", request.employer.slug)
    link = JobLink.objects.filter(job=job).select_related("post__greenhouse_job").first()
    context = {"nav": "jobs", "form": form, "job": job, "link": link, "connection": connection}
    return render(request, "integrations/job_edit.html", context)


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
