"""A one-time link for the colleague who may create the credential in Greenhouse."""

from datetime import datetime
from typing import Self

from django.db import models

from accounts.models import Employer, Invitation, InvitationQuerySet


class SetupInvitationQuerySet(InvitationQuerySet["SetupInvitation"]):
    def usable(self, now: datetime) -> Self:
        return super().usable(now).filter(used_at=None)


class SetupInvitation(Invitation):
    """Lets whoever holds the key paste a credential for one employer, once, without an account."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="setup_invitations")
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SetupInvitationQuerySet.as_manager()

    class Meta(Invitation.Meta):
        pass
