"""Many jobs are gone from the career site at once: what a person decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.models import Connection, SyncRun
from integrations.vanished import gone_and_live, keep, open_question, take_off


def question(connection: Connection | None) -> dict[str, object]:
    """What `_vanished.html` shows: the reading to decide about, how many jobs are gone, and of how many."""
    run = open_question(connection) if connection is not None else None
    if connection is None or run is None:
        return {}
    gone, live = gone_and_live(connection)
    return {"vanished": run, "gone_count": gone, "gone_of": live}


@require_POST
@employer_required(Role.RECRUITER)
def vanished(request: EmployerRequest, pk: int) -> HttpResponse:
    """Take the jobs that are gone off the company page, or keep them for now."""
    run = get_object_or_404(SyncRun.objects.select_related("connection"), pk=pk, connection__employer=request.employer)
    if request.POST.get("do") == "take_off":
        gone, _ = gone_and_live(run.connection)
        is_done = take_off(run, request.user) is not None
        done = f"{gone:,} job{'s are' if gone != 1 else ' is'} off your company page." if is_done else ""
    else:
        done = "They stay on your company page. We ask again when that changes." if keep(run, request.user) else ""
    if done:
        messages.success(request, done)
    else:
        messages.info(request, "Nothing was changed: a newer reading of your career site has settled this.")
    return redirect("jobs", request.employer.slug)
