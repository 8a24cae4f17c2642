"""An employer's authorised link to one Greenhouse account, and what is wrong with it, if anything."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Employer, User
from integrations.fields import SecretField
from integrations.greenhouse.scopes import REASONS
from integrations.problems import CONSENT_HELPS, NEEDS_A_PERSON, OUTAGES, PROBLEMS, Problem, of_consent

PAUSE_AFTER = timedelta(days=3)


class WithProblem(models.Model):
    """A row that can be in trouble: a code here, its wording in `problems.py`."""

    problem_code = models.CharField(max_length=40, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def problem(self) -> Problem | None:
        """None also for a code that an older release wrote and this one no longer knows."""
        return PROBLEMS.get(self.problem_code)

    def set_problem(self, code: str) -> None:
        """Name the trouble; an unknown code is a bug and raises KeyError."""
        self.problem_code, self.problem_at = PROBLEMS[code].code, timezone.now()

    def clear_problem(self) -> None:
        self.problem_code, self.problem_at = "", None


class CredentialKind(models.TextChoices):
    OAUTH = "oauth", "Harvest V3 (OAuth)"
    API_KEY = "api_key", "API Key"
    PARTNER = "partner", "Connect with Greenhouse"


class ReopenRule(models.TextChoices):
    """What becomes of a job that was live, was closed by Greenhouse, and is back there."""

    LIVE = "live", "Put it live again"
    OFF = "off", "Keep it off"
    ASK = "ask", "Ask us"


class AnonymiseRule(models.TextChoices):
    """What becomes of our copy of a person who was anonymized in Greenhouse."""

    KEEP = "keep", "Keep our copy"
    FOLLOW = "follow", "Anonymize our copy too"


class ConnectionState(models.TextChoices):
    """checking → active ⇄ needs_attention → disconnected."""

    CHECKING = "checking", "Checking"
    ACTIVE = "active", "Active"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    DISCONNECTED = "disconnected", "Disconnected"


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def not_paused(self, now: datetime) -> "ConnectionQuerySet":
        """Those that were not broken for so long that we stopped asking (`Connection.is_paused`)."""
        return self.filter(Q(broken_since=None) | Q(broken_since__gt=now - PAUSE_AFTER))


class Connection(WithProblem):
    """An employer's authorised link to one Greenhouse account.

    `credential_no` counts the credentials it has had: what a worker learned with an old one must not be written
    beside a new one, nor into a connection that was disconnected meanwhile. So every such write is conditional on it.
    """

    employer = models.OneToOneField(Employer, on_delete=models.CASCADE, related_name="connection")
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.CHECKING)
    credential_kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    client_id = models.CharField(max_length=200, blank=True)
    secret = SecretField()
    secret_last4 = models.CharField(max_length=4, blank=True)
    credential_no = models.PositiveIntegerField(default=1, editable=False)
    refresh_token = SecretField()
    refreshed_at = models.DateTimeField(null=True, blank=True, editable=False)
    granted_scopes = models.JSONField(
        null=True, blank=True, help_text="Those we need and were seen to have; empty while nobody has looked."
    )
    refused_scopes = models.JSONField(
        default=list, blank=True, help_text="Missing at the last check-up, or refused since."
    )
    email = models.EmailField(blank=True)
    acts_as_service_user = models.BooleanField(default=False)
    acting_user_remote_id = models.CharField(max_length=40, blank=True)
    acting_user_name = models.CharField(max_length=300, blank=True)
    organization_remote_id = models.CharField(max_length=40, blank=True)
    organization_name = models.CharField(max_length=300, blank=True)
    source_remote_id = models.CharField(max_length=40, blank=True)
    source_name = models.CharField(max_length=300, blank=True)
    source_is_chosen = models.BooleanField(default=False, help_text="A person chose it, so no check-up changes it.")
    token = SecretField()
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField("last complete sync", null=True, blank=True)
    full_synced_at = models.DateTimeField("last full sync", null=True, blank=True)
    surveyed_at = models.DateTimeField("last look at what is not listed", null=True, blank=True)
    changes_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the last complete reading began."
    )
    import_saved_at = models.DateTimeField(null=True, blank=True, help_text="When somebody last chose what to import.")
    sync_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: the installation's default.")
    reopen_rule = models.CharField(max_length=10, choices=ReopenRule.choices, default=ReopenRule.LIVE)
    employment_type_key = models.CharField(
        max_length=255, default="employment_type", blank=True, help_text="The custom field of Greenhouse jobs."
    )
    remote_key = models.CharField(
        max_length=255, blank=True, help_text="The custom field that says remote. Empty: the location's words say it."
    )
    anonymise_rule = models.CharField(max_length=10, choices=AnonymiseRule.choices, default=AnonymiseRule.KEEP)
    sync_due_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    poll_due_at = models.DateTimeField(default=timezone.now)
    broken_since = models.DateTimeField(null=True, blank=True)
    recovered_at = models.DateTimeField(null=True, blank=True, help_text="When it last became well again.")
    told_broken_at = models.DateTimeField(null=True, blank=True, help_text="When the admins were written to.")
    told_stuck_at = models.DateTimeField(
        null=True, blank=True, help_text="When the admins were last asked about exports that need a person."
    )
    tell_not_before = models.DateTimeField(null=True, blank=True, editable=False)
    disconnected_at = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ConnectionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Greenhouse of {self.employer}"

    @property
    def is_active(self) -> bool:
        return self.state == ConnectionState.ACTIVE

    def mark_trouble(self, code: str) -> None:
        """Note a problem; one that only a person can repair also stops the background work.

        Effects: one conditional UPDATE. It cannot revive a connection that was disconnected meanwhile, speak of a
        credential that was replaced, or hide what a person must repair behind what passes by itself.
        """
        code = of_consent(code) if self.credential_kind == CredentialKind.PARTNER else code
        self.set_problem(code)
        assert self.problem_at is not None  # noqa: S101 - for the type checker
        changes: dict[str, Any] = {"problem_code": code, "problem_at": self.problem_at}
        states = [ConnectionState.CHECKING, ConnectionState.ACTIVE]
        if code in NEEDS_A_PERSON:
            states.append(ConnectionState.NEEDS_ATTENTION)
            self.state = changes["state"] = ConnectionState.NEEDS_ATTENTION
        if code in NEEDS_A_PERSON or code in OUTAGES:
            self.broken_since = self.broken_since or self.problem_at
            changes["broken_since"] = Coalesce("broken_since", self.problem_at)
        self.with_this_credential().filter(state__in=states).update(**changes)

    def mark_answering(self) -> None:
        """Clear what passes by itself, because Greenhouse has just answered a worker as it should.

        What only a person can repair stays: it was found while that worker was still asking, and only a check-up,
        which asks for everything, can tell that it is gone. Repeat: harmless.
        """
        self._save_well(self.with_this_credential().filter(state=ConnectionState.ACTIVE))

    def mark_well(self) -> None:
        """Make the connection active again, because a check-up found nothing wrong. Repeat: harmless."""
        self.state = ConnectionState.ACTIVE
        self._save_well(self.with_this_credential().exclude(state=ConnectionState.DISCONNECTED))

    def become_well(self) -> None:
        """Set, but do not save, what a connection looks like that a new credential has just made or repaired."""
        if self.broken_since or self.disconnected_at:
            self.recovered_at = timezone.now()
        self.state = ConnectionState.ACTIVE
        self.clear_problem()
        self.broken_since = self.disconnected_at = None
        self.credential_no += 1

    def _save_well(self, rows: models.QuerySet["Connection"]) -> None:
        was_broken = When(broken_since__isnull=False, then=Value(timezone.now()))
        rows.update(
            state=ConnectionState.ACTIVE,
            problem_code="",
            problem_at=None,
            recovered_at=Case(was_broken, default=F("recovered_at")),
            broken_since=None,
        )
        self.clear_problem()
        self.broken_since = None

    def with_this_credential(self) -> models.QuerySet["Connection"]:
        """This row, as long as nobody has replaced or taken away the credential that we read with it."""
        return Connection.objects.filter(pk=self.pk, credential_no=self.credential_no)

    def may(self, *scopes: str) -> bool:
        """Tell whether these scopes are worth trying; one that nobody could see is."""
        return not set(scopes).intersection(self.refused_scopes)

    def note_refused(self, scope: str) -> None:
        """Remember that Greenhouse refused an optional step, so that it is left out from now on.

        Of two workers at once one may lose; its scope is then refused, and noted, at the next use.
        Repeat: harmless.
        """
        self.refused_scopes = sorted({*self.refused_scopes, scope})
        self.with_this_credential().update(refused_scopes=self.refused_scopes)

    @property
    def sees_reasons(self) -> bool:
        return self.may(*REASONS.scopes)

    @property
    def source_is_gone(self) -> bool:
        """True while the chosen source is not in Greenhouse's list any more; people are sent without one."""
        return self.source_is_chosen and bool(self.source_name) and not self.source_remote_id

    @property
    def paused_since(self) -> datetime | None:
        """Since when background work has stopped asking, because it was in vain for three days; else None."""
        if self.state == ConnectionState.DISCONNECTED or self.broken_since is None:
            return None
        paused_at = self.broken_since + PAUSE_AFTER
        return paused_at if paused_at <= timezone.now() else None

    @property
    def is_paused(self) -> bool:
        return self.paused_since is not None

    @property
    def wants_consent(self) -> bool:
        """True while *Connect with Greenhouse* is the button that repairs it."""
        return self.problem_code in CONSENT_HELPS

    @property
    def is_connected(self) -> bool:
        """True while the employer means us to work with Greenhouse, even if something is wrong now."""
        return self.state in (ConnectionState.ACTIVE, ConnectionState.NEEDS_ATTENTION)
