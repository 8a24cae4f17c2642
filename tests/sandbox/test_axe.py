"""The sandbox's pages in a browser: accessible, and no wider than a phone."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.sandbox_process import PARTNER_CLIENT_ID, SandboxProcess

# The tests of other files in this process use the ORM; Playwright's sync API keeps an event loop running.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = pytest.mark.browser
CALLBACK = "http://localhost:9/greenhouse/callback/"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(executable).exists():
        pytest.skip("no Chromium here; name one with CHROMIUM=/path")
    return {**browser_type_launch_args, "executable_path": executable, "args": ["--no-sandbox", "--disable-gpu"]}


def _expect_sound(page: Page) -> None:
    """Look at the page wide, then as on a phone, where everything that could be too wide or too pale is."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"too wide for {width} pixels"
    broken = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in broken] == []


@pytest.mark.parametrize(
    "name",
    [
        "dashboard",
        "jobs",
        "job",
        "boards",
        "people",
        "person",
        "prospect",
        "users",
        "sources",
        "credentials",
        "webhooks",
        "delivery",
        "traffic",
    ],
)
def test_page_when_looked_at_then_accessible_and_not_too_wide(
    page: Page, sandbox: SandboxProcess, application: dict[str, Any], name: str
) -> None:
    paths = {
        "dashboard": "/",
        "job": f"/jobs/{application['job_id']}",
        "person": f"/people/{application['candidate_id']}",
        "prospect": f"/people/{sandbox.records('candidates', first_name='Olu')[0]['id']}",
    }
    if name in ("webhooks", "delivery"):
        sandbox.add_webhook("http://127.0.0.1:9/hooks", "secret", "hire_candidate", "job_updated")
        sandbox.webhook_trouble({"kind": "hold"}, {"kind": "drop"})
        rows = sandbox.fire("hire_candidate", payload={"name": "x" * 300}) + sandbox.fire("job_updated", payload={})
        paths["delivery"] = f"/deliveries/{rows[0]['id']}"
    page.goto(sandbox.url + paths.get(name, f"/{name}"))
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    _expect_sound(page)


@pytest.mark.parametrize("name", ["login", "admin", "recruiter", "error"])
def test_consent_page_when_looked_at_then_accessible_and_not_too_wide(
    page: Page, sandbox: SandboxProcess, name: str
) -> None:
    query = {"response_type": "code", "client_id": PARTNER_CLIENT_ID, "redirect_uri": CALLBACK, "state": "s"}
    query["scope"] = " ".join(sandbox.set_credential(PARTNER_CLIENT_ID)["scopes"])
    if name == "error":
        query["client_id"] = "nobody-1"
    elif name != "login":
        user = sandbox.records("users", primary_email=f"{name}@example.com")[0]
        query["as"] = f"{sandbox.control('GET', 'organizations')['Lumen Robotics']}-{user['id']}"
    page.goto(f"{sandbox.url}/authorize?{urlencode(query)}")
    _expect_sound(page)


def test_consent_when_given_by_keyboard_then_led_back_with_a_code(page: Page, sandbox: SandboxProcess) -> None:
    query = {"response_type": "code", "client_id": PARTNER_CLIENT_ID, "redirect_uri": CALLBACK, "state": "s"}
    query["scope"] = "harvest:jobs:list"
    page.route(f"{CALLBACK}**", lambda route: route.fulfill(body="back"))
    page.goto(f"{sandbox.url}/authorize?{urlencode(query)}")
    page.get_by_label("You are").press("Enter")
    page.get_by_role("button", name="Log in").press("Enter")
    page.get_by_label("Authorize using a service account").press("Space")
    page.get_by_role("button", name="Authorize", exact=True).press("Enter")
    page.wait_for_url(f"{CALLBACK}?code=*&state=s")
