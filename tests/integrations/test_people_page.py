"""The page of one person: everything an employer has of them, and nothing that another one has."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Employer
from candidates.models import Candidate
from candidates.services import tell
from integrations.models import Connection
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
    JobFactory,
)


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    """Somebody who applied twice here, and once elsewhere."""
    ada = CandidateFactory(first_name="Ada", last_name="Lovelace", email="ada@lovelace.example")
    links = [{"kind": "linkedin", "url": "https://www.linkedin.com/in/ada"}]
    first = ApplicationFactory(
        candidate=ada, job=JobFactory(employer=employer, title="Pilot"), links=links, phone="030 1234567"
    )
    tell(application=first, kind="applied", text="Applied on Purpose Jobs.", origin="applicant")  # type: ignore[arg-type]
    ApplicationFactory(
        candidate=ada,
        job=JobFactory(employer=employer, title="Mechanic"),
        links=[{"kind": "linkedin", "url": "http://linkedin.com/in/ada/"}],
        other_emails=["ADA@lovelace.example", "ada@home.example"],
        phone="+49 30 1234567",
        resume=DocumentFactory(candidate=ada, filename="Ada.pdf"),
    )
    ApplicationFactory(candidate=ada, job=JobFactory(title="Elsewhere"), phone="999 888 7777")
    return ada


def _page(candidate: Candidate, slug: str = "lumen-robotics") -> str:
    return f"/employers/{slug}/candidates/{candidate.key}/"


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate) -> None:
    assert client.get(_page(ada)).status_code == 302
    assert as_charlie.get(_page(ada)).status_code == as_charlie.get(_page(ada, "other")).status_code == 404
    assert as_rita.get(f"/employers/lumen-robotics/candidates/{uuid4()}/").status_code == 404
    viewed, recruited = as_bob.get(_page(ada)), as_rita.get(_page(ada))
    assert viewed.status_code == recruited.status_code == 200
    assert "Send to Greenhouse" not in viewed.text
    assert "Send to Greenhouse" in recruited.text
    assert "Copy Candidate Link" not in viewed.text
    assert "Copy Candidate Link" in recruited.text
    assert "recruiters may open it" in viewed.text


def test_page_shows_everything_of_this_employer_once_and_nothing_of_another(as_rita: Client, ada: Candidate) -> None:
    text = as_rita.get(_page(ada)).text
    for once in ("mailto:ada@lovelace.example", "mailto:ada@home.example", "linkedin.com/in/ada", "Ada.pdf,"):
        assert once in text
    assert text.lower().count("mailto:ada@lovelace.example") == 1
    assert text.count("1234567") == 1
    assert "Pilot" in text
    assert "Mechanic" in text
    assert "Applied on Purpose Jobs." in text
    assert "Elsewhere" not in text
    assert "999 888 7777" not in text


def test_a_sourced_person_without_a_job_has_a_page(as_bob: Client, employer: Employer) -> None:
    sourced = ApplicationFactory(employer=employer, job=None, origin="sourced", current_title="Countess")
    text = as_bob.get(_page(sourced.candidate)).text
    assert "Countess" in text
    assert "No job" in text


def test_a_sourced_person_without_a_job_when_sent_then_every_list_names_where_to(
    as_bob: Client, employer: Employer, connection: Connection
) -> None:
    sourced = ApplicationFactory(employer=employer, job=None, origin="sourced")
    job = GreenhouseJobFactory(connection=connection, name="Pilot in Greenhouse")
    ExportFactory(connection=connection, application=sourced, greenhouse_job=job)
    for address in (_page(sourced.candidate), "/employers/lumen-robotics/pipeline/"):
        assert "Pilot in Greenhouse" in as_bob.get(address).text, address


def test_share_menu_stands_on_the_application_too_with_the_way_to_the_person(as_rita: Client, ada: Candidate) -> None:
    application = ada.applications.filter(job__title="Pilot").get()
    text = as_rita.get(application.get_absolute_url()).text
    assert f'action="{_page(ada)}link/"' in text
    assert f'href="{_page(ada)}share/"' in text
    assert f'href="{_page(ada)}send/?application={application.key}"' in text
    assert f'href="{_page(ada)}?from=applicants"' in text


def test_page_costs_the_same_for_one_and_for_thirty(
    as_bob: Client, ada: Candidate, employer: Employer, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        application = ApplicationFactory(candidate=ada, job=JobFactory(employer=employer))
        tell(application=application, kind="applied", text="Applied.", origin="applicant")  # type: ignore[arg-type]
    as_bob.get(_page(ada))
    with django_assert_max_num_queries(16):
        assert as_bob.get(_page(ada)).status_code == 200
