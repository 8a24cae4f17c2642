"""What we sent beside what Greenhouse has, over real HTTP against the sandbox."""

from typing import Any

import pytest
import responses
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from candidates.models import Application, ApplicationOrigin
from integrations import reconciling
from integrations.greenhouse import export
from integrations.greenhouse import reconciling as engine
from integrations.models import (
    CheckedPerson,
    Connection,
    ConnectionState,
    Export,
    ExportState,
    Finding,
    FindingState,
    Reconciliation,
    ReconciliationState,
)
from integrations.reconciling import enqueue_reconciliation
from tests.factories import CandidateFactory
from tests.integrations.greenhouse.tracked import fresh, press, send
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    return send(sandbox, connection)


def compare(connection: Connection) -> Reconciliation:
    row = enqueue_reconciliation(connection, by=None)
    for _ in range(20):
        Reconciliation.objects.filter(pk=row.pk).update(retry_at=None)  # waiting is over in no time
        if not engine.run(row.pk):
            break
    row.refresh_from_db()
    return row


def found(connection: Connection) -> list[tuple[str, str]]:
    rows = Finding.objects.filter(connection=connection).order_by("kind")
    return [(finding.kind, finding.state) for finding in rows]


def test_everything_there_once_then_finds_nothing(sandbox: SandboxProcess, sent: Export) -> None:
    row = compare(sent.connection)
    assert (row.state, row.checked, row.found_count, row.problem_code) == (ReconciliationState.SUCCEEDED, 1, 1, "")
    assert found(sent.connection) == []
    assert not CheckedPerson.objects.exists()


def test_missing_then_is_found_and_sent_again_once(sandbox: SandboxProcess, sent: Export, rita: User) -> None:
    other = send(sandbox, sent.connection, job=1)
    press(sandbox, sent, "delete")
    row = compare(sent.connection)
    assert (row.checked, row.found_count) == (2, 1)
    finding = Finding.objects.get()
    assert (finding.kind, finding.export) == ("missing", sent)
    assert reconciling.repair(finding, by=rita)
    finding.refresh_from_db()
    assert not reconciling.repair(finding, by=rita)
    export.run(sent.pk)
    again = fresh(sent)
    assert (again.state, again.application_remote_id != sent.application_remote_id) == (ExportState.SENT, True)
    twice = sandbox.duplicates()
    # The note of the application that was deleted stays with the person, as it should.
    assert (twice["people"], twice["applications"], twice["attachments"]) == ([], [], [])
    compare(sent.connection)
    assert found(sent.connection) == []
    assert fresh(other).state == ExportState.SENT


def test_moved_while_we_were_not_told_then_is_brought_up_to_date(sandbox: SandboxProcess, sent: Export) -> None:
    compare(sent.connection)  # the first reading ever is no news
    assert found(sent.connection) == []
    reason = sandbox.records("rejection_reasons")[0]["id"]
    answer = sandbox.api(
        "POST", f"/v3/applications/{sent.application_remote_id}/reject", json={"rejection_reason_id": reason}
    )
    assert answer.status_code == 204
    compare(sent.connection)
    assert found(sent.connection) == [("moved", FindingState.REPAIRED)]
    assert fresh(sent).remote_status == "rejected"
    compare(sent.connection)
    assert found(sent.connection) == []


def _twice(sandbox: SandboxProcess, sent: Export, what: str) -> None:
    def copy(collection: str, **wanted: Any) -> None:
        sandbox.copy_record(collection, sandbox.records(collection, **wanted)[0])

    if what == "twice_on_job":
        copy("applications", id=int(sent.application_remote_id))
    elif what == "two_people":
        copy("candidates", id=int(sent.candidate_remote_id))
    elif what == "note_twice":
        copy("notes", id=int(sent.note_remote_id))
    else:
        copy("attachments", application_id=int(sent.application_remote_id))


@pytest.mark.parametrize("what", ["twice_on_job", "two_people", "file_twice", "note_twice"])
def test_there_twice_then_is_found_and_stays_known(
    sandbox: SandboxProcess, connection: Connection, rita: User, what: str
) -> None:
    sent = send(sandbox, connection)
    if what == "file_twice":
        sent.files.create(type="resume", filename="Ada_Lovelace.pdf", remote_id="1")
        sandbox.add_record(
            "attachments",
            application_id=int(sent.application_remote_id),
            candidate_id=int(sent.candidate_remote_id),
            filename="Ada_Lovelace.pdf",
            type="resume",
        )
    _twice(sandbox, sent, what)
    compare(connection)
    finding = Finding.objects.get(kind=what)
    assert finding.export == sent
    assert not reconciling.can_be_repaired(finding)
    reconciling.decide(finding, FindingState.KNOWN, by=rita)
    compare(connection)
    finding.refresh_from_db()
    assert (finding.state, finding.decided_by) == (FindingState.KNOWN, rita)


def test_with_our_source_and_unknown_then_can_be_taken_up(sandbox: SandboxProcess, sent: Export, rita: User) -> None:
    person = sandbox.records("candidates")[-1]  # newest first: an old one, whom we did not send
    email = person["email_addresses"][0]["value"].lower()
    # Known to another employer by another name, which must stay there.
    CandidateFactory(email=email, first_name="Victoria", last_name="Hidden")
    answer = sandbox.api(
        "POST",
        "/v3/applications",
        json={
            "candidate_id": person["id"],
            "job_id": int(sent.greenhouse_job.remote_id),  # type: ignore[union-attr]
            "source_id": int(sent.connection.source_remote_id),
        },
    )
    assert answer.status_code == 201, answer.text
    compare(sent.connection)
    finding = Finding.objects.get(kind="unknown")
    assert reconciling.repair(finding, by=rita)
    taken = Application.objects.exclude(pk=sent.application_id).get()
    assert (taken.origin, taken.email) == (ApplicationOrigin.SOURCED, email)
    assert (taken.first_name, taken.last_name) == (person["first_name"], person["last_name"])
    assert taken.job == sent.application.job
    row = Export.objects.get(application=taken)
    assert (row.state, row.remote_status) == (ExportState.SENT, "in_process")
    compare(sent.connection)
    assert found(sent.connection) == []


def test_a_reading_that_shows_nothing_finds_nobody_missing(sandbox: SandboxProcess, sent: Export) -> None:
    sandbox.switches(non_admin_lists="empty")
    sandbox.set_user(ADMIN_EMAIL, site_admin=False)
    cache.clear()  # what proved a minute ago that we see something
    row = compare(sent.connection)
    assert (row.state, row.problem_code) == (ReconciliationState.FAILED, "not_site_admin")
    assert found(sent.connection) == []


def test_an_outage_in_the_middle_concludes_nothing_and_goes_on_later(sandbox: SandboxProcess, sent: Export) -> None:
    known = Finding.objects.create(connection=sent.connection, kind="missing", key="7")
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/candidates", "times": 1})
    row = enqueue_reconciliation(sent.connection, by=None)
    assert engine.run(row.pk)
    row.refresh_from_db()
    assert (row.is_open, row.progress["done"]) == (True, ["sent", "source"])
    assert Finding.objects.filter(pk=known.pk).exists()
    assert compare(sent.connection).pk == row.pk
    assert not Finding.objects.filter(pk=known.pk).exists()


def test_two_workers_then_one_compares_and_two_people_share_one_run(sandbox: SandboxProcess, sent: Export) -> None:
    row = enqueue_reconciliation(sent.connection, by=None)
    assert enqueue_reconciliation(sent.connection, by=None) == row
    Reconciliation.objects.update(lease_until=timezone.now() + engine.LEASE)
    before = len(sandbox.requests())
    assert not engine.run(row.pk)
    assert len(sandbox.requests()) == before


def test_a_disconnected_account_then_says_so(sandbox: SandboxProcess, sent: Export) -> None:
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    row = compare(sent.connection)
    assert (row.state, row.problem_code) == (ReconciliationState.FAILED, "disconnected")


def test_a_cursor_that_goes_in_a_circle_ends_it(sandbox: SandboxProcess, sent: Export) -> None:
    row = enqueue_reconciliation(sent.connection, by=None)
    Reconciliation.objects.update(progress={"done": ["sent"], "source_cursor": "again"})
    link = f'<{sandbox.url}/v3/applications?cursor=again>; rel="next"'
    with responses.RequestsMock() as http:
        http.add_passthru(f"{sandbox.url}/token")
        http.get(f"{sandbox.url}/v3/applications", json=[], headers={"Link": link})
        assert not engine.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem_code) == (ReconciliationState.FAILED, "unexpected_reply")


def test_send_again_when_somebody_is_there_again_leaves_them_alone(
    sandbox: SandboxProcess, sent: Export, rita: User
) -> None:
    press(sandbox, sent, "delete")
    compare(sent.connection)
    finding = Finding.objects.get()
    Export.objects.update(status="in_review", application_remote_id="4711")
    assert not reconciling.repair(finding, by=rita)
    assert fresh(sent).application_remote_id == "4711"


def test_take_up_when_they_were_sent_as_another_application_leaves_nothing_behind(
    sandbox: SandboxProcess, sent: Export, rita: User
) -> None:
    answer = sandbox.api("GET", "/v3/applications", params={"ids": sent.application_remote_id})
    other = sandbox.copy_record("applications", answer.json()[0])
    finding = Finding.objects.create(
        connection=sent.connection,
        kind="unknown",
        key="x",
        candidate_remote_ids=[sent.candidate_remote_id],
        application_remote_ids=[str(other["id"])],
    )
    before = Application.objects.count()
    assert not reconciling.repair(finding, by=rita)
    assert Application.objects.count() == before
