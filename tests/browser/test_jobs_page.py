"""The recruiter's jobs: find, choose, put live and close many by the words on the screen, and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in, look
from tests.stack_process import Stack

pytestmark = pytest.mark.browser


def _write_job(page: Page, title: str) -> None:
    page.get_by_role("link", name="New job").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"“{title}” is saved as a draft.")).to_be_visible()
    page.get_by_role("link", name="Jobs", exact=True).first.click()


def test_many_jobs_at_once(page: Page, stack: Stack) -> None:
    log_in(page, stack, "recruiter@example.com")
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    for title in ("Fleet Poet", "Fleet Singer"):
        _write_job(page, title)
    page.get_by_role("searchbox", name="Search jobs").fill("fleet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("link", name="Draft 2")).to_be_visible()

    page.get_by_label("Choose Fleet Poet").check()
    everything = page.get_by_label("Choose all on this page")
    assert everything.evaluate("box => box.indeterminate")
    everything.focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Choose Fleet Singer")).to_be_checked()
    page.get_by_role("button", name="Put live").click()
    expect(page.get_by_text("2 jobs are now live on your company page.")).to_be_visible()
    expect(page.get_by_role("link", name="Live 2")).to_be_visible()
    look(page, "jobs-found")

    page.get_by_label("Which jobs").select_option("All 2 that match")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("2 jobs are closed.")).to_be_visible()
    page.get_by_role("link", name="Closed 2").click()
    expect(page.get_by_text("Closed by your team.").first).to_be_visible()
