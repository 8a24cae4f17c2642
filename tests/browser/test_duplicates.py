"""The duplicate desk in a browser: compare two people side by side by keyboard, decide, and the person goes on."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from integrations.greenhouse import recent
from integrations.models import ExportState, GreenhouseJob, PeopleReading
from tests.browser.conftest import look
from tests.integrations.conftest import connection, hiring  # noqa: F401  (fixtures)
from tests.integrations.greenhouse.sending import another, apply, attempt, owe, person_in
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server: Any, as_rita: Client) -> Page:
    page.context.add_cookies(
        [{"name": "sessionid", "value": as_rita.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/employers/lumen-robotics/exports/")
    return page


def test_somebody_who_may_be_there_is_compared_and_goes_on(
    sandbox: SandboxProcess,
    hiring: GreenhouseJob,  # noqa: F811
    desk: Page,
) -> None:
    for email, name in (("ada@elsewhere.example", "Byron"), ("countess@lovelace.example", "King")):
        person_in(
            sandbox,
            last_name=name,
            email_addresses=[{"value": email, "type": "work"}],
            phone_numbers=[{"value": "001 555 0100", "type": "home"}],
            website_addresses=[{"value": f"https://example.org/{name.lower()}", "type": "personal"}],
            tags=["VIP", "Robotics"],
            company="Analytical Engines",
            application={"job_id": int(hiring.remote_id)},
        )
    PeopleReading.objects.create(connection=hiring.connection)
    recent.read(hiring.connection_id)
    row = attempt(owe(apply(another(sandbox, hiring), first_name="Ada", last_name="Byron")))
    assert row.problem_code == "duplicate_unsure"

    desk.reload()
    desk.get_by_role("link", name=re.compile("To decide")).click()
    look(desk, "exports-to-decide")
    desk.get_by_role("link", name="Duplicates").click()
    look(desk, "duplicates")
    desk.get_by_role("link", name="Compare Ada Byron", exact=True).click()
    expect(desk.get_by_role("heading", name="Is Ada Byron in Greenhouse already?")).to_be_visible()
    look(desk, "duplicate")
    king = desk.get_by_role("region", name="Ada King")
    king.get_by_role("button", name="Someone else").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Kept. Please look at the others, too.")).to_be_visible()
    expect(king).to_have_count(0)
    desk.get_by_role("button", name="Same person").click()
    expect(desk.get_by_text("Ada Byron is on the way to the same person in Greenhouse.")).to_be_visible()
    look(desk, "duplicates-decided")
    row.refresh_from_db()
    assert row.state == ExportState.PENDING
    assert attempt(row).state == ExportState.SENT
    there = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    assert there["last_name"] == "Byron"
