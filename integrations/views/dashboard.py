"""The first page after logging in."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import EmployerRequest, employer_required
from candidates.models import Application
from integrations.models import Connection, Export, ExportState
from integrations.views.vanished import question
from jobs.models import Job, JobState


@require_GET
@employer_required()
def dashboard(request: EmployerRequest) -> HttpResponse:
    """Show what is live, who came, and whether Greenhouse works."""
    employer = request.employer
    counts = Job.objects.for_employer(employer).aggregate(
        live=Count("pk", filter=Q(state=JobState.LIVE)),
        connected=Count("pk", filter=Q(greenhouse_link__isnull=False)),
        total=Count("pk"),
    )
    exports = Export.objects.for_employer(employer).aggregate(
        sent=Count("pk", filter=Q(state=ExportState.SENT)),
        stuck=Count("pk", filter=Q(state=ExportState.NEEDS_ATTENTION)),
    )
    applications = Application.objects.for_employer(employer)
    connection = Connection.objects.filter(employer=employer).first()
    context = {
        "nav": "dashboard",
        "connection": connection,
        **question(connection),
        "counts": counts,
        "exports": exports,
        "applicant_count": applications.count(),
        "newest": applications.select_related("job", "employer").prefetch_related("exports")[:6],
    }
    return render(request, "integrations/dashboard.html", context)
