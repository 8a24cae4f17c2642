"""An employer's webhook endpoint: made, given a new secret, switched off, deleted; and how it is doing."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from integrations.fields import Secret
from integrations.greenhouse.hooks import EVENTS
from integrations.models import Connection, CredentialKind, WebhookDelivery, WebhookEndpoint
from integrations.problems import PROBLEMS, Problem

NAME = "Purpose Jobs"  # what to call it in Greenhouse
SHOWN = 20
SILENT_AFTER = timedelta(days=3)
KEEP_DAYS = 7


def create(connection: Connection) -> str | None:
    """Make the endpoint of a connection and return its secret, which is shown this one time.

    Effects: one row. A partner's webhooks are then made by API, so that nobody needs the secret.
    Repeat: None; the endpoint that is there stays as it is.
    """
    secret = _new_secret()
    by_api = connection.credential_kind == CredentialKind.PARTNER
    try:
        with transaction.atomic():
            WebhookEndpoint.objects.create(
                connection=connection,
                key=secrets.token_urlsafe(32),
                secret=Secret.of(secret),
                is_registered_by_api=by_api,
                register_due_at=timezone.now() if by_api else None,
            )
    except IntegrityError:
        return None
    return secret


def ensure(connection: Connection) -> None:
    """Let a partner's webhooks be made, or looked after, soon; those made by hand stay.

    Effects: one row in the caller's transaction.
    """
    if not WebhookEndpoint.objects.filter(connection=connection).exists():
        create(connection)
    WebhookEndpoint.objects.filter(connection=connection, is_registered_by_api=True).update(
        register_due_at=timezone.now()
    )


def rotate(endpoint: WebhookEndpoint, *, keep_days: int = KEEP_DAYS) -> str:
    """Give an endpoint another secret and return it; the one until now stays good for some days, or none.

    Effects: one UPDATE; a secret before that is void at once, since there are never more than two. What was wrong with
        the webhooks until now is forgotten.
    """
    secret, now = _new_secret(), timezone.now()
    kept = {"former_secret": F("secret"), "former_secret_until": now + timedelta(days=keep_days)}
    gone: dict[str, Any] = {"former_secret": Secret(""), "former_secret_until": None}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        **(kept if keep_days else gone),
        secret=Secret.of(secret),
        rotated_at=now,
        rotated_events=[],
        problem_code="",
        problem_at=None,
        register_due_at=now if endpoint.is_registered_by_api else None,
    )
    endpoint.refresh_from_db()
    return secret


def switch(endpoint: WebhookEndpoint, *, on: bool) -> None:
    """Take deliveries, or answer them as if the endpoint were not there. Repeat: harmless."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(is_enabled=on)


def delete(endpoint: WebhookEndpoint) -> None:
    """Forget an endpoint with its secrets and deliveries."""
    endpoint.delete()


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def url_of(endpoint: WebhookEndpoint) -> str:
    """Where Greenhouse is to deliver."""
    return str(settings.BASE_URL) + reverse("webhook_intake", args=[endpoint.key])


@dataclass(frozen=True)
class WebhookStatus:
    """An endpoint as its card shows it."""

    endpoint: WebhookEndpoint | None
    deliveries: list[WebhookDelivery]

    name = NAME
    events = EVENTS
    keep_days = KEEP_DAYS

    @property
    def url(self) -> str:
        return url_of(self.endpoint) if self.endpoint else ""

    @property
    def last_at(self) -> datetime | None:
        return self.deliveries[0].received_at if self.deliveries else None

    @property
    def is_silent(self) -> bool:
        """True after days without a delivery, although there have been some."""
        return self.last_at is not None and self.last_at < timezone.now() - SILENT_AFTER

    @property
    def silent_days(self) -> int:
        return (timezone.now() - self.last_at).days if self.last_at else 0

    @property
    def problem(self) -> Problem | None:
        """What is wrong; a bad signature is a problem until a good one comes after it."""
        if self.endpoint is None or not self.endpoint.is_enabled:
            return None
        if self.endpoint.problem:
            return self.endpoint.problem
        bad_at = self.endpoint.bad_signature_at
        only_bad = bad_at is not None and (self.last_at is None or self.last_at < bad_at)
        return PROBLEMS["webhook_signature"] if only_bad else None

    @property
    def needs_https(self) -> bool:
        """True where Greenhouse will not deliver: it takes https addresses alone. The sandbox is not so strict."""
        is_real = settings.GREENHOUSE_HARVEST_URL.startswith("https://")
        return is_real and not settings.BASE_URL.startswith("https://")


def status_of(connection: Connection) -> WebhookStatus:
    """Collect what the card shows. Two queries."""
    endpoint = WebhookEndpoint.objects.filter(connection=connection).first()
    if endpoint is None:
        return WebhookStatus(None, [])
    newest = WebhookDelivery.objects.filter(endpoint=endpoint).defer("body")
    return WebhookStatus(endpoint, list(newest[:SHOWN]))
