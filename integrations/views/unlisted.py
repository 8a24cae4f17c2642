"""Not listed: what of Greenhouse cannot be imported, and why."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.models import OPEN_SYNC, SyncKind, SyncRun
from integrations.progress import progress_of
from integrations.tasks import enqueue_sync
from integrations.unlisted import Asked, unlisted
from integrations.views.connection import connection_of
from integrations.views.imports import to_integrations


@never_cache
@vary_on_headers("HX-Request")
@require_GET
@employer_required(Role.RECRUITER)
def import_unlisted(request: EmployerRequest) -> HttpResponse:
    """Show what is known, when we last looked, and how far a look under way is.

    Shape: the whole page, or with `HX-Request` only the piece inside the dialog.
    """
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    survey = SyncRun.objects.filter(connection=connection, kind=SyncKind.SURVEY).first()
    context = {
        "nav": "dashboard",
        "tab": "unlisted",
        "connection": connection,
        "survey": survey,
        "is_importing": SyncRun.objects.filter(connection=connection, kind=SyncKind.FULL, state__in=OPEN_SYNC).exists(),
        "progress": progress_of(survey) if survey and survey.is_open else None,
        "list": unlisted(connection, Asked.from_query(request.GET)),
    }
    template = "integrations/_unlisted.html" if request.htmx else "integrations/unlisted.html"
    return render(request, template, context)


@require_POST
@employer_required(Role.RECRUITER)
def import_look_again(request: EmployerRequest) -> HttpResponse:
    """Start reading what is not listed; while the active positions are read, the page says to come back."""
    connection = connection_of(request)
    if connection is None:
        return to_integrations(request)
    enqueue_sync(connection, by=request.user, kind=SyncKind.SURVEY)
    return redirect("import_unlisted", request.employer.slug)
