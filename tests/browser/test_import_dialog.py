"""The import dialog on a long career site: search, choose, leave it, come back, save; and what is not listed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in, look, servers_for
from tests.stack_process import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("import") / "var", env=servers_for("import")) as running:
        yield running


def _connect(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    for name, values in (("seed", {"posts": 240}), ("switches", {"rate_limit": 0})):
        assert page.request.post(f"{stack.sandbox_url}/_sandbox/{name}", data=values).ok
    page.goto(f"{stack.app_url}/employers/lumen-robotics/settings/integrations/")
    page.get_by_label("Harvest V3 (OAuth)").check()
    page.get_by_label("Client ID").fill("demo-client-4")
    page.get_by_label("Client secret").fill("demo-secret-0123456789abcdef")
    page.get_by_label("Email").fill("admin@example.com")
    page.get_by_role("button", name="Add Integration").click()
    expect(page.get_by_text("Greenhouse is connected to Lumen Robotics")).to_be_visible()


def _open(page: Page) -> None:
    page.get_by_role("link", name="Dashboard").click()
    page.get_by_role("button", name="Import Jobs").click()
    expect(page.get_by_role("switch").first).to_be_visible()


def test_choices_are_kept_and_saved_at_once(page: Page, own_stack: Stack) -> None:
    _connect(page, own_stack)
    _open(page)
    look(page, "import-dialog-long")
    unwanted = page.get_by_role("button", name="Do not import: ").first
    title = (unwanted.get_attribute("aria-label") or "").removeprefix("Do not import: ")
    unwanted.press("Enter")
    expect(page.get_by_role("button", name=f"Import after all: {title}")).to_be_focused()

    search = page.get_by_label("Search")
    search.press_sequentially("battery")
    expect(page.get_by_text("All 30 that match")).to_be_visible()
    expect(search).to_be_focused()
    page.get_by_role("button", name="Switch on", exact=True).click()
    expect(page.get_by_text("30 jobs chosen. Press Import to save.")).to_be_visible()
    first = page.get_by_role("switch").first
    first.press("Space")
    expect(page.locator("#import-sum .with-others")).to_have_text(
        "29 go live, 247 are imported switched off, 1 is not imported."
    )
    expect(first).to_be_focused()
    look(page, "import-dialog-chosen")

    page.get_by_role("button", name="Close").click()
    _open(page)
    expect(page.get_by_text("Changed, not saved 30")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    page.get_by_label("Also import the 247 others, switched off").uncheck()
    expect(page.locator("#import-sum")).to_have_text("29 go live, 1 is not imported.", use_inner_text=True)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("29 new jobs imported; 29 of the listed jobs are live")).to_be_visible()
    expect(page.get_by_text("1 job will not be imported, and we remember it.")).to_be_visible()


def test_not_listed_says_why_and_what_to_do(page: Page, own_stack: Stack) -> None:
    log_in(page, own_stack)
    _open(page)
    page.get_by_role("link", name="Not listed").click()
    page.get_by_role("button", name="Look at everything").click()
    expect(page.get_by_role("button", name="Look again")).to_be_visible()
    look(page, "not-listed")
    page.get_by_label("Reason").select_option("template")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The job is only a template in Greenhouse.")).to_have_count(1)
    page.get_by_role("link", name="Active positions").click()
    expect(page.get_by_text("Do not import 1")).to_be_visible()


def test_choices_without_script_are_kept_from_page_to_page(browser: Browser, own_stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, own_stack)
    page.goto(f"{own_stack.app_url}/employers/lumen-robotics/import/?state=undecided")
    page.get_by_role("switch").nth(0).check()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    page.get_by_role("switch").nth(5).check()
    page.get_by_role("button", name="Do not import: ").nth(1).click()
    expect(page.get_by_role("switch").nth(5)).to_be_checked()
    page.get_by_label("Also import the 244 others").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 new jobs imported; 31 of the listed jobs are live")).to_be_visible()
    context.close()
