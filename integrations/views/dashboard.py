"""The first page after logging in."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import EmployerRequest, employer_required
from candidates.models import Application, ApplicationOrigin
from integrations.attention import count_by_reason
from integrations.export_list import TABS, overdue
from integrations.funnel import DEFAULT_PERIOD, PERIODS, funnel, jobs_to_choose
from integrations.ids import as_id
from integrations.models import OPEN_SYNC, Connection, Export, ExportState, SyncRun
from integrations.views.vanished import question
from jobs.models import Job, JobState


@require_GET
@employer_required()
def dashboard(request: EmployerRequest) -> HttpResponse:
    """Show what is live, who came, and whether Greenhouse works."""
    employer, now = request.employer, timezone.now()
    counts = Job.objects.for_employer(employer).aggregate(
        live=Count("pk", filter=Q(state=JobState.LIVE)),
        connected=Count("pk", filter=Q(greenhouse_link__isnull=False)),
        total=Count("pk"),
    )
    exports = Export.objects.for_employer(employer).aggregate(
        sent=Count("pk", filter=Q(state=ExportState.SENT)),
        stuck=Count("pk", filter=TABS["attention"][1]),
        to_decide=Count("pk", filter=TABS["decide"][1]),
        overdue=Count("pk", filter=overdue(now)),
    )
    applications = Application.objects.visible_to(employer).filter(origin=ApplicationOrigin.APPLIED)
    connection = Connection.objects.filter(employer=employer).first()
    context = {
        "nav": "dashboard",
        "attention": count_by_reason(employer=employer, connection=connection, now=now),
        "reading": SyncRun.objects.filter(connection=connection, state__in=OPEN_SYNC).exists(),
        "is_due": bool(connection and connection.sync_due_at and connection.sync_due_at <= now),
        "connection": connection,
        **question(connection),
        "counts": counts,
        "exports": exports,
        "applicant_count": applications.count(),
        **_funnel(request),
        "newest": applications.select_related("job__greenhouse_link", "employer")
        .defer("job__description", "job__questions")
        .prefetch_related("exports")[:6],
    }
    return render(request, "integrations/dashboard.html", context)


def _funnel(request: EmployerRequest) -> dict[str, object]:
    job, days = as_id(request.GET.get("job", "")), as_id(request.GET.get("days", ""))
    days = days if days in PERIODS else DEFAULT_PERIOD
    return {
        "funnel": funnel(request.employer, days=days, job_id=job),
        "funnel_days": days,
        "funnel_job": job,
        "funnel_periods": PERIODS,
        "funnel_jobs": jobs_to_choose(request.employer),
    }
