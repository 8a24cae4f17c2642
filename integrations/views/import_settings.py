"""Account Settings → Integrations: how the career site is followed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.forms import ImportSettingsForm
from integrations.import_settings import ImportSettings, save_settings, seen_fields
from integrations.views.connection import connection_or_404
from integrations.views.settings import page


@never_cache
@require_POST
@employer_required(Role.ADMIN)
def import_settings(request: EmployerRequest) -> HttpResponse:
    """Save how often we look, what comes back, and which custom fields are meant."""
    connection = connection_or_404(request)
    form = ImportSettingsForm(request.POST, connection=connection, seen=seen_fields(connection))
    if not form.is_valid():
        return page(request, import_form=form)
    changed = save_settings(connection=connection, chosen=ImportSettings(**form.cleaned_data))
    jobs = f" {changed:,} {'job follows' if changed == 1 else 'jobs follow'} them now." if changed else ""
    messages.success(request, f"The import settings are saved.{jobs}")
    return redirect(reverse("integrations", args=[request.employer.slug]) + "#import-settings")
