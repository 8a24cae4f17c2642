"""The page of one person, and their résumé."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates import activity
from candidates.marks import marks_of
from candidates.models import AccessKind, Candidate
from candidates.search import Query
from candidates.serving import download, shown
from candidates.sharing import links_to
from integrations.people import Person
from integrations.sourcing import neighbours
from integrations.timeline import days_of
from integrations.views.back import back_from


@require_GET
@never_cache
@employer_required()
def candidate(request: EmployerRequest, key: Any) -> HttpResponse:
    """Show who somebody is, all their applications at this employer, and what the team did. Constant in queries.

    Effects: writes down that the profile was opened.
    """
    person = person_or_404(request, key)
    note(request, person, AccessKind.OPENED)
    query = Query.of(request.GET)  # where one leafs on: the search that led here, else the whole network
    before, after = neighbours(request.membership, query, person.candidate) if person.profile else (None, None)
    back = back_from(request, is_in_network=person.profile is not None)
    next_url = _address(request, after)
    context = {
        "nav": back.nav,
        "person": person,
        "candidate": person.candidate,
        "profile": person.profile,
        "mark": marks_of(request.membership, [person.candidate.pk]).get(person.candidate.pk, ""),
        "links": links_to(request.employer, person.candidate),
        "base_url": settings.BASE_URL,
        "back": back,
        "previous_url": _address(request, before),
        "next_url": next_url,
        "after_skip": next_url or back.url,
        "days": days_of(person.timeline, person.activities, with_jobs=len(person.applications) > 1),
    }
    return render(request, "integrations/candidate.html", context)


@require_safe
@never_cache
@employer_required(Role.RECRUITER)
def candidate_resume(request: EmployerRequest, key: Any) -> FileResponse:
    """Hand out a person's newest résumé: a PDF to be shown in the page, anything else, or when asked, as a download.

    Effects: written down for whoever is of the network.
    """
    person = person_or_404(request, key)
    if person.resume is None:
        raise Http404
    note(request, person, AccessKind.RESUME)
    return download(person.resume) if "download" in request.GET else shown(person.resume)


def person_or_404(request: EmployerRequest, key: Any) -> Person:
    person = Person.of(request.employer, key)
    if person is None:
        raise Http404
    return person


def note(request: EmployerRequest, person: Person, kind: AccessKind) -> None:
    """Write down that somebody of the network was seen."""
    if person.profile:  # what somebody sent to this very employer is no secret to it
        activity.note_access(employer=request.employer, by=request.user, candidates=[person.candidate], kind=kind)


def _address(request: EmployerRequest, candidate: Candidate | None) -> str:
    """A neighbour's page, with all that this one was asked with."""
    if candidate is None:
        return ""
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("candidate", args=[request.employer.slug, candidate.key]) + asked
