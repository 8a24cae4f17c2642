"""The connection's life by the words on the screen: doctor, status, trouble and back, disconnecting, consent."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in, look, servers_for
from tests.stack_process import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("life") / "var", env=servers_for("life")) as running:
        # Greenhouse sends people back to BASE_URL, and the session's cookie belongs to that host.
        running.app_url = running.app_url.replace("127.0.0.1", "localhost")
        yield running


def _integrations(page: Page) -> None:
    page.get_by_role("link", name="Account Settings").click()
    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()


def _paste(page: Page, client_id: str, secret: str) -> None:
    page.get_by_label("Client ID").fill(client_id)
    page.get_by_label("Client secret").fill(secret)
    page.get_by_label("Email", exact=True).fill("admin@example.com")


def _disconnect(page: Page) -> None:
    page.get_by_role("link", name="Disconnect", exact=True).click()
    expect(page.get_by_role("heading", name="What stays")).to_be_visible()
    look(page, "disconnect")
    page.get_by_role("button", name="Disconnect Greenhouse").click()
    expect(page.get_by_text("Your jobs, links and history are as they were.")).to_be_visible()


def test_a_credential_with_too_few_scopes_is_explained_and_a_good_one_has_a_status(
    page: Page, own_stack: Stack
) -> None:
    log_in(page, own_stack)
    _integrations(page)
    look(page, "guide")
    _paste(page, "limited-client-5", "limited-secret-0123456789abcdef")
    page.get_by_role("button", name="Add Integration").click()
    row = page.get_by_role("row", name=re.compile("Send candidates"))
    expect(row.get_by_text("Does not work")).to_be_visible()
    expect(row.get_by_text("harvest:candidates:create").first).to_be_visible()
    look(page, "doctor")
    _paste(page, "demo-client-4", "demo-secret-0123456789abcdef")
    page.get_by_role("button", name="Add Integration").click()
    expect(page.get_by_text("Greenhouse is connected to Lumen Robotics")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("row", name=re.compile("Job posts")).get_by_text("Works")).to_be_visible()
    look(page, "status")


def test_a_revoked_credential_needs_attention_and_becomes_well_again(
    page: Page, browser: Browser, own_stack: Stack
) -> None:
    log_in(page, own_stack)
    _integrations(page)
    greenhouse = browser.new_page()
    greenhouse.goto(f"{own_stack.sandbox_url}/credentials")
    credential = greenhouse.locator("section").filter(has_text="demo-client-4")
    credential.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Needs attention", exact=True)).to_be_visible()
    expect(page.get_by_text("key_refused").first).to_be_visible()
    look(page, "needs-attention")
    credential.get_by_role("button", name="Give back").click()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    greenhouse.close()


def test_disconnect_then_consent_at_greenhouse(page: Page, own_stack: Stack) -> None:
    log_in(page, own_stack)
    _integrations(page)
    _disconnect(page)
    page.get_by_role("button", name="Connect with Greenhouse").click()
    person = page.get_by_label("You are").locator("option", has_text="Maya Okafor")
    page.get_by_label("You are").select_option(person.first.get_attribute("value"))
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    look(page, "consent")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_text("Greenhouse is connected to Lumen Robotics")).to_be_visible()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
