"""Who is to go to Greenhouse, who is there, and what stands in the way: the list, one of them, and many at once."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import many_exports
from integrations.correcting import may_be_corrected
from integrations.export_list import Asked, ExportList
from integrations.export_steps import steps_of
from integrations.ids import as_ids
from integrations.models import Connection, Export, ExportState
from integrations.other_job import may_choose_other_job
from integrations.timeline import days_of
from integrations.views.applicants import profile_url

PER_PAGE = 50
DONE_UNASKED = 50  # more exports than this are sent again or cancelled only after a person has seen the number
AGAIN, CANCEL = "again", "cancel"
_NONE = {
    AGAIN: "Nothing here can be sent again: choose exports that wait, need attention or were cancelled.",
    CANCEL: "Nothing here can be cancelled: choose exports that are still on their way.",
}


@require_GET
@employer_required()
def exports(request: EmployerRequest) -> HttpResponse:
    """List the employer's exports with person, job, state and what stands in the way. Constant in queries."""
    asked = Asked.of(request.GET)
    found = ExportList(employer=request.employer, asked=asked)
    connection = Connection.objects.filter(employer=request.employer).first()
    context = {
        "nav": "exports",
        "list": found,
        "asked": asked,
        "page": Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page")),
        "connection": connection,
        "today": timezone.now().date(),
    }
    return render(request, "integrations/exports.html", context)


@require_GET
@employer_required()
def export_detail(request: EmployerRequest, pk: int) -> HttpResponse:
    """Show one export: its steps with ids and times, files, attempts, the next try, what is wrong."""
    joined = ("connection", "greenhouse_job", "application__job", "application__employer", "requested_by", "credit_to")
    export = get_object_or_404(Export.objects.for_employer(request.employer).select_related(*joined), pk=pk)
    events = list(export.application.timeline.select_related("actor"))
    is_recruiter = request.membership.is_recruiter
    context = {
        "nav": "exports",
        "export": export,
        "application": export.application,
        "steps": steps_of(export, events, is_recruiter=is_recruiter),
        "days": days_of(events),
        "profile_url": profile_url(export),
        "began_anew": export.trying_since - export.created_at > timedelta(seconds=1),
        "may_send_again": is_recruiter and export.can_send_again,
        "may_cancel": is_recruiter and export.can_be_cancelled,
        "may_correct": is_recruiter and may_be_corrected(export),
        "may_choose_other_job": is_recruiter and may_choose_other_job(export),
    }
    return render(request, "integrations/export.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def exports_do(request: EmployerRequest) -> HttpResponse:
    """Send exports again, or cancel them: one, the chosen ones, or all that match what the list asks for.

    Many at once are first shown as a number to agree to. A button `again` names the one beside which it stands.
    """
    asked, to_do = Asked.of(request.POST), AGAIN if AGAIN in request.POST else request.POST.get("do", "")
    if to_do not in (AGAIN, CANCEL):
        return redirect(_back(request, asked))
    rows = _meant(request, asked, to_do)
    count = rows.count()
    if count > DONE_UNASKED and request.POST.get("agreed") != f"{count}":
        return render(request, "integrations/exports_do.html", _question(request, asked, to_do, count))
    if to_do == AGAIN:
        done = many_exports.send_all_again(exports=rows, by=request.user)
    else:
        done = many_exports.cancel_all(exports=rows, by=request.user)
    if done:
        messages.success(request, _in_words(done, to_do))
    else:
        messages.info(request, _NONE[to_do])
    return redirect(_back(request, asked))


def _meant(request: EmployerRequest, asked: Asked, to_do: str) -> QuerySet[Export]:
    can = many_exports.can_be_sent_again if to_do == AGAIN else many_exports.can_be_cancelled
    if request.POST.get("which") != "all" or AGAIN in request.POST:
        ids = as_ids(request.POST.getlist(AGAIN) or request.POST.getlist("export"))
        return can(Export.objects.for_employer(request.employer).filter(pk__in=ids))
    rows = can(ExportList(employer=request.employer, asked=asked).matching)
    # Whoever was told not to go is not swept along with those who could not.
    return rows if asked.tab == "cancelled" else rows.exclude(state=ExportState.CANCELLED)


def _question(request: EmployerRequest, asked: Asked, to_do: str, count: int) -> dict[str, Any]:
    which = request.POST.get("which", "")
    return {
        "nav": "exports",
        "to_do": to_do,
        "count": count,
        "asked": asked,
        "which": which,
        "ids": [] if which == "all" else sorted(as_ids(request.POST.getlist("export"))),
        "changed": bool(request.POST.get("agreed")),
        "back": _back(request, asked),
    }


def _in_words(done: int, to_do: str) -> str:
    people = "1 export is" if done == 1 else f"{done:,} exports are"
    return f"{people} {'on the way again' if to_do == AGAIN else 'cancelled'}."


def _back(request: EmployerRequest, asked: Asked) -> str:
    slug = request.employer.slug
    if request.POST.get("back") == "export" and (ids := as_ids(request.POST.getlist("export"))):
        return reverse("export", args=[slug, min(ids)])
    query = QueryDict(mutable=True)
    query.update(asked.as_query)
    address = reverse("exports", args=[slug])
    return f"{address}?{query.urlencode()}" if query else address
