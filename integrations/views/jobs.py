"""The recruiter's jobs: the list, and moving many of them at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.ids import as_ids
from integrations.job_list import ATTENTION, LINKED, SORTS, Asked, JobList, reasons_of
from integrations.models import Connection
from integrations.switching import To, not_published, switch_jobs
from integrations.views.vanished import question
from jobs.models import Job, JobQuerySet

PER_PAGE = 50
MOVED_UNASKED = 50  # more jobs than this move only after a person has seen the number


@require_GET
@employer_required()
def jobs(request: EmployerRequest) -> HttpResponse:
    """List the employer's jobs with state, Greenhouse badge and people. Constant in queries."""
    connection = Connection.objects.filter(employer=request.employer).first()
    asked = Asked.of(request.GET)
    found = JobList(employer=request.employer, connection=connection, asked=asked, now=timezone.now())
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "jobs",
        "list": found,
        "asked": asked,
        "page": page,
        "rows": [(job, reasons_of(job)) for job in page],
        "sorts": SORTS,
        "linked": LINKED,
        "is_attention": asked.state == ATTENTION,
        "connection": connection,
        **question(connection),
    }
    return render(request, "integrations/jobs.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def job_switch(request: EmployerRequest) -> HttpResponse:
    """Put jobs live, take them off or close them: the chosen ones, or all that match what the list asks for.

    Many at once, and jobs that Greenhouse does not publish, are first shown as a number to agree to.
    """
    to, asked = request.POST.get("to", ""), Asked.of(request.POST)
    if to not in To.values:
        return _back(request, asked)
    rows = _meant(request, asked)
    count = rows.count()
    if not count:
        messages.info(request, "Choose at least one job first.")
        return _back(request, asked)
    gone = not_published(rows).count() if to == To.LIVE else 0
    agreed = request.POST.get("agreed", "")
    if (count > MOVED_UNASKED or gone) and agreed != f"{count}":
        return render(request, "integrations/job_switch.html", _question(request, asked, To(to), count, gone))
    done = switch_jobs(jobs=rows, to=To(to), disconnect=request.POST.get("unpublished") == "disconnect")
    if done.moved or not done.left:
        messages.success(request, _in_words(done.moved, To(to)))
    if done.left:
        messages.warning(request, _left_in_words(done.left))
    return _back(request, asked)


def _meant(request: EmployerRequest, asked: Asked) -> JobQuerySet:
    ours = Job.objects.for_employer(request.employer)
    if request.POST.get("which") != "all":
        return ours.filter(pk__in=as_ids(request.POST.getlist("job")))
    connection = Connection.objects.filter(employer=request.employer).first()
    return JobList(employer=request.employer, connection=connection, asked=asked, now=timezone.now()).matching


def _question(request: EmployerRequest, asked: Asked, to: To, count: int, gone: int) -> dict[str, Any]:
    which = request.POST.get("which", "")
    return {
        "nav": "jobs",
        "to": to,
        "count": count,
        "gone": gone,
        "asked": asked,
        "which": which,
        "ids": [] if which == "all" else sorted(as_ids(request.POST.getlist("job"))),
        "changed": bool(request.POST.get("agreed")),
        "back": _address(request, asked),
    }


def _in_words(moved: int, to: To) -> str:
    where = {
        To.LIVE: "now live on your company page",
        To.OFF: "now off your company page",
        To.CLOSED: "closed",
    }[to]
    return f"{moved:,} job{'s are' if moved != 1 else ' is'} {where}."


def _left_in_words(left: int) -> str:
    stays = "1 job stays closed" if left == 1 else f"{left:,} jobs stay closed"
    return f"{stays}, because Greenhouse no longer publishes {'it' if left == 1 else 'them'}."


def _back(request: EmployerRequest, asked: Asked) -> HttpResponse:
    return redirect(_address(request, asked))


def _address(request: EmployerRequest, asked: Asked) -> str:
    query = QueryDict(mutable=True)
    query.update(asked.as_query)
    address = reverse("jobs", args=[request.employer.slug])
    return f"{address}?{query.urlencode()}" if query else address
