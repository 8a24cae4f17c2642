"""The team's notes about a person: written, changed, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership, Role
from accounts.permissions import EmployerRequest, employer_required
from candidates import notes
from candidates.known import known_to, name_known_to
from candidates.models import Candidate, Note


class NoteForm(forms.Form):
    text = forms.CharField(label="Note", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    called = forms.ModelMultipleChoiceField(Membership.objects.none(), label="Tell colleagues", required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called"].queryset = by.employer.memberships.all()  # type: ignore[attr-defined]


@require_POST
@employer_required(Role.RECRUITER)
def note_add(request: EmployerRequest, key: Any) -> HttpResponse:
    """Keep a note about a person."""
    candidate = get_object_or_404(known_to(request.employer), key=key)
    form = NoteForm(request.POST, by=request.membership)
    if not form.is_valid():
        return _page(request, candidate, form, None)
    note = notes.write_note(candidate=candidate, by=request.membership, **form.cleaned_data)
    messages.success(request, "The note is saved.")
    return redirect(_address(request, note))


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def note_edit(request: EmployerRequest, pk: int) -> HttpResponse:
    """Change the words of one's own note, or delete it."""
    note = _note_or_404(request, pk)
    if note.author_id != request.user.pk:
        raise PermissionDenied("Only the author changes a note.")
    form = NoteForm(request.POST or None, by=request.membership, initial={"text": note.text})
    if not form.is_valid():
        return _page(request, note.candidate, form, note)
    notes.write_note(candidate=note.candidate, by=request.membership, note=note, **form.cleaned_data)
    messages.success(request, "The note is saved.")
    return redirect(_address(request, note))


@require_POST
@employer_required(Role.RECRUITER)
def note_delete(request: EmployerRequest, pk: int) -> HttpResponse:
    """Delete one's own note; admins delete anybody's."""
    note = _note_or_404(request, pk)
    try:
        notes.delete_note(note=note, by=request.membership)
    except notes.NotYours as exc:
        raise PermissionDenied("Only the author and admins delete a note.") from exc
    messages.success(request, "The note is deleted.")
    return redirect(reverse("candidate", args=[request.employer.slug, note.candidate.key]))


def _note_or_404(request: EmployerRequest, pk: int) -> Note:
    rows = Note.objects.filter(employer=request.employer, candidate__in=known_to(request.employer))
    return get_object_or_404(rows.select_related("candidate"), pk=pk)


def _address(request: EmployerRequest, note: Note) -> str:
    return f"{reverse('candidate', args=[request.employer.slug, note.candidate.key])}#note-{note.pk}"


def _page(request: EmployerRequest, candidate: Candidate, form: NoteForm, note: Note | None) -> HttpResponse:
    context = {"nav": "candidates", "candidate": candidate, "form": form, "note": note}
    context["name"] = name_known_to(request.employer, candidate)
    context["colleagues"] = request.employer.memberships.select_related("user").exclude(pk=request.membership.pk)
    return render(request, "candidates/note.html", context)
