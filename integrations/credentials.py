"""From a stored credential to a bearer token that all workers share, and to a client."""

from dataclasses import dataclass
from datetime import timedelta
from threading import local

import requests
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from requests.adapters import HTTPAdapter

from integrations import grants
from integrations.fields import Secret
from integrations.greenhouse import auth
from integrations.greenhouse.auth import Grant, Token
from integrations.greenhouse.client import GreenhouseClient, TokenSource
from integrations.greenhouse.errors import Unauthorized, Unavailable
from integrations.greenhouse.transport import Gate
from integrations.models import Connection, ConnectionState, CredentialKind

RENEW_BEFORE = timedelta(seconds=60)
TOKEN_LEASE = timedelta(seconds=45)  # above the longest token request, so that only one is under way

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
            )
        return auth.fetch_token_with_client_credentials(
            auth_url=settings.GREENHOUSE_AUTH_URL,
            client_id=self.client_id,
            client_secret=self.secret.reveal(),
            sub=acting_user,
            session=_session(),
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

    Effects: renews the token in the row when it is about to end, under a lease that one worker holds.
    Raises: GreenhouseError; Unavailable while another worker renews and no old token is left.
    """

    def __init__(self, connection_id: int) -> None:
        self._rows = Connection.objects.filter(pk=connection_id)

    def current(self) -> str:
        row = self._rows.get()
        if row.token and row.token_expires_at and row.token_expires_at > timezone.now() + RENEW_BEFORE:
            return row.token.reveal()
        return self._renew(row, refused="")

    def renew(self, refused: str) -> str:
        row = self._rows.get()
        held = row.token.reveal()
        if held and held != refused:  # somebody else has renewed it meanwhile
            return held
        return self._renew(row, refused=refused)

    def _renew(self, row: Connection, *, refused: str) -> str:
        if row.state == ConnectionState.DISCONNECTED:
            raise Unavailable("disconnected", path="/token")
        now = timezone.now()
        free = Q(token_lease_until=None) | Q(token_lease_until__lt=now)
        if self._rows.filter(free).update(token_lease_until=now + TOKEN_LEASE) != 1:
            held = row.token.reveal()
            if held and held != refused and row.token_expires_at and row.token_expires_at > now:
                return held
            raise Unavailable("token_being_renewed", path="/token")
        try:
            if row.credential_kind == CredentialKind.PARTNER:
                return grants.renew(row.pk, refused=refused, ask=_refresh)
            token = Credential.of(row).fetch_token(acting_user=_acting_user(row))
        except BaseException:
            self._rows.update(token_lease_until=None)
            raise
        renewed = {"token": Secret.of(token.value), "token_expires_at": token.expires_at, "token_lease_until": None}
        if not self._rows.filter(credential_no=row.credential_no).update(**renewed):
            # Replaced or taken away while we asked: this token belongs to nobody any more.
            raise Unavailable("credential_replaced", path="/token")
        return token.value


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


def held_tokens(connection: Connection) -> FixedToken:
    """Read the shared token once, renewed if need be. Raises: what `ConnectionTokens` raises."""
    return FixedToken(ConnectionTokens(connection.pk).current())


def client_with(tokens: TokenSource, gate: Gate | None = None) -> GreenhouseClient:
    return GreenhouseClient(harvest_url=settings.GREENHOUSE_HARVEST_URL, tokens=tokens, session=_session(), gate=gate)


def client_for(connection: Connection) -> GreenhouseClient:
    """The one door to an employer's Greenhouse."""
    return client_with(ConnectionTokens(connection.pk))
