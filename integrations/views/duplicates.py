"""The duplicate desk: who may be in Greenhouse already, both side by side, and what a recruiter says."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.duplicates import (
    decide,
    decided_last,
    is_waiting,
    name_of,
    suspects_of,
    switch_reading,
    waiting,
    waiting_of,
)
from integrations.models import Connection, Export, PeopleReading, PossibleDuplicate, Verdict
from integrations.side_by_side import compare

PER_PAGE, DECIDED_SHOWN = 50, 20


@require_GET
@employer_required()
def duplicates(request: EmployerRequest) -> HttpResponse:
    """List the people who wait for a decision, and what was decided last. Constant in queries."""
    connection = Connection.objects.filter(employer=request.employer).first()
    rows = waiting(request.employer).select_related("application__job", "candidate", "greenhouse_job")
    found = PossibleDuplicate.objects.filter(connection=connection).undecided()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    by_candidate: dict[int, list[PossibleDuplicate]] = {}
    for suspect in found.filter(candidate__in=[row.candidate_id for row in page]):
        by_candidate.setdefault(suspect.candidate_id, []).append(suspect)
    context = {
        "nav": "exports",
        "page": page,
        "cases": [(row, _evidence_of(by_candidate.get(row.candidate_id, []))) for row in page],
        "decided": decided_last(request.employer)[:DECIDED_SHOWN],
        "connection": connection,
        "profiles": f"{settings.GREENHOUSE_APP_URL}/people/",
        "reading": PeopleReading.objects.filter(connection=connection).first() if connection else None,
    }
    return render(request, "integrations/duplicates.html", context)


@never_cache
@require_GET
@employer_required(Role.RECRUITER)
def duplicate(request: EmployerRequest, pk: int) -> HttpResponse:
    """Lay the person of an export beside those who may be the same. Survives a Greenhouse that is away."""
    joined = ("connection", "application__job", "application__employer", "greenhouse_job")
    export = get_object_or_404(Export.objects.for_employer(request.employer).select_related(*joined), pk=pk)
    if not is_waiting(export):
        messages.info(request, "Nothing is left to decide about this person.")
        return redirect("export", request.employer.slug, export.pk)
    suspects = list(suspects_of(export))
    context = {
        "nav": "exports",
        "export": export,
        "application": export.application,
        "comparison": compare(connection=export.connection, application=export.application, suspects=suspects),
    }
    return render(request, "integrations/duplicate.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def duplicate_decide(request: EmployerRequest, pk: int) -> HttpResponse:
    """Keep that it is the same person, or someone else; once nothing is open, the person goes on."""
    suspect = get_object_or_404(PossibleDuplicate.objects.for_employer(request.employer), pk=pk)
    verdict = request.POST.get("verdict", "")
    name = name_of(suspect)
    if verdict not in Verdict.values:
        return HttpResponseBadRequest()
    is_first = decide(suspect=suspect, verdict=Verdict(verdict), by=request.user)
    left = waiting_of(suspect).order_by("pk").first()
    if not is_first:
        messages.info(request, "A colleague has decided this already.")
    elif left:
        messages.success(request, "Kept. Please look at the others, too.")
    elif verdict == Verdict.SAME:
        messages.success(request, f"{name} is on the way to the same person in Greenhouse.")
    else:
        messages.success(request, f"{name} is on the way to Greenhouse as a new person.")
    if left:
        return redirect("duplicate", request.employer.slug, left.pk)
    return redirect("duplicates", request.employer.slug)


@require_POST
@employer_required(Role.ADMIN)
def duplicate_reading(request: EmployerRequest) -> HttpResponse:
    """Switch the reading of recent people on or off."""
    connection = get_object_or_404(Connection, employer=request.employer)
    is_on = request.POST.get("is_on") == "1"
    switch_reading(connection=connection, is_on=is_on)
    if is_on:
        messages.success(request, "From now on we also look for the same phone, profile, or name and company.")
    else:
        messages.success(request, "From now on we look for the same email alone. What we kept is deleted.")
    return redirect("duplicates", request.employer.slug)


def _evidence_of(suspects: list[PossibleDuplicate]) -> list[str]:
    """What speaks for any of them, each thing once."""
    return list(dict.fromkeys(words for suspect in suspects for words in suspect.evidence_in_words))
