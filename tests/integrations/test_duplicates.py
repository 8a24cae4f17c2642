"""The duplicate desk: who may look, who decides, and what the page says when Greenhouse is away."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse import recent
from integrations.models import (
    Connection,
    Export,
    ExportState,
    GreenhouseJob,
    PeopleReading,
    PossibleDuplicate,
    RemoteIdentity,
    Verdict,
)
from tests.factories import ApplicationFactory, ConnectionFactory, ExportFactory, GreenhouseJobFactory, JobFactory
from tests.integrations.greenhouse.sending import another, apply, attempt, owe, person_in
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db

DESK = "/employers/lumen-robotics/duplicates/"
UNSURE = {"state": ExportState.NEEDS_ATTENTION, "problem_code": "duplicate_unsure"}


def case_of(connection: Connection, **values: Any) -> PossibleDuplicate:
    """Somebody who waits at the desk, with one person in Greenhouse who may be the same."""
    job = GreenhouseJobFactory(connection=connection)
    application = ApplicationFactory(job=JobFactory(employer=connection.employer), **values)
    export = ExportFactory(greenhouse_job=job, application=application, problem_at=timezone.now(), **UNSURE)
    return PossibleDuplicate.objects.create(
        connection=connection, candidate=export.candidate, remote_id="7", evidence=["phone"]
    )


def export_of(suspect: PossibleDuplicate) -> Export:
    return Export.objects.get(candidate=suspect.candidate)


@pytest.fixture
def suspect(employer: Any) -> PossibleDuplicate:
    return case_of(ConnectionFactory(employer=employer), first_name="Ada", last_name="Byron")


def test_by_role(
    client: Client,
    as_rita: Client,
    as_bob: Client,
    as_charlie: Client,
    suspect: PossibleDuplicate,
    sandbox: SandboxProcess,
) -> None:
    desk, case = pages = (DESK, f"{DESK}{export_of(suspect).pk}/")
    decide = f"{DESK}{suspect.pk}/decide/"
    for page in pages:
        assert client.get(page).status_code == 302
        assert as_charlie.get(page).status_code == 404
        assert as_charlie.get(page.replace("lumen-robotics", "other")).status_code == (200 if page == DESK else 404)
        assert "Ada Byron" in as_rita.get(page).text
    assert "Ada Byron" in as_bob.get(desk).text
    sandbox.clear_requests()
    assert as_bob.get(case).status_code == 403
    assert sandbox.requests() == [], "who may not decide makes us read nobody"
    for post in (decide, f"{DESK}reading/"):
        assert client.post(post, {"verdict": "same"}).status_code == 302
        assert as_charlie.post(post, {"verdict": "same"}).status_code == 404
        assert as_charlie.post(post.replace("lumen-robotics", "other"), {"verdict": "same"}).status_code == 404
        assert as_bob.post(post, {"verdict": "same"}).status_code == 403
    suspect.refresh_from_db()
    assert suspect.verdict == ""


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("same", "on the way to the same person in Greenhouse"), ("other", "on the way to Greenhouse as a new person")],
)
def test_a_decision_sends_the_person_on_and_stays_readable(
    as_rita: Client, rita: User, suspect: PossibleDuplicate, verdict: str, said: str
) -> None:
    text = as_rita.post(f"{DESK}{suspect.pk}/decide/", {"verdict": verdict}, follow=True).text
    assert f"Ada Byron is {said}" in text
    assert suspect.candidate.last_name not in text, "what another employer was told is not shown here"
    assert "Nobody waits for a decision" in text
    assert Verdict(verdict).label in text
    assert str(rita) in text
    export = export_of(suspect)
    assert (export.state, export.problem_code) == (ExportState.PENDING, "")
    text = as_rita.post(f"{DESK}{suspect.pk}/decide/", {"verdict": "same"}, follow=True).text
    assert "A colleague has decided this already." in text
    suspect.refresh_from_db()
    assert suspect.verdict == verdict


def test_a_verdict_that_is_none_is_refused(as_rita: Client, suspect: PossibleDuplicate) -> None:
    assert as_rita.post(f"{DESK}{suspect.pk}/decide/", {"verdict": "perhaps"}).status_code == 400


def test_the_page_of_what_is_decided_leads_to_the_export(as_rita: Client, suspect: PossibleDuplicate) -> None:
    as_rita.post(f"{DESK}{suspect.pk}/decide/", {"verdict": "same"})
    answer = as_rita.get(f"{DESK}{export_of(suspect).pk}/", follow=True)
    assert "Nothing is left to decide about this person." in answer.text


def test_both_stand_side_by_side_with_what_they_share_marked(
    as_rita: Client, sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    made = person_in(
        sandbox,
        email_addresses=[{"value": "ada@elsewhere.example", "type": "work"}],
        phone_numbers=[{"value": "001 555 0100", "type": "home"}],
        tags=["VIP"],
        application={"job_id": int(hiring.remote_id)},
    )["candidate"]
    PeopleReading.objects.create(connection=hiring.connection)
    recent.read(hiring.connection_id)
    row = attempt(owe(apply(another(sandbox, hiring))))
    assert row.problem_code == "duplicate_unsure"
    text = as_rita.get(f"{DESK}{row.pk}/").text
    for words in ("Ada Byron", "ada@elsewhere.example", "Same phone", "VIP", hiring.name, f"/people/{made['id']}"):
        assert words in text, words
    assert text.count('class="is-same"') == 2, "the phone, on both sides"
    as_rita.post(f"{DESK}{PossibleDuplicate.objects.get().pk}/decide/", {"verdict": "same"})
    row.refresh_from_db()
    assert attempt(row).candidate_remote_id == str(made["id"])


def test_while_greenhouse_is_away_the_desk_says_so_and_still_decides(
    as_rita: Client, sandbox: SandboxProcess, connection: Connection
) -> None:
    suspect = case_of(connection)
    sandbox.faults({"kind": "status", "status": 503, "method": "GET", "path": "/v3/candidates", "times": 9})
    text = as_rita.get(f"{DESK}{export_of(suspect).pk}/").text
    assert "We could not read them from Greenhouse just now." in text
    assert "Same phone" in text
    assert "Someone else</button>" in text
    sandbox.clear_faults()
    text = as_rita.get(f"{DESK}{export_of(suspect).pk}/").text
    assert "We may not see this person, or they were merged or deleted since." in text


def test_the_list_names_each_person_once_and_costs_the_same_for_many(
    as_rita: Client, suspect: PossibleDuplicate, django_assert_max_num_queries: Any
) -> None:
    second = ExportFactory(
        greenhouse_job=GreenhouseJobFactory(connection=suspect.connection),
        application=export_of(suspect).application,
        **UNSURE,
    )
    text = as_rita.get(DESK).text
    assert text.count("Compare<span") == 1
    assert "Ada Byron" in as_rita.get(f"{DESK}{second.pk}/").text, "their other application leads there, too"
    for _ in range(5):
        case_of(suspect.connection)
    with django_assert_max_num_queries(14):
        text = as_rita.get(DESK).text
    assert text.count("Compare<span") == 6


def test_an_admin_switches_the_comparing_of_recent_people_off_and_on(
    as_alice: Client, as_rita: Client, connection: Connection
) -> None:
    PeopleReading.objects.create(connection=connection, read_since=timezone.now(), cursor="x")
    RemoteIdentity.objects.create(
        connection=connection, remote_id="1", kind="phone", digest="d", active_at=timezone.now()
    )
    assert as_rita.post(f"{DESK}reading/", {"is_on": "0"}).status_code == 403
    text = as_alice.post(f"{DESK}reading/", {"is_on": "0"}, follow=True).text
    assert "Nothing else is compared." in text
    assert not RemoteIdentity.objects.exists()
    text = as_alice.post(f"{DESK}reading/", {"is_on": "1"}, follow=True).text
    assert "90 days" in text
    reading = PeopleReading.objects.get()
    assert (reading.is_on, reading.read_since, reading.cursor) == (True, None, "")


def test_every_page_about_the_export_leads_those_to_the_desk_who_decide(
    as_rita: Client, as_bob: Client, suspect: PossibleDuplicate
) -> None:
    export = export_of(suspect)
    exports = "/employers/lumen-robotics/exports/"
    case = f'href="{DESK}{export.pk}/"'
    for page in (export.application.get_absolute_url(), f"{exports}?tab=decide", f"{exports}{export.pk}/", DESK):
        assert case in as_rita.get(page).text, page
        assert case not in as_bob.get(page).text, page
    assert f'href="{DESK}"' in as_bob.get(f"{exports}?tab=decide").text
