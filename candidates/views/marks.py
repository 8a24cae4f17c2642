"""Skip ✕ and bookmark ♡."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates import marks
from candidates.known import known_to, name_known_to
from candidates.models import Candidate, MarkKind
from candidates.views.going_back import page_back


@require_POST
@employer_required(Role.RECRUITER)
def candidate_mark(request: EmployerRequest, key: Any) -> HttpResponse:
    """Skip or bookmark a person, or take that back; the message holds *Undo*."""
    candidate = get_object_or_404(known_to(request.employer), key=key)
    kind = _kind(request.POST.get("kind", ""))
    before = marks.set_mark(request.membership, candidate, kind)
    _tell(request, candidate, kind, before)
    if request.htmx:
        context = {"candidate": candidate, "mark": kind or "", "is_answer": True}
        context["name"] = name_known_to(request.employer, candidate)
        context |= {name: request.POST.get(name, "") for name in ("next", "words")}
        return render(request, "candidates/_marks.html", context)
    page = reverse("candidate", args=[request.employer.slug, candidate.key])
    is_skipped = kind == MarkKind.SKIPPED and before != kind
    return redirect(page_back(request, page, field="after_skip" if is_skipped else "next"))


def _kind(text: str) -> MarkKind | None:
    try:
        return MarkKind(text) if text else None
    except ValueError as exc:
        raise BadRequest("There is no such mark.") from exc


def _tell(request: EmployerRequest, candidate: Candidate, kind: MarkKind | None, before: MarkKind | None) -> None:
    if kind == before:
        return
    context = {
        "candidate": candidate,
        "name": name_known_to(request.employer, candidate),
        "kind": kind,
        "before": before,
        "next": request.POST.get("next", ""),
    }
    messages.success(request, render_to_string("candidates/_marked.html", context, request=request))
