"""One job: write it, change its words, connect it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.job_forms import JobEditForm
from integrations.linking import connect_job
from integrations.models import Connection, JobLink
from integrations.ownership import edit_job
from jobs.forms import JobForm
from jobs.models import Job
from jobs.services import create_job


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
        edit_job(job=get_object_or_404(Job, pk=job.pk), changes=changes, by=request.user)
        if connection is not None:
            connect_job(job=job, post=form.cleaned_data["greenhouse_post"], by=request.user)
        messages.success(request, f"“{job.title}” is saved.")
        return redirect("jobs", request.employer.slug)
    link = JobLink.objects.filter(job=job).select_related("post__greenhouse_job").first()
    context = {"nav": "jobs", "form": form, "job": job, "link": link, "connection": connection}
    return render(request, "integrations/job_edit.html", context)
