"""Connect, import, go live, connect a job, apply, follow: by the words on the screen."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in, look
from tests.stack_process import Stack

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _fill_credential(page: Page, secret: str, email: str = "admin@example.com") -> None:
    page.get_by_label("Harvest V3 (OAuth)").check()
    page.get_by_label("Client ID").fill("demo-client-4")
    page.get_by_label("Client secret").fill(secret)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Add Integration").click()


def _connect(page: Page) -> None:
    page.get_by_role("link", name="Account Settings").click()
    page.get_by_role("link", name="Integrations").click()
    look(page, "integrations")
    _fill_credential(page, "demo-secret-mistyped-0123456789")
    expect(page.get_by_text("Greenhouse does not accept this client ID and secret")).to_be_visible()
    _fill_credential(page, "demo-secret-0123456789abcdef", "recruiter@example.com")
    expect(page.get_by_text("this user is not one")).to_be_visible()
    expect(page.get_by_label("Client ID")).to_have_value("demo-client-4")
    look(page, "integration-refused")
    _fill_credential(page, "demo-secret-0123456789abcdef")
    expect(page.get_by_text("Greenhouse is connected to Lumen Robotics")).to_be_visible()
    look(page, "integration-added")


def _import_two(page: Page) -> list[str]:
    page.get_by_role("link", name="Dashboard").click()
    page.get_by_role("button", name="Import Jobs").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    switches = page.get_by_role("switch")
    expect(switches.first).to_be_visible()
    assert switches.count() > 30
    titles = [page.locator(".switch-row").nth(place).inner_text().strip() for place in (0, 1)]
    for place in (0, 1):
        switches.nth(place).check()
    look(page, "import-dialog")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 of the listed jobs are live")).to_be_visible()
    expect(page.get_by_text("connected", exact=True).first).to_be_visible()
    look(page, "jobs")
    return titles


def _connect_job(page: Page, title: str) -> None:
    page.get_by_role("link", name=f"Edit {title}", exact=True).click()
    expect(page.get_by_role("heading", name="Connect Greenhouse Job")).to_be_visible()
    page.get_by_text("Connect another role, or disconnect").click()
    roles = page.get_by_role("group", name="Greenhouse job")
    expect(roles.get_by_role("radio", name=re.compile(f"^{re.escape(title)}"), checked=True)).to_be_visible()
    page.get_by_label("Search your career site").fill("no such role")
    expect(roles.get_by_text("No external, published role matches.")).to_be_visible()
    expect(roles.get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_role("heading", name="How applicants are sent").click()
    expect(page.get_by_label("Stage").locator("option", has_text="Recruiter Call")).to_be_attached()
    page.get_by_label("Location").fill("The Moon")
    look(page, "job-edit")
    _save_job(page, title)
    page.get_by_role("link", name=f"Edit {title}", exact=True).click()
    give_back = page.get_by_role("button", name="Give back to Greenhouse (Location)")
    expect(give_back).to_be_visible()
    look(page, "job-edit-typed-over")
    give_back.click()
    expect(page.get_by_text("The field follows Greenhouse again.")).to_be_visible()
    expect(page.get_by_label("Location")).not_to_have_value("The Moon")
    _save_job(page, title)


def _save_job(page: Page, title: str) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"“{title}” is saved.")).to_be_visible()


def _apply(browser: Browser, stack: Stack, titles: list[str]) -> None:
    page = browser.new_page()
    page.goto(f"{stack.app_url}/companies/lumen-robotics/")
    for title in titles:
        expect(page.get_by_role("link", name=title)).to_be_visible()
    look(page, "company-page")
    page.get_by_role("link", name=titles[0]).click()
    look(page, "public-job")
    page.get_by_role("link", name="Apply").first.click()
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("Email").fill("ada@lovelace.example")
    page.get_by_label("Phone").fill("+44 20 7946 0000")
    page.get_by_label("LinkedIn").fill("https://www.linkedin.com/in/ada")
    page.get_by_role("textbox", name=re.compile("else|note|team", re.IGNORECASE)).fill("I wrote the first program.")
    page.set_input_files(
        "input[type=file]", {"name": "ada.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00\x03"}
    )
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    look(page, "apply-refused")
    page.set_input_files("input[type=file]", {"name": "ada.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible()
    look(page, "applied")
    page.close()


def _arrives(page: Page, stack: Stack) -> Page:
    """Open the applicant here and in Greenhouse; return Greenhouse's page."""
    page.get_by_role("link", name="Applicants", exact=True).click()
    row = page.get_by_role("row", name=re.compile("Ada Lovelace"))
    expect(row.get_by_text("In Greenhouse")).to_be_visible()
    look(page, "applicants")
    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.get_by_text("Application Review").first).to_be_visible()
    look(page, "application")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in Greenhouse").click()
    greenhouse = popup.value
    expect(greenhouse.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    for words in ("Purpose Jobs", "I wrote the first program.", ".pdf", "https://www.linkedin.com/in/ada"):
        expect(greenhouse.get_by_text(words).first).to_be_visible()
    look(greenhouse, "sandbox-person")
    return greenhouse


def _exports(page: Page) -> None:
    """The same person on the page of exports, with every step of the way; from the keyboard."""
    page.get_by_role("link", name="Exports", exact=True).click()
    page.get_by_role("searchbox", name="Search exports").fill("lovelace ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sent 1")).to_be_visible()
    look(page, "exports")
    page.get_by_role("link", name="Ada Lovelace", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Résumé")).get_by_text("Done")).to_be_visible()
    expect(page.get_by_text("Sent to Greenhouse", exact=True)).to_be_visible()
    look(page, "export")


def test_the_whole_flow(page: Page, browser: Browser, stack: Stack) -> None:
    log_in(page, stack)
    look(page, "dashboard")
    _connect(page)
    titles = _import_two(page)
    _connect_job(page, titles[0])
    _apply(browser, stack, titles)
    greenhouse = _arrives(page, stack)

    greenhouse.get_by_role("button", name="Move to next stage").click()
    expect(page.get_by_text("In Greenhouse at stage Recruiter Call")).to_be_visible()
    greenhouse.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_text(re.compile("Rejected in Greenhouse: "))).to_be_visible()
    greenhouse.get_by_role("button", name="Unreject").click()
    expect(page.locator("#application").get_by_text("Interviewing")).to_be_visible()
    greenhouse.get_by_role("button", name="Hire").click()
    expect(page.get_by_text("Hired in Greenhouse")).to_be_visible()
    _exports(page)


def test_a_job_by_hand_with_the_editor(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_role("link", name="New job").click()
    page.get_by_label("Title").fill("Robot Poet")
    editor = page.get_by_role("textbox", name="Description")
    editor.click()
    page.keyboard.type("Write lines")
    page.keyboard.press("Control+A")
    page.get_by_role("button", name="Bold").click()
    look(page, "job-new")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Robot Poet” is saved as a draft.")).to_be_visible()

    page.get_by_role("link", name="Edit Robot Poet").click()
    expect(editor.locator("b, strong")).to_have_text("Write lines")
    page.get_by_label("Location").fill("Oslo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Robot Poet” is saved.")).to_be_visible()
