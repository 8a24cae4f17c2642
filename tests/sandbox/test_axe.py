"""The sandbox's pages in a browser: accessible, and no wider than a phone."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.sandbox_process import SandboxProcess

# The tests of other files in this process use the ORM; Playwright's sync API keeps an event loop running.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(executable).exists():
        pytest.skip("no Chromium here; name one with CHROMIUM=/path")
    return {**browser_type_launch_args, "executable_path": executable, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["dashboard", "jobs", "job", "people", "person", "users", "credentials", "traffic"])
def test_page_when_looked_at_then_accessible_and_not_too_wide(
    page: Page, sandbox: SandboxProcess, application: dict[str, Any], name: str, width: int
) -> None:
    paths = {
        "dashboard": "/",
        "job": f"/jobs/{application['job_id']}",
        "person": f"/people/{application['candidate_id']}",
    }
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(sandbox.url + paths.get(name, f"/{name}"))
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    broken = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in broken] == []
