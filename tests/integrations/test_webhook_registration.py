"""A partner's webhooks are made, repaired and deleted through the API of the sandbox, which pings us meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from integrations import sweeps, webhook_registration, webhook_setup
from integrations.greenhouse.hooks import EVENTS
from integrations.models import Connection, CredentialKind, WebhookDelivery, WebhookEndpoint
from integrations.tasks import look_after_webhooks
from tests.sandbox_process import PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET, SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/employers/lumen-robotics/settings/integrations/"


@pytest.fixture
def endpoint(
    sandbox: SandboxProcess, employer: Employer, as_alice: Client, live_server: Any, settings: Any
) -> WebhookEndpoint:
    """What is there after an admin has pressed Connect with Greenhouse and authorized us."""
    settings.GREENHOUSE_PARTNER_CLIENT_ID = PARTNER_CLIENT_ID
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = PARTNER_CLIENT_SECRET
    settings.BASE_URL = live_server.url
    sandbox.set_credential(PARTNER_CLIENT_ID, redirect_uris=[f"{live_server.url}/greenhouse/callback/"])
    leave = as_alice.post(f"{PAGE}greenhouse/").headers["Refresh"].partition("url=")[2]
    back = sandbox.consent(leave)
    as_alice.get(back[back.index("/greenhouse/callback/") :])
    assert Connection.objects.get().credential_kind == CredentialKind.PARTNER
    return WebhookEndpoint.objects.get()


def _look_after(sandbox: SandboxProcess) -> WebhookEndpoint:
    """Let the worker do what is due, as often as the sandbox's rate limit makes it come back."""
    WebhookEndpoint.objects.update(register_due_at=timezone.now())
    for _ in range(5):
        sandbox.renew_limits()
        for endpoint_id in sweeps.due_registrations():
            look_after_webhooks(endpoint_id)
    return WebhookEndpoint.objects.get()


def test_consent_then_one_webhook_for_each_event_and_nothing_to_paste(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    done = _look_after(sandbox)
    assert (done.problem_code, done.registered_at is not None) == ("", True)
    hooks = sandbox.records("webhooks")
    assert sorted(hook["event_action_type"] for hook in hooks) == sorted(EVENTS)
    assert {(hook["endpoint_url"], hook["deactivated"]) for hook in hooks} == {(webhook_setup.url_of(done), False)}
    assert set(WebhookDelivery.objects.values_list("outcome", flat=True)) == {"ping"}
    page = as_alice.get(PAGE).text
    assert "one for each event" in page
    assert "Secret key" not in page
    _look_after(sandbox)
    assert len(sandbox.records("webhooks")) == len(EVENTS)


def test_webhooks_when_missing_switched_off_or_there_twice_then_repaired(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    _look_after(sandbox)
    gone, off, twice, *_ = sandbox.records("webhooks")
    sandbox.remove_record("webhooks", gone["id"])
    sandbox.change_record("webhooks", off["id"], deactivated=True)
    sandbox.copy_record("webhooks", twice)
    as_alice.post(f"{PAGE}webhook/repair/")
    _look_after(sandbox)
    hooks = sandbox.records("webhooks")
    assert sorted(hook["event_action_type"] for hook in hooks) == sorted(EVENTS)
    assert not any(hook["deactivated"] for hook in hooks)


def test_new_secret_then_greenhouse_has_it_without_anybody_pasting(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    _look_after(sandbox)
    page = as_alice.post(f"{PAGE}webhook/secret/", {"webhook-keep_days_chosen": "0"})
    assert page.status_code == 302  # shown to nobody
    done = _look_after(sandbox)
    assert (done.problem_code, done.bad_signature_count) == ("", 0)
    number = len(sandbox.deliveries())
    sandbox.fire("job_updated", payload={"job": {"id": 1}})
    assert sandbox.settled(number + 1)[-1]["state"] == "delivered"


def test_scopes_when_missing_then_it_is_left_to_be_done_by_hand(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    scopes = [scope for scope in sandbox.set_credential(PARTNER_CLIENT_ID)["scopes"] if ":webhooks:" not in scope]
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=scopes)
    done = _look_after(sandbox)
    assert (done.is_registered_by_api, done.problem_code) == (False, "webhook_scope_missing")
    assert sandbox.records("webhooks") == []
    page = as_alice.post(f"{PAGE}webhook/secret/", {"webhook-keep_days_chosen": "0"})
    assert page.context["webhook_secret"] in page.text
    assert "webhook_scope_missing" not in page.text


def test_address_when_greenhouse_cannot_reach_it_then_said(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, settings: Any
) -> None:
    settings.BASE_URL = "http://127.0.0.1:9"
    assert _look_after(sandbox).problem_code == "webhook_not_reached"
    settings.BASE_URL = "http://jobs.example.com"
    assert _look_after(sandbox).problem_code == "webhook_refused"


def test_look_after_when_greenhouse_fails_then_another_try_falls_due(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint
) -> None:
    sandbox.faults({"kind": "status", "status": 500, "path": "/v3/webhooks", "times": 9})
    webhook_registration.look_after(endpoint.pk)
    endpoint.refresh_from_db()
    assert endpoint.register_due_at is not None
    assert endpoint.register_due_at > timezone.now() + timedelta(minutes=4)
    assert endpoint.problem_code == ""


@pytest.mark.parametrize("path", ["webhook/delete/", "disconnect/"])
def test_endpoint_when_deleted_or_disconnected_then_its_webhooks_go(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, as_alice: Client, alice: User, path: str
) -> None:
    _look_after(sandbox)
    foreign = sandbox.add_webhook("http://127.0.0.1:9/other", "s", "job_updated")
    sandbox.renew_limits()
    as_alice.post(PAGE + path)
    assert [hook["id"] for hook in sandbox.records("webhooks")] == [foreign[0]["id"]]
    assert not WebhookEndpoint.objects.exists()


def test_new_secret_when_greenhouse_stops_half_way_then_it_goes_on_from_there(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint
) -> None:
    _look_after(sandbox)
    webhook_setup.rotate(WebhookEndpoint.objects.get())
    changed = []
    for _ in range(len(EVENTS)):
        sandbox.renew_limits()
        sandbox.clear_requests()
        # Each time, four more are taken, and then no more.
        sandbox.clear_faults()
        sandbox.faults(
            {"kind": "status", "status": 503, "method": "PATCH", "path": "/v3/webhooks", "skip": 4, "times": 9}
        )
        WebhookEndpoint.objects.update(register_due_at=timezone.now())
        webhook_registration.look_after(endpoint.pk)
        changed += [c["path"] for c in sandbox.requests() if c["method"] == "PATCH" and c["status"] == 200]
        if WebhookEndpoint.objects.get().register_due_at > timezone.now() + timedelta(hours=1):
            break
    done = WebhookEndpoint.objects.get()
    assert done.registered_at is not None
    assert done.rotated_at is not None
    assert done.registered_at > done.rotated_at
    assert len(changed) == len(set(changed)) == len(EVENTS)
    webhook_setup.rotate(done)
    assert WebhookEndpoint.objects.get().rotated_events == [], "nobody has the next one"
