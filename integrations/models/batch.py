"""Many people sent at once, and what became of each."""

import uuid

from django.db import models
from django.urls import reverse

from accounts.models import User
from candidates.models import Application
from integrations.models.connection import Connection
from integrations.models.export import Export


class Outcome(models.TextChoices):
    """What asking for one person led to. What then happens to them, their export says."""

    REQUESTED = "requested", "To be sent"
    ALREADY = "already", "Asked for before"
    SAME_PERSON = "same_person", "Chosen twice"
    NOT_CONNECTED = "not_connected", "Not connected"


class Batch(models.Model):
    """People whom somebody sent to Greenhouse with one press of a button. The work itself is in the exports."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Of the form: pressed twice, it sends once.")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="batches")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.TextField(help_text="Where they were to go, in words.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.to}, {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.connection.employer.slug, self.pk])


class BatchEntry(models.Model):
    """One person of a batch."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="entries")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    export = models.ForeignKey(Export, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=15, choices=Outcome.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "batch entries"
        constraints = [models.UniqueConstraint(fields=["batch", "application"], name="batch_entry_unique")]

    def __str__(self) -> str:
        return str(self.application)
