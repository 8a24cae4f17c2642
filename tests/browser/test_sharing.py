"""Share ▾ in a browser: one person by keyboard with a preview, then everybody on the page at once."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from integrations.models import Export, ExportState, GreenhouseJob
from tests.browser.conftest import look
from tests.integrations.conftest import connection, hiring  # noqa: F401  (fixtures)
from tests.integrations.greenhouse.sending import another, apply, attempt
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def applicants(page: Page, live_server: Any, as_rita: Client) -> Page:
    page.context.add_cookies(
        [{"name": "sessionid", "value": as_rita.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/employers/lumen-robotics/applicants/")
    return page


def test_one_person_is_shared_and_then_everybody_at_once(
    sandbox: SandboxProcess,
    hiring: GreenhouseJob,  # noqa: F811
    applicants: Page,
) -> None:
    ada = apply(hiring, first_name="Ada", last_name="Byron")
    Path(ada.resume.file.path).write_bytes(b"")
    apply(another(sandbox, hiring), "grace@hopper.example", first_name="Grace", last_name="Hopper")
    page = applicants
    page.reload()
    page.get_by_role("link", name="Ada Byron").click()
    page.get_by_role("heading", name="Ada Byron").get_by_role("link").click()
    page.get_by_text("Share", exact=False).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copy Candidate Link")).to_be_visible()
    look(page, "candidate")
    page.get_by_role("link", name="Send to Greenhouse").click()
    page.get_by_label("Search your Greenhouse jobs").fill("no such job")
    expect(page.get_by_text("No open job matches.")).to_be_visible()
    expect(page.get_by_role("radio", name=hiring.name)).to_be_checked()
    second = sandbox.records("job_interview_stages", job_id=int(hiring.remote_id), sort_order=1)[0]["name"]
    expect(page.get_by_label("Stage").locator("option", has_text=second)).to_be_attached()
    page.get_by_label("Stage").select_option(label=second)
    look(page, "send")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nobody like this is in Greenhouse, so the person is added:")).to_be_visible()
    expect(page.get_by_role("row", name=f"Stage {second}")).to_be_visible()
    look(page, "preview")
    page.get_by_role("button", name="Send to Greenhouse").click()
    without = page.get_by_label(f"Send without {ada.resume.filename}")
    expect(without).to_be_focused()  # the browser asks for it, and sends nothing
    without.check()
    page.get_by_role("button", name="Send to Greenhouse").click()
    expect(page.get_by_text("Ada Byron is on the way to Greenhouse.")).to_be_visible()
    assert attempt(Export.objects.get()).state == ExportState.SENT

    page.get_by_role("link", name="Applicants", exact=True).last.click()
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Send to Greenhouse").click()
    expect(page.get_by_role("radio", name="Each to their own connected job")).to_be_checked()
    look(page, "send-many")
    page.get_by_role("button", name="Send to Greenhouse").click()
    expect(page.get_by_text("1 of 2")).to_be_visible()
    assert attempt(Export.objects.get(state=ExportState.PENDING)).state == ExportState.SENT
    expect(page.get_by_text("2 of 2")).to_be_visible()
    look(page, "batch")
