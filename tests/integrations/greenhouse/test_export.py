"""Sending people, against the sandbox over real HTTP: what arrives, and that it arrives once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from integrations import sending, sweeps
from integrations.greenhouse import export, outgoing
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    ExportState,
    GreenhouseJob,
    GreenhousePerson,
    JobLink,
)
from tests.factories import ApplicationFactory, DocumentFactory
from tests.integrations.greenhouse.sending import EMAIL, ONCE, another, apply, arrived, attempt, owe
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db


def test_run_sends_person_application_resume_and_note(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.problem_code, row.step_in_flight) == (ExportState.SENT, "", "")
    assert arrived(sandbox) == ONCE

    application = sandbox.records("applications", id=int(row.application_remote_id))[0]
    assert application["job_id"] == int(hiring.remote_id)
    assert application["source_id"] == int(hiring.connection.source_remote_id)
    person = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    assert person["tags"] == ["Purpose Jobs"]
    assert person["social_media_addresses"] == [{"value": "https://www.linkedin.com/in/ada"}]
    file = sandbox.records("attachments", application_id=application["id"])[0]
    assert (file["type"], file["filename"].endswith(".pdf")) == ("resume", True)
    note = sandbox.records("notes", candidate_id=person["id"])[0]
    assert "I like robots." in note["body"]
    assert row.application.get_absolute_url() in note["body"]
    row.application.refresh_from_db()
    assert row.application.status == "sent"
    assert [event.text for event in row.application.timeline.order_by("pk")] == [
        "Sent to Greenhouse",
        "Résumé added in Greenhouse",
        "Note added in Greenhouse",
    ]


def test_run_for_a_new_person_costs_at_most_five_requests(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    sandbox.clear_requests()
    attempt(row)
    calls = Counter((call["method"], call["path"]) for call in sandbox.requests() if call["path"] != "/token")
    assert sum(calls.values()) <= 5


def test_run_when_called_twice_sends_once(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = attempt(owe(apply(hiring)))
    sandbox.clear_requests()
    attempt(row)
    assert sandbox.requests() == []


@pytest.mark.parametrize("envelope", ["bare", "without_application"])
def test_run_accepts_every_form_of_the_created_candidate(
    sandbox: SandboxProcess, hiring: GreenhouseJob, envelope: str
) -> None:
    sandbox.switches(candidate_envelope=envelope)
    row = attempt(owe(apply(hiring)))
    assert row.state == ExportState.SENT
    assert not row.was_there
    assert arrived(sandbox) == ONCE


def test_run_for_a_known_person_adds_only_the_application(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    made = sandbox.api(
        "POST",
        "/v3/candidates",
        json={
            "first_name": "Ada",
            "last_name": "L",
            "email_addresses": [{"value": EMAIL.upper(), "type": "work"}],
        },
    ).json()["candidate"]
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.candidate_remote_id) == (ExportState.SENT, str(made["id"]))
    applications = sandbox.records("applications", candidate_id=made["id"])
    assert [a["job_id"] for a in applications] == [int(hiring.remote_id)]


def test_run_for_a_person_already_on_the_job_links_and_sends_no_application(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    made = sandbox.api(
        "POST",
        "/v3/candidates",
        json={
            "first_name": "Ada",
            "last_name": "L",
            "email_addresses": [{"value": EMAIL, "type": "work"}],
            "application": {"job_id": int(hiring.remote_id)},
        },
    ).json()["application"]
    row = attempt(owe(apply(hiring)))
    assert (row.application_remote_id, row.was_there) == (str(made["id"]), True)
    assert "Found in Greenhouse and linked" in row.application.timeline.values_list("text", flat=True)
    assert arrived(sandbox)["applications"] == 1


def test_two_jobs_make_one_person_with_two_applications(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    first = apply(hiring)
    for row in [owe(first), owe(apply(another(sandbox, hiring), candidate=first.candidate))]:
        attempt(row)
    assert arrived(sandbox) == {"people": 1, "applications": 2, "files": 2, "notes": 2}


def test_run_while_another_export_of_the_person_is_at_work_waits(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    GreenhousePerson.objects.create(
        connection=hiring.connection, email=EMAIL, lease_until=timezone.now() + export.LEASE
    )
    sandbox.clear_requests()
    attempt(row)
    assert (row.state, row.attempts) == (ExportState.WAITING, 0), "standing in line makes later waits no longer"
    assert sandbox.requests() == []


WRITES = ["/v3/candidates", "/v3/attachments", "/v3/notes"]


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "truncate"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503, "after": True},
        {"kind": "html"},
    ],
    ids=["cut before", "cut after", "half an answer", "500 not done", "503 though done", "a web page"],
)
def test_a_write_without_an_answer_is_read_back_and_arrives_once(
    sandbox: SandboxProcess, hiring: GreenhouseJob, path: str, fault: dict[str, Any]
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({**fault, "method": "POST", "path": path})
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.UNKNOWN, "outcome_unknown")
    assert row.retry_at, "it settles first"
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE
    assert not row.was_there


@pytest.mark.parametrize(
    ("path", "fault", "code"),
    [
        *((path, {"status": 429}, "rate_limited") for path in WRITES),
        *((path, {"status": 403}, "scope_missing") for path in WRITES if path != "/v3/notes"),  # see test_doctor.py
        *((path, {"status": 401, "times": 2}, "key_refused") for path in WRITES),
    ],
)
def test_a_refused_write_waits_and_arrives_once_later(
    sandbox: SandboxProcess, hiring: GreenhouseJob, path: str, fault: dict[str, Any], code: str
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", **fault, "method": "POST", "path": path})
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.WAITING, code)
    hiring.connection.refresh_from_db()
    needs_person = code != "rate_limited"
    assert (hiring.connection.state == ConnectionState.NEEDS_ATTENTION) is needs_person
    hiring.connection.mark_well()
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


@pytest.mark.parametrize(
    ("path", "code"),
    [("/v3/candidates", "data_refused"), ("/v3/attachments", "resume_refused"), ("/v3/notes", "data_refused")],
)
def test_a_422_stops_the_export_in_words_and_send_again_finishes_it(
    sandbox: SandboxProcess, hiring: GreenhouseJob, path: str, code: str
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 422, "method": "POST", "path": path})
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, code)
    assert sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


@pytest.mark.parametrize("policy", ["422", "return_existing", "allow"])
def test_an_application_that_appears_meanwhile_is_adopted(
    sandbox: SandboxProcess, hiring: GreenhouseJob, policy: str
) -> None:
    """Our own first write arrived, its answer did not, whatever a second one would lead to (contract §10 no. 12)."""
    sandbox.switches(second_application=policy)
    sandbox.api(
        "POST",
        "/v3/candidates",
        json={"first_name": "A", "last_name": "L", "email_addresses": [{"value": EMAIL, "type": "work"}]},
    )
    row = owe(apply(hiring))
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/applications"})
    assert attempt(row).state == ExportState.UNKNOWN
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


@pytest.mark.parametrize("crash_at", range(1, 4))
def test_a_worker_killed_before_a_commit_loses_and_doubles_nothing(
    sandbox: SandboxProcess, hiring: GreenhouseJob, crash_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = owe(apply(hiring))
    commit, calls = export.Walk.commit, Counter[str]()

    def dying(walk: export.Walk, **values: Any) -> None:
        calls["commit"] += 1
        if calls["commit"] == crash_at:
            raise SystemExit("killed")
        commit(walk, **values)

    monkeypatch.setattr(export.Walk, "commit", dying)
    with pytest.raises(SystemExit):
        attempt(row)
    row.refresh_from_db()
    assert row.state == ExportState.SENDING, "as a killed worker leaves it"
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.take_due_exports() == [row.pk]
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_a_person_merged_away_is_found_again_by_email(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    GreenhousePerson.objects.create(connection=hiring.connection, email=EMAIL, remote_id="999999999")
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE
    assert GreenhousePerson.objects.get().remote_id == row.candidate_remote_id


def test_a_closed_connection_keeps_the_export_for_later(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    hiring.connection.mark_trouble("key_refused")
    sandbox.clear_requests()
    attempt(row)
    assert row.state == ExportState.WAITING
    assert sandbox.requests() == []
    assert sweeps.take_due_exports() == []
    hiring.connection.mark_well()
    assert sweeps.take_due_exports() == [row.pk]


@pytest.mark.parametrize("known", [False, True], ids=["new person", "known person"])
def test_a_job_deleted_meanwhile_is_named(sandbox: SandboxProcess, hiring: GreenhouseJob, known: bool) -> None:
    if known:
        body = {"first_name": "A", "last_name": "L", "email_addresses": [{"value": EMAIL, "type": "work"}]}
        sandbox.api("POST", "/v3/candidates", json=body)
    sandbox.remove_record("jobs", int(hiring.remote_id))
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "job_gone")


def test_after_a_day_of_trying_and_no_sooner_a_person_is_asked(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/candidates", "times": 20})
    Export.objects.update(trying_since=timezone.now() - timedelta(hours=23, minutes=55))
    assert attempt(row).state == ExportState.WAITING
    Export.objects.update(trying_since=timezone.now() - timedelta(hours=24, minutes=5), retry_at=None)
    assert (attempt(row).state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "too_many_attempts")


def test_a_lost_resume_file_is_named(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    application = apply(hiring)
    assert application.resume
    application.resume.file.delete(save=False)
    DocumentFactory._meta.model.objects.filter(pk=application.resume.pk).update(file="documents/gone")
    assert (attempt(owe(application)).state, Export.objects.get().problem_code) == (
        ExportState.NEEDS_ATTENTION,
        "resume_lost",
    )


def test_an_application_on_an_unconnected_job_owes_nothing(connection: Connection) -> None:
    assert sending.export_application(ApplicationFactory(job__employer=connection.employer)) is None
    assert not JobLink.objects.exists()


def test_the_acting_user_is_in_every_token(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    assert attempt(owe(apply(hiring))).state == ExportState.WAITING, "the service user would have been let in"


def test_nobody_is_made_anew_while_the_acting_user_is_shown_empty_lists(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    first = attempt(owe(apply(hiring)))
    GreenhousePerson.objects.update(remote_id="")
    cache.clear()
    sandbox.switches(non_admin_lists="empty")
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    row = attempt(owe(apply(another(sandbox, hiring), candidate=first.candidate)))
    assert (row.state, row.problem_code) == (ExportState.WAITING, "not_site_admin")
    assert arrived(sandbox)["people"] == 1
    sandbox.set_user(ADMIN_EMAIL, site_admin=True)
    hiring.connection.mark_well()
    assert attempt(row).candidate_remote_id == first.candidate_remote_id


def test_while_a_write_is_unanswered_the_person_stays_locked_for_everybody_else(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    first = owe(apply(hiring))
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/candidates"})
    assert attempt(first).state == ExportState.UNKNOWN
    second = owe(apply(another(sandbox, hiring), candidate=first.candidate))
    sandbox.clear_requests()
    assert attempt(second).state == ExportState.WAITING
    assert sandbox.requests() == []
    assert attempt(first).state == attempt(second).state == ExportState.SENT
    assert arrived(sandbox)["people"] == 1


def test_a_write_refused_twice_for_want_of_a_right_needs_a_person(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 403, "method": "POST", "path": "/v3/candidates", "times": 5})
    assert attempt(row).state == ExportState.WAITING
    hiring.connection.refresh_from_db()
    hiring.connection.mark_well()
    assert (attempt(row).state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "scope_missing")


def test_what_nobody_foresaw_is_named_and_comes_again(
    sandbox: SandboxProcess, hiring: GreenhouseJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = owe(apply(hiring))
    monkeypatch.setattr(outgoing, "note_text", lambda *_: 1 / 0)
    assert (attempt(row).state, row.problem_code) == (ExportState.WAITING, "unforeseen")
    monkeypatch.undo()
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_send_again_has_a_day_of_its_own(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    two_days_ago = timezone.now() - timedelta(days=2)
    Export.objects.update(created_at=two_days_ago, trying_since=two_days_ago, state="needs_attention")
    assert sending.send_again(export=row)
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/candidates"})
    assert attempt(row).state == ExportState.WAITING
