"""*Share with Team* and *Copy Candidate Link*."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role, User
from accounts.permissions import EmployerRequest, employer_required
from candidates import sharing
from candidates.known import known_to, name_known_to, names_known_to, note_look
from candidates.models import AccessKind, Candidate, CandidateLink
from candidates.sharing_form import ShareWithTeamForm

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@never_cache
@employer_required(Role.RECRUITER)
def share_with_team(request: EmployerRequest, key: Any) -> HttpResponse:
    """Choose colleagues and a note, and show them the person."""
    candidate = _known_or_404(request, key)
    form = ShareWithTeamForm(request.POST or None, membership=request.membership)
    if form.is_valid():
        try:
            sharing.share_with_team(employer=request.employer, candidate=candidate, by=request.user, **form.as_asked())
        except sharing.NotKnown as exc:
            raise Http404 from exc
        name = name_known_to(request.employer, candidate)
        messages.success(request, f"Shared {name}. Your colleagues find it in their list and in their e-mail.")
        return redirect(_page_of(request, candidate))
    note_look(employer=request.employer, by=request.user, candidates=[candidate], kind=AccessKind.LISTED)
    context = {"nav": "candidates", "candidate": candidate, "form": form}
    context["name"] = name_known_to(request.employer, candidate)
    return render(request, "candidates/share_with_team.html", context)


@require_GET
@never_cache
@employer_required()
def shared_with_me(request: EmployerRequest) -> HttpResponse:
    """List the people whom colleagues showed to this member. Constant in queries.

    Effects: written down like any list of the network.
    """
    page = Paginator(sharing.shared_with(request.membership), PER_PAGE).get_page(request.GET.get("page"))
    people = [row.share.candidate for row in page]
    names = names_known_to(request.employer, people)
    note_look(employer=request.employer, by=request.user, candidates=people, kind=AccessKind.LISTED)
    rows = [(row.share, name) for row in page if (name := names.get(row.share.candidate_id))]
    return render(request, "candidates/shared_with_me.html", {"nav": "candidates", "page": page, "rows": rows})


@require_POST
@employer_required(Role.RECRUITER)
def candidate_link(request: EmployerRequest, key: Any) -> HttpResponse:
    """Make a link for the team; the page then shows it, and a script copies it."""
    candidate = _known_or_404(request, key)
    try:
        link = sharing.make_link(employer=request.employer, candidate=candidate, by=request.user)
    except sharing.NotKnown as exc:
        raise Http404 from exc
    if request.htmx:
        return _links(request, candidate, just_made=link)
    messages.success(request, "The link is made. Select and copy it below, under Links for your team.")
    return redirect(f"{_page_of(request, candidate)}#candidate-links")


@require_POST
@employer_required(Role.RECRUITER)
def candidate_link_revoke(request: EmployerRequest, key: Any, pk: int) -> HttpResponse:
    """End a link for everybody who has it."""
    candidate = _known_or_404(request, key)
    links = CandidateLink.objects.filter(employer=request.employer, candidate=candidate)
    link = get_object_or_404(links.select_related("employer", "candidate"), pk=pk)
    sharing.revoke_link(link=link, by=request.user)
    if request.htmx:
        return _links(request, candidate)
    messages.success(request, "The link is revoked. It opens for nobody any more.")
    return redirect(f"{_page_of(request, candidate)}#candidate-links")


@require_GET
@never_cache
@login_required
def open_candidate_link(request: HttpRequest, key: str) -> HttpResponse:
    """Lead a member of the employer to the person; for everybody else, and once revoked, there is nothing here."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker: logged in
    link = sharing.link_of(key, request.user)
    if link is None:
        raise Http404
    return redirect("candidate", link.employer.slug, link.candidate.key)


def _known_or_404(request: EmployerRequest, key: Any) -> Candidate:
    return get_object_or_404(known_to(request.employer), key=key)


def _page_of(request: EmployerRequest, candidate: Candidate) -> str:
    return reverse("candidate", args=[request.employer.slug, candidate.key])


def _links(request: EmployerRequest, candidate: Candidate, just_made: CandidateLink | None = None) -> HttpResponse:
    links = sharing.links_to(request.employer, candidate)
    context = {"candidate": candidate, "links": links, "just_made": just_made, "base_url": settings.BASE_URL}
    return render(request, "candidates/_links.html", context)
