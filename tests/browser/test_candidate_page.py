"""The page of a candidate in a browser: leafed through by keyboard, shared, and all of it without a script too."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Employer, User
from candidates.demo.resume import Resume, resume_pdf
from candidates.models import Candidate, Mark
from candidates.search import index
from tests.browser.conftest import look
from tests.factories import DocumentFactory, ProfileFactory

RESUME = Resume(
    headline="Senior engineer",
    city="Berlin",
    summary="Builds reliable machines.",
    posts=(("Engineer", "2014 to now", "Babbage & Daughters"),),
    education=(("Mathematics", "2014", "London"),),
    skills="Python, Django",
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def network(employer: Employer) -> list[str]:
    """Three people, the newest first."""
    names = ["Grace", "Ada", "Zoë"]
    for name in reversed(names):
        profile = ProfileFactory(
            candidate__first_name=name,
            candidate__last_name="Lovelace",
            pronouns="she/her",
            current_title="Senior engineer",
            current_company="Babbage & Daughters",
            summary="I build reliable machines, and the teams that keep them running.\nLately: payments at scale.",
            linkedin_url="https://www.linkedin.com/in/lovelace",
            github_url="https://github.com/lovelace",
            level="senior",
            years=12,
            salary_min=90_000,
            salary_max=110_000,
            salary_currency="EUR",
            search_state="active",
            skills=["Python", "Django", "PostgreSQL", "Distributed systems", "Mentoring"],
            values=["Mission first", "Learning and mentoring"],
            interests=["Climate and energy", "Fintech"],
            positions=["Full-time"],
            locations=["Berlin", "London"],
        )
        file = ContentFile(resume_pdf(name=f"{name} Lovelace", contact="London", resume=RESUME), name="x")
        profile.resume = DocumentFactory(candidate=profile.candidate, filename=f"{name}.pdf", file=file)
        profile.save()
        index.refresh([profile.pk])
    return names


def _log_in(page: Page, live_server: Any, client: Client) -> None:
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def _first(live_server: Any, network: list[str]) -> str:
    key = Candidate.objects.get(first_name=network[0]).key
    return f"{live_server.url}/employers/lumen-robotics/candidates/{key}/"


def _opened(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.wait_for_load_state()  # a key pressed before the page's script runs is nobody's


def test_people_are_leafed_through_by_keyboard_skipped_and_shared(
    page: Page, live_server: Any, as_rita: Client, bob: User, network: list[str]
) -> None:
    _log_in(page, live_server, as_rita)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/employers/lumen-robotics/candidates/?skills=Python")
    page.get_by_label("All on this page").check()
    expect(page.get_by_label("Choose Zoë Lovelace")).to_be_checked()
    look(page, "candidates-chosen")
    page.get_by_role("button", name="Send to Greenhouse").click()
    expect(page.get_by_role("heading", name="Send 3 candidates to Greenhouse")).to_be_visible()
    page.get_by_role("link", name="Candidates").first.click()
    page.get_by_role("link", name="Grace Lovelace").click()
    _opened(page, "Grace Lovelace")
    look(page, "candidate-page")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    look(page, "candidate-keys")
    page.keyboard.press("Escape")

    page.keyboard.press("j")
    _opened(page, "Ada Lovelace")
    page.keyboard.press("ArrowLeft")
    _opened(page, "Grace Lovelace")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("x")
    _opened(page, "Ada Lovelace")
    expect(page.get_by_text("Skipped Grace Lovelace.")).to_be_visible()
    look(page, "candidate-skipped")
    page.get_by_role("button", name="Undo").click()
    _opened(page, "Grace Lovelace")
    expect(page.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    assert Mark.objects.get().kind == "bookmarked"

    page.get_by_text("Share", exact=False).first.click()
    page.get_by_role("button", name="Copy Candidate Link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = page.get_by_label("Link made by").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link
    look(page, "candidate-link")
    page.get_by_label("Link made by").focus()
    page.keyboard.press("x")
    _opened(page, "Grace Lovelace")

    page.get_by_text("Share", exact=False).first.click()
    page.get_by_role("link", name="Share with Team").click()
    page.get_by_label(str(bob)).check()
    page.get_by_label("Note").fill("Have a look, please.")
    look(page, "share-with-team")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text(f"Shared with {bob}")).to_be_visible()


def test_everything_works_without_a_script(
    browser: Browser, live_server: Any, as_rita: Client, as_bob: Client, bob: User, network: list[str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _log_in(page, live_server, as_rita)
    page.goto(_first(live_server, network))
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name="Zoë Lovelace")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    assert not Mark.objects.exists()
    page.get_by_text("Share", exact=False).first.click()
    page.get_by_role("button", name="Copy Candidate Link").click()
    link = page.get_by_label("Link made by").input_value()
    path = link[link.index("/c/") :]
    assert as_bob.get(path).status_code == 302
    page.get_by_role("button", name="Revoke").click()
    assert as_bob.get(path).status_code == 404
    context.close()
