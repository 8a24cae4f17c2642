"""Setting Greenhouse up in a browser: the guide, what the doctor says of a credential, and a colleague's link."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from requests import Session

from integrations.greenhouse.scopes import ALL_SCOPES
from tests.browser.conftest import log_in, look, servers_for
from tests.stack_process import Stack

pytestmark = pytest.mark.browser

CLIENT_ID, SECRET = "demo-client-4", "demo-secret-0123456789abcdef"


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("setup") / "var", env=servers_for("setup")) as running:
        yield running


def _scopes(stack: Stack, *without: str) -> None:
    """Tick every scope we ask for but some, as the Greenhouse admin would."""
    kept = [scope for scope in ALL_SCOPES if scope not in without]
    with Session() as session:
        session.trust_env = False
        address = f"{stack.sandbox_url}/_sandbox/credentials"
        session.post(address, json={"client_id": CLIENT_ID, "scopes": kept}, timeout=10).raise_for_status()


def _paste(page: Page) -> None:
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_label("Email").fill("admin@example.com")


def _link_in_the_letter(stack: Stack) -> str:
    letters = "".join(path.read_text() for path in (stack.var_dir / "logs").glob("*.log"))
    found = re.findall(r"https?://[^/\s]+(/setup/\?key=\S+)", letters)
    return f"{stack.app_url}{found[-1]}"


def test_a_colleague_is_invited_repairs_a_scope_and_connects(page: Page, browser: Browser, own_stack: Stack) -> None:
    log_in(page, own_stack)
    page.goto(f"{own_stack.app_url}/employers/lumen-robotics/settings/integrations/")
    look(page, "guide")
    page.get_by_label("Your colleague's address").fill("sam@lumen-robotics.example")
    page.get_by_role("button", name="Send the steps").click()
    expect(page.get_by_role("button", name="Revoke the invitation of sam@lumen-robotics.example")).to_be_visible()
    look(page, "guide-invited")

    _scopes(own_stack, "harvest:attachments:create", "harvest:notes:create")
    colleague = browser.new_context().new_page()
    link = _link_in_the_letter(own_stack)
    colleague.goto(link)
    look(colleague, "setup")
    _paste(colleague)
    colleague.get_by_role("button", name="Connect Greenhouse").click()
    expect(colleague.get_by_role("row", name="Attach résumés")).to_contain_text("Does not work")
    look(colleague, "setup-refused")

    _scopes(own_stack, "harvest:notes:create")
    _paste(colleague)
    colleague.get_by_role("button", name="Connect Greenhouse").click()
    expect(colleague.get_by_text("You are done")).to_be_visible()
    look(colleague, "setup-done")
    colleague.goto(link)
    expect(colleague.get_by_role("heading", name="This link was used")).to_be_visible()
    look(colleague, "setup-used")

    page.reload()
    expect(page.get_by_role("row", name="Write the applicant's words")).to_contain_text("Switched off")
    page.get_by_role("link", name="Replace credential").click()
    expect(page.get_by_label("Client ID")).to_be_visible()
    look(page, "connected-optional-off")
    page.get_by_role("link", name="Choose another source").click()
    look(page, "source")
