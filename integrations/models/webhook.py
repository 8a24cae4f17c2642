"""Where Greenhouse tells us what happens there, and what it has told."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.fields import SecretField
from integrations.models.connection import Connection, WithProblem
from integrations.models.sync import SyncKind


class WebhookEndpoint(WithProblem):
    """The address that one connection's Greenhouse delivers to.

    The key only finds the row: a delivery is believed by its signature, made with one of the two secrets.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="webhook")
    key = models.CharField(max_length=64, unique=True, editable=False)
    secret = SecretField()
    former_secret = SecretField()
    former_secret_until = models.DateTimeField(null=True, blank=True, help_text="Until then both secrets are good.")
    is_enabled = models.BooleanField(default=True)
    is_registered_by_api = models.BooleanField(default=False, help_text="We make and repair its webhooks ourselves.")
    register_due_at = models.DateTimeField(null=True, blank=True, help_text="When to look after its webhooks next.")
    registered_at = models.DateTimeField(null=True, blank=True, help_text="When all its webhooks were last seen well.")
    jobs_due_at = models.DateTimeField(null=True, blank=True, help_text="When to read jobs because of deliveries.")
    jobs_kind = models.CharField(max_length=10, choices=SyncKind.choices, default=SyncKind.CHANGES)
    bad_signature_count = models.PositiveIntegerField(default=0)
    bad_signature_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    rotated_events = models.JSONField(
        default=list, blank=True, help_text="Those whose webhook was given the secret of that moment."
    )

    def __str__(self) -> str:
        return f"Webhook endpoint of {self.connection}"

    @property
    def has_two_secrets(self) -> bool:
        until = self.former_secret_until
        return bool(self.former_secret) and until is not None and until > timezone.now()


class DeliveryState(models.TextChoices):
    """received → working → done, with waiting in between while Greenhouse cannot be asked."""

    RECEIVED = "received", "Received"
    WORKING = "working", "Being read"
    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"


class DeliveryOutcome(models.TextChoices):
    """What came of a delivery."""

    READ_AGAIN = "read_again", "Read again"
    JOBS_SOON = "jobs_soon", "Jobs are read"
    NOT_OURS = "not_ours", "Nobody you sent"
    UNUSED = "unused", "Not needed"
    PING = "ping", "Ping answered"
    DROPPED = "dropped", "Not read in time"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, now: datetime) -> "WebhookDeliveryQuerySet":
        """Those to be worked on: new ones, those put off until now, and those whose worker died."""
        put_off = Q(state=DeliveryState.WAITING, retry_at__lte=now)
        abandoned = Q(state=DeliveryState.WORKING, lease_until__lt=now)
        return self.filter(Q(state=DeliveryState.RECEIVED) | put_off | abandoned)


class WebhookDelivery(models.Model):
    """One thing Greenhouse told, kept until it is worked on; its body is a hint of what to read again, no more."""

    # No index of its own: all below begin with it, and each is written to by every delivery.
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=60, blank=True, help_text="Empty: it named none.")
    event_id = models.CharField("Greenhouse-Event-ID", max_length=64, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    body = SecretField()
    body_dropped_at = models.DateTimeField(null=True, blank=True, help_text="When what it said was deleted here.")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.RECEIVED)
    outcome = models.CharField(max_length=12, choices=DeliveryOutcome.choices, blank=True)
    repeats = models.PositiveIntegerField(default=0, help_text="How often it came once more.")
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"], condition=~Q(event_id=""), name="webhook_delivery_unique"
            )
        ]
        indexes = [
            # All three: with two, SQLite goes through a whole day by the next one to find a body that came before.
            models.Index(fields=["endpoint", "digest", "received_at"], name="webhook_delivery_same_body"),
            models.Index(fields=["endpoint", "received_at"], name="webhook_delivery_received"),
            models.Index(fields=["endpoint", "retry_at"], condition=~Q(state="done"), name="webhook_delivery_open"),
        ]

    def __str__(self) -> str:
        return f"{self.event or 'Unnamed event'} ({self.state})"
