"""What anyone may see: an employer's company page and its live jobs."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Employer
from jobs.caching import cacheable
from jobs.html import text_summary
from jobs.listing import by_department, listing
from jobs.models import Job, JobState
from jobs.posting import job_posting, script_safe

SUMMARY_LENGTH = 160  # what search engines show of a description
OTHERS_SHOWN = 20


@require_safe
@cacheable(varies_by_visitor=True)
def company_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the employer and its live jobs by department; `?department=&location=&remote=&page=` narrows them."""
    employer = get_object_or_404(Employer, slug=slug)
    found = listing(employer, request.GET)
    # The browser's own back button must get the page, never the piece.
    is_piece = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    context = {
        "employer": employer,
        "is_piece": is_piece,
        "website_name": (urlsplit(employer.website).hostname or "").removeprefix("www."),
        "title": f"Jobs at {employer.name}",
        "listing": found,
        "departments": found.departments,
        "share_image": settings.BASE_URL + employer.logo_url if employer.logo else "",
        "canonical": _canonical(employer, found.page.number if not found.is_filtered else 1),
        "atom_url": reverse("jobs_atom", args=[employer.slug]),
        "json_url": reverse("jobs_json", args=[employer.slug]),
        "summary": _company_summary(employer, found.job_count),
    }
    response = render(request, "jobs/_job_list.html" if is_piece else "jobs/company_page.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    if is_piece:  # some browsers go back to what they have kept, whatever it varies by
        patch_cache_control(response, no_store=True)
    return response


@require_safe
@cacheable(varies_by_visitor=True)
def public_job(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one live job; a closed one says so (410), any other does not exist (404)."""
    job = public_job_or_404(slug=slug, pk=pk)
    if job.state == JobState.CLOSED:
        return closed_job_page(request, job)
    posting = job_posting(job)
    context = {
        "job": job,
        "employer": job.employer,
        "title": f"{job.title} at {job.employer.name}",
        "canonical": settings.BASE_URL + job.get_absolute_url(),
        "share_image": settings.BASE_URL + job.employer.logo_url if job.employer.logo else "",
        "summary": text_summary(job.description, SUMMARY_LENGTH) or f"{job.title} at {job.employer.name}.",
        "posting": script_safe(posting) if posting else "",
    }
    return render(request, "jobs/public_job.html", context)


def public_job_or_404(*, slug: str, pk: int) -> Job:
    """Return a job that the public knows of: live, or closed. Raises: Http404."""
    job = get_object_or_404(Job.objects.select_related("employer"), employer__slug=slug, pk=pk)
    if job.state not in (JobState.LIVE, JobState.CLOSED):
        raise Http404
    return job


def closed_job_page(request: HttpRequest, job: Job) -> HttpResponse:
    """Answer 410 with what else the employer has open."""
    others = list(Job.objects.for_employer(job.employer).live().in_listing_order()[: OTHERS_SHOWN + 1])
    context = {
        "job": job,
        "employer": job.employer,
        "departments": by_department(others[:OTHERS_SHOWN]),
        "has_more": len(others) > OTHERS_SHOWN,
    }
    return render(request, "jobs/closed_job.html", context, status=410)


def _canonical(employer: Employer, page: int) -> str:
    address = settings.BASE_URL + employer.get_absolute_url()
    return f"{address}?page={page}" if page > 1 else address


def _company_summary(employer: Employer, job_count: int) -> str:
    opening = employer.tagline or text_summary(employer.about, SUMMARY_LENGTH - 40)
    count = f"{job_count} open job{'' if job_count == 1 else 's'} at {employer.name}."
    return f"{opening.rstrip('.')}. {count}" if opening else count
