"""Many people deleted in Greenhouse at once, with a budget that does not do for all of them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from integrations import webhook_setup
from integrations.budget import BudgetGate
from integrations.fields import Secret
from integrations.greenhouse import deliveries
from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.tracking import polling
from integrations.models import Connection, Export, WebhookDelivery, WebhookEndpoint
from tests.factories import WebhookDeliveryFactory
from tests.integrations.greenhouse.test_tracking_rounds import _many
from tests.integrations.greenhouse.tracked import poll, press, send
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db
REQUESTS = 40  # of the fifty in a window


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    return poll(send(sandbox, connection))


@pytest.fixture
def window(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked in one window of the budget; empty it to begin the next."""
    asked: list[str] = []

    def take(self: BudgetGate, call: Any) -> Any:
        if len(asked) >= REQUESTS:
            raise RateLimited("budget_spent", path=call.path, retry_after_seconds=0.01)
        if len(asked) % 20 == 0:
            sandbox.renew_limits()
        asked.append(call.path)
        return type("Taken", (), {"id": "", "taken_at": 0})()

    monkeypatch.setattr(BudgetGate, "take", take)
    monkeypatch.setattr(BudgetGate, "give_back", lambda *args: None)
    return asked


def _delete(rows: list[Export]) -> None:
    """Whatever Greenhouse had of these people is not there any more."""
    for n, row in enumerate(rows):
        ids = {"application_remote_id": str(880_000 + n), "candidate_remote_id": str(990_000 + n)}
        Export.objects.filter(pk=row.pk).update(**ids)


def _gone() -> int:
    return Export.objects.filter(status="gone").count()


def test_a_round_when_fifty_were_deleted_at_once_then_it_ends_and_none_is_looked_for_again(
    sandbox: SandboxProcess, sent: Export, window: list[str]
) -> None:
    _delete(_many(sandbox, sent, 49, jobs=1))
    gone = []
    for _ in range(6):
        window.clear()
        cache.clear()
        poll(sent)
        gone.append(_gone())
    assert gone == [10, 20, 30, 40, 49, 49]
    assert len(window) < 5, "and what is gone costs nothing more"


def test_look_ups_when_some_are_hidden_then_it_is_the_turn_of_the_others(
    sandbox: SandboxProcess, sent: Export, window: list[str]
) -> None:
    sandbox.switches(hidden_private_candidates=True)
    person = sandbox.records("candidates", id=int(sent.candidate_remote_id))[0]
    rows = _many(sandbox, sent, 22, jobs=1)
    _delete(rows)
    for row in rows[10:]:
        copy = sandbox.copy_record("candidates", person, email_addresses=[], private=True)
        Export.objects.filter(pk=row.pk).update(candidate_remote_id=str(copy["id"]))
    for _ in range(4):
        window.clear()
        poll(sent)
    assert set(Export.objects.filter(status="gone").values_list("pk", flat=True)) == {row.pk for row in rows[:10]}


def test_deliveries_when_sixty_were_deleted_at_once_then_each_window_brings_some_to_an_end(
    sandbox: SandboxProcess, sent: Export, window: list[str]
) -> None:
    _delete(_many(sandbox, sent, 60, jobs=1))
    webhook_setup.create(sent.connection)
    endpoint = WebhookEndpoint.objects.get()
    for n in range(60):
        body = json.dumps({"action": "delete_candidate", "payload": {"person": {"id": 990_000 + n}}})
        WebhookDeliveryFactory(endpoint=endpoint, event="delete_candidate", body=Secret.of(body))
    gone, done = [], []
    for _ in range(3):
        window.clear()
        cache.clear()
        WebhookDelivery.objects.exclude(state="done").update(retry_at=timezone.now())
        while deliveries.process(endpoint.pk):
            pass
        gone.append(_gone())
        done.append(WebhookDelivery.objects.filter(state="done", outcome="read_again").count())
    assert (gone[-1], done[-1]) == (60, 60)
    assert 0 < gone[0] < 60


def test_a_round_by_jobs_when_the_budget_ends_half_way_then_what_was_read_is_kept(
    sandbox: SandboxProcess, sent: Export
) -> None:
    rows = _many(sandbox, sent, 180, jobs=60)
    Connection.objects.update(polled_at=timezone.now() - timedelta(minutes=1))
    on_first = min(rows, key=lambda row: row.remote_job_id)
    press(sandbox, on_first, "reject", rejection_reason_id=sandbox.records("rejection_reasons")[0]["id"])
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/applications", "skip": 1, "times": 9})
    poll(sent)
    assert Export.objects.get(pk=on_first.pk).remote_status == "rejected"


def test_a_round_when_there_are_too_many_jobs_then_everybody_has_their_turn_by_id(
    sandbox: SandboxProcess, sent: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "REQUESTS_BY_JOB", 1)
    rows = _many(sandbox, sent, 120, jobs=60)
    Connection.objects.update(polled_at=timezone.now() - timedelta(minutes=1))
    for _ in range(3):
        sandbox.clear_requests()
        poll(sent)
        assert [call["path"] for call in sandbox.requests()] == ["/v3/applications"]
    began = {row.pk: row.tracked_at for row in rows}
    assert all(row.tracked_at > began[row.pk] for row in Export.objects.filter(pk__in=began))
