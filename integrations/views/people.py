"""The page of one person."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import EmployerRequest, employer_required
from integrations.people import Person, link_to
from integrations.timeline import days_of


@require_GET
@employer_required()
def candidate(request: EmployerRequest, key: Any) -> HttpResponse:
    """Show who somebody is, all their applications at this employer, and what happened. Constant in queries."""
    person = person_or_404(request, key)
    context = {
        "nav": "applicants",
        "person": person,
        "candidate": person.candidate,
        "candidate_link": link_to(request.employer, person.candidate),
        "days": days_of(person.timeline, with_jobs=True),
    }
    return render(request, "integrations/candidate.html", context)


def person_or_404(request: EmployerRequest, key: Any) -> Person:
    person = Person.of(request.employer, key)
    if person is None:
        raise Http404
    return person
