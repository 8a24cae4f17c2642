"""Account Settings → Integrations: add Greenhouse, or change what it was added with."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership, Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import connecting, grants, invitations, sources, webhook_setup
from integrations.checkup import CheckFailed
from integrations.doctor import Diagnosis
from integrations.forms import (
    ActingUserForm,
    ImportSettingsForm,
    IntegrationForm,
    InvitationForm,
    NewSecretForm,
    PeopleRuleForm,
    SourceForm,
)
from integrations.greenhouse.scopes import ALL_SCOPES, FEATURES
from integrations.import_settings import seen_fields
from integrations.models import Connection, ConnectionState, CredentialKind
from integrations.status import status_of
from integrations.views.connection import connection_or_404

GUIDE = {"features": FEATURES, "all_scopes": "\n".join(ALL_SCOPES)}


@sensitive_post_parameters("client_secret", "api_key")
@never_cache
@require_http_methods(["GET", "POST"])
@employer_required()
def integrations(request: EmployerRequest) -> HttpResponse:
    """Show the connection; an admin may add one or put another credential in its place."""
    if request.method == "GET":
        return page(request)
    if not request.membership.is_admin:
        raise PermissionDenied("This needs the role Admin.")
    form = IntegrationForm(request.POST)
    diagnosis = None
    if form.is_valid():
        try:
            connection = connecting.connect(employer=request.employer, by=request.user, **form.as_arguments())
        except CheckFailed as exc:
            form.add_problem(exc.problem, exc.detail)
            diagnosis = exc.diagnosis
        else:
            messages.success(request, connected_in_words(connection))
            # Its own fragment: a browser would keep the form's and open the form again.
            return redirect(reverse("integrations", args=[request.employer.slug]) + "#connection")
    return page(request, form=form, form_diagnosis=diagnosis)


def connected_in_words(connection: Connection) -> str:
    where = f" to {connection.organization_name}" if connection.organization_name else ""
    off = [row.feature.title for row in Diagnosis.of(connection).rows if row.missing]
    what = f" Switched off for want of a scope: {'; '.join(off)}." if off else ""
    return f"Greenhouse is connected{where}.{what} Next: press Import Jobs on the dashboard."


def page(request: EmployerRequest, **bound: Any) -> HttpResponse:
    """Render the Integrations page; `bound` holds a form that was refused, and why."""
    connection = Connection.objects.filter(employer=request.employer).first()
    held = connection if connection and connection.state != ConnectionState.DISCONNECTED else None
    email = connection.email if connection and connection.email else request.user.email
    person = {"email": email, "acts_as_service_user": bool(held and held.acts_as_service_user)}
    context = {
        **GUIDE,
        "nav": "settings",
        "tab": "integrations",
        "connection": connection,
        "offers_consent": grants.is_configured(),
        "is_connected": held is not None,
        "diagnosis": Diagnosis.of(held) if held and held.granted_scopes is not None else None,
        "form": IntegrationForm(initial=person),
        "user_form": ActingUserForm(initial=person, prefix="acting"),
        "invitation_form": InvitationForm(prefix="invite"),
        "pending": invitations.pending_of(request.employer) if request.membership.is_admin else [],
        "admins": Membership.objects.filter(employer=request.employer, role=Role.ADMIN).select_related("user"),
        "status": status_of(connection) if connection else None,
        "webhooks": webhook_setup.status_of(held) if held else None,
        "new_secret_form": NewSecretForm(prefix="webhook"),
        "people_form": PeopleRuleForm(initial={"anonymise_rule": held.anonymise_rule}) if held else None,
        **bound,
    }
    if held and "import_form" not in bound:
        seen = seen_fields(held)
        context["import_form"] = ImportSettingsForm(connection=held, seen=seen)
    return render(request, "integrations/integrations.html", context)


@require_POST
@employer_required(Role.ADMIN)
def test(request: EmployerRequest) -> HttpResponse:
    """Test the stored credential now."""
    connection = get_object_or_404(Connection, employer=request.employer)
    failed = connecting.check(connection)
    if failed is None:
        messages.success(request, f"Greenhouse answers, and acts as {connection.acting_user_name}.")
    else:
        messages.error(request, f"{failed.problem.sentence} {failed.problem.next_step}")
    return redirect("integrations", request.employer.slug)


@never_cache
@require_POST
@employer_required(Role.ADMIN)
def acting_user(request: EmployerRequest) -> HttpResponse:
    """Choose another Greenhouse user to act as; the credential stays."""
    connection = connection_or_404(request)
    if connection.credential_kind == CredentialKind.PARTNER:
        raise Http404  # whom we act as was decided at the consent
    form = ActingUserForm(request.POST, prefix="acting")
    if form.is_valid():
        try:
            connecting.choose_user(connection=connection, email=form.person, as_service_user=form.as_service_user)
        except CheckFailed as exc:
            form.add_problem(exc.problem, exc.detail)
        else:
            connection.refresh_from_db()
            messages.success(request, f"We act as {connection.acting_user_name} from now on.")
            return redirect("integrations", request.employer.slug)
    return page(request, user_form=form)


@never_cache
@require_http_methods(["GET", "POST"])
@employer_required(Role.ADMIN)
def source(request: EmployerRequest) -> HttpResponse:
    """Choose which source of Greenhouse's list our people carry."""
    connection = connection_or_404(request)
    try:
        offered = sources.fetch_sources(connection)
    except CheckFailed as exc:
        messages.error(request, f"{exc.problem.sentence} {exc.problem.next_step}")
        return redirect("integrations", request.employer.slug)
    ours = sources.our_source(offered)
    proposed = connection.source_remote_id or (str(ours.id) if ours and not connection.source_is_chosen else "")
    form = SourceForm(request.POST or None, sources=offered, initial={"source": proposed})
    if request.method == "POST" and form.is_valid():
        sources.choose_source(connection=connection, source=form.chosen)
        named = f"carry the source “{form.chosen.name}”" if form.chosen else "are sent without a source"
        messages.success(request, f"People {named} from now on.")
        return redirect("integrations", request.employer.slug)
    context = {"nav": "settings", "tab": "integrations", "form": form, "ours": ours, "connection": connection}
    return render(request, "integrations/source.html", context)


@require_POST
@employer_required(Role.ADMIN)
def source_check(request: EmployerRequest) -> HttpResponse:
    """Look whether somebody has created the source meanwhile."""
    connection = connection_or_404(request)
    try:
        found = sources.look_again(connection)
    except CheckFailed as exc:
        messages.error(request, f"{exc.problem.sentence} {exc.problem.next_step}")
    else:
        if found:
            messages.success(request, f"Found: people carry the source “{connection.source_name}” from now on.")
        else:
            wanted = connection.source_name or "Purpose Jobs"
            messages.warning(request, f"Greenhouse still lists no source named “{wanted}”.")
    return redirect("integrations", request.employer.slug)
