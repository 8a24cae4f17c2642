"""What a team decided about people whom it had moved by hand before Greenhouse was connected."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from integrations.models.connection import Connection


class HandOver(models.Model):
    """That the team keeps moving by hand whoever it had moved by hand until then. The last time it said so counts."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="hand_over")
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"Kept by hand: {self.connection_id}"
