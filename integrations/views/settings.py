"""Account Settings → Integrations."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import connecting
from integrations.checkup import CheckFailed
from integrations.forms import IntegrationForm
from integrations.greenhouse.scopes import SCOPE_GROUPS
from integrations.models import Connection, CredentialKind
from integrations.status import status_of


@sensitive_post_parameters("client_secret", "api_key")
@never_cache
@require_http_methods(["GET", "POST"])
@employer_required()
def integrations(request: EmployerRequest) -> HttpResponse:
    """Show the connection; an admin may add one or put another credential in its place."""
    connection = Connection.objects.filter(employer=request.employer).first()
    form = IntegrationForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST":
        if not request.membership.is_admin:
            raise PermissionDenied("This needs the role Admin.")
        if form.is_valid() and _added(request, form):
            return redirect("integrations", request.employer.slug)
    context = {
        "nav": "settings",
        "tab": "integrations",
        "connection": connection,
        "form": form,
        "scope_groups": SCOPE_GROUPS,
        "all_scopes": "\n".join(scope for _, scopes in SCOPE_GROUPS for scope in scopes),
        "status": status_of(connection) if connection else None,
    }
    return render(request, "integrations/integrations.html", context)


def _added(request: EmployerRequest, form: IntegrationForm) -> bool:
    """Test and store the credential; False when it was refused and the form says why."""
    data = form.cleaned_data
    try:
        connection = connecting.connect(
            employer=request.employer,
            by=request.user,
            kind=CredentialKind(data["credential_kind"]),
            client_id=data["client_id"] if data["credential_kind"] == CredentialKind.OAUTH else "",
            secret=form.secret,
            email=data["email"],
        )
    except CheckFailed as exc:
        form.add_problem(exc.problem, exc.detail)
        return False
    where = f" to {connection.organization_name}" if connection.organization_name else ""
    messages.success(request, f"Greenhouse is connected{where}. Next: press Import Jobs on the dashboard.")
    return True


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
