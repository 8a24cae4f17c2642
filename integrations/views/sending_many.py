"""*Send to Greenhouse* for many at once: applicants, or people of the network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.known import known_to
from candidates.models import Application, Candidate
from candidates.search import Query
from integrations import batches, picking
from integrations.ids import as_ids, as_uuid
from integrations.models import Batch
from integrations.sharing_form import OWN_JOB, ShareForm
from integrations.views.applicants import listed
from integrations.views.connection import connection_of
from integrations.views.sending import again, filled, form_page, is_only_shown

PER_PAGE = 100


@dataclass(frozen=True)
class Chosen:
    """Whom somebody chose, and the page they did it on. `applications` is asked when they are sent, not before."""

    rows: QuerySet[Any]
    applications: Callable[[], QuerySet[Application]]
    address: str
    nav: str
    label: str
    noun: str
    takes_own: bool
    asked: str = ""  # the search that showed them, as an address says it

    def ids(self) -> list[int]:
        """One more than can go at once, if there are."""
        return list(self.rows.order_by("pk").values_list("pk", flat=True)[: batches.AT_MOST + 1])


@require_POST
@employer_required(Role.RECRUITER)
def send_applicants(request: EmployerRequest) -> HttpResponse:
    """Ask where chosen applicants are to go, and send them: 1,000 at most."""
    rows = _chosen_applicants(request)
    return _send_many(
        request, Chosen(rows, lambda: rows, "send_applicants", "applicants", "Applicants", "applicant", takes_own=True)
    )


@require_POST
@employer_required(Role.RECRUITER)
def send_candidates(request: EmployerRequest) -> HttpResponse:
    """Ask where chosen people of the network are to go, and send them: 1,000 at most.

    Effects: who has no application here gets one from their profile, once they are sent. Whoever hides meanwhile or
        does not want to be sent is left out.
    """
    rows = _chosen_candidates(request)

    def applications() -> QuerySet[Application]:
        picked = picking.pick_many(employer=request.employer, candidates=rows, by=request.user)
        if picked.left_out:
            messages.info(request, picking.left_out_in_words(picked.left_out))
        return Application.objects.visible_to(request.employer).filter(pk__in=picked.application_ids)

    words = ("send_candidates", "candidates", "Candidates", "candidate")
    asked = Query.of(QueryDict(request.POST.get("asked", ""))).address
    return _send_many(request, Chosen(rows, applications, *words, takes_own=False, asked=asked))


def _send_many(request: EmployerRequest, chosen: Chosen) -> HttpResponse:
    ids = chosen.ids()
    back_url = reverse(chosen.nav, args=[request.employer.slug]) + (f"?{chosen.asked}" if chosen.asked else "")
    if not ids:
        messages.info(request, f"Choose at least one {chosen.noun} first.")
        return redirect(back_url)
    context: dict[str, Any] = {
        "nav": chosen.nav,
        "is_many": True,
        "chosen": chosen,
        "action_url": reverse(chosen.address, args=[request.employer.slug]),
        "back_url": back_url,
        "people": ",".join(map(str, ids[: batches.AT_MOST])),
        "count": min(len(ids), batches.AT_MOST),
        "matching": chosen.rows.count() if len(ids) > batches.AT_MOST else 0,
        "key": request.POST.get("key") or uuid4(),
    }
    connection = connection_of(request)
    if connection is None:
        return render(request, "integrations/send.html", context)
    if "key" not in request.POST:
        initial = {"greenhouse_job": OWN_JOB} if chosen.takes_own else {}
        form = ShareForm(initial=initial, connection=connection, by=request.user, takes_own=chosen.takes_own)
        return form_page(request, form, **context)
    form = filled(request, connection, takes_own=chosen.takes_own)
    if is_only_shown(request) or "order" not in request.POST:
        return form_page(request, again(request, form), **context)
    if not form.is_valid():
        return form_page(request, form, **context)
    order = batches.Order() if form.goes_to_own else batches.Order(form.cleaned_data["job"], form.arrival)
    key = as_uuid(request.POST["key"]) or uuid4()
    given: dict[str, Any] = {"connection": connection, "order": order, "by": request.user, "key": key}
    return redirect(batches.send_batch(applications=chosen.applications(), **given))


@vary_on_headers("HX-Request")
@require_GET
@employer_required()
def batch(request: EmployerRequest, pk: int) -> HttpResponse:
    """Show how far many people are who were sent at once, and what became of each. Constant in queries."""
    rows = Batch.objects.filter(connection__employer=request.employer).select_related(
        "requested_by", "connection__employer"
    )
    found = get_object_or_404(rows, pk=pk)
    page = Paginator(batches.entries_of(found), PER_PAGE).get_page(request.GET.get("page"))
    nav = "candidates" if any(entry.application.is_sourced for entry in page) else "applicants"
    context = {"nav": nav, "batch": found, "progress": batches.progress_of(found), "page": page}
    template = "integrations/_batch.html" if request.htmx else "integrations/batch.html"
    return render(request, template, context)


def _chosen_applicants(request: EmployerRequest) -> QuerySet[Application]:
    data = request.POST
    if data.get("which") == "all" and "people" not in data:
        return listed(request.employer, data)
    named = "people" in data
    texts = data["people"].split(",")[: batches.AT_MOST] if named else data.getlist("application")
    return Application.objects.visible_to(request.employer).filter(pk__in=as_ids(texts))


def _chosen_candidates(request: EmployerRequest) -> QuerySet[Candidate]:
    """Those that a list names by `candidate`, their keys; later on by `people`, their ids."""
    known = known_to(request.employer)
    if "people" in request.POST:
        return known.filter(pk__in=as_ids(request.POST["people"].split(",")[: batches.AT_MOST]))
    keys = [key for text in request.POST.getlist("candidate")[: batches.AT_MOST] if (key := as_uuid(text))]
    return known.filter(key__in=keys)
