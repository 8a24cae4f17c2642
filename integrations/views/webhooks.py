"""Webhooks: where Greenhouse delivers, and what an admin may do about it on the Integrations page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import webhook_registration, webhook_setup, webhooks
from integrations.forms import NewSecretForm
from integrations.models import ConnectionState, WebhookEndpoint
from integrations.views.connection import connection_or_404
from integrations.views.settings import page


@csrf_exempt
@require_POST
def intake(request: HttpRequest, key: str) -> HttpResponse:
    """Take a delivery: 200 also for repeats, pings and events we do not use; 401 for a bad signature alone."""
    try:
        body = request.body
    except UnreadablePostError:  # cut off on its way
        return HttpResponse(status=400)
    headers = request.headers
    status = webhooks.receive(
        key=key,
        body=body,
        signature=headers.get("Signature", ""),
        event_id=headers.get("Greenhouse-Event-ID", ""),
    )
    return HttpResponse(status=status)


@sensitive_variables("secret")
@never_cache
@require_POST
@employer_required(Role.ADMIN)
def create(request: EmployerRequest) -> HttpResponse:
    """Make the endpoint, and show its secret once."""
    connection = connection_or_404(request)
    secret = webhook_setup.create(connection)
    if secret is None or _endpoint(request).is_registered_by_api:
        return _back(request)
    # Not a redirect: the secret is in this answer and nowhere else.
    return page(request, webhook_secret=secret)


@sensitive_variables("secret")
@never_cache
@require_POST
@employer_required(Role.ADMIN)
def new_secret(request: EmployerRequest) -> HttpResponse:
    """Put another secret in place, and show it once; the old one stays good for as long as was chosen."""
    endpoint = _endpoint(request)
    form = NewSecretForm(request.POST, prefix="webhook")
    if not form.is_valid():
        return page(request, new_secret_form=form)
    secret = webhook_setup.rotate(endpoint, keep_days=form.keep_days)
    if endpoint.is_registered_by_api:
        messages.success(request, "There is a new secret, and we are telling Greenhouse. There is nothing to do.")
        return _back(request)
    return page(request, webhook_secret=secret)


@require_POST
@employer_required(Role.ADMIN)
def switch(request: EmployerRequest) -> HttpResponse:
    """Take deliveries from now on, or refuse them."""
    on = request.POST.get("on") == "yes"
    webhook_setup.switch(_endpoint(request), on=on)
    said = "We take what Greenhouse delivers." if on else "Webhooks are switched off. We go on asking Greenhouse."
    messages.success(request, said)
    return _back(request)


@require_POST
@employer_required(Role.ADMIN)
def repair(request: EmployerRequest) -> HttpResponse:
    """Let a worker look now after the webhooks that we made by API."""
    endpoints = WebhookEndpoint.objects.filter(pk=_endpoint(request).pk, is_registered_by_api=True)
    if endpoints.update(register_due_at=timezone.now()):
        messages.success(request, "We are looking after your webhooks in Greenhouse. Reload the page in a moment.")
    return _back(request)


@require_POST
@employer_required(Role.ADMIN)
def delete(request: EmployerRequest) -> HttpResponse:
    """Forget the endpoint, its secrets and its deliveries."""
    endpoint = _endpoint(request)
    is_withdrawn = webhook_registration.withdraw(endpoint)
    webhook_setup.delete(endpoint)
    messages.success(request, "The webhook endpoint is deleted. We go on asking Greenhouse.")
    if not is_withdrawn:
        left = "Greenhouse did not let us delete our webhooks there. Delete them under Dev Center → Web Hooks."
        messages.warning(request, left)
    return _back(request)


def _endpoint(request: EmployerRequest) -> WebhookEndpoint:
    endpoints = WebhookEndpoint.objects.exclude(connection__state=ConnectionState.DISCONNECTED)
    return get_object_or_404(endpoints.select_related("connection"), connection__employer=request.employer)


def _back(request: EmployerRequest) -> HttpResponse:
    return redirect(reverse("integrations", args=[request.employer.slug]) + "#webhooks")
