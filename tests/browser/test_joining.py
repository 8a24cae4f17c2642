"""Somebody joins, is found by some employers and not by others, and deletes everything."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Employer, User
from candidates import activity
from candidates.demo.resume import Resume, resume_pdf
from candidates.joining import resumes
from candidates.models import AccessKind, Candidate, Profile, SignIn
from tests.browser.conftest import look
from tests.candidates.joining import EMAIL, link_to
from tests.factories import ApplicationFactory, DocumentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESUME = Resume("Robot engineer", "Berlin", "Builds arms in Go and C++.", (), (), "Docker, Kubernetes, PostgreSQL")


@pytest.fixture
def cv(tmp_path: Path) -> Path:
    path = tmp_path / "Ada Lovelace.pdf"
    path.write_bytes(resume_pdf(name="Ada Lovelace", contact="", resume=RESUME))
    return path


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def log_in(page: Page, url: str) -> None:
    page.goto(url + link_to())
    page.get_by_role("button", name="Log in").click()


def test_join_be_seen_and_delete_everything(
    page: Page, live_server: Any, employer: Employer, rita: User, cv: Path
) -> None:
    page.goto(live_server.url + "/join/")
    look(page, "join")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    look(page, "join-sent")
    assert SignIn.objects.get().email == EMAIL
    page.goto(live_server.url + link_to())
    look(page, "join-link")
    page.get_by_role("button", name="Log in").click()

    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("Pronouns").fill("she/her")
    page.get_by_label("What you do").fill("Robot engineer")
    page.get_by_label("Where you work").fill(employer.name)
    page.get_by_label("A few words about you").fill("Arms that help people.\nBy day and by night.")
    page.get_by_label("GitHub").fill("ada")
    page.get_by_label("Résumé").set_input_files(cv)
    page.get_by_label("Actively looking").check()
    for label in ("Full-time", "Advisor", "Open source", "Calm pace", "Health", "Hardware and robotics"):
        page.get_by_label(label, exact=True).check()
    page.get_by_label("Experience level").select_option("Senior")
    skills = page.get_by_role("combobox", name="Skills")
    skills.fill("Rust, robotics,")
    skills.fill("Juggling")
    skills.press("Enter")
    page.get_by_role("button", name="Remove Juggling").click()
    page.get_by_role("combobox", name="Where would you work?").fill("Berlin")
    page.get_by_label("Salary from").fill("70000")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Choose the currency of the salary.")).to_be_visible()
    expect(page.get_by_text("Ada Lovelace.pdf is kept")).to_be_visible()
    look(page, "join-form")
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_role("button", name="Save profile").click()

    expect(page.get_by_text("We are reading your résumé")).to_be_visible()
    profile = Profile.objects.get()
    assert profile.resume_id
    resumes.read(profile.resume_id)
    expect(page.get_by_role("heading", name="Skills in your résumé")).to_be_visible()
    activity.note_access(employer=employer, by=rita, candidates=[profile.candidate], kind=AccessKind.OPENED)
    page.reload()
    look(page, "profile-proposed")
    page.get_by_label("Kubernetes").uncheck()
    page.get_by_role("button", name="Add the chosen ones").click()
    page.get_by_role("button", name="Hide me from them").click()
    expect(page.get_by_text("opened your profile")).to_be_visible()
    look(page, "profile-own")
    assert not Profile.objects.visible_to(employer).exists()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    packed = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert json.loads(packed.read("data.json"))["profile"]["skills"] == [
        "C++",
        "Docker",
        "Go",
        "PostgreSQL",
        "robotics",
        "Rust",
    ]

    page.get_by_role("link", name="Use another email address").click()
    look(page, "profile-email")
    page.get_by_role("link", name="Your profile").last.click()
    page.get_by_role("link", name="Delete everything").click()
    page.get_by_label("Type your email address").fill(EMAIL)
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Everything is deleted")).to_be_visible()
    assert not Candidate.objects.exists()


def test_applicant_becomes_a_candidate_without_script(plain: Page, live_server: Any, employer: Employer) -> None:
    application = ApplicationFactory(candidate__email=EMAIL, job__employer=employer, first_name="Ada")
    application.resume = DocumentFactory(candidate=application.candidate, filename="Ada.pdf")
    application.save()
    log_in(plain, live_server.url)
    expect(plain.get_by_text("We filled in what you wrote to Lumen Robotics")).to_be_visible()
    expect(plain.get_by_text("is your résumé from your application")).to_be_visible()
    plain.get_by_label("Skills").fill("Python, user research\nRust")
    plain.get_by_role("button", name="Save profile").click()
    expect(plain.get_by_text("Look again")).to_be_visible()
    assert Profile.objects.get().resume == application.resume
    plain.get_by_role("link", name="Change profile").click()
    expect(plain.get_by_label("Skills")).to_have_value("Python, Rust, user research")
    plain.goto(live_server.url + "/profile/delete/")
    expect(plain.get_by_text("You applied at Lumen Robotics")).to_be_visible()
    plain.get_by_label("Leave it with them").check()
    plain.get_by_label("Type your email address").fill(EMAIL)
    plain.get_by_role("button", name="Delete everything").click()
    expect(plain.get_by_text("Everything is deleted")).to_be_visible()
    application.refresh_from_db()
    assert application.email == EMAIL
