"""Find people of the network."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.permissions import EmployerRequest, employer_required
from candidates import activity
from candidates.models import AccessKind, Level, SearchState
from candidates.search import MOST, Query, Sort
from candidates.search.for_job import query_for
from candidates.search.query import Joined, Place
from candidates.vocabulary import VALUES
from integrations import sourcing
from integrations.searching import page_number
from jobs.models import Job
from jobs.pay import COMMON_CURRENCIES


@vary_on_headers("HX-Request")
@require_GET
@employer_required()
def candidates(request: EmployerRequest) -> HttpResponse:
    """Search the network and list who is found, each with why. Constant in queries.

    Effects: writes down who was shown to whom.
    """
    query = Query.of(request.GET)
    results = sourcing.find(request.membership, query)
    page = Paginator(results.profile_ids, sourcing.PER_PAGE).get_page(page_number(request.GET.get("page", "")))
    found = sourcing.shown(request.membership, query, list(page))
    people = [one.candidate for one in found]
    activity.note_access(employer=request.employer, by=request.user, candidates=people, kind=AccessKind.LISTED)
    context = {
        "nav": "candidates",
        "query": query,
        "results": results,
        "page": page,
        "found": found,
        "most": MOST,
        "next": request.get_full_path(),  # where a mark leads back to
        "sorts": Sort,
        "job": Job.objects.for_employer(request.employer).filter(pk=query.job).first() if query.job else None,
    }
    if request.htmx:
        return render(request, "integrations/_candidates.html", context)
    saved = request.membership.saved_searches.all()
    return render(request, "integrations/candidates.html", context | _choices() | {"saved": saved})


@require_GET
@employer_required()
def people_for_job(request: EmployerRequest, pk: int) -> HttpResponse:
    """Lead to the search for the people a job needs, read from its advert."""
    job = get_object_or_404(Job.objects.for_employer(request.employer), pk=pk)
    return redirect(f"{reverse('candidates', args=[request.employer.slug])}?{query_for(job).address}")


def _choices() -> dict[str, object]:
    """What can be chosen in the filters."""
    return {
        "levels": Level.choices,
        "states": SearchState.choices,
        "places": Place.choices,
        "joined": Joined.choices,
        "values": VALUES,
        "currencies": COMMON_CURRENCIES,
    }
