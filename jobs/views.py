"""What anyone may see: an employer's company page and its live jobs."""

from collections import Counter, defaultdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Employer
from jobs.html import text_summary
from jobs.models import Job, JobState

SUMMARY_LENGTH = 160  # what search engines show of a description
FILTERS = ("department", "location")
PLACES_JOINED_BY = " · "  # a job may be in several places
NO_DEPARTMENT = "Other"


@require_safe
def company_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the employer and its live jobs by department; `?department=&location=` narrows them."""
    employer = get_object_or_404(Employer, slug=slug)
    jobs = list(_listed(employer))
    chosen = {name: request.GET.get(name, "").strip() for name in FILTERS}
    shown = [job for job in jobs if all(value in _values(job, name) for name, value in chosen.items() if value)]
    filters = [_filter(name, jobs, chosen[name]) for name in FILTERS]
    context = {
        "employer": employer,
        "website_name": (urlsplit(employer.website).hostname or "").removeprefix("www."),
        "title": f"Jobs at {employer.name}",
        "job_count": len(jobs),
        "shown_count": len(shown),
        "departments": _by_department(shown),
        # Nothing to choose from needs no control, unless a choice must be undone.
        "filters": [one for one in filters if one["chosen"] or len(one["options"]) > 1],
        "is_filtered": any(chosen.values()),
        "canonical": settings.BASE_URL + employer.get_absolute_url(),
        "summary": _company_summary(employer, len(jobs)),
    }
    # The browser's own back button must get the page, never the piece.
    is_piece = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "jobs/_job_list.html" if is_piece else "jobs/company_page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def public_job(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one live job; a closed one says so (410), any other does not exist (404)."""
    job = public_job_or_404(slug=slug, pk=pk)
    if job.state == JobState.CLOSED:
        return closed_job_page(request, job)
    context = {
        "job": job,
        "employer": job.employer,
        "title": f"{job.title} at {job.employer.name}",
        "canonical": settings.BASE_URL + job.get_absolute_url(),
        "summary": text_summary(job.description, SUMMARY_LENGTH) or f"{job.title} at {job.employer.name}.",
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
    context = {"job": job, "employer": job.employer, "departments": _by_department(list(_listed(job.employer)))}
    return render(request, "jobs/closed_job.html", context, status=410)


def _listed(employer: Employer) -> Any:
    # Descriptions are long and a list does not show them.
    return Job.objects.for_employer(employer).live().defer("description")


def _by_department(jobs: list[Job]) -> list[tuple[str, list[Job]]]:
    groups: defaultdict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.department or NO_DEPARTMENT].append(job)
    return sorted(groups.items(), key=lambda group: (group[0] == NO_DEPARTMENT, group[0].casefold()))


def _values(job: Job, name: str) -> list[str]:
    text: str = getattr(job, name)
    parts = text.split(PLACES_JOINED_BY) if name == "location" else [text]
    return [part for part in parts if part]


def _filter(name: str, jobs: list[Job], chosen: str) -> dict[str, Any]:
    counts = Counter(value for job in jobs for value in _values(job, name))
    options = sorted(counts.items(), key=lambda option: option[0].casefold())
    return {"name": name, "label": name.capitalize(), "chosen": chosen, "options": options}


def _company_summary(employer: Employer, job_count: int) -> str:
    opening = employer.tagline or text_summary(employer.about, SUMMARY_LENGTH - 40)
    count = f"{job_count} open job{'' if job_count == 1 else 's'} at {employer.name}."
    return f"{opening.rstrip('.')}. {count}" if opening else count
