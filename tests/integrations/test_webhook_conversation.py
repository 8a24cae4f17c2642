"""The sandbox delivers over real HTTP; what it tells of is read again through its API."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from integrations import sending, webhook_setup
from integrations.greenhouse import deliveries, export
from integrations.models import Connection, Export, WebhookDelivery, WebhookEndpoint
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    remote = next(row for row in sandbox.records("jobs", status="open") if not row["is_template"])
    job = GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]))
    link = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=job), job=JobFactory(employer=connection.employer)
    )
    row = sending.export_application(ApplicationFactory(job=link.job, first_name="Žofie <3"))
    assert row is not None
    export.run(row.pk)
    row.refresh_from_db()
    assert row.application_remote_id, (row.state, row.problem_code)
    return row


@pytest.fixture
def endpoint(sandbox: SandboxProcess, sent: Export, live_server: Any, settings: Any) -> WebhookEndpoint:
    """An endpoint that somebody pasted into the sandbox's Dev Center."""
    settings.BASE_URL = live_server.url
    secret = webhook_setup.create(sent.connection)
    assert secret is not None
    endpoint = WebhookEndpoint.objects.get()
    hooks = sandbox.add_webhook(webhook_setup.url_of(endpoint), secret, *webhook_setup.EVENTS, ping=True)
    assert not any(hook["deactivated"] for hook in hooks)
    return endpoint


def _work(endpoint: WebhookEndpoint) -> None:
    while deliveries.process(endpoint.pk):
        pass


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def _told(export_row: Export) -> list[str]:
    events = Export.objects.get(pk=export_row.pk).application.timeline.exclude(kind="note_added")
    return list(events.filter(origin="webhook").values_list("text", flat=True))


def test_pings_when_the_webhooks_are_made_then_answered_and_shown(endpoint: WebhookEndpoint) -> None:
    rows = WebhookDelivery.objects.values_list("event", "outcome", "state")
    assert set(rows) == {("ping", "ping", "done")}


def test_stage_when_moved_and_rejected_there_then_known_here_without_a_poll(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, sent: Export
) -> None:
    first, *_, last = sorted(
        sandbox.records("job_interview_stages", job_id=int(sent.greenhouse_job.remote_id)),
        key=lambda stage: stage["sort_order"],
    )
    number = len(sandbox.deliveries())
    sandbox.act(
        "applications", int(sent.application_remote_id), "move", from_stage_id=first["id"], to_stage_id=last["id"]
    )
    sandbox.settled(number + 1)
    _work(endpoint)
    row = Export.objects.select_related("application").get(pk=sent.pk)
    assert row.remote_stage == last["name"]
    assert WebhookDelivery.objects.filter(event="candidate_stage_change", outcome="read_again").exists()
    assert len(_told(sent)) == 1


def test_deliveries_when_repeated_tampered_and_reversed_then_it_ends_as_greenhouse_is(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, sent: Export
) -> None:
    application = int(sent.application_remote_id)
    number = len(sandbox.deliveries())
    sandbox.webhook_trouble({"kind": "hold", "times": 50})
    reason = next(row["id"] for row in sandbox.records("rejection_reasons"))
    sandbox.act("applications", application, "reject", rejection_reason_id=reason)
    sandbox.act("applications", application, "unreject")
    sandbox.control("DELETE", "webhooks/trouble")
    sandbox.release("reversed")
    rows = sandbox.settled(number + 2)
    sandbox.redeliver(rows[-1]["id"])
    sandbox.settled(len(rows) + 1)
    sandbox.redeliver(rows[-1]["id"], tamper=True)
    _until(lambda: WebhookEndpoint.objects.get().bad_signature_count == 1)
    _work(endpoint)
    row = Export.objects.get(pk=sent.pk)
    assert row.remote_status == "in_process"
    assert WebhookDelivery.objects.filter(repeats=1).exists()
    assert not WebhookDelivery.objects.exclude(state="done").exists()
    before = list(WebhookDelivery.objects.values_list("pk", "outcome", "done_at"))
    _work(endpoint)
    assert list(WebhookDelivery.objects.values_list("pk", "outcome", "done_at")) == before


def test_jobs_when_changed_there_then_a_reading_falls_due(
    sandbox: SandboxProcess, endpoint: WebhookEndpoint, sent: Export
) -> None:
    Connection.objects.update(sync_due_at=timezone.now())
    post = next(row for row in sandbox.records("job_posts", live=True) if not row["internal"])
    number = len(sandbox.deliveries())
    sandbox.act("job_posts", post["id"], "unpublish")
    sandbox.settled(number + 1)
    _work(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.jobs_due_at is not None
    assert endpoint.jobs_kind == "full"
