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
from candidates.serving import download, shown
from candidates.sharing import links_to
from integrations.neighbours import Neighbours, newest_first
from integrations.people import Person
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
    _note(request, person, AccessKind.OPENED)
    neighbours = newest_first(request.employer, person.profile) if person.profile else Neighbours()
    back = back_from(request, is_in_network=person.profile is not None)
    next_url = _address(request, neighbours.next)
    context = {
        "nav": back.nav,
        "person": person,
        "candidate": person.candidate,
        "profile": person.profile,
        "mark": marks_of(request.membership, [person.candidate.pk]).get(person.candidate.pk, ""),
        "links": links_to(request.employer, person.candidate),
        "base_url": settings.BASE_URL,
        "back": back,
        "previous_url": _address(request, neighbours.previous),
        "next_url": next_url,
        "after_skip": next_url or back.url,
        "days": days_of(person.timeline, person.activities, with_jobs=True),
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
    _note(request, person, AccessKind.RESUME)
    return download(person.resume) if "download" in request.GET else shown(person.resume)


def person_or_404(request: EmployerRequest, key: Any) -> Person:
    person = Person.of(request.employer, key)
    if person is None:
        raise Http404
    return person


def _note(request: EmployerRequest, person: Person, kind: AccessKind) -> None:
    if person.profile:  # what somebody sent to this very employer is no secret to it
        activity.note_access(employer=request.employer, by=request.user, candidates=[person.candidate], kind=kind)


def _address(request: EmployerRequest, candidate: Candidate | None) -> str:
    """A neighbour's page, with all that this one was asked with."""
    if candidate is None:
        return ""
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("candidate", args=[request.employer.slug, candidate.key]) + asked
