"""Writes of which nobody knows what became of them: they settle first, whoever presses what meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from accounts.models import User
from integrations import sending
from integrations.greenhouse import export
from integrations.greenhouse.client import GreenhouseClient
from integrations.models import Export, ExportState, GreenhouseJob
from tests.integrations.greenhouse.sending import ONCE, apply, arrived, attempt, owe
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def test_after_a_day_of_writes_without_an_answer_a_person_is_asked_and_send_again_reads_back_first(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    Export.objects.update(trying_since=timezone.now() - timedelta(days=2))
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/attachments"})
    assert (attempt(row).state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "too_many_attempts")
    assert row.step_in_flight == "file"
    assert sending.send_again(export=row)
    assert not Export.objects.claim(row.pk, lease=export.LEASE), "it settles first"
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_the_more_often_a_write_has_no_answer_the_longer_is_the_wait(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring), attempts=8)
    sandbox.faults({"kind": "reset_before", "method": "POST", "path": "/v3/candidates"})
    assert attempt(row).state == ExportState.UNKNOWN
    assert row.retry_at
    assert row.retry_at > timezone.now() + timedelta(minutes=5)


def test_a_worker_out_of_time_during_a_write_lets_it_settle_even_if_it_is_sent_again(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = owe(apply(hiring))
    write = GreenhouseClient.send_attachment

    def writing(client: GreenhouseClient, body: dict[str, Any]) -> Any:
        write(client, body)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(GreenhouseClient, "send_attachment", writing)
    assert (attempt(row).state, row.step_in_flight) == (ExportState.UNKNOWN, "file")
    monkeypatch.undo()
    settled_at = timezone.now() + timedelta(seconds=20)
    assert row.retry_at
    assert row.retry_at > settled_at
    assert sending.cancel_export(export=row, by=rita)
    assert sending.send_again(export=row)
    assert not Export.objects.claim(row.pk, lease=export.LEASE)
    row.refresh_from_db()
    assert row.lease_until
    assert row.lease_until > settled_at
    assert attempt(row).state == ExportState.SENT
    assert arrived(sandbox) == ONCE
