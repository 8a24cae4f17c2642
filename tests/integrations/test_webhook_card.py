"""The card on the Integrations page: setting up, another secret, switching off, deleting."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from integrations.models import Connection, ConnectionState, WebhookDelivery, WebhookEndpoint
from integrations.webhook_setup import url_of
from tests.factories import ConnectionFactory, WebhookDeliveryFactory
from tests.integrations.webhook_lines import body_of, deliver, signature_of

PAGE = "/employers/lumen-robotics/settings/integrations/"
HOOK = f"{PAGE}webhook/"
ROTATE = {"webhook-keep_days_chosen": "7"}


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def secret(connection: Connection, as_alice: Client) -> str:
    """The endpoint is there, and this its secret."""
    return str(as_alice.post(HOOK).context["webhook_secret"])


def test_by_role(
    client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client, connection: Connection
) -> None:
    for path in (HOOK, f"{HOOK}secret/", f"{HOOK}switch/", f"{HOOK}repair/", f"{HOOK}delete/"):
        assert client.post(path, ROTATE).status_code == 302
        assert "/accounts/login/" in client.post(path, ROTATE)["Location"]
        assert as_charlie.post(path, ROTATE).status_code == 404
        assert as_bob.post(path, ROTATE).status_code == as_rita.post(path, ROTATE).status_code == 403
        assert as_alice.get(path).status_code == 405
        assert as_alice.post(path, ROTATE).status_code in (200, 302)
    assert not WebhookEndpoint.objects.exists()
    assert as_alice.post(f"{HOOK}delete/").status_code == 404
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert as_alice.post(HOOK).status_code == 404


def test_secret_when_made_then_shown_once_and_good(as_alice: Client, connection: Connection) -> None:
    page = as_alice.post(HOOK)
    secret, endpoint = page.context["webhook_secret"], WebhookEndpoint.objects.get()
    assert "no-store" in page["Cache-Control"]
    assert secret in page.text
    assert url_of(endpoint) in page.text
    assert len(endpoint.key) >= 22  # 128 bit and more
    again = as_alice.get(PAGE).text
    assert secret not in again
    assert url_of(endpoint) in again
    assert "No delivery yet" in again
    body = body_of("ping")
    assert deliver(endpoint.key, body, signature=signature_of(body, secret)) == 200
    assert "Delivering" in as_alice.get(PAGE).text


def test_endpoint_when_set_up_twice_then_it_stays(as_alice: Client, secret: str) -> None:
    key = WebhookEndpoint.objects.get().key
    assert as_alice.post(HOOK).status_code == 302
    assert WebhookEndpoint.objects.get().key == key


def test_colleague_then_sees_how_it_does_and_no_address(as_bob: Client, secret: str) -> None:
    WebhookDeliveryFactory(endpoint=WebhookEndpoint.objects.get(), event="hire_candidate", outcome="read_again")
    page = as_bob.get(PAGE).text
    assert "hire_candidate" in page
    assert WebhookEndpoint.objects.get().key not in page
    assert "New secret" not in page


@pytest.mark.parametrize(("days", "old_is_good"), [("7", 200), ("0", 401)])
def test_new_secret_then_the_old_one_is_good_for_as_long_as_was_chosen(
    as_alice: Client, secret: str, days: str, old_is_good: int
) -> None:
    page = as_alice.post(f"{HOOK}secret/", {"webhook-keep_days_chosen": days})
    new, key = page.context["webhook_secret"], WebhookEndpoint.objects.get().key
    assert new != secret
    one, two = body_of("job_updated", job={"id": 1}), body_of("job_updated", job={"id": 2})
    assert deliver(key, one, signature=signature_of(one, secret)) == old_is_good
    assert deliver(key, two, signature=signature_of(two, new)) == 200


def test_new_secret_when_the_time_is_nonsense_then_nothing_changes(as_alice: Client, secret: str) -> None:
    before = WebhookEndpoint.objects.get().secret.stored
    assert as_alice.post(f"{HOOK}secret/", {"webhook-keep_days_chosen": "soon"}).status_code == 200
    assert WebhookEndpoint.objects.get().secret.stored == before


def test_switched_off_then_refused_until_switched_on(as_alice: Client, secret: str) -> None:
    key, body = WebhookEndpoint.objects.get().key, body_of("ping")
    as_alice.post(f"{HOOK}switch/")
    assert deliver(key, body, signature=signature_of(body, secret)) == 404
    assert "Switched off" in as_alice.get(PAGE).text
    as_alice.post(f"{HOOK}switch/", {"on": "yes"})
    assert deliver(key, body, signature=signature_of(body, secret)) == 200


def test_deleted_then_all_of_it_is_gone(as_alice: Client, secret: str) -> None:
    WebhookDeliveryFactory(endpoint=WebhookEndpoint.objects.get())
    as_alice.post(f"{HOOK}delete/")
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_signatures_when_only_bad_ones_come_then_it_says_so_until_a_good_one(as_alice: Client, secret: str) -> None:
    key, body = WebhookEndpoint.objects.get().key, body_of("ping")
    deliver(key, body, signature=signature_of(body, "the old one"))
    page = as_alice.get(PAGE).text
    assert "Code: webhook_signature" in page
    assert "Bad signatures" in page
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        deliver(key, body, signature=signature_of(body, secret))
    assert "Code: webhook_signature" not in as_alice.get(PAGE).text


def test_silence_when_it_lasts_three_days_then_said(as_alice: Client, secret: str) -> None:
    WebhookDeliveryFactory(
        endpoint=WebhookEndpoint.objects.get(), received_at=timezone.now() - timedelta(days=3, hours=1)
    )
    assert "None for 3 days" in as_alice.get(PAGE).text


def test_connection_when_taken_apart_then_an_endpoint_made_by_hand_waits(as_alice: Client, secret: str) -> None:
    key, body = WebhookEndpoint.objects.get().key, body_of("ping")
    as_alice.post(f"{PAGE}disconnect/")
    assert deliver(key, body, signature=signature_of(body, secret)) == 404
    Connection.objects.update(state=ConnectionState.ACTIVE)
    assert deliver(key, body, signature=signature_of(body, secret)) == 200
