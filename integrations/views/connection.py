"""The connection as it is: its state, reading now, taking it apart."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import life, webhook_registration
from integrations.models import Connection, ConnectionState
from integrations.status import exports_waiting, status_of
from integrations.tasks import enqueue_sync


def connection_of(request: EmployerRequest) -> Connection | None:
    """The employer's connection, if Greenhouse is meant to be used."""
    connection = Connection.objects.filter(employer=request.employer).first()
    return connection if connection is not None and connection.is_connected else None


def connection_or_404(request: EmployerRequest) -> Connection:
    """The employer's connection. Raises: Http404 without one, or once it was taken apart."""
    connected = Connection.objects.exclude(state=ConnectionState.DISCONNECTED)
    return get_object_or_404(connected, employer=request.employer)


@never_cache
@require_GET
@employer_required()
def status(request: EmployerRequest) -> HttpResponse:
    """Show how each step did last; the page asks for this piece while a reading is under way."""
    if not request.htmx:
        return redirect("integrations", request.employer.slug)
    connection = get_object_or_404(Connection, employer=request.employer)
    return render(request, "integrations/_status_steps.html", {"status": status_of(connection)})


@require_POST
@employer_required(Role.ADMIN)
def sync_now(request: EmployerRequest) -> HttpResponse:
    """Start reading the career site, or join the reading under way."""
    connection = connection_or_404(request)
    if connection.is_active:
        enqueue_sync(connection, by=request.user)
        messages.success(request, "We are reading your career site.")
    else:
        messages.error(request, "Greenhouse has to work first. Press Test connection to see what is wrong.")
    return redirect("integrations", request.employer.slug)


@never_cache
@require_http_methods(["GET", "POST"])
@employer_required(Role.ADMIN)
def disconnect(request: EmployerRequest) -> HttpResponse:
    """GET says what stays and what stops; POST does it."""
    connection = connection_or_404(request)
    if request.method == "POST":
        webhook_registration.withdraw_all(connection)
        life.disconnect(connection=connection, by=request.user)
        messages.success(request, "Greenhouse is disconnected, and we have forgotten its credential.")
        return redirect("integrations", request.employer.slug)
    context = {
        "nav": "settings",
        "tab": "integrations",
        "connection": connection,
        "waiting": exports_waiting(connection),
    }
    return render(request, "integrations/disconnect.html", context)
