"""The audit log, to be taken away."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.audit import lines_of
from integrations.export_list import as_date


@require_GET
@never_cache
@employer_required(Role.ADMIN)
def audit_log(request: EmployerRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream the timelines of all of the employer's people as CSV; of some days, if the address names them."""
    since, until = (as_date(request.GET.get(name, "")) for name in ("since", "until"))
    if any(request.GET.get(name) and not day for name, day in (("since", since), ("until", until))):
        return redirect("exports", request.employer.slug)
    lines = lines_of(employer=request.employer, by=request.user, since=since, until=until)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"purpose-jobs-audit-{request.employer.slug}-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
