"""A one-time link for the colleague who may create the credential in Greenhouse."""

from datetime import datetime

from django.db import models

from accounts.models import Employer, User


class SetupInvitationQuerySet(models.QuerySet["SetupInvitation"]):
    def usable(self, now: datetime) -> "SetupInvitationQuerySet":
        return self.filter(used_at=None, expires_at__gt=now)


class SetupInvitation(models.Model):
    """Lets whoever holds the key paste a credential for one employer, once, without an account.

    Only a hash of the key is kept, so that a copy of the database opens nothing.
    """

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="setup_invitations")
    email = models.EmailField()
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SetupInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.email} for {self.employer}"
