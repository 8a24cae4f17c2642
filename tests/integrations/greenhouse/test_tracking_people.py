"""What happens in Greenhouse to the person behind an application."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from candidates.models import Answer, Document
from integrations.models import AnonymiseRule, Connection, Export, ExportState, GreenhousePerson
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    ConnectionFactory,
    DocumentFactory,
    ExportFactory,
    JobFactory,
)
from tests.integrations.greenhouse.tracked import fresh, kinds, poll, send, told
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    return poll(send(sandbox, connection))


def _another(sandbox: SandboxProcess, row: Export) -> str:
    """Somebody else in Greenhouse."""
    person = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    return str(sandbox.copy_record("candidates", person, email_addresses=[])["id"])


def _merge_into(sandbox: SandboxProcess, row: Export, survivor: str) -> None:
    sandbox.act("candidates", int(survivor), "merge", other=row.candidate_remote_id)


@pytest.mark.parametrize("way", [poll, lambda row: told(row, person=True)])
def test_a_merge_when_the_other_person_is_left_then_everything_follows_them_once(
    sandbox: SandboxProcess, sent: Export, way: object
) -> None:
    waiting = ExportFactory(
        connection=sent.connection,
        application=ApplicationFactory(candidate=sent.candidate, job=JobFactory(employer=sent.application.employer)),
        candidate_remote_id=sent.candidate_remote_id,
        state=ExportState.WAITING,
    )
    survivor = _another(sandbox, sent)
    _merge_into(sandbox, sent, survivor)
    assert callable(way)
    way(sent)
    row = way(fresh(sent))
    assert (row.candidate_remote_id, row.status) == (survivor, "in_review")
    assert fresh(waiting).candidate_remote_id == survivor
    assert GreenhousePerson.objects.get(email=sent.application.email).remote_id == survivor
    assert kinds(row) == ["stage_moved", "merged"]
    assert kinds(waiting) == ["merged"]


def test_a_merge_when_both_were_on_the_job_then_the_survivors_application_is_followed(
    sandbox: SandboxProcess, sent: Export
) -> None:
    survivor = _another(sandbox, sent)
    ours = sandbox.records("applications", id=int(sent.application_remote_id))[0]
    theirs = sandbox.copy_record("applications", ours, candidate_id=int(survivor))
    _merge_into(sandbox, sent, survivor)
    row = poll(sent)
    assert (row.candidate_remote_id, row.application_remote_id) == (survivor, str(theirs["id"]))
    assert row.former_application_ids == [sent.application_remote_id]
    assert kinds(poll(row)) == ["stage_moved", "merged", "linked"]


def test_a_person_when_deleted_then_is_gone_and_our_copy_stays(sandbox: SandboxProcess, sent: Export) -> None:
    sandbox.act("candidates", int(sent.candidate_remote_id), "delete")
    row = told(sent, person=True)
    assert (row.status, row.application.status) == ("gone", "gone")
    assert row.application.timeline.get(kind="gone").text == "No longer in Greenhouse: the person was deleted"
    assert row.application.email == sent.application.email


def test_a_person_when_made_private_and_back_then_both_are_told_once(sandbox: SandboxProcess, sent: Export) -> None:
    sandbox.act("candidates", int(sent.candidate_remote_id), "private")
    told(sent, person=True)
    row = told(sent, person=True)
    assert ([problem.code for problem in row.remarks_in_words], kinds(row)) == (
        ["person_private"],
        ["stage_moved", "private"],
    )
    sandbox.act("candidates", int(sent.candidate_remote_id), "private")
    row = told(sent, person=True)
    assert (row.remarks, kinds(row)) == ([], ["stage_moved", "private", "private"])


def test_a_person_when_hidden_from_us_with_their_application_then_is_not_taken_for_gone(
    sandbox: SandboxProcess, sent: Export
) -> None:
    sandbox.switches(hidden_private_candidates=True)
    sandbox.act("candidates", int(sent.candidate_remote_id), "private")
    sandbox.hide_records("applications", [int(sent.application_remote_id)])
    assert (poll(sent).status, kinds(sent)) == ("in_review", ["stage_moved"])


def test_a_person_when_anonymized_there_then_our_copy_is_kept_unless_the_employer_wants_it_gone(
    sandbox: SandboxProcess, sent: Export, django_capture_on_commit_callbacks: Any
) -> None:
    email = sent.application.email
    answer = AnswerFactory(application=sent.application, document=DocumentFactory(candidate=sent.candidate))
    file = answer.document.file.name
    soon = timezone.now() + timedelta(minutes=1)
    under_way = ExportFactory(
        connection=sent.connection,
        application=ApplicationFactory(candidate=sent.candidate, job=JobFactory(employer=sent.application.employer)),
        state=ExportState.SENDING,
        lease_until=soon,
    )
    sandbox.act("candidates", int(sent.candidate_remote_id), "anonymise")
    row = told(sent, person=True)
    assert (row.application.email, row.remarks) == (email, ["copy_kept"])

    Connection.objects.update(anonymise_rule=AnonymiseRule.FOLLOW)
    with django_capture_on_commit_callbacks(execute=True):
        told(sent, person=True)
    row = told(sent, person=True)
    application = row.application
    assert (application.name, application.email, application.candidate.first_name) == (
        "Anonymized Candidate",
        "",
        "Anonymized",
    )
    assert email not in str([list(model.objects.values()) for model in (Export, GreenhousePerson, Answer, Document)])
    assert (fresh(under_way).state, fresh(under_way).lease_until) == (ExportState.CANCELLED, soon)
    assert (row.remarks, kinds(row)) == (["copy_removed"], ["stage_moved", "anonymized", "anonymized"])
    assert not default_storage.exists(file)


def test_our_copy_when_removed_then_no_address_of_theirs_is_left_but_at_work(
    sandbox: SandboxProcess, sent: Export
) -> None:
    Connection.objects.update(anonymise_rule=AnonymiseRule.FOLLOW)
    job = JobFactory(employer=sent.application.employer)
    ApplicationFactory(
        candidate=sent.candidate, job=job, email="Ada@Work.example", other_emails=["Old@Ada.example", "now@ada.example"]
    )
    past, soon = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)
    for email, until in (("ada@work.example", None), ("old@ada.example", past), ("now@ada.example", soon)):
        GreenhousePerson.objects.create(connection=sent.connection, email=email, remote_id="", lease_until=until)
    GreenhousePerson.objects.create(connection=sent.connection, email="else@ada.example")
    GreenhousePerson.objects.create(connection=ConnectionFactory(), email="ada@work.example")
    sandbox.act("candidates", int(sent.candidate_remote_id), "anonymise")
    told(sent, person=True)
    left = GreenhousePerson.objects.filter(connection=sent.connection).values_list("email", flat=True)
    assert sorted(left) == ["else@ada.example", "now@ada.example"]
    assert GreenhousePerson.objects.filter(email="ada@work.example").exists()


def test_our_copy_when_removed_then_other_employers_keep_theirs(sandbox: SandboxProcess, sent: Export) -> None:
    Connection.objects.update(anonymise_rule=AnonymiseRule.FOLLOW)
    elsewhere = ApplicationFactory(candidate=sent.candidate, resume=DocumentFactory(candidate=sent.candidate))
    sandbox.act("candidates", int(sent.candidate_remote_id), "anonymise")
    row = told(sent, person=True)
    elsewhere.refresh_from_db()
    assert row.application.name == "Anonymized Candidate"
    assert elsewhere.email == row.application.candidate.email
    assert elsewhere.resume is not None


def test_a_person_when_only_renamed_or_without_an_address_then_is_not_taken_for_anonymized(
    sandbox: SandboxProcess, sent: Export
) -> None:
    remote_id = int(sent.candidate_remote_id)
    sandbox.change_record("candidates", remote_id, first_name="Grace", last_name="Hopper")
    told(sent, person=True)
    sandbox.change_record("candidates", remote_id, last_name=sent.application.last_name, email_addresses=[])
    assert told(sent, person=True).remarks == []


def test_people_when_not_asked_about_for_half_a_day_then_are_looked_at_by_the_poll(
    sandbox: SandboxProcess, sent: Export
) -> None:
    sandbox.act("candidates", int(sent.candidate_remote_id), "private")
    assert poll(sent).remarks == []
    Export.objects.update(person_tracked_at=sent.created_at.replace(year=2020))
    assert poll(sent).remarks == ["person_private"]
