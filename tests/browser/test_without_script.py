"""Every page works without JavaScript: the same steps by forms and links alone."""

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
