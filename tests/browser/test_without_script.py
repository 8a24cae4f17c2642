"""Every page works without JavaScript: the same steps by forms and links alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in, servers_for
from tests.stack_process import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("plain") / "var", env=servers_for("plain")) as running:
        yield running


def _edit_without_script(page: Page) -> None:
    """Search for a role, list the stages, disconnect after a warning: by buttons, keeping what was typed."""
    page.get_by_role("link", name=re.compile("^Edit ")).first.click()
    title = page.get_by_label("Title").input_value()
    page.get_by_label("Employment type").fill("Now and then")
    page.get_by_text("Connect another role, or disconnect").click()
    page.get_by_label("Search your career site").fill("no such role")
    page.get_by_label("Search your career site").press("Enter")
    expect(page.get_by_text("No external, published role matches.")).to_be_visible()
    page.get_by_role("heading", name="How applicants are sent").click()
    page.get_by_role("button", name="Show the stages and sources of Greenhouse").click()
    expect(page.get_by_label("Stage").locator("option", has_text="Recruiter Call")).to_be_attached()
    page.get_by_role("radio", name="Not connected").check()
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Disconnect this job from"))).to_be_visible()
    page.get_by_role("button", name="Save and disconnect").click()
    expect(page.get_by_text(f"“{title}” is saved.")).to_be_visible()


def test_connect_and_import_without_script(plain: Page, own_stack: Stack) -> None:
    log_in(plain, own_stack)
    plain.goto(f"{own_stack.app_url}/employers/lumen-robotics/settings/integrations/")
    plain.get_by_label("API Key").first.check()
    plain.get_by_role("textbox", name="API Key").fill("demo-api-key-0123456789abcdef")
    plain.get_by_label("Email").fill("admin@example.com")
    plain.get_by_role("button", name="Add Integration").click()
    expect(plain.get_by_text("Greenhouse is connected")).to_be_visible()

    plain.get_by_role("link", name="Dashboard").click()
    plain.get_by_role("button", name="Import Jobs").click()
    expect(plain.get_by_role("switch").first).to_be_visible()
    plain.get_by_role("switch").first.check()
    plain.get_by_role("button", name="Import", exact=True).click()
    expect(plain.get_by_text("1 of the listed jobs is live")).to_be_visible()
    _edit_without_script(plain)
