"""Who applied, and where they are in Greenhouse."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Employer, Role
from accounts.permissions import EmployerRequest, employer_required
from candidates import activity
from candidates.models import AccessKind, Application, ApplicationOrigin, ApplicationStatus
from integrations import batches, reviewing, sending
from integrations.consent import has_private_email
from integrations.ids import as_ids
from integrations.models import Export
from integrations.timeline import days_of

PER_PAGE = 50
TO_REVIEW = "to_review"


@vary_on_headers("HX-Request")
@require_GET
@employer_required()
def applicants(request: EmployerRequest) -> HttpResponse:
    """List the applicants of all jobs with export state and stage. Constant in queries."""
    to_review = reviewing.to_review(request.employer)
    status, job = request.GET.get("status", ""), request.GET.get("job", "")
    rows = (
        listed(request.employer, request.GET)
        .select_related("job__greenhouse_link", "employer")
        .defer("job__description", "job__questions")
        .prefetch_related("exports")
    )
    context = {
        "nav": "applicants",
        "page": Paginator(reviewing.with_other_ways(rows), PER_PAGE).get_page(request.GET.get("page")),
        "statuses": ApplicationStatus.choices,
        "is_review": status == TO_REVIEW,
        "review_count": to_review.count(),
        "status": status,
        "job": job,
        "can_send": request.membership.is_recruiter,
        "batch": None if request.htmx else batches.under_way(request.employer),
    }
    template = "integrations/_applicants.html" if request.htmx else "integrations/applicants.html"
    return render(request, template, context)


def listed(employer: Employer, asked: QueryDict) -> QuerySet[Application]:
    """The applicants that a list asks for by `status` and `job`; anything odd asks for nothing."""
    status, job = asked.get("status", ""), asked.get("job", "")
    rows: QuerySet[Application] = Application.objects.visible_to(employer).filter(origin=ApplicationOrigin.APPLIED)
    if status == TO_REVIEW:
        rows = reviewing.to_review(employer)
    elif status in ApplicationStatus.values:
        rows = rows.filter(status=status)
    return rows.filter(job_id__in=as_ids([job])) if job else rows


@vary_on_headers("HX-Request")
@require_GET
@employer_required()
def application(request: EmployerRequest, key: str) -> HttpResponse:
    """Show one application: what they wrote, where the export stands, Greenhouse's stage, the timeline.

    Effects: of somebody who was picked from the network, what is shown is their profile: that is written down.
    """
    row = get_object_or_404(
        Application.objects.visible_to(request.employer).select_related(
            "job__greenhouse_link", "employer", "resume", "candidate"
        ),
        key=key,
    )
    if row.is_sourced and not request.htmx:  # the page looks again every few seconds by itself
        opened: dict[str, Any] = {"candidates": [row.candidate], "kind": AccessKind.OPENED}
        activity.note_access(employer=request.employer, by=request.user, **opened)
    exports = Export.objects.for_employer(request.employer).select_related("connection")
    export = exports.filter(application=row).first()
    if export is None:  # the same person may have reached this Greenhouse job through another of our jobs
        export = sending.export_of(row)
    context = {
        "nav": "candidates" if row.is_sourced else "applicants",
        "application": row,
        "candidate": row.candidate,
        "email_is_private": has_private_email(row),
        "export": export,
        "profile_url": profile_url(export),
        "can_send_again": (
            request.membership.is_recruiter and export and export.can_send_again and export.connection.is_active
        ),
        "answers": row.answers.visible_to(request.membership).select_related("document"),
        "days": days_of(row.timeline.select_related("actor")),
    }
    template = "integrations/_application.html" if request.htmx else "integrations/application.html"
    return render(request, template, context)


def profile_url(export: Export | None) -> str:
    """Where this person's profile is in Greenhouse; empty until they are there."""
    return export.profile_url if export else ""


@require_POST
@employer_required(Role.RECRUITER)
def send_again(request: EmployerRequest, pk: int) -> HttpResponse:
    """Try a stopped export once more."""
    export = get_object_or_404(
        Export.objects.for_employer(request.employer).select_related("application__employer"), pk=pk
    )
    if sending.send_again(export=export, by=request.user):
        messages.success(request, "We are sending it again.")
    else:
        messages.info(request, "It is already on its way.")
    return redirect(export.application.get_absolute_url())
