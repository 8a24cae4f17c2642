"""Somebody applies for a job that asks every kind of question, and the employer reads what they answered."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.logos import Logo
from accounts.models import Employer, User
from accounts.services import set_logo
from candidates.models import Application
from jobs.questions import Option, Question, QuestionKind
from tests.accounts import pictures
from tests.browser.conftest import look
from tests.candidates import files
from tests.factories import JobFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITIES = tuple(Option(str(number), f"City number {number}") for number in range(60))
SKILLS = (Option("1", "Python"), Option("2", "Rust, and whatever else runs on a controller with 32 kB of memory"))
QUESTIONS = [
    Question(
        "1", "When could you start?", QuestionKind.SHORT_TEXT, True, description="<p>In a month is <b>fine</b>.</p>"
    ),
    Question("2", "What was the hardest bug you ever found?", QuestionKind.LONG_TEXT),
    Question("3", "May you work in Germany?", QuestionKind.YES_NO, True),
    Question("4", "Where would you like to work?", QuestionKind.ONE_OF, True, options=CITIES),
    Question("5", "Which of these do you know?", QuestionKind.SEVERAL_OF, True, options=SKILLS),
    Question("6", "Which of these cities have you seen?", QuestionKind.SEVERAL_OF, options=CITIES),
    Question("7", "Your best work", QuestionKind.FILE, True),
    Question("8", "Reference", QuestionKind.FILE),
    Question("9", "لماذا تريد العمل معنا؟", QuestionKind.SHORT_TEXT, is_private=True),
]


@pytest.fixture
def cv(tmp_path: Path) -> Path:
    path = tmp_path / "Ada Lovelace.pdf"
    path.write_bytes(files.pdf())
    return path


def test_apply_with_every_kind_of_answer(
    page: Page, live_server: Any, employer: Employer, alice: User, rita: User, cv: Path
) -> None:
    set_logo(employer=employer, logo=Logo("png", pictures.png(256, 256)))
    job = JobFactory(employer=employer, title="Robot engineer", questions=[one.as_stored() for one in QUESTIONS])
    page.goto(live_server.url + employer.get_absolute_url())
    look(page, "apply-company")
    page.goto(live_server.url + job.get_absolute_url())
    expect(page.get_by_role("img", name=employer.name)).to_be_visible()
    look(page, "apply-job")
    page.get_by_role("link", name="Apply").first.click()
    look(page, "apply-form")
    for label, text in (("First name", "Ada"), ("Last name", "Lovelace"), ("Email", "ada@example.org")):
        page.get_by_label(label).fill(text)
    page.get_by_label("When could you start?").fill("In four weeks")
    page.get_by_role("group", name="May you work in Germany?").get_by_label("Yes").check()
    page.get_by_label("Where would you like to work?").select_option("City number 42")
    page.get_by_label("لماذا تريد العمل معنا؟").fill("أحب الروبوتات")
    for label in ("Résumé", "Your best work", "Reference"):
        page.get_by_label(label).set_input_files(cv)
    # The browser does not insist on a box of several; the server does, and everything else is kept.
    page.get_by_role("button", name="Send application").click()
    skills = page.get_by_role("group", name="Which of these do you know?")
    expect(skills.get_by_text("Choose at least one.")).to_be_visible()
    expect(page.get_by_text("is kept")).to_have_count(3)
    look(page, "apply-again")
    page.get_by_role("link", name="Which of these do you know?").click()
    expect(skills).to_be_in_viewport()
    skills.get_by_label("Python").check()
    page.get_by_label("Leave this file out").check()
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_role("heading", name="Thank you, your application was sent")).to_be_visible()
    look(page, "apply-thanks")

    application = Application.objects.get()
    answers = dict(application.answers.values_list("label", "text"))
    assert answers["Where would you like to work?"] == "City number 42"
    assert "Reference" not in answers
    sign_in(page, live_server.url, rita)
    page.goto(live_server.url + application.get_absolute_url())
    expect(page.get_by_text("private: viewers do not see it")).to_be_visible()
    look(page, "apply-read")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ada Lovelace.pdf").last.click()
    assert Path(download.value.path()).read_bytes() == files.pdf()
    sign_in(page, live_server.url, alice)
    page.goto(live_server.url + reverse("company_profile", args=[employer.slug]))
    expect(page.get_by_role("button", name="Remove logo")).to_be_visible()
    look(page, "apply-logo")


def sign_in(page: Page, url: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
