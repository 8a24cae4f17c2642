"""An employer's authorised link to one Greenhouse account, and what is wrong with it, if anything."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Employer, User
from integrations.fields import Secret, SecretField
from integrations.problems import NEEDS_A_PERSON, PROBLEMS, Problem


class WithProblem(models.Model):
    """A row that can be in trouble: a code here, its wording in `problems.py`."""

    problem_code = models.CharField(max_length=40, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def problem(self) -> Problem | None:
        return PROBLEMS[self.problem_code] if self.problem_code else None

    def set_problem(self, code: str) -> None:
        """Name the trouble; an unknown code is a bug and raises KeyError."""
        self.problem_code, self.problem_at = PROBLEMS[code].code, timezone.now()

    def clear_problem(self) -> None:
        self.problem_code, self.problem_at = "", None


class CredentialKind(models.TextChoices):
    OAUTH = "oauth", "Harvest V3 (OAuth)"
    API_KEY = "api_key", "API Key"
    PARTNER = "partner", "Connect with Greenhouse"


class ConnectionState(models.TextChoices):
    """checking → active ⇄ needs_attention → disconnected."""

    CHECKING = "checking", "Checking"
    ACTIVE = "active", "Active"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    DISCONNECTED = "disconnected", "Disconnected"


class Connection(WithProblem):
    """An employer's authorised link to one Greenhouse account."""

    employer = models.OneToOneField(Employer, on_delete=models.CASCADE, related_name="connection")
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.CHECKING)
    credential_kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    client_id = models.CharField(max_length=200, blank=True)
    secret = SecretField()
    secret_last4 = models.CharField(max_length=4, blank=True)
    refresh_token = SecretField()
    refreshed_at = models.DateTimeField(null=True, blank=True, editable=False)
    granted_scopes = models.JSONField(
        null=True, blank=True, help_text="As Greenhouse last listed them; empty while it has not."
    )
    email = models.EmailField(blank=True)
    acts_as_service_user = models.BooleanField(default=False)
    acting_user_remote_id = models.CharField(max_length=40, blank=True)
    acting_user_name = models.CharField(max_length=300, blank=True)
    organization_remote_id = models.CharField(max_length=40, blank=True)
    organization_name = models.CharField(max_length=300, blank=True)
    source_remote_id = models.CharField(max_length=40, blank=True)
    source_name = models.CharField(max_length=300, blank=True)
    token = SecretField()
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField("last complete sync", null=True, blank=True)
    sync_due_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    poll_due_at = models.DateTimeField(default=timezone.now)
    broken_since = models.DateTimeField(null=True, blank=True)
    told_broken_at = models.DateTimeField(null=True, blank=True, help_text="When the admins were written to.")
    disconnected_at = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Greenhouse of {self.employer}"

    @property
    def is_active(self) -> bool:
        return self.state == ConnectionState.ACTIVE

    def forget_token(self) -> None:
        """Make the next worker get a new token."""
        Connection.objects.filter(pk=self.pk).update(token=Secret(""), token_expires_at=None)

    def mark_trouble(self, code: str) -> None:
        """Note a problem; one that only a person can repair also stops the background work.

        Effects: one conditional UPDATE, so that it cannot revive a connection that was disconnected meanwhile.
        """
        self.set_problem(code)
        changes: dict[str, Any] = {"problem_code": code, "problem_at": self.problem_at}
        if code in NEEDS_A_PERSON:
            self.state = changes["state"] = ConnectionState.NEEDS_ATTENTION
        Connection.objects.filter(pk=self.pk, state=ConnectionState.ACTIVE).update(**changes)

    def mark_well(self) -> None:
        """Clear the problem, because Greenhouse has just answered as it should. Repeat: harmless."""
        self.clear_problem()
        self.state = ConnectionState.ACTIVE
        Connection.objects.filter(pk=self.pk).exclude(state=ConnectionState.DISCONNECTED).update(
            state=ConnectionState.ACTIVE, problem_code="", problem_at=None
        )

    @property
    def is_connected(self) -> bool:
        """True while the employer means us to work with Greenhouse, even if something is wrong now."""
        return self.state in (ConnectionState.ACTIVE, ConnectionState.NEEDS_ATTENTION)
