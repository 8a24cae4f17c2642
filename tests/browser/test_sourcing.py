"""Finding people in a browser: words, filters, saved searches; on a phone, and without a script."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Employer
from candidates.models import SavedSearch
from candidates.search import index
from tests.browser.conftest import PHONE, look
from tests.factories import ProfileFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def network(employer: Employer) -> None:
    """Three people: who knows what, and at which level."""
    known = {"Grace": ("senior", ["Python", "Go"]), "Ada": ("junior", ["Python"]), "Zoë": ("senior", ["Welding"])}
    for name, (level, skills) in known.items():
        profile = ProfileFactory(
            candidate__first_name=name,
            candidate__last_name="Lovelace",
            current_title="Welder" if "Welding" in skills else "Engineer",
            summary="I build reliable machines.",
            level=level,
            years=12,
            skills=skills,
            values=["Mission first"],
            locations=["Berlin", "London"],
        )
        index.refresh([profile.pk])


def _open(page: Page, live_server: Any, client: Client) -> None:
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/employers/lumen-robotics/candidates/")


def _found(page: Page, *names: str) -> None:
    """Wait until these are the answer, and nobody else."""
    count = f"{len(names)} {'person' if len(names) == 1 else 'people'}"
    expect(page.get_by_role("heading", name=count, exact=True)).to_be_visible()
    for name in names:
        expect(page.get_by_role("link", name=f"{name} Lovelace")).to_be_visible()


def test_people_are_found_by_words_and_filters_and_the_search_is_saved(
    page: Page, live_server: Any, as_rita: Client
) -> None:
    _open(page, live_server, as_rita)
    _found(page, "Grace", "Ada", "Zoë")
    page.get_by_label("Words").fill("engineer")
    page.get_by_role("button", name="Search", exact=True).click()
    _found(page, "Grace", "Ada")

    page.evaluate("window.isTheSamePage = true")
    page.get_by_label("Skills").first.fill("Python, Go")
    page.get_by_label("Only people with all of them").check()  # to leave a field asks by itself, as a tick does
    _found(page, "Grace")
    page.get_by_label("Only people with all of them").uncheck()
    _found(page, "Grace", "Ada")
    page.get_by_label("Senior").check()
    _found(page, "Grace")
    assert page.evaluate("window.isTheSamePage"), "a filter loaded the whole page"
    expect(page).to_have_url(re.compile("level=senior"))
    expect(page.get_by_text("Go (matches)")).to_be_visible()
    page.get_by_text("Values", exact=True).click()
    expect(page.get_by_label("Mission first")).to_be_visible()
    look(page, "sourcing-filtered")

    page.get_by_label("Name of this search").fill("Senior engineers")
    page.get_by_role("button", name="Save search").click()
    expect(page.get_by_text("Senior engineers").first).to_be_visible()
    assert "level=senior" in SavedSearch.objects.get().address

    page.get_by_role("link", name="Clear all").click()
    _found(page, "Grace", "Ada", "Zoë")
    expect(page.get_by_label("Senior")).not_to_be_checked()
    page.locator("summary", has_text="Saved searches").click()
    look(page, "sourcing-saved")
    page.get_by_role("link", name="Senior engineers").click()
    _found(page, "Grace")
    expect(page.get_by_label("Words")).to_have_value("engineer")
    expect(page.get_by_label("Senior")).to_be_checked()

    page.get_by_label("Words").fill("astronaut")
    page.get_by_label("Words").press("Enter")
    expect(page.get_by_role("heading", name="Nobody matches all of it")).to_be_visible()
    look(page, "sourcing-nobody")
    page.get_by_role("link", name="Without these words").click()
    _found(page, "Grace")


def test_filters_on_a_phone_when_asked_for_then_open_and_make_way_for_the_answer(
    page: Page, live_server: Any, as_rita: Client
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    _open(page, live_server, as_rita)
    level = page.get_by_label("Junior")
    expect(level).to_be_hidden()
    page.get_by_role("button", name="Filters", exact=True).click()
    level.check()
    page.get_by_role("button", name="Show people").click()
    _found(page, "Ada")
    expect(level).to_be_hidden()
    expect(page.get_by_role("link", name="Notifications")).to_be_visible()  # without opening the menu first

    page.get_by_role("button", name="Filters", exact=True).click()
    expect(level).to_be_checked()
    page.keyboard.press("Escape")
    expect(level).to_be_hidden()


def test_people_are_found_and_saved_without_a_script(browser: Browser, live_server: Any, as_rita: Client) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _open(page, live_server, as_rita)
    page.get_by_label("Words").fill("engineer")
    page.get_by_label("Senior").check()
    page.get_by_role("button", name="Show people").click()
    _found(page, "Grace")
    page.get_by_label("Name of this search").fill("Senior engineers")
    page.get_by_role("button", name="Save search").click()
    page.get_by_role("link", name="Clear all").click()
    _found(page, "Grace", "Ada", "Zoë")
    page.locator("summary", has_text="Saved searches").click()
    page.get_by_role("link", name="Senior engineers").click()
    _found(page, "Grace")
    context.close()
