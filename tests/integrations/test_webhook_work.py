"""What a worker makes of deliveries: whom it reads again, what it leaves alone, what waits."""

from datetime import timedelta
from typing import Any

import pytest
import responses
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from integrations import sweeps
from integrations.fields import Secret
from integrations.greenhouse import deliveries
from integrations.greenhouse.hooks import EVENTS, hint_of, outcome_unread
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    ExportState,
    SyncRun,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.tasks import wake_due_webhooks
from tests.factories import ConnectionFactory, ExportFactory, WebhookDeliveryFactory, WebhookEndpointFactory
from tests.integrations.webhook_lines import body_of

pytestmark = pytest.mark.django_db
API = "https://harvest.greenhouse.io/v3"


@pytest.fixture
def endpoint(db: None) -> WebhookEndpoint:
    token = {"token": Secret.of("t"), "token_expires_at": timezone.now() + timedelta(hours=1)}
    return WebhookEndpointFactory(connection=ConnectionFactory(sync_due_at=timezone.now(), **token))


@pytest.fixture
def sent(endpoint: WebhookEndpoint) -> Export:
    return ExportFactory(
        greenhouse_job__connection=endpoint.connection,
        state=ExportState.SENT,
        candidate_remote_id="5",
        application_remote_id="7000000000",  # more than 32 bits
    )


def _told(endpoint: WebhookEndpoint, action: str, **payload: Any) -> WebhookDelivery:
    body = body_of(action, **payload)
    return WebhookDeliveryFactory(endpoint=endpoint, event=action, body=Secret.of(body.decode()))


def _now(row: WebhookDelivery) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.outcome


@responses.activate
def test_deliveries_when_nobody_of_ours_is_meant_then_greenhouse_is_not_asked(endpoint: WebhookEndpoint) -> None:
    stranger = ExportFactory(state=ExportState.SENT, candidate_remote_id="9", application_remote_id="8")
    rows = [
        _told(endpoint, "candidate_stage_change", application={"id": 8}),
        _told(endpoint, "update_candidate", candidate={"id": 9}),
        _told(endpoint, "reject_candidate", application={"id": "' OR 1=1"}),
        _told(endpoint, "hire_candidate", application=[1]),
        _told(endpoint, "merge_candidate", person={"id": True, "new_candidate_id": None}),
        _told(endpoint, "delete_candidate", person=None),
    ]
    assert stranger.connection_id != endpoint.connection_id
    assert deliveries.process(endpoint.pk) is False
    assert [_now(row) for row in rows] == [("done", "not_ours")] * 2 + [("done", "unused")] * 4


@responses.activate
def test_deliveries_when_they_mean_one_person_many_times_then_one_question(
    endpoint: WebhookEndpoint, sent: Export
) -> None:
    job_id = int(sent.greenhouse_job.remote_id)
    row = {"id": 7000000000, "candidate_id": 5, "job_id": job_id, "status": "in_process", "stage_name": "Onsite"}
    responses.get(f"{API}/applications", json=[row])
    responses.get(f"{API}/application_stages", json=[])
    for action in ("candidate_stage_change", "reject_candidate", "unreject_candidate"):
        _told(endpoint, action, application={"id": 7000000000, "status": "hired", "candidate": {"id": 5}})
    deliveries.process(endpoint.pk)
    asked = [call.request.url for call in responses.calls if "/applications" in str(call.request.url)]
    assert [str(url).count("7000000000") for url in asked] == [1]
    # Nothing was believed of what the bodies say.
    now = Export.objects.get(pk=sent.pk)
    assert (now.remote_status, now.remote_stage) == ("in_process", "Onsite")
    assert set(WebhookDelivery.objects.values_list("outcome", flat=True)) == {"read_again"}


@responses.activate
def test_deliveries_when_greenhouse_cannot_be_had_then_they_wait_and_come_back(
    endpoint: WebhookEndpoint, sent: Export
) -> None:
    responses.get(f"{API}/applications", status=503)
    row = _told(endpoint, "candidate_stage_change", application={"id": 7000000000})
    deliveries.process(endpoint.pk)
    assert _now(row) == ("waiting", "")
    assert row.retry_at is not None
    assert row.retry_at > timezone.now()
    assert endpoint.pk not in sweeps.due_webhooks()
    with time_machine.travel(row.retry_at + timedelta(seconds=1)):
        assert sweeps.due_webhooks() == [endpoint.pk]


@responses.activate
def test_deliveries_when_the_budget_is_spent_then_they_wait_until_it_opens(
    endpoint: WebhookEndpoint, sent: Export
) -> None:
    responses.get(f"{API}/applications", status=429, headers={"Retry-After": "20"})
    row = _told(endpoint, "candidate_stage_change", application={"id": 7000000000})
    deliveries.process(endpoint.pk)
    assert _now(row)[0] == "waiting"
    assert row.retry_at is not None
    assert timedelta(seconds=15) < row.retry_at - timezone.now() < timedelta(seconds=25)
    endpoint.connection.refresh_from_db()
    assert endpoint.connection.problem_code == ""


@responses.activate
def test_deliveries_when_the_connection_is_broken_then_they_wait(endpoint: WebhookEndpoint, sent: Export) -> None:
    row = _told(endpoint, "candidate_stage_change", application={"id": 7000000000})
    Connection.objects.update(state=ConnectionState.NEEDS_ATTENTION)
    assert sweeps.due_webhooks() == []
    deliveries.process(endpoint.pk)
    assert _now(row) == ("waiting", "")


def test_delivery_when_its_worker_is_killed_then_another_takes_it(endpoint: WebhookEndpoint) -> None:
    row = _told(endpoint, "job_updated", job={"id": 1})
    assert deliveries._claim(endpoint.pk)[0] == [row]  # and then nothing more of this worker
    assert deliveries.process(endpoint.pk) is False
    assert _now(row) == ("working", "")
    assert sweeps.due_webhooks() == []
    with time_machine.travel(timezone.now() + deliveries.LEASE + timedelta(seconds=1)):
        assert sweeps.due_webhooks() == [endpoint.pk]
        deliveries.process(endpoint.pk)
    assert _now(row) == ("done", "jobs_soon")


def test_delivery_when_nobody_was_woken_then_the_sweep_finds_it(endpoint: WebhookEndpoint) -> None:
    WebhookDeliveryFactory(endpoint=endpoint)
    assert sweeps.due_webhooks() == [endpoint.pk]


def test_jobs_when_told_of_many_times_then_one_reading_that_shows_enough(endpoint: WebhookEndpoint) -> None:
    _told(endpoint, "job_post_updated", id=3, live=True)
    deliveries.process(endpoint.pk)
    first = WebhookEndpoint.objects.get()
    assert first.jobs_kind == "changes"
    _told(endpoint, "job_post_deleted", job_post={"id": 4})
    _told(endpoint, "job_updated", job={"id": 2})
    deliveries.process(endpoint.pk)
    second = WebhookEndpoint.objects.get()
    assert (second.jobs_due_at, second.jobs_kind) == (first.jobs_due_at, "full")
    wake_due_webhooks()
    assert not SyncRun.objects.exists()
    with time_machine.travel(timezone.now() + deliveries.JOBS_WAIT + timedelta(seconds=1)):
        wake_due_webhooks()
        wake_due_webhooks()
    assert [run.kind for run in SyncRun.objects.all()] == ["full"]
    # While that reads, what is told of then waits for it to end.
    _told(endpoint, "job_updated", job={"id": 2})
    deliveries.process(endpoint.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert not sweeps.endpoints_told_of_jobs().exists()
        SyncRun.objects.update(state="succeeded")
        assert sweeps.endpoints_told_of_jobs().get() == endpoint


def test_jobs_when_the_reading_cannot_begin_then_what_was_told_is_kept(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, other = timezone.now(), WebhookEndpointFactory()
    WebhookEndpoint.objects.update(jobs_due_at=due)
    begin = SyncRun.objects.create

    def refuse_one(**values: Any) -> SyncRun:
        if values["connection"] == endpoint.connection:
            raise IntegrityError("the employer was deleted meanwhile")
        return begin(**values)

    monkeypatch.setattr(SyncRun.objects, "create", refuse_one)
    wake_due_webhooks()
    assert list(WebhookEndpoint.objects.exclude(jobs_due_at=None)) == [endpoint]
    assert SyncRun.objects.get().connection == other.connection, "nobody waits because of another"


def test_jobs_when_a_full_reading_is_asked_for_meanwhile_then_it_is_not_lost(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(jobs_due_at=timezone.now(), jobs_kind="changes")
    seen = sweeps.endpoints_told_of_jobs().get()
    WebhookEndpoint.objects.update(jobs_kind="full")
    assert not sweeps.take_jobs_told_of(seen)
    wake_due_webhooks()
    assert SyncRun.objects.get().kind == "full"


def test_jobs_when_none_were_ever_imported_then_none_are_read(endpoint: WebhookEndpoint) -> None:
    Connection.objects.update(sync_due_at=None)
    _told(endpoint, "job_updated", job={"id": 2})
    deliveries.process(endpoint.pk)
    assert WebhookEndpoint.objects.get().jobs_due_at is None


def test_bodies_go_after_a_week_and_rows_after_thirty_days_but_for_the_newest(endpoint: WebhookEndpoint) -> None:
    now = timezone.now()
    ages = {days: WebhookDeliveryFactory(endpoint=endpoint, body=Secret.of("{}")) for days in (40, 31, 8, 6)}
    for days, row in ages.items():
        WebhookDelivery.objects.filter(pk=row.pk).update(received_at=now - timedelta(days=days))
    lonely = WebhookDeliveryFactory(received_at=now - timedelta(days=90), state="done", outcome="ping")
    sweeps.forget_deliveries()
    sweeps.forget_deliveries()
    left = {row.pk: row for row in WebhookDelivery.objects.all()}
    assert set(left) == {ages[8].pk, ages[6].pk, lonely.pk}
    assert (bool(left[ages[8].pk].body), left[ages[8].pk].outcome) == (False, "dropped")
    assert (bool(left[ages[6].pk].body), left[ages[6].pk].state) == (True, "received")


def test_former_secret_when_its_time_is_over_then_forgotten(endpoint: WebhookEndpoint) -> None:
    endpoint.former_secret, endpoint.former_secret_until = Secret.of("old"), timezone.now() - timedelta(seconds=1)
    endpoint.save()
    sweeps.forget_deliveries()
    endpoint.refresh_from_db()
    assert (bool(endpoint.former_secret), endpoint.former_secret_until) == (False, None)


def test_events_that_are_asked_for_are_all_understood() -> None:
    assert [event for event in EVENTS if outcome_unread(event)] == []
    assert not hint_of("candidate_anonymized", body_of("candidate_anonymized", candidate_id=5)).is_empty
