"""A colleague is asked into the team, and joins with a new account, in a browser."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Employer
from tests.browser.conftest import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEAM = "/employers/lumen-robotics/settings/team/"


def test_an_admin_invites_a_colleague_who_joins(
    page: Page, browser: Browser, live_server: Any, as_alice: Client, employer: Employer
) -> None:
    cookie = {"name": "sessionid", "value": as_alice.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + TEAM)
    page.get_by_label("Your colleague's email").fill("sam@lumen-robotics")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Enter a valid email address.")).to_be_visible()
    look(page, "team-invite-wrong")
    page.get_by_label("Your colleague's email").fill("sam@lumen-robotics.example")
    page.get_by_label("Role", exact=True).select_option("Viewer")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("We have written to sam@lumen-robotics.example.")).to_be_visible()
    expect(page.get_by_role("list", name="Invited").get_by_text("Viewer · until")).to_be_visible()
    look(page, "team-invited")

    guest = browser.new_context().new_page()
    guest.goto(live_server.url + re.findall(r"/team/join/\?key=\S+", str(mail.outbox[0].body))[0])
    expect(guest.get_by_role("heading", name="Join Lumen Robotics")).to_be_visible()
    guest.get_by_label("Your name").fill("Sam Berg")
    guest.get_by_label("Password").fill("sam berg")
    guest.get_by_role("button", name="Join Lumen Robotics").click()
    expect(guest.get_by_text("This password is too short.")).to_be_visible()
    look(guest, "team-join")
    guest.get_by_label("Password").fill("blue tractor at dawn")
    guest.get_by_role("button", name="Join Lumen Robotics").click()
    expect(guest.get_by_text("Welcome to Lumen Robotics. Your role is Viewer.")).to_be_visible()
    guest.context.close()

    page.reload()
    expect(page.get_by_role("list", name="Team").get_by_text("sam@lumen-robotics.example")).to_be_visible()
    expect(page.get_by_role("list", name="Invited")).to_have_count(0)
