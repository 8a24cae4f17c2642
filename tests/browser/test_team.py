"""The team's work in a browser: the pipeline by keyboard and by itself, a note that calls a colleague, the bell."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Employer, User
from candidates.models import Application, ApplicationStatus, NoticeKind
from candidates.notices import notify
from integrations.models import Export, ExportState
from tests.browser.conftest import look
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    JobFactory,
    ProfileFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_PEOPLE = (
    *(("Ada", "Lovelace", "applied", ""), ("Katherine", "Johnson", "in_review", "Application Review")),
    *(("Grace", "Hopper", "interviewing", "Onsite interview, second round"), ("Edith", "Clarke", "offer", "")),
    *(("Mary", "Jackson", "hired", ""), ("Alan", "Turing", "rejected", "")),
)


@pytest.fixture
def page_of_rita(page: Page, live_server: Any, as_rita: Client) -> Page:
    value = as_rita.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    return page


def _people(employer: Employer) -> dict[str, Application]:
    job = JobFactory(employer=employer, title="Robotics Engineer, Perception")
    greenhouse_job = GreenhouseJobFactory(connection=ConnectionFactory(employer=employer))
    made = {}
    for first_name, last_name, status, stage in _PEOPLE:
        candidate = ProfileFactory(candidate__first_name=first_name, candidate__last_name=last_name).candidate
        made[first_name] = ApplicationFactory(candidate=candidate, job=job, status=status)
        if stage:
            ExportFactory(
                application=made[first_name],
                greenhouse_job=greenhouse_job,
                state=ExportState.SENT,
                status=status,
                remote_stage=stage,
                candidate_remote_id="7",
            )
    return made


def test_the_team_moves_people_writes_notes_and_hears_of_it(
    page_of_rita: Page, live_server: Any, employer: Employer, rita: User, alice: User
) -> None:
    page, people = page_of_rita, _people(employer)
    page.goto(f"{live_server.url}/employers/lumen-robotics/pipeline/")
    look(page, "pipeline")
    card = page.get_by_role("listitem").filter(has_text="Ada Lovelace")
    card.get_by_text("Move to").press("Enter")
    look(page, "pipeline-move")
    card.get_by_role("button", name="Interviewing").press("Enter")
    expect(page.get_by_text("Ada Lovelace is now in Interviewing.")).to_be_visible()
    assert Application.objects.get(pk=people["Ada"].pk).status == ApplicationStatus.INTERVIEWING

    # Greenhouse moves somebody, and the page follows by itself.
    Application.objects.filter(pk=people["Grace"].pk).update(status="offer", status_at=timezone.now())
    Export.objects.filter(application=people["Grace"]).update(remote_stage="Reference check")
    expect(page.get_by_role("region", name="Offer").get_by_text("Reference check")).to_be_visible()

    page.get_by_role("link", name="Ada Lovelace").click()
    page.get_by_label("Note", exact=True).fill(f"Talk to her soon, @{alice.email} <b>!")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text(f"Talk to her soon, @{alice.email} <b>!")).to_be_visible()
    look(page, "notes")

    for text in ("Ada Lovelace applied for Robotics Engineer, Perception", "Grace Hopper: Rejected in Greenhouse"):
        notify(employer=employer, kind=NoticeKind.NEW_APPLICANT, text=text, url=people["Ada"].get_absolute_url())
    page.reload()
    page.get_by_role("link", name="Notifications, 2 unread").click()
    look(page, "notifications")
    page.get_by_role("button", name="Ada Lovelace applied", exact=False).first.click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.goto(f"{live_server.url}/employers/lumen-robotics/notifications/settings/")
    look(page, "notification-settings")
    page.goto(f"{live_server.url}/employers/lumen-robotics/settings/candidate-emails/")
    look(page, "candidate-emails")
    page.goto(f"{live_server.url}/employers/lumen-robotics/pipeline/hand-over/")
    look(page, "hand-over")
    page.goto(f"{live_server.url}/employers/lumen-robotics/pipeline/?column=rejected")
    look(page, "pipeline-one-column")
