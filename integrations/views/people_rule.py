"""Account Settings → Integrations: what becomes of our copy of people who are anonymized in Greenhouse."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.forms import PeopleRuleForm
from integrations.models import AnonymiseRule, Connection
from integrations.views.connection import connection_or_404
from integrations.views.settings import page


@never_cache
@require_POST
@employer_required(Role.ADMIN)
def people_rule(request: EmployerRequest) -> HttpResponse:
    """Save the rule; it holds for everybody whom we find anonymized from now on."""
    connection = connection_or_404(request)
    form = PeopleRuleForm(request.POST)
    if not form.is_valid():
        return page(request, people_form=form)
    rule = AnonymiseRule(form.cleaned_data["anonymise_rule"])
    Connection.objects.filter(pk=connection.pk).update(anonymise_rule=rule)
    ours = "is anonymized, too" if rule == AnonymiseRule.FOLLOW else "is kept"
    messages.success(request, f"Our copy of people who are anonymized in Greenhouse {ours} from now on.")
    return redirect(reverse("integrations", args=[request.employer.slug]) + "#people-rule")
