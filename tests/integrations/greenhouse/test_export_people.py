"""People who are in Greenhouse already: only additions, and what happens to them there meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as db
from django.utils import timezone

from integrations import sending, sweeps
from integrations.greenhouse.scopes import CONTACTS
from integrations.models import Connection, Export, ExportState, GreenhouseJob, GreenhousePerson
from tests.integrations.greenhouse.sending import (
    EMAIL,
    ONCE,
    another,
    apply,
    arrived,
    attempt,
    candidate_in,
    owe,
    person_in,
    texts_of,
)
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db

LINKEDIN = {"value": "https://www.linkedin.com/in/ada"}


def test_a_known_person_gets_what_is_new_and_keeps_the_rest(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    person_in(
        sandbox,
        phone_numbers=[{"value": "+1 555 0199", "type": "home"}],
        social_media_addresses=[{"value": "https://x.com/ada"}],
        tags=["VIP"],
        company="Engines",
        custom_fields=[],
    )
    row = attempt(owe(apply(hiring, current_company="Another", current_title="Engineer", other_emails=["a@b.example"])))
    there = candidate_in(sandbox, row)
    assert (there["first_name"], there["last_name"], there["company"]) == ("Ada", "Byron", "Engines")
    assert there["title"] == "Engineer"
    assert there["email_addresses"] == [{"value": EMAIL, "type": "work"}, {"value": "a@b.example", "type": "other"}]
    assert [phone["value"] for phone in there["phone_numbers"]] == ["+1 555 0199", "+1 555 0100"]
    assert there["social_media_addresses"] == [{"value": "https://x.com/ada"}, LINKEDIN]
    assert there["tags"] == ["VIP", "Purpose Jobs"]
    assert texts_of(row)[:3] == [
        "Found in Greenhouse",
        "Added in Greenhouse: email, phone, social media, title",
        "Sent to Greenhouse",
    ]


def test_a_known_person_of_whom_nothing_is_new_is_not_changed(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    person_in(
        sandbox,
        phone_numbers=[{"value": "001-555-0100", "type": "home"}],
        website_addresses=[{"value": "http://linkedin.com/in/ada/", "type": "other"}],
        tags=["Purpose Jobs"],
    )
    row = attempt(owe(apply(hiring)))
    assert row.state == ExportState.SENT
    assert sandbox.requests("PATCH") == []


@pytest.mark.parametrize(
    ("trouble", "remark"),
    [("scope", "contacts_not_allowed"), ("refused", "contacts_refused")],
)
def test_contacts_that_may_not_be_added_stop_nothing_and_are_said(
    sandbox: SandboxProcess, hiring: GreenhouseJob, trouble: str, remark: str
) -> None:
    person_in(sandbox)
    status = {"scope": 403, "refused": 422}[trouble]
    sandbox.faults({"kind": "status", "status": status, "method": "PATCH", "path": "/v3/candidates"})
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.remarks) == (ExportState.SENT, [remark])
    assert [problem.code for problem in row.remarks_in_words] == [remark]
    hiring.connection.refresh_from_db()
    assert hiring.connection.may(*CONTACTS.scopes) is (trouble == "refused")


def test_contacts_whose_answer_is_lost_are_read_again(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    person_in(sandbox)
    sandbox.faults({"kind": "reset_after", "method": "PATCH", "path": "/v3/candidates"})
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.step_in_flight) == (ExportState.UNKNOWN, "contacts")
    assert attempt(row).state == ExportState.SENT
    assert len(sandbox.requests("PATCH")) == 1
    assert candidate_in(sandbox, row)["social_media_addresses"] == [LINKEDIN]


def test_a_person_is_found_by_any_of_their_addresses(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    made = person_in(sandbox, email_addresses=[{"value": "Ada@Work.example", "type": "work"}])["candidate"]
    row = attempt(owe(apply(hiring, other_emails=["ada@work.example"])))
    assert row.candidate_remote_id == str(made["id"])


def test_of_two_people_with_one_address_the_one_on_the_job_is_taken(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    on_job = person_in(sandbox, application={"job_id": int(hiring.remote_id)})
    person_in(sandbox)
    row = attempt(owe(apply(hiring)))
    assert row.candidate_remote_id == str(on_job["candidate"]["id"])
    assert row.was_there


def test_a_private_person_is_used_and_it_is_said(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    person_in(sandbox, is_private=True)
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.remarks) == (ExportState.SENT, ["person_private"])


@pytest.mark.parametrize("remembered", [False, True])
def test_a_hidden_person_is_not_made_twice(sandbox: SandboxProcess, hiring: GreenhouseJob, remembered: bool) -> None:
    made = person_in(sandbox, is_private=True)["candidate"]
    if remembered:
        GreenhousePerson.objects.create(connection=hiring.connection, email=EMAIL, remote_id=str(made["id"]))
    sandbox.switches(hidden_private_candidates=True)
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "person_hidden")
    sandbox.switches(hidden_private_candidates=False)
    assert sending.send_again(export=row)
    assert attempt(row).candidate_remote_id == str(made["id"])


def test_an_anonymized_person_is_left_alone_until_somebody_says_so(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    first = attempt(owe(apply(hiring)))
    fields = {"fields": ["full_name", "emails"]}
    sandbox.api("PATCH", f"/v3/candidates/{first.candidate_remote_id}/anonymize", json=fields)
    row = attempt(owe(apply(another(sandbox, hiring), candidate=first.candidate)))
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "person_anonymized")
    assert sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT
    assert row.candidate_remote_id != first.candidate_remote_id


def _stopped_at_the_file(sandbox: SandboxProcess, hiring: GreenhouseJob) -> Export:
    """Person and application are there, then Greenhouse goes away."""
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 429, "method": "POST", "path": "/v3/attachments"})
    assert attempt(row).state == ExportState.WAITING
    assert row.application_remote_id
    return row


def test_a_person_merged_away_meanwhile_is_followed(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = _stopped_at_the_file(sandbox, hiring)
    survivor = person_in(sandbox)["candidate"]
    merging = {"secondary_candidate_id": int(row.candidate_remote_id)}
    sandbox.api("POST", f"/v3/candidates/{survivor['id']}/merge", json=merging)
    assert attempt(row).state == ExportState.SENT
    assert row.candidate_remote_id == str(survivor["id"])
    assert arrived(sandbox) == ONCE
    assert "merged" in row.application.timeline.values_list("kind", flat=True)


def test_a_person_deleted_meanwhile_is_made_anew(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = _stopped_at_the_file(sandbox, hiring)
    sandbox.api("DELETE", f"/v3/candidates/{row.candidate_remote_id}")
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_a_worker_killed_while_a_deleted_person_is_forgotten_leaves_no_file_behind(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 429, "method": "POST", "path": "/v3/notes"})
    assert attempt(row).files.get().remote_id
    sandbox.api("DELETE", f"/v3/candidates/{row.candidate_remote_id}")

    def killed(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith('UPDATE "integrations_exportfile"'):
            raise SystemExit("killed")
        return execute(sql, *args)

    with db.execute_wrapper(killed), pytest.raises(SystemExit):
        attempt(row)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.take_due_exports() == [row.pk]
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_an_application_removed_meanwhile_asks_a_person(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = _stopped_at_the_file(sandbox, hiring)
    sandbox.api("DELETE", f"/v3/applications/{row.application_remote_id}")
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "application_removed")
    assert sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [("Björk", "", ("Björk", "-")), ("", "王秀英", ("-", "王秀英")), ("محمد", "علي", ("محمد", "علي"))],
    ids=["one word", "family name only", "another script"],
)
def test_names_arrive_as_they_are(
    sandbox: SandboxProcess, hiring: GreenhouseJob, first: str, last: str, there: tuple[str, str]
) -> None:
    row = attempt(owe(apply(hiring, first_name=first, last_name=last)))
    person = candidate_in(sandbox, row)
    assert (person["first_name"], person["last_name"]) == there
    assert row.remarks == (["name_completed"] if "-" in there else [])
    assert arrived(sandbox) == ONCE


def test_what_was_done_and_in_whose_name_is_told(sandbox: SandboxProcess, hiring: GreenhouseJob, alice: Any) -> None:
    Connection.objects.update(acting_user_name="Maya Okafor")
    row = owe(apply(hiring), requested_by=alice)
    attempt(row)
    lines = row.application.timeline.order_by("pk").values_list("kind", "actor", "as_whom", "origin")
    assert list(lines) == [(kind, alice.pk, "Maya Okafor", "export") for kind in ("sent", "file_added", "note_added")]
