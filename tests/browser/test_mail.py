"""A letter and its answer in a browser: with a template, a warning, a preview, and without anybody's address."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Employer, User
from candidates.mail import intake, relaying, taking, unsubscribing
from candidates.mail.addresses import relay_address
from candidates.models import Candidate, Conversation, Direction, InboundMail, Message
from tests.browser.conftest import look
from tests.factories import JobFactory, ProfileFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "ada.private@example.org"


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    JobFactory(employer=employer, title="Robot engineer")
    person: Candidate = ProfileFactory(
        candidate__first_name="Ada", candidate__last_name="Byron", candidate__email=ADDRESS
    ).candidate
    return person


@pytest.fixture
def recruiter(page: Page, live_server: Any, as_rita: Client, rita: User) -> Page:
    User.objects.filter(pk=rita.pk).update(first_name="Rita", last_name="Weber")
    page.context.add_cookies(
        [{"name": "sessionid", "value": as_rita.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def answer_as_ada(conversation: Conversation) -> None:
    """What her mail program and a worker do."""
    text = f"Gladly! Tomorrow at ten?\n\nAda\n{ADDRESS}\n\nOn Monday, Rita via Purpose Jobs wrote:\n> Hello Ada,"
    head = f"From: Ada <{ADDRESS}>\nTo: {relay_address(conversation.candidate_token)}\nSubject: Re: Robot engineer"
    intake.receive(f"{head}\nMessage-ID: <1@far.example>\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode())
    taking.take(InboundMail.objects.get().pk)
    relaying.pass_on(Message.objects.get(direction=Direction.TO_MEMBER).pk)


def test_a_letter_is_written_and_answered(
    recruiter: Page, live_server: Any, employer: Employer, ada: Candidate, rita: User
) -> None:
    page, home = recruiter, f"{live_server.url}/employers/{employer.slug}"
    page.goto(f"{home}/messages/templates/new/")
    page.get_by_label("Name").fill("First letter")
    page.get_by_label("Subject").fill("{job} at {company}?")
    page.get_by_label("Text").fill("Hello {first_name},\n\nwould you like to talk?\n\n{sender}, rita@example.com")
    look(page, "mail-template")
    page.get_by_role("button", name="Save").click()
    unsubscribing.mark(employer=employer, candidate=ada, by=rita, reason="Asked us to wait until November")
    page.goto(f"{home}/candidates/{ada.key}/")
    page.get_by_role("link", name="Send Email").click()
    page.get_by_label("Template").select_option(label="First letter")
    page.get_by_role("button", name="Use").click()
    page.get_by_role("button", name="Get the address").click()
    expect(page.get_by_role("link", name="reply+")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value("{job} at {company}?")
    page.get_by_label("About the job").select_option(label="Robot engineer")
    page.get_by_label("Subject").press("Enter")  # a preview, and no letter
    expect(page.get_by_text("Robot engineer at Lumen Robotics?")).to_be_visible()
    look(page, "mail-preview")
    page.get_by_role("button", name="Send Email").click()
    page.get_by_label("I know this and want to write all the same").check()
    page.get_by_role("button", name="Send Email").click()
    expect(page.get_by_text("Your email to Ada Byron is on its way.")).to_be_visible()
    conversation = Conversation.objects.get()
    relaying.pass_on(Message.objects.get().pk)
    answer_as_ada(conversation)
    page.goto(f"{home}/messages/")
    expect(page.get_by_text("New answer")).to_be_visible()
    look(page, "mail-messages")
    page.get_by_role("link", name="Ada Byron").click()
    expect(page.get_by_text("Gladly! Tomorrow at ten?")).to_be_visible()
    assert ADDRESS not in page.content()
    look(page, "mail-conversation")
    page.get_by_role("link", name="Open person").click()
    look(page, "mail-card")
    page.goto(unsubscribing.unsubscribe_url(ada, employer).replace("http://localhost:8000", live_server.url))
    page.get_by_role("button", name="No more from Lumen Robotics").click()
    expect(page.get_by_role("heading", name="You get no more email from Lumen Robotics")).to_be_visible()
    look(page, "mail-unsubscribed")
    assert [letter.to for letter in mail.outbox] == [[ADDRESS], ["rita@example.com"]]
