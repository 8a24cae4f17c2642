"""The report page: by role, its words, what is pressed; and when it is due by itself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from integrations import sweeps
from integrations.models import (
    Connection,
    Export,
    ExportState,
    Finding,
    FindingState,
    Reconciliation,
    ReconciliationState,
)
from tests.factories import ConnectionFactory, ExportFactory

PAGE = "/employers/lumen-robotics/exports/check/"


@pytest.fixture
def sent(employer: Employer) -> Export:
    connection = ConnectionFactory(employer=employer)
    return ExportFactory(
        greenhouse_job__connection=connection,
        application__employer=employer,
        state=ExportState.SENT,
        candidate_remote_id="771",
        application_remote_id="881",
        status="gone",
    )


@pytest.fixture
def finding(sent: Export) -> Finding:
    now = timezone.now()
    report = Reconciliation.objects.create(
        connection=sent.connection, state=ReconciliationState.SUCCEEDED, checked=2, found_count=1, finished_at=now
    )
    return Finding.objects.create(
        connection=sent.connection,
        kind="missing",
        key="1",
        export=sent,
        candidate_remote_ids=["771"],
        application_remote_ids=["881"],
        seen_in=report,
    )


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, finding: Finding) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == 404
    assert as_bob.get(PAGE).status_code == as_rita.get(PAGE).status_code == 200
    for address in (f"{PAGE}start/", f"{PAGE}{finding.pk}/"):
        assert client.post(address).status_code == 302
        assert as_charlie.post(address).status_code == 404
        assert as_bob.post(address).status_code == 403
        assert as_rita.get(address).status_code == 405


def test_page_then_says_what_was_found_and_what_to_do(as_rita: Client, as_bob: Client, finding: Finding) -> None:
    page = as_rita.get(PAGE).text
    assert "1 of 2 sent people found in Greenhouse" in page
    assert "Sent and missing" in page
    assert "/people/771" in page
    assert "Send again" in page
    assert "Send again" not in as_bob.get(PAGE).text


def test_page_when_findings_grow_then_asks_no_more(
    as_bob: Client, finding: Finding, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        export = ExportFactory(greenhouse_job__connection=finding.connection)
        Finding.objects.create(connection=finding.connection, kind="missing", key=f"n{number}", export=export)
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        assert as_bob.get(PAGE).status_code == 200


def test_decide_then_repairs_or_remembers(as_rita: Client, rita: User, finding: Finding, sent: Export) -> None:
    as_rita.post(f"{PAGE}{finding.pk}/", {"do": "known"})
    finding.refresh_from_db()
    assert (finding.state, finding.decided_by) == (FindingState.KNOWN, rita)
    as_rita.post(f"{PAGE}{finding.pk}/", {"do": "open"})
    assert "Repaired." in as_rita.post(f"{PAGE}{finding.pk}/", {"do": "repair"}, follow=True).text
    sent.refresh_from_db()
    assert (sent.state, sent.former_application_ids) == (ExportState.PENDING, ["881"])
    assert "nothing to repair" in as_rita.post(f"{PAGE}{finding.pk}/", {"do": "repair"}, follow=True).text


def test_finding_of_another_employer_then_is_not_there(as_rita: Client, finding: Finding) -> None:
    other = Finding.objects.create(connection=ConnectionFactory(), kind="missing", key="9")
    assert as_rita.post(f"{PAGE}{other.pk}/", {"do": "known"}).status_code == 404


def test_start_then_one_check_is_open_and_shown(as_rita: Client, sent: Export) -> None:
    for _ in range(2):
        as_rita.post(f"{PAGE}start/")
    assert Reconciliation.objects.count() == 1
    assert "0 of 0 people checked" in as_rita.get(PAGE).text


@pytest.mark.parametrize(
    ("hours_ago", "is_its_hour", "is_due"),
    [
        (None, True, True),
        (None, False, False),
        (10, True, False),
        (20, True, True),
        (20, False, False),
        (40, False, True),
    ],
)
def test_due_once_a_night_in_its_own_hour(sent: Export, hours_ago: int | None, is_its_hour: bool, is_due: bool) -> None:
    hour = sent.connection_id % 6 if is_its_hour else 12
    with time_machine.travel(datetime(2026, 11, 23, hour, 30, tzinfo=UTC), tick=False):
        Connection.objects.update(broken_since=None)
        if hours_ago is not None:
            row = Reconciliation.objects.create(connection=sent.connection, state=ReconciliationState.SUCCEEDED)
            Reconciliation.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours_ago))
        assert bool(sweeps.due_reconciliations()) is is_due


def test_forgotten_when_nobody_holds_it(sent: Export) -> None:
    row = Reconciliation.objects.create(connection=sent.connection, state=ReconciliationState.RUNNING)
    assert sweeps.forgotten_reconciliations() == [row.pk]
    Reconciliation.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert sweeps.forgotten_reconciliations() == []
