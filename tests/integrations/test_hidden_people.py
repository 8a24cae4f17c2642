"""Who was picked from the network and hides later: pages of exports and downloads know nothing of them any more."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Employer, User
from candidates.models import AccessKind, Application, Profile, ProfileAccess
from candidates.search import index
from candidates.sourcing import source
from integrations.arrival import Arrival
from integrations.batches import Order, send_batch
from integrations.consent import refusal_of
from integrations.models import Connection, Export, ExportState, SendsAs
from jobs.models import JobState
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    HiddenFromFactory,
    JobFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db
ROOT = "/employers/lumen-robotics"
EMAIL = "ada@private.example"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def profile(employer: Employer) -> Profile:
    person = {"first_name": "Ada", "last_name": "Lovelace", "email": EMAIL}
    found: Profile = ProfileFactory(
        **{f"candidate__{name}": value for name, value in person.items()}, summary="Engines, mostly."
    )
    return found


@pytest.fixture
def picked(employer: Employer, profile: Profile, rita: User) -> Application:
    return source(employer=employer, candidate=profile.candidate, job=None, by=rita)


def export_of(application: Application, connection: Connection, **given: Any) -> Export:
    job = GreenhouseJobFactory(connection=connection)
    return ExportFactory(application=application, greenhouse_job=job, **given)


def hide(profile: Profile) -> None:
    HiddenFromFactory(profile=profile)


def test_pages_of_exports_when_somebody_hides_unsent_then_are_without_them(
    as_rita: Client, connection: Connection, picked: Application, profile: Profile
) -> None:
    export = export_of(picked, connection, state=ExportState.NEEDS_ATTENTION, problem_code="left_network")
    assert b"Ada Lovelace" in as_rita.get(f"{ROOT}/exports/").content
    hide(profile)
    assert b"Ada Lovelace" not in as_rita.get(f"{ROOT}/exports/").content
    assert as_rita.get(f"{ROOT}/exports/{export.pk}/").status_code == 404
    assert as_rita.get(f"{ROOT}/exports/{export.pk}/correct/").status_code == 404
    assert as_rita.get(f"{ROOT}/exports/{export.pk}/job/").status_code == 404
    assert as_rita.get(f"{ROOT}/dashboard/").context["exports"]["stuck"] == 0


def test_counts_of_what_stopped_when_somebody_hides_then_are_without_them(
    as_rita: Client, employer: Employer, connection: Connection, profile: Profile, rita: User
) -> None:
    job = JobFactory(employer=employer, state=JobState.DRAFT)
    picked = source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    export_of(picked, connection, state=ExportState.NEEDS_ATTENTION, problem_code="left_network")
    assert as_rita.get(f"{ROOT}/dashboard/").context["attention"] == {"exports": 1}
    assert [job.stuck_count for job in as_rita.get(f"{ROOT}/jobs/").context["page"]] == [1]
    hide(profile)
    assert as_rita.get(f"{ROOT}/dashboard/").context["attention"] == {}
    assert [job.stuck_count for job in as_rita.get(f"{ROOT}/jobs/").context["page"]] == [0]
    assert as_rita.get(f"{ROOT}/jobs/?state=attention").context["list"].matching.count() == 0


def test_pages_of_exports_when_somebody_hides_once_in_greenhouse_then_still_say_so(
    as_rita: Client, connection: Connection, picked: Application, profile: Profile
) -> None:
    export_of(picked, connection, state=ExportState.SENT, candidate_remote_id="7")
    hide(profile)
    assert b"Ada Lovelace" in as_rita.get(f"{ROOT}/exports/").content


def test_the_desk_for_duplicates_when_somebody_hides_then_is_without_them(
    as_rita: Client, connection: Connection, picked: Application, profile: Profile
) -> None:
    export = export_of(picked, connection, state=ExportState.NEEDS_ATTENTION, problem_code="duplicate_unsure")
    assert b"Ada Lovelace" in as_rita.get(f"{ROOT}/duplicates/").content
    hide(profile)
    assert b"Ada Lovelace" not in as_rita.get(f"{ROOT}/duplicates/").content
    assert as_rita.get(f"{ROOT}/duplicates/{export.pk}/").status_code == 404


def test_a_batch_when_somebody_of_it_hides_then_names_them_no_more(
    as_bob: Client, connection: Connection, picked: Application, profile: Profile, rita: User
) -> None:
    order = Order(None, Arrival(sends_as=SendsAs.PROSPECT))
    chosen = Application.objects.filter(pk=picked.pk)
    batch = send_batch(connection=connection, applications=chosen, order=order, by=rita, key=uuid4())
    assert b"Ada Lovelace" in as_bob.get(f"{ROOT}/batches/{batch.pk}/").content
    hide(profile)
    assert b"Ada Lovelace" not in as_bob.get(f"{ROOT}/batches/{batch.pk}/").content


def test_the_audit_log_when_somebody_hides_then_holds_no_name(
    as_alice: Client, picked: Application, profile: Profile
) -> None:
    assert "Ada Lovelace" in log_of(as_alice)
    hide(profile)
    assert "Ada" not in log_of(as_alice)
    assert ",Sourced," in log_of(as_alice)


def test_the_audit_log_when_taken_away_then_is_an_access_to_each_profile_in_it(
    as_alice: Client, alice: User, picked: Application, profile: Profile
) -> None:
    log_of(as_alice)
    access = ProfileAccess.objects.get(kind=AccessKind.DOWNLOADED)
    assert (access.candidate, access.user) == (profile.candidate, alice)


def test_exports_when_searched_by_a_private_address_then_find_nobody(
    as_rita: Client, connection: Connection, picked: Application, employer: Employer
) -> None:
    export_of(picked, connection)
    given = ApplicationFactory(job__employer=employer, first_name="Grace", email="grace@example.org")
    export_of(given, connection)
    assert b"Ada Lovelace" not in as_rita.get(f"{ROOT}/exports/?q=ada@private").content
    assert b"Grace" in as_rita.get(f"{ROOT}/exports/?q=grace@example").content


def test_an_applicant_who_took_another_address_later_when_picked_then_keeps_it_private(
    as_rita: Client, connection: Connection, employer: Employer, profile: Profile, rita: User
) -> None:
    applied = ApplicationFactory(job__employer=employer, candidate=profile.candidate, email="ada@work.example")
    job = GreenhouseJobFactory(connection=connection)
    picked = source(employer=employer, candidate=profile.candidate, job=JobFactory(employer=employer), by=rita)
    assert picked.email == EMAIL
    page = as_rita.get(f"{ROOT}/applicants/{picked.key}/").content.decode()
    assert EMAIL not in page
    Profile.objects.update(can_be_sent=False)
    posted = {"greenhouse_job": job.pk, "sends_as": "candidate", "application": picked.key, "send": "1"}
    as_rita.post(f"{ROOT}/candidates/{profile.candidate.key}/send/", posted)
    assert not Export.objects.filter(application=picked).exists()
    posted["application"] = applied.key
    as_rita.post(f"{ROOT}/candidates/{profile.candidate.key}/send/", posted)
    assert Export.objects.filter(application=applied).exists()


def test_what_was_picked_when_an_applicant_hides_then_is_not_sent_though_the_application_is(
    employer: Employer, picked: Application, profile: Profile
) -> None:
    applied = ApplicationFactory(job__employer=employer, candidate=profile.candidate)
    hide(profile)
    assert (refusal_of(picked), refusal_of(applied)) == ("left_network", "")


def test_the_pipeline_as_csv_when_a_name_ends_a_cell_then_runs_no_formula(as_rita: Client, employer: Employer) -> None:
    names = {"first_name": "Ada;=HYPERLINK(1)", "last_name": " =1+1", "email": "a@example.org"}
    ApplicationFactory(job__employer=employer, job__title=" =2+2", **names)
    rows = list(csv.reader(io.StringIO(text_of(as_rita.get(f"{ROOT}/pipeline/download/")))))
    assert rows[1][0].startswith("Ada;'=HYPERLINK(1)")
    assert rows[1][2].startswith("'")


def log_of(client: Client) -> str:
    return text_of(client.get(f"{ROOT}/exports/audit-log/"))


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_a_skill_that_hidden_people_alone_name_when_searched_then_is_one_that_nobody_names(
    as_rita: Client, employer: Employer
) -> None:
    hidden, seen = ProfileFactory(skills=["Falcon assembly"]), ProfileFactory(skills=["Python"])
    index.refresh([hidden.pk, seen.pk])
    hide(hidden)
    pages = [as_rita.get(f"{ROOT}/candidates/?skills={name}") for name in ("Falcon+assembly", "Kraken+assembly")]
    assert [page.context["results"].unknown_skills for page in pages] == [["Falcon assembly"], ["Kraken assembly"]]
    assert pages[0].context["results"].profile_ids == pages[1].context["results"].profile_ids


def test_the_search_when_somebody_is_not_in_its_index_yet_then_lists_them(as_rita: Client, profile: Profile) -> None:
    assert b"Ada Lovelace" in as_rita.get(f"{ROOT}/candidates/").content
