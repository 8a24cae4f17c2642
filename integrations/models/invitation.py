"""A one-time link for the colleague who may create the credential in Greenhouse."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import Employer, Membership, Role, User


class SetupInvitationQuerySet(models.QuerySet["SetupInvitation"]):
    def usable(self, now: datetime) -> "SetupInvitationQuerySet":
        """Those still open whose inviter may still invite: a right that was taken away takes its links along."""
        inviter = Membership.objects.filter(
            user=OuterRef("invited_by"), employer=OuterRef("employer"), role=Role.ADMIN, user__is_active=True
        )
        return self.filter(Exists(inviter), used_at=None, expires_at__gt=now)


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
