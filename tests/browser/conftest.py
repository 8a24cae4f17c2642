"""A browser in front of the whole program: bin/run, its sandbox, worker and beat."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.stack_process import Stack

# The tests of other files in this process use the ORM; Playwright's sync API keeps an event loop running.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=20_000)
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(executable).exists():
        pytest.skip("no Chromium here; name one with CHROMIUM=/path")
    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    return {**browser_type_launch_args, "executable_path": executable, "args": quiet}


def servers_for(name: str) -> dict[str, str]:
    """Give one run of the program the servers of this half of the suite, with a database of its own.

    Effects: on PostgreSQL, creates the database. On the embedded half the program brings its own parts.
    """
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme.startswith("postgres"):
        return {}
    admin = psycopg2.connect(os.environ["DATABASE_URL"])
    admin.autocommit = True  # CREATE DATABASE wants no transaction
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    admin.close()
    number = {"whole": 8, "plain": 9, "life": 10, "setup": 11, "import": 12}[name]
    return {
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "REDIS_URL": os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{number}",
    }


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("browser") / "var", env=servers_for("whole")) as running:
        yield running


def log_in(page: Page, stack: Stack, email: str = "admin@example.com") -> None:
    page.goto(f"{stack.app_url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("purpose-demo")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def look(page: Page, name: str) -> None:
    """Check a page as it stands: clean under axe, and no wider than a desktop's or a phone's screen.

    Effects: screenshots in `$SCREENSHOTS`, if that names a folder, to be looked at by a person.
    """
    folder = os.environ.get("SCREENSHOTS")
    page.wait_for_load_state()  # a page whose styles are still on their way is wider than it will be
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px too wide at {width} px"
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
    broken = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in broken] == [], name
