"""*Send to Greenhouse* for one person, with a preview. Many at once are `sending_many.py`'s."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.models import AccessKind, Application
from candidates.sourcing import NotInNetwork, unsaved
from integrations import sending
from integrations.consent import NotToBeSent, refusal_of
from integrations.hiring_plan import fetch_lists
from integrations.ids import as_ids
from integrations.models import Connection, ExportState
from integrations.people import Person, address_of, own_job
from integrations.preview import preview
from integrations.problems import PROBLEMS
from integrations.roles import find_roles
from integrations.sharing_form import ShareForm
from integrations.views.connection import connection_of
from integrations.views.people import note, person_or_404


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def send_candidate(request: EmployerRequest, key: Any) -> HttpResponse:
    """Ask where a person is to go, show what would be written there, and send them.

    Every button but *Preview* and the last one shows the form once more with all that was chosen.
    """
    person = person_or_404(request, key)
    data = request.POST if request.method == "POST" else request.GET
    if person.is_picked_at_most:  # the form and the preview show the profile
        note(request, person, AccessKind.OPENED)
    application = _application_of(person, data.get("application", ""))
    nav = "candidates" if person.profile else "applicants"
    context = {"nav": nav, "person": person, "candidate": person.candidate, "application": application}
    connection, refusal = connection_of(request), refusal_of(application)
    if refusal:
        context["refusal"] = PROBLEMS[refusal]
    if connection is None or refusal:
        return render(request, "integrations/send.html", context)
    if request.method == "GET":
        job = own_job(application)
        form = ShareForm(initial={"greenhouse_job": job.pk if job else ""}, connection=connection, by=request.user)
        return form_page(request, form, **context)
    form = filled(request, connection)
    if is_only_shown(request):
        return form_page(request, again(request, form), **context)
    if not form.is_valid():
        return form_page(request, form, **context)
    if "send" in request.POST:
        return _send(request, person, application, form)
    asked = {"greenhouse_job": form.cleaned_data["job"], "arrival": form.arrival, "by": request.user}
    seen = preview(application=application, connection=connection, **asked)
    context |= {"form": form, "preview": seen, "connection": connection}
    return render(request, "integrations/preview.html", context)


def _application_of(person: Person, key: str) -> Application:
    """The named application, else the newest, else what one made from the profile will be."""
    found = person.application(key)
    if found is None:
        assert person.profile is not None  # noqa: S101 - for the type checker: one of the two is there
        return unsaved(employer=person.employer, profile=person.profile)
    return found


def _send(request: EmployerRequest, person: Person, application: Application, form: ShareForm) -> HttpResponse:
    job = form.cleaned_data["job"]
    without = as_ids(request.POST.getlist("without"))
    given: dict[str, Any] = {"greenhouse_job": job, "arrival": form.arrival, "without": without}
    try:
        if application.pk:
            export = sending.send_application(application, by=request.user, **given)
        else:
            given |= {"employer": request.employer, "candidate": person.candidate}
            export = sending.send_person(by=request.user, **given)
    except (NotInNetwork, NotToBeSent):  # they changed their mind since the page was opened
        messages.error(request, f"{application.name} can not be sent any more. Nothing was sent.")
        return redirect("send_candidate", request.employer.slug, person.candidate.key)
    if export.state == ExportState.SENT:
        messages.info(request, f"{application.name} was sent there before. Nothing was sent again.")
    else:
        messages.success(request, f"{application.name} is on the way to Greenhouse.")
    return redirect(address_of(request.employer, person.candidate))


@require_GET
@employer_required(Role.RECRUITER)
def send_jobs(request: EmployerRequest) -> HttpResponse:
    """Search the Greenhouse jobs that people can be sent to."""
    connection = get_object_or_404(Connection, employer=request.employer)
    form = ShareForm(initial=request.GET.dict(), connection=connection, by=request.user, takes_own="own" in request.GET)
    context = {"form": form, "roles": _roles(request, form)}
    return render(request, "integrations/_send_jobs.html", context)


@require_GET
@employer_required(Role.RECRUITER)
def send_choices(request: EmployerRequest) -> HttpResponse:
    """Bring Greenhouse's own lists for the chosen job: stages, sources, prospect pools."""
    connection = get_object_or_404(Connection, employer=request.employer)
    given: dict[str, Any] = {"connection": connection, "by": request.user, "initial": request.GET.dict()}
    job = ShareForm(**given).job
    form = ShareForm(**given, lists=fetch_lists(connection, job, pools=True))
    return render(request, "integrations/_send_choices.html", {"form": form})


def filled(request: EmployerRequest, connection: Connection, *, takes_own: bool = False) -> ShareForm:
    """The form as it was sent.

    Effects: Greenhouse is asked for its lists where something of them was chosen.
    """
    given: dict[str, Any] = {"connection": connection, "by": request.user, "takes_own": takes_own}
    form = ShareForm(request.POST, **given)
    if form.needs_lists or "lists" in request.POST:
        form = ShareForm(request.POST, **given, lists=fetch_lists(connection, form.job, pools=True))
    return form


def again(request: EmployerRequest, form: ShareForm) -> ShareForm:
    """The same once more, unchecked."""
    return ShareForm(
        initial=form.as_typed(), connection=form.connection, by=form.by, takes_own=form.takes_own, lists=form.lists
    )


def is_only_shown(request: EmployerRequest) -> bool:
    """True for every button that only changes what the form shows, and for Enter in the search."""
    data = request.POST
    return any(name in data for name in ("find", "lists", "change")) or (
        "enter" in data and data.get("q", "") != data.get("searched", "")
    )


def form_page(request: EmployerRequest, form: ShareForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "roles": _roles(request, form), "q": request.POST.get("q", "")}
    return render(request, "integrations/send.html", context)


def _roles(request: EmployerRequest, form: ShareForm) -> Any:
    data = request.POST if request.method == "POST" else request.GET
    return find_roles(form.connection, data.get("q", ""), chosen=form.chosen_job)
