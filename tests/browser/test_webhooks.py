"""Setting up webhooks, as an admin sees it: made, pasted into Greenhouse, pinged, given another secret."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Employer, User
from integrations.models import WebhookEndpoint
from tests.browser.conftest import look
from tests.factories import ConnectionFactory, WebhookDeliveryFactory
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(page: Page, live_server: Any, employer: Employer, alice: User, settings: Any) -> Page:
    """The Integrations page of a connected employer, before its admin."""
    settings.BASE_URL = live_server.url
    ConnectionFactory(employer=employer)
    client = Client()
    client.force_login(alice)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/employers/lumen-robotics/settings/integrations/")
    return page


def test_webhooks_are_set_up_pasted_and_pinged(admin: Page, sandbox: SandboxProcess) -> None:
    admin.get_by_role("button", name="Set up webhooks").click()
    expect(admin.get_by_text("Copy the secret now")).to_be_visible()
    secret = admin.get_by_role("button", name="Copy the secret key").get_attribute("data-copy")
    url = admin.get_by_role("button", name="Copy the endpoint URL").get_attribute("data-copy")
    assert secret
    assert url
    look(admin, "webhooks-secret")
    sandbox.add_webhook(url, secret, "candidate_stage_change", ping=True)
    endpoint = WebhookEndpoint.objects.get()
    WebhookDeliveryFactory(endpoint=endpoint, outcome="read_again", state="done", repeats=2)
    WebhookDeliveryFactory(endpoint=endpoint, event="job_post_updated", outcome="jobs_soon", state="done")
    admin.goto(admin.url.partition("webhook/")[0])
    expect(admin.get_by_text("Delivering")).to_be_visible()
    expect(admin.get_by_text(secret)).to_have_count(0)
    admin.get_by_text(re.compile("The last 3 deliveries")).click()
    expect(admin.get_by_role("cell", name="Ping answered")).to_be_visible()
    admin.get_by_text("New secret", exact=True).click()
    look(admin, "webhooks-delivering")
    admin.get_by_role("button", name="Make a new secret").click()
    expect(admin.get_by_text("The old one stays good until")).to_be_visible()
