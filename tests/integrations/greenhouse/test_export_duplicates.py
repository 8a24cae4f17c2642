"""Is it the same person? What is certain goes on, what is not waits for a recruiter, and what was decided is kept."""

import pytest

from accounts.models import User
from integrations import duplicates, sweeps
from integrations.greenhouse import export, recent
from integrations.greenhouse.export.lock import lease_person
from integrations.models import (
    Export,
    ExportState,
    GreenhouseJob,
    GreenhousePerson,
    PeopleReading,
    PossibleDuplicate,
    RemoteIdentity,
    Verdict,
    digest_of,
)
from tests.integrations.greenhouse.sending import EMAIL, another, apply, arrived, attempt, owe, person_in, texts_of
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db

OTHER_EMAIL = [{"value": "ada@elsewhere.example", "type": "work"}]
SAME_PHONE = [{"value": "001 555 0100", "type": "home"}]


@pytest.fixture
def lookalike(sandbox: SandboxProcess, hiring: GreenhouseJob) -> str:
    """Somebody in Greenhouse with our person's phone and another e-mail address, read already."""
    made = person_in(sandbox, email_addresses=OTHER_EMAIL, phone_numbers=SAME_PHONE)["candidate"]
    PeopleReading.objects.create(connection=hiring.connection)
    recent.read(hiring.connection_id)
    return str(made["id"])


def stopped(row: Export) -> PossibleDuplicate:
    """The one whom a recruiter is asked about."""
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "duplicate_unsure")
    return PossibleDuplicate.objects.undecided().get(candidate=row.candidate)


def test_somebody_with_the_same_phone_is_asked_about_and_nothing_is_sent(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str
) -> None:
    row = attempt(owe(apply(hiring)))
    found = stopped(row)
    assert (found.remote_id, found.evidence) == (lookalike, ["phone"])
    assert sandbox.requests("POST", "/v3/applications") == []
    assert arrived(sandbox)["people"] == 0
    assert sweeps.take_due_exports() == [], "it waits for the decision"
    attempt(row)
    assert PossibleDuplicate.objects.count() == 1


def test_the_same_person_gets_the_application_and_is_known_from_then_on(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str, rita: User
) -> None:
    row = attempt(owe(apply(hiring)))
    waiting = attempt(owe(apply(another(sandbox, hiring), candidate=row.candidate)))
    assert duplicates.decide(suspect=stopped(row), verdict=Verdict.SAME, by=rita)
    for each in (row, waiting):
        each.refresh_from_db()
        assert each.state == ExportState.PENDING
        assert attempt(each).state == ExportState.SENT
        assert each.candidate_remote_id == lookalike
    assert arrived(sandbox)["applications"] == 2
    assert f"Same person as in Greenhouse, says {rita}" in texts_of(row)
    assert [one["value"] for one in sandbox.records("candidates", id=int(lookalike))[0]["email_addresses"]] == [
        "ada@elsewhere.example",
        EMAIL,
    ]


def test_someone_else_is_a_new_person_even_if_the_answer_is_lost(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str, rita: User
) -> None:
    row = attempt(owe(apply(hiring)))
    assert duplicates.decide(suspect=stopped(row), verdict=Verdict.OTHER, by=rita)
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/candidates"})
    assert attempt(row).state == ExportState.UNKNOWN
    assert attempt(row).state == ExportState.SENT
    assert row.candidate_remote_id != lookalike
    assert arrived(sandbox)["people"] == 1
    again = attempt(owe(apply(another(sandbox, hiring), candidate=row.candidate)))
    assert (again.state, again.candidate_remote_id) == (ExportState.SENT, row.candidate_remote_id)


def test_several_people_with_one_address_are_asked_about_and_the_address_is_no_proof_any_more(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    ids = {str(person_in(sandbox)["candidate"]["id"]) for _ in range(2)}
    row = attempt(owe(apply(hiring)))
    assert row.problem_code == "duplicate_unsure"
    suspects = list(PossibleDuplicate.objects.all())
    assert {suspect.remote_id for suspect in suspects} == ids
    assert {tuple(suspect.evidence) for suspect in suspects} == {("email",)}
    assert duplicates.decide(suspect=suspects[0], verdict=Verdict.OTHER, by=rita)
    row.refresh_from_db()
    assert row.state == ExportState.NEEDS_ATTENTION, "one is still to be decided"
    assert duplicates.decide(suspect=suspects[1], verdict=Verdict.OTHER, by=rita)
    row.refresh_from_db()
    assert attempt(row).state == ExportState.SENT
    assert row.candidate_remote_id not in ids


def test_two_on_the_job_with_one_address_are_asked_about(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    for _ in range(2):
        person_in(sandbox, application={"job_id": int(hiring.remote_id)})
    assert attempt(owe(apply(hiring))).problem_code == "duplicate_unsure"


def test_a_decision_is_made_once(sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str, rita: User) -> None:
    suspect = stopped(attempt(owe(apply(hiring))))
    assert duplicates.decide(suspect=suspect, verdict=Verdict.OTHER, by=rita)
    assert not duplicates.decide(suspect=suspect, verdict=Verdict.SAME, by=rita)
    suspect.refresh_from_db()
    assert (suspect.verdict, suspect.decided_by) == (Verdict.OTHER, rita)


def test_who_changed_or_went_meanwhile_is_not_asked_about(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str
) -> None:
    sandbox.api("PATCH", f"/v3/candidates/{lookalike}", json={"phone_numbers": []})
    assert attempt(owe(apply(hiring))).state == ExportState.SENT


def test_a_suspect_who_is_hidden_by_now_is_asked_about_all_the_same(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str
) -> None:
    sandbox.api("PATCH", f"/v3/candidates/{lookalike}", json={"is_private": True})
    sandbox.switches(hidden_private_candidates=True)
    assert stopped(attempt(owe(apply(hiring)))).evidence == ["phone"]


def test_a_question_that_answers_itself_is_dropped(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str
) -> None:
    row = attempt(owe(apply(hiring)))
    waiting = attempt(owe(apply(another(sandbox, hiring), candidate=row.candidate)))
    added = {"email_addresses": [*OTHER_EMAIL, {"value": EMAIL, "type": "other"}]}
    sandbox.api("PATCH", f"/v3/candidates/{lookalike}", json=added)
    assert duplicates.sending.send_again(export=row)
    assert attempt(row).candidate_remote_id == lookalike
    assert not PossibleDuplicate.objects.exists()
    assert waiting.pk in sweeps.take_due_exports(), "and nobody else waits for it"


def test_a_chosen_person_who_is_gone_is_said_and_not_made_twice(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str, rita: User
) -> None:
    row = attempt(owe(apply(hiring)))
    duplicates.decide(suspect=stopped(row), verdict=Verdict.SAME, by=rita)
    sandbox.api("DELETE", f"/v3/candidates/{lookalike}")
    assert attempt(row).problem_code == "chosen_person_gone"
    assert not PossibleDuplicate.objects.exists()
    assert duplicates.sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT


def test_a_chosen_person_without_an_address_is_not_taken_for_anonymized(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    made = person_in(sandbox, email_addresses=[], phone_numbers=SAME_PHONE)["candidate"]
    PeopleReading.objects.create(connection=hiring.connection)
    recent.read(hiring.connection_id)
    row = attempt(owe(apply(hiring)))
    duplicates.decide(suspect=stopped(row), verdict=Verdict.SAME, by=rita)
    sandbox.faults({"kind": "status", "status": 403, "method": "PATCH", "path": "/v3/candidates"})
    assert attempt(row).state == ExportState.SENT
    again = attempt(owe(apply(another(sandbox, hiring), candidate=row.candidate)))
    assert (again.state, again.candidate_remote_id) == (ExportState.SENT, str(made["id"]))


def test_another_employers_people_are_never_compared(
    sandbox: SandboxProcess, hiring: GreenhouseJob, lookalike: str
) -> None:
    digests = RemoteIdentity.objects.values_list("digest", flat=True)
    assert digests
    assert digest_of(hiring.connection_id + 1, "phone", "15550100") not in digests
    assert digest_of(hiring.connection_id, "phone", "15550100") in digests


def _two_of_one_person(hiring: GreenhouseJob, sandbox: SandboxProcess) -> tuple[Export, Export]:
    one = owe(apply(hiring, other_emails=["Ada@Second.example"]))
    two = owe(apply(another(sandbox, hiring), email="ada@second.example"))
    return one, two


def test_two_exports_that_share_an_address_are_never_at_work_together(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    one, two = _two_of_one_person(hiring, sandbox)
    assert lease_person(one)
    export.run(two.pk)
    two.refresh_from_db()
    assert (two.state, two.candidate_remote_id) == (ExportState.WAITING, "")
    assert not GreenhousePerson.objects.filter(leased_for=two.pk).exists(), "whoever waits holds nothing"


def test_one_person_by_two_addresses_is_made_once(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    one, two = _two_of_one_person(hiring, sandbox)
    for row in (one, two):
        assert attempt(row).state == ExportState.SENT
    assert one.candidate_remote_id == two.candidate_remote_id
    assert not GreenhousePerson.objects.filter(lease_until__isnull=False).exists()


@pytest.mark.parametrize(("status", "word"), [("rejected", "rejected"), ("hired", "hired")])
def test_who_was_on_the_job_and_is_out_of_it_is_linked_and_it_is_said(
    sandbox: SandboxProcess, hiring: GreenhouseJob, status: str, word: str
) -> None:
    made = person_in(sandbox, application={"job_id": int(hiring.remote_id)})
    sandbox.change_record("applications", made["application"]["id"], status=status)
    row = attempt(owe(apply(hiring)))
    assert (row.state, row.was_there) == (ExportState.SENT, True)
    assert row.application_remote_id == str(made["application"]["id"])
    assert row.remarks == [f"was_{word}"]
    assert any(f"{word} there" in text for text in texts_of(row))
