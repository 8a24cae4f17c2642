"""The page on which a team decides about people whom it moved by hand before Greenhouse was connected."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import hand_over as handing
from integrations.ids import as_uuid
from integrations.views.connection import connection_or_404


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def hand_over(request: EmployerRequest) -> HttpResponse:
    """Show who would arrive in which stage; send them, or go on moving them by hand."""
    connection = connection_or_404(request)
    if request.method == "GET":
        context = {"nav": "pipeline", "plan": handing.plan_of(connection), "connection": connection, "key": uuid4()}
        return render(request, "integrations/hand_over.html", context)
    if "keep" in request.POST:
        handing.keep_by_hand(connection=connection, by=request.user)
        messages.success(request, "They stay yours to move. What you move from now on, we will ask about again.")
        return redirect("pipeline", request.employer.slug)
    key = as_uuid(request.POST.get("key", "")) or uuid4()
    batch = handing.hand_over(connection=connection, by=request.user, key=key)
    return redirect(batch.get_absolute_url())
