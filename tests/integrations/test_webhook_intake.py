"""The endpoint: who is believed, what is stored, what is answered."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.exceptions import OperationalError
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import webhook_rows
from integrations.fields import Secret
from integrations.greenhouse import deliveries
from integrations.models import ConnectionState, WebhookDelivery, WebhookEndpoint
from integrations.webhook_rows import OTHERS_WAIT
from purposejobs.body_limit import MOST_BYTES_OF_WEBHOOK
from tests.factories import WebhookEndpointFactory
from tests.integrations.webhook_lines import SECRET, body_of, deliver, signature_of

pytestmark = pytest.mark.django_db
BODY = body_of("candidate_stage_change", application={"id": 7, "candidate": {"first_name": "Žofie <3", "id": 5}})


@pytest.fixture
def endpoint(db: None) -> WebhookEndpoint:
    return WebhookEndpointFactory()


def _stored() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def test_delivery_when_signed_over_its_raw_bytes_then_stored_encrypted(endpoint: WebhookEndpoint) -> None:
    assert b"\\u003c3" in BODY
    assert b"\\u017d" in BODY
    assert deliver(endpoint.key, BODY, event_id="e-1") == 200
    row = _stored()
    assert (row.event, row.event_id, row.state) == ("candidate_stage_change", "e-1", "received")
    assert row.body.reveal() == BODY.decode()
    with database.cursor() as cursor:
        cursor.execute("SELECT body FROM integrations_webhookdelivery")
        assert "candidate" not in cursor.fetchone()[0]


def test_delivery_when_written_anew_then_its_signature_no_longer_fits(endpoint: WebhookEndpoint) -> None:
    rewritten = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    assert deliver(endpoint.key, rewritten, signature=signature_of(BODY)) == 401
    assert deliver(endpoint.key, rewritten) == 200


@pytest.mark.parametrize(
    "signature",
    ["", "sha256", "sha256 ", "sha1 " + "0" * 40, "sha256 é", signature_of(BODY, "another"), signature_of(BODY)[7:]]
    + [signature_of(BODY + b" "), signature_of(BODY, "")],
)
def test_delivery_when_badly_signed_then_refused_and_counted(endpoint: WebhookEndpoint, signature: str) -> None:
    assert deliver(endpoint.key, BODY, signature=signature) == 401
    endpoint.refresh_from_db()
    assert endpoint.bad_signature_count == 1
    assert endpoint.bad_signature_at is not None
    assert not WebhookDelivery.objects.exists()


def test_two_secrets_when_one_is_former_then_it_is_good_until_its_time(endpoint: WebhookEndpoint) -> None:
    endpoint.former_secret, endpoint.former_secret_until = Secret.of("old"), timezone.now() + timedelta(days=7)
    endpoint.save()
    bodies = [body_of("job_updated", job={"id": number}) for number in range(4)]
    assert deliver(endpoint.key, bodies[0]) == 200
    assert deliver(endpoint.key, bodies[1], signature=signature_of(bodies[1], "old")) == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert deliver(endpoint.key, bodies[2], signature=signature_of(bodies[2], "old")) == 401
        assert deliver(endpoint.key, bodies[3]) == 200


def test_delivery_when_it_comes_again_then_it_is_stored_once(endpoint: WebhookEndpoint) -> None:
    assert deliver(endpoint.key, BODY, event_id="e-1") == 200
    assert deliver(endpoint.key, BODY, event_id="e-1") == 200
    assert deliver(endpoint.key, BODY, event_id="e-2") == 200  # a retry under a new id
    assert deliver(endpoint.key, BODY) == 200
    assert _stored().repeats == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert deliver(endpoint.key, BODY, event_id="e-3") == 200  # it has happened again
    assert WebhookDelivery.objects.count() == 2


def test_delivery_when_another_endpoint_had_the_same_then_both_have_it(endpoint: WebhookEndpoint) -> None:
    other = WebhookEndpointFactory(secret=Secret.of("theirs"))
    assert deliver(endpoint.key, BODY, event_id="e-1") == 200
    assert deliver(other.key, BODY, event_id="e-1") == 401  # our secret is not theirs
    assert deliver(other.key, BODY, event_id="e-1", signature=signature_of(BODY, "theirs")) == 200
    assert [row.endpoint_id for row in WebhookDelivery.objects.order_by("pk")] == [endpoint.pk, other.pk]


@pytest.mark.parametrize(
    ("body", "event", "outcome"),
    [
        (body_of("ping", name="Purpose Jobs"), "ping", "ping"),
        (body_of("scorecard_deleted", scorecard={"id": 1}), "scorecard_deleted", "unused"),
        (body_of("something_new"), "something_new", "unused"),
        (b'{"payload":{"action":"hire_candidate"},"action":"ping"}', "ping", "ping"),
        (b'{"action": "ping","payload":{}}', "ping", "ping"),
        (b'{"action":7}', "", "unused"),
        (body_of("Not an event; DROP\x00TABLE"), "", "unused"),
        (body_of(["a", "list"]), "", "unused"),
        (b"[1, 2]", "", "unused"),
        (b"null", "", "unused"),
        (b"", "", "unused"),
        (b"\xff\xfe not json", "", "unused"),
        (b"[" * 100_000, "", "unused"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_delivery_when_there_is_nothing_to_read_then_it_is_taken_and_done(
    endpoint: WebhookEndpoint, body: bytes, event: str, outcome: str
) -> None:
    assert deliver(endpoint.key, body) == 200
    row = _stored()
    assert (row.event, row.outcome, row.state) == (event, outcome, "done")
    assert not row.body


def test_key_when_unknown_switched_off_or_disconnected_then_404(endpoint: WebhookEndpoint) -> None:
    assert deliver("no-such-key", BODY) == 404
    WebhookEndpoint.objects.update(is_enabled=False)
    assert deliver(endpoint.key, BODY) == 404
    WebhookEndpoint.objects.update(is_enabled=True)
    endpoint.connection.state = ConnectionState.DISCONNECTED
    endpoint.connection.save()
    assert deliver(endpoint.key, BODY) == 404
    assert not WebhookDelivery.objects.exists()
    endpoint.refresh_from_db()
    assert endpoint.bad_signature_count == 0


def test_endpoint_when_asked_otherwise_than_by_post_then_405(client: Client, endpoint: WebhookEndpoint) -> None:
    path = f"/greenhouse/hooks/{endpoint.key}/"
    assert {client.get(path).status_code, client.put(path).status_code, client.head(path).status_code} == {405}


def test_body_when_too_large_then_413(endpoint: WebhookEndpoint) -> None:
    assert deliver(endpoint.key, b" " * MOST_BYTES_OF_WEBHOOK) == 200
    assert deliver(endpoint.key, b" " * (MOST_BYTES_OF_WEBHOOK + 1)) == 413


def test_secret_when_it_fits_no_key_then_greenhouse_is_to_try_again(endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["bG9zdC1rZXktb2YtYW4taW5zdGFsbGF0aW9uLXRlc3Q="]
    assert deliver(endpoint.key, BODY) == 503
    endpoint.refresh_from_db()
    assert endpoint.bad_signature_count == 0


def test_broker_when_down_then_the_delivery_is_stored_all_the_same(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", down)
    assert deliver(endpoint.key, BODY) == 200
    assert _stored().state == "received"


def test_many_deliveries_when_nobody_has_begun_then_one_worker_is_called(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda _, args, **__: called.append(args))
    for number in range(3):
        deliver(endpoint.key, body_of("job_updated", job={"id": number}))
    assert called == [(endpoint.pk,)]
    deliveries.process(endpoint.pk)
    deliver(endpoint.key, BODY)
    assert called == [(endpoint.pk,)] * 2


def test_intake_when_the_endpoint_is_remembered_then_takes_one_statement_and_no_session(
    endpoint: WebhookEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    assert deliver(endpoint.key, body_of("job_updated", job={"id": 1})) == 200
    caplog.set_level("DEBUG")
    with CaptureQueriesContext(database) as seen:
        assert deliver(endpoint.key, BODY) == 200
    asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 1
    assert "django_session" not in " ".join(asked)
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in (endpoint.key, SECRET, "ofie", signature_of(BODY)[7:]):
        assert secret not in told


def test_intake_when_much_came_before_then_every_question_is_answered_by_an_index_of_its_own(
    endpoint: WebhookEndpoint,
) -> None:
    if database.vendor != "sqlite":
        pytest.skip("PostgreSQL goes by how much is there")
    deliver(endpoint.key, body_of("job_updated", job={"id": 1}))
    with CaptureQueriesContext(database) as seen:
        deliver(endpoint.key, BODY)
    store = next(query["sql"] for query in seen if "INSERT" in query["sql"])
    assert "webhook_delivery_same_body (endpoint_id=? AND digest=? AND received_at>?" in _plan(store, [])
    # SQLite does not tell how it goes about what is returned.
    assert "webhook_delivery_open" in _plan(OTHERS_WAIT, [endpoint.key, "0"]), "what is done is not gone through"


def _plan(sql: str, values: list[str]) -> str:
    with database.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        return " · ".join(row[3] for row in cursor.fetchall())


def test_secret_when_remembered_and_replaced_elsewhere_then_the_old_one_is_refused_at_once(
    endpoint: WebhookEndpoint,
) -> None:
    bodies = [body_of("job_updated", job={"id": number}) for number in range(5)]
    assert deliver(endpoint.key, bodies[0]) == 200
    WebhookEndpoint.objects.update(secret=Secret.of("new"))  # by another process: nothing here is told
    assert deliver(endpoint.key, bodies[1]) == 401
    assert deliver(endpoint.key, bodies[1], signature=signature_of(bodies[1], "new")) == 200
    WebhookEndpoint.objects.update(secret=Secret.of("new"))  # encrypted anew, as with another key
    assert deliver(endpoint.key, bodies[2], signature=signature_of(bodies[2], "new")) == 200
    WebhookEndpoint.objects.update(is_enabled=False)
    assert deliver(endpoint.key, bodies[3], signature=signature_of(bodies[3], "new")) == 404
    WebhookEndpoint.objects.update(is_enabled=True)
    assert deliver(endpoint.key, bodies[3], signature=signature_of(bodies[3], "new")) == 200
    WebhookEndpoint.objects.all().delete()
    assert deliver(endpoint.key, bodies[4], signature=signature_of(bodies[4], "new")) == 404


def test_endpoint_when_switched_off_between_looking_and_storing_then_greenhouse_is_to_try_again(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_then_switched_off(key: str, now: datetime) -> webhook_rows.Found | None:
        found = find(key, now)
        WebhookEndpoint.objects.update(is_enabled=False)
        return found

    find = webhook_rows.find
    monkeypatch.setattr(webhook_rows, "find", found_then_switched_off)
    assert deliver(endpoint.key, BODY) == 503
    assert not WebhookDelivery.objects.exists()
