"""The searches a member keeps."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import EmployerRequest, employer_required
from candidates.models import SavedSearch
from candidates.search import saved


@require_GET
@employer_required()
def saved_searches(request: EmployerRequest) -> HttpResponse:
    """List the member's searches, to rename, switch letters off, or delete."""
    rows = request.membership.saved_searches.all()
    return render(request, "candidates/saved_searches.html", {"nav": "candidates", "rows": rows})


@require_POST
@employer_required()
def search_save(request: EmployerRequest) -> HttpResponse:
    """Keep the search that the page shows."""
    try:
        row = saved.save(
            membership=request.membership,
            name=request.POST.get("name", ""),
            address=request.POST.get("address", ""),
        )
    except saved.CannotSave as exc:
        messages.error(request, str(exc))
        return redirect("saved_searches", request.employer.slug)
    messages.success(request, f"Saved “{row.name}”. We e-mail you once a day when new people match.")
    return redirect(row)


@require_POST
@employer_required()
def search_change(request: EmployerRequest, pk: int) -> HttpResponse:
    """Rename a search, choose its letters, or delete it."""
    row = get_object_or_404(SavedSearch, pk=pk, membership=request.membership)
    if "delete" in request.POST:
        row.delete()
        messages.success(request, f"Deleted “{row.name}”.")
    else:
        try:
            saved.change(search=row, name=request.POST.get("name", ""), wants_email="wants_email" in request.POST)
            messages.success(request, f"Saved “{row.name}”.")
        except saved.CannotSave as exc:
            messages.error(request, str(exc))
    return redirect("saved_searches", request.employer.slug)
