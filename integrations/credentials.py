"""From a stored credential to a bearer token that all workers share, and to a client."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local

import requests
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from requests.adapters import HTTPAdapter

from integrations import grants
from integrations.budget import Budget, BudgetGate, Priority
from integrations.fields import Secret
from integrations.greenhouse import auth
from integrations.greenhouse.auth import Grant, Token
from integrations.greenhouse.client import GreenhouseClient, TokenSource
from integrations.greenhouse.errors import Rejected, Unauthorized, Unavailable
from integrations.greenhouse.transport import Gate
from integrations.models import Connection, ConnectionState, CredentialKind

RENEW_BEFORE = timedelta(seconds=60)
TOKEN_LEASE = timedelta(seconds=45)  # above the longest token request, so that only one is under way
# How long a worker without any token waits for the one that gets it: that takes less than a second as a rule.
PATIENCE_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.05

_threads = local()


def _session() -> requests.Session:
    """One pooled session per thread: connections to Greenhouse stay open between tasks."""
    session: requests.Session | None = getattr(_threads, "session", None)
    if session is None:
        session = _threads.session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=16, max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    return session


@dataclass(frozen=True)
class Credential:
    """What an employer gave us to speak with Greenhouse, whichever of the kinds it is."""

    kind: str
    secret: Secret
    client_id: str = ""

    @classmethod
    def of(cls, connection: Connection) -> "Credential":
        if connection.credential_kind == CredentialKind.PARTNER:
            return cls.of_partner()
        return cls(connection.credential_kind, connection.secret, connection.client_id)

    @classmethod
    def of_partner(cls) -> "Credential":
        """Ours, not the employer's: it says who we are, and makes no token without a consent."""
        secret = Secret.of(settings.GREENHOUSE_PARTNER_CLIENT_SECRET)
        return cls(CredentialKind.PARTNER, secret, settings.GREENHOUSE_PARTNER_CLIENT_ID)

    @property
    def token_gate(self) -> Gate:
        """The token endpoint counts by credential, and apart from everything else (contract §2.2)."""
        known_as = f"{self.kind}:{self.client_id or self.secret.reveal()}"
        # Hashed with our own key: not even a trace of a secret is in the broker.
        return BudgetGate(Budget(f"token:{salted_hmac(__name__, known_as).hexdigest()[:16]}"))

    def fetch_token(self, *, acting_user: int | None) -> Token:
        """Get a token that acts as the Greenhouse user, or as the service user for None.

        Raises: GreenhouseError; DecryptionError where the secret fits no key.
        Source: contract §1 (API-key exchange), §2.2.
        """
        if self.kind == CredentialKind.API_KEY:
            return auth.exchange_api_key(
                harvest_url=settings.GREENHOUSE_HARVEST_URL,
                api_key=self.secret.reveal(),
                sub=acting_user,
                session=_session(),
                gate=self.token_gate,
            )
        return auth.fetch_token_with_client_credentials(
            auth_url=settings.GREENHOUSE_AUTH_URL,
            client_id=self.client_id,
            client_secret=self.secret.reveal(),
            sub=acting_user,
            session=_session(),
            gate=self.token_gate,
        )


class FixedToken:
    """One token, never renewed: for a check-up, and for reader threads, which must not touch the database."""

    def __init__(self, value: str) -> None:
        self._value = value

    def current(self) -> str:
        return self._value

    def renew(self, refused: str) -> str:
        raise Unauthorized("token_refused", path="/v3", status=401)


class ConnectionTokens:
    """The token source of a stored connection: one live token in its row, for all workers.

    Effects: renews the token in the row when it is about to end, under a lease that one worker holds. Greenhouse may
        let only the newest token live, so nobody gets one beside it.
    Raises: GreenhouseError; Unavailable while another worker renews and no old token is left.
    """

    def __init__(self, connection_id: int) -> None:
        self._rows = Connection.objects.filter(pk=connection_id)
        self._lease_until: datetime | None = None

    def current(self) -> str:
        row = self._rows.get()
        return _alive(row, margin=_margin(row)) or self._renew(row, refused="")

    def renew(self, refused: str) -> str:
        row = self._rows.get()
        # Another than the refused one is somebody else's renewal.
        return _alive(row, refused=refused) or self._renew(row, refused=refused)

    def _renew(self, row: Connection, *, refused: str) -> str:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not self.take_lease():
            if held := _alive(row, refused=refused):  # the old one will do while somebody renews it
                return held
            if time.monotonic() > give_up_at:
                raise Unavailable("token_being_renewed", path="/token")
            time.sleep(_LOOK_AGAIN_SECONDS)
            row = self._rows.get()
        try:
            # Again, now that nobody else writes it: whoever had the lease before us may have renewed it.
            row = self._rows.get()
            held = _alive(row, margin=timedelta(0) if refused else _margin(row), refused=refused)
            if held:
                self.let_go()
                return held
            return self._get_another(row, refused=refused)
        except BaseException:
            self.let_go()
            raise

    def take_lease(self) -> bool:
        """Become the one who may get a token for this connection. Repeat: False until it is let go or runs out."""
        now = timezone.now()
        free = Q(token_lease_until=None) | Q(token_lease_until__lt=now)
        until = now + TOKEN_LEASE
        if self._rows.filter(free).update(token_lease_until=until) != 1:
            return False
        self._lease_until = until
        return True

    def let_go(self) -> None:
        """Give the lease back. Repeat: harmless, also when it has run out and somebody else holds it."""
        self._rows.filter(token_lease_until=self._lease_until).update(token_lease_until=None)

    def forget(self, refused: str) -> None:
        """Drop the token that Greenhouse refused, unless another has taken its place."""
        row = self._rows.get()
        if row.token.reveal() == refused:
            same = self._rows.filter(token_expires_at=row.token_expires_at)
            same.update(token=Secret(""), token_expires_at=None)

    def _get_another(self, row: Connection, *, refused: str) -> str:
        if row.state == ConnectionState.DISCONNECTED:
            raise Unavailable("disconnected", path="/token")
        if row.credential_kind == CredentialKind.PARTNER:
            return grants.renew(row.pk, refused=refused, ask=_refresh)
        try:
            token = Credential.of(row).fetch_token(acting_user=_acting_user(row))
        except Rejected as exc:
            # Not about what a worker wanted to send: the credential or its user is at an end, and needs a person.
            raise Unauthorized(_refusal_of_token(row, exc), path=exc.path, status=exc.status) from exc
        renewed = {
            "token": Secret.of(token.value),
            "token_expires_at": token.expires_at,
            "token_lease_until": None,
            "refreshed_at": timezone.now(),
        }
        if not self._rows.filter(credential_no=row.credential_no).update(**renewed):
            # Replaced or taken away while we asked: this token belongs to nobody any more.
            raise Unavailable("credential_replaced", path="/token")
        return token.value


def _alive(row: Connection, *, margin: timedelta = timedelta(0), refused: str = "") -> str:
    """The stored token, if it is another than the refused one and lives longer than the margin."""
    if row.token_expires_at is None or row.token_expires_at <= timezone.now() + margin:
        return ""
    held = row.token.reveal()
    return held if held != refused else ""


def _margin(row: Connection) -> timedelta:
    """How early to renew: a minute, but for tokens that hardly live longer than that."""
    if row.token_expires_at is None or row.refreshed_at is None:
        return RENEW_BEFORE
    return min(RENEW_BEFORE, max(row.token_expires_at - row.refreshed_at, timedelta(0)) / 4)


@contextmanager
def sole_minter(connection_id: int) -> Iterator[None]:
    """Keep workers from getting tokens while a check-up gets its own, as only the newest may live.

    Effects: holds the token lease, if it can be had at once. A worker whose token dies meanwhile comes back later.
    """
    tokens = ConnectionTokens(connection_id)
    is_ours = tokens.take_lease()
    try:
        yield
    finally:
        if is_ours:
            tokens.let_go()


def _refusal_of_token(row: Connection, exc: Rejected) -> str:
    if row.credential_kind == CredentialKind.API_KEY:
        return "keys_retired"
    if exc.code == "client_id_suffix":
        return "client_id_malformed"
    return "user_refused" if row.acting_user_remote_id else "key_refused"


def _acting_user(row: Connection) -> int | None:
    """None is Greenhouse's own service user."""
    return int(row.acting_user_remote_id) if row.acting_user_remote_id else None


def _refresh(refresh_token: str) -> Grant:
    return auth.refresh(
        auth_url=settings.GREENHOUSE_AUTH_URL,
        client_id=settings.GREENHOUSE_PARTNER_CLIENT_ID,
        client_secret=settings.GREENHOUSE_PARTNER_CLIENT_SECRET,
        refresh_token=refresh_token,
        session=_session(),
        gate=Credential.of_partner().token_gate,
    )


def held_token(connection_id: int, refused: str) -> Token:
    """Return the token that all workers of a connection share, renewed if need be or if it is the refused one.

    Raises: what `ConnectionTokens` raises.
    """
    tokens = ConnectionTokens(connection_id)
    value = tokens.renew(refused) if refused else tokens.current()
    expires_at = Connection.objects.values_list("token_expires_at", flat=True).get(pk=connection_id)
    return Token(value, expires_at or timezone.now(), "partner")


def keep_alive(connection_id: int) -> None:
    """Refresh a partner's grant although nobody needs a new token, because it dies unless used (contract §2.4).

    Repeat: harmless; only what nobody has refreshed for a while is refreshed.
    Raises: what `ConnectionTokens` raises.
    """
    row = Connection.objects.get(pk=connection_id)
    if row.refreshed_at and row.refreshed_at < timezone.now() - grants.KEEP_ALIVE_AFTER:
        ConnectionTokens(connection_id).renew(row.token.reveal())


def client_with(tokens: TokenSource, gate: Gate | None = None) -> GreenhouseClient:
    return GreenhouseClient(harvest_url=settings.GREENHOUSE_HARVEST_URL, tokens=tokens, session=_session(), gate=gate)


def gate_of(connection: Connection, priority: Priority = Priority.INTERACTIVE) -> Gate:
    """The budget that all workers of a connection share."""
    return BudgetGate(Budget(connection.pk), priority)


def client_for(connection: Connection, priority: Priority = Priority.INTERACTIVE) -> GreenhouseClient:
    """The one door to an employer's Greenhouse. Bulk work says that it is."""
    return client_with(ConnectionTokens(connection.pk), gate_of(connection, priority))
