"""What a recruiter may ask about people: send, send again, to another job, not at all."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from candidates.models import Application
from integrations import sending, sweeps
from integrations.arrival import Arrival
from integrations.greenhouse import export
from integrations.greenhouse.client import GreenhouseClient
from integrations.many_exports import cancel_all, send_all_again
from integrations.models import Connection, Export, ExportState, GreenhouseJob, GreenhousePerson, SendsAs
from tests.factories import ApplicationFactory, GreenhouseJobFactory
from tests.integrations.greenhouse.sending import ONCE, another, apply, arrived, attempt, owe
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sourced(connection: Connection) -> Application:
    """Somebody whom a recruiter picked from the network, for no job."""
    return ApplicationFactory(employer=connection.employer, job=None, origin="sourced")


def test_a_sourced_person_is_sent_to_a_job_and_credited_to_whoever_asked(
    sandbox: SandboxProcess, hiring: GreenhouseJob, sourced: Application, rita: User
) -> None:
    row = sending.send_application(sourced, by=rita, greenhouse_job=hiring, arrival=Arrival())
    assert (row.requested_by, row.credit_to, row.sends_as) == (rita, rita, SendsAs.CANDIDATE)
    assert attempt(row).state == ExportState.SENT
    kinds = list(sourced.timeline.order_by("pk").values_list("kind", "actor"))
    assert kinds == [("requested", rita.pk), ("sent", rita.pk), ("note_added", rita.pk)]


def test_sending_twice_owes_once(hiring: GreenhouseJob, sourced: Application, rita: User, alice: User) -> None:
    rows = [
        sending.send_application(sourced, by=by, greenhouse_job=job, arrival=Arrival(sends_as=SendsAs.PROSPECT))
        for by, job in ((rita, hiring), (alice, hiring), (rita, None), (alice, None))
    ]
    assert rows[0] == rows[1]
    assert rows[2] == rows[3]
    assert Export.objects.count() == 2


def test_sending_what_was_cancelled_goes_on_as_asked_for_now(
    hiring: GreenhouseJob, sourced: Application, rita: User, alice: User
) -> None:
    row = sending.send_application(sourced, by=rita, greenhouse_job=hiring, arrival=Arrival())
    assert sending.cancel_export(export=row, by=rita)
    again = sending.send_application(
        sourced, by=alice, greenhouse_job=hiring, arrival=Arrival(source_remote_id="5", source_name="Fair")
    )
    assert again == row
    assert (again.state, again.source_name, again.requested_by) == (ExportState.PENDING, "Fair", alice)


def test_sending_refuses_what_makes_no_sense(
    hiring: GreenhouseJob, sourced: Application, rita: User, other_employer: object
) -> None:
    with pytest.raises(ValueError, match="prospect"):
        sending.send_application(sourced, by=rita, greenhouse_job=None, arrival=Arrival())
    with pytest.raises(ValueError, match="employer"):
        sending.send_application(sourced, by=rita, greenhouse_job=GreenhouseJobFactory(), arrival=Arrival())
    stranger = ApplicationFactory(employer=other_employer, job=None)
    with pytest.raises(ValueError, match="employer"):
        sending.send_application(stranger, by=rita, greenhouse_job=hiring, arrival=Arrival())


def test_a_cancelled_export_sends_nothing_more_and_greenhouse_keeps_what_it_has(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "status", "status": 429, "method": "POST", "path": "/v3/attachments"})
    attempt(row)
    assert sending.cancel_export(export=row, by=rita)
    assert not sending.cancel_export(export=row, by=rita)
    attempt(row)
    assert (row.state, sweeps.take_due_exports()) == (ExportState.CANCELLED, [])
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 0, "notes": 0}
    assert row.application.timeline.filter(kind="cancelled", actor=rita).count() == 1


@pytest.mark.parametrize("how", ["cancelled", "candidate deleted", "employer deleted"])
def test_an_export_that_ends_while_it_is_sent_stops_before_its_next_write(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    row = owe(apply(hiring))
    commit = export.Walk.commit

    def committing(walk: export.Walk, **values: object) -> None:
        commit(walk, **values)  # type: ignore[arg-type]
        if how == "cancelled":
            sending.cancel_export(export=row, by=rita)
        elif how == "candidate deleted":
            row.candidate.delete()
        else:
            row.connection.employer.delete()

    monkeypatch.setattr(export.Walk, "commit", committing)
    export.run(row.pk)
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 0, "notes": 0}
    assert list(Export.objects.values_list("state", flat=True)) == (["cancelled"] if how == "cancelled" else [])


@pytest.mark.parametrize("how", ["one", "many"])
def test_whoever_is_cancelled_and_sent_again_during_a_write_is_made_once(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    row = owe(apply(hiring))
    write, writes = GreenhouseClient.send_candidate, Counter[str]()

    def writing(client: GreenhouseClient, body: dict[str, Any]) -> Any:
        writes["people"] += 1
        if writes["people"] == 1:
            _cancel_and_send_again(row, rita, how)
            export.run(row.pk)  # another worker is called while our write is on its way
        return write(client, body)

    monkeypatch.setattr(GreenhouseClient, "send_candidate", writing)
    export.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.lease_until) == (ExportState.PENDING, None), "the first worker is done with it"
    assert sweeps.take_due_exports() == [row.pk]
    assert attempt(row).state == ExportState.SENT
    assert (arrived(sandbox), writes["people"]) == (ONCE, 1)


def _cancel_and_send_again(row: Export, by: User, how: str) -> None:
    if how == "one":
        assert sending.cancel_export(export=row, by=by)
        assert sending.send_again(export=row, by=by)
    else:
        rows = Export.objects.filter(pk=row.pk)
        assert (cancel_all(exports=rows, by=by), send_all_again(exports=rows, by=by)) == (1, 1)


def test_whoever_is_sent_again_after_their_worker_died_goes_on_once_its_lease_is_over(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    row = owe(apply(hiring))
    assert Export.objects.claim(row.pk, lease=export.LEASE)
    _cancel_and_send_again(row, rita, "many")
    assert (sweeps.take_due_exports(), Export.objects.claim(row.pk, lease=export.LEASE)) == ([], False)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.take_due_exports() == [row.pk]
    assert attempt(row).state == ExportState.SENT


@pytest.mark.parametrize("who", ["candidate", "job", "employer"])
def test_whoever_is_deleted_while_an_export_waits_is_not_sent(
    sandbox: SandboxProcess, hiring: GreenhouseJob, who: str
) -> None:
    row = owe(apply(hiring))
    job = row.application.job
    assert job
    {"candidate": row.candidate, "job": job, "employer": job.employer}[who].delete()
    sandbox.clear_requests()
    export.run(row.pk)
    assert (sweeps.take_due_exports(), sandbox.requests()) == ([], [])


def test_a_job_closed_meanwhile_asks_for_another_and_takes_the_person_there(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    row = owe(apply(hiring), stage_remote_id="5")
    GreenhouseJob.objects.update(status="closed")
    sandbox.change_record("jobs", int(hiring.remote_id), status="closed")
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "job_closed")
    assert arrived(sandbox)["people"] == 0
    other = another(sandbox, hiring)
    moved = sending.choose_other_job(export=row, greenhouse_job=other, by=rita)
    assert moved == row
    row.refresh_from_db()
    assert (row.greenhouse_job, row.stage_remote_id, row.state) == (other, "", ExportState.PENDING)
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_a_job_that_is_open_again_takes_the_person_by_itself(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    GreenhouseJob.objects.update(status="closed")
    sandbox.change_record("jobs", int(hiring.remote_id), status="closed")
    attempt(row)
    sandbox.change_record("jobs", int(hiring.remote_id), status="open")
    assert sweeps.take_due_exports() == []
    GreenhouseJob.objects.update(status="open")  # as the next sync sees it
    assert sweeps.take_due_exports() == [row.pk]
    assert attempt(row).state == ExportState.SENT


def test_a_job_that_only_we_believe_closed_takes_the_person(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    GreenhouseJob.objects.update(status="closed")
    assert attempt(row).state == ExportState.SENT


def test_another_job_is_refused_while_something_may_still_arrive_on_the_first(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/candidates"})
    attempt(row)
    Export.objects.update(state="needs_attention")
    assert sending.choose_other_job(export=row, greenhouse_job=another(sandbox, hiring), by=rita) is None
    with pytest.raises(ValueError, match="another employer"):
        sending.choose_other_job(export=row, greenhouse_job=GreenhouseJobFactory(), by=rita)


def test_another_job_where_the_person_is_owed_already_cancels_the_first(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    first = apply(hiring)
    second = owe(apply(another(sandbox, hiring), candidate=first.candidate))
    row = owe(first)
    Export.objects.filter(pk=row.pk).update(state="needs_attention", problem_code="job_closed")
    assert second.greenhouse_job
    assert sending.choose_other_job(export=row, greenhouse_job=second.greenhouse_job, by=rita) == second
    row.refresh_from_db()
    assert row.state == ExportState.CANCELLED


def test_bad_data_is_named_before_anything_is_sent(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    Application.objects.update(email="")
    sandbox.clear_requests()
    attempt(row)
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "no_email")
    assert sandbox.requests() == []
    assert not GreenhousePerson.objects.exists()
    Application.objects.update(email="ada@lovelace.example")
    assert sending.send_again(export=row)
    assert attempt(row).state == ExportState.SENT


def test_a_worker_that_was_taken_over_writes_nothing_more(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    assert Export.objects.claim(row.pk, lease=export.LEASE)
    row.refresh_from_db()
    Export.objects.update(attempts=5, lease_until=timezone.now())  # its lease ran out, and another worker has it
    walk = export.Walk(row, GreenhousePerson(), client=None)  # type: ignore[arg-type]
    with pytest.raises(export.Superseded):
        walk.begin("person")  # type: ignore[arg-type]
