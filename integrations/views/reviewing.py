"""Who of the applicants goes to Greenhouse: after a review, or from before the job was connected."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.models import Application
from integrations import reviewing
from integrations.ids import as_ids
from integrations.models import JobLink
from jobs.models import Job

PER_PAGE = reviewing.BATCH


@require_GET
@employer_required(Role.RECRUITER)
def job_unsent(request: EmployerRequest, pk: int) -> HttpResponse:
    """Offer the applicants of a connected job whom nobody has sent yet. Constant in queries."""
    links = JobLink.objects.filter(job__employer=request.employer).select_related("job", "post__greenhouse_job")
    link = get_object_or_404(links, job=pk)
    rows = reviewing.unsent_of(link.job).order_by("created_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "jobs", "job": link.job, "link": link, "page": page, "total": page.paginator.count}
    return render(request, "integrations/job_unsent.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def decide(request: EmployerRequest) -> HttpResponse:
    """Send the chosen applicants to Greenhouse, or note that they are not to be sent."""
    job = Job.objects.for_employer(request.employer).filter(pk__in=as_ids([request.POST.get("job", "")])).first()
    chosen = _chosen(request, job)
    if request.POST.get("decision") == "decline":
        count = reviewing.decline(applications=chosen, by=request.user)
        done = "not sent. Each can be sent later from their own page"
    else:
        count = reviewing.send(applications=chosen, by=request.user)
        done = "on the way to Greenhouse"
    if count:
        messages.success(request, f"{count} {'person is' if count == 1 else 'people are'} {done}.")
    else:
        messages.info(request, "Nobody was chosen who is still to be sent.")
    return redirect(_back(request, job))


def _chosen(request: EmployerRequest, job: Job | None) -> QuerySet[Application]:
    rows = Application.objects.visible_to(request.employer)
    if job and "all" in request.POST:
        return rows.filter(job=job)
    return rows.filter(pk__in=as_ids(request.POST.getlist("application")))


def _back(request: EmployerRequest, job: Job | None) -> str:
    slug = request.employer.slug
    if job:
        more = reviewing.unsent_of(job).exists()
        return reverse("job_unsent", args=[slug, job.pk]) if more else reverse("jobs", args=[slug])
    keys = Application.objects.visible_to(request.employer).filter(pk__in=as_ids([request.POST.get("back", "")]))
    one = keys.first()
    return one.get_absolute_url() if one else f"{reverse('applicants', args=[slug])}?status=to_review"
