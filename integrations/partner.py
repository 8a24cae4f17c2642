"""Connect with Greenhouse: lead the browser to the consent, take its answer back, see what was allowed.

Nothing here writes a row; `connecting.connect_partner` does, once all of this has gone well.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import Employer, Membership, Role, User
from integrations.checkup import CheckFailed, Findings, introspect, look_around, name_of, no_token, not_now
from integrations.credentials import Credential, FixedToken, client_with
from integrations.greenhouse import auth
from integrations.greenhouse.auth import Grant, Introspection, Token
from integrations.greenhouse.errors import (
    Forbidden,
    GreenhouseError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from integrations.greenhouse.schemas import UserPayload
from integrations.greenhouse.scopes import ALL_SCOPES, WEBHOOKS
from integrations.greenhouse.transport import Gate
from integrations.ids import as_id
from integrations.models import CredentialKind
from integrations.problems import code_for, of_consent

log = logging.getLogger(__name__)

# Gives the token to use; given a refused one, another.
TokenHolder: TypeAlias = Callable[[str], Token]

CONSENT_TAKES = timedelta(minutes=10)
_SESSION_KEY = "greenhouse_consent"
_SERVICE_ACCOUNT = "a Greenhouse service account"
_SOMEBODY = "the Greenhouse user who authorized us"
# RFC 6749, 4.1.2.1; anything else that stands in an address is not worth a place in the log.
_KNOWN_ERRORS = frozenset(
    {"access_denied", "invalid_request", "invalid_scope", "server_error", "temporarily_unavailable"}
    | {"unauthorized_client", "unsupported_response_type"}
)


def redirect_uri() -> str:
    """The one address Greenhouse sends the answer to; it is registered there letter by letter."""
    return f"{settings.BASE_URL}{reverse('greenhouse_callback')}"


def begin(session: SessionBase, *, employer: Employer, by: User) -> str:
    """Return where the browser goes for the consent.

    Effects: the session remembers for whom, and a random word that the answer must bring back.
    Repeat: only the last beginning counts.
    """
    state = secrets.token_urlsafe(32)
    until = (timezone.now() + CONSENT_TAKES).timestamp()
    session[_SESSION_KEY] = {"state": state, "employer": employer.pk, "user": by.pk, "until": until}
    return auth.consent_address(
        auth_url=settings.GREENHOUSE_AUTH_URL,
        client_id=settings.GREENHOUSE_PARTNER_CLIENT_ID,
        redirect_uri=redirect_uri(),
        scopes=(*ALL_SCOPES, *WEBHOOKS.scopes) if settings.GREENHOUSE_PARTNER_WEBHOOKS else ALL_SCOPES,
        state=state,
    )


def claim(session: SessionBase, *, by: User, state: str) -> Employer:
    """Return for which employer this person began, in this browser, what now comes back with `state`.

    Effects: the beginning is used up, in the stored session too, before anything slow follows. An answer that does
    not belong to it leaves it alone, so that nobody can spoil it from outside.
    Raises: CheckFailed (`consent_stale`), also where the person is no admin of that employer any more.
    """
    begun = session.get(_SESSION_KEY) or {}
    if not state or not constant_time_compare(begun.get("state", ""), state):
        raise CheckFailed("consent_stale")
    del session[_SESSION_KEY]
    session.save()
    admin = Membership.objects.filter(user=by, role=Role.ADMIN, employer=begun["employer"]).select_related("employer")
    membership = admin.first()
    if membership is None or begun["user"] != by.pk or begun["until"] < timezone.now().timestamp():
        raise CheckFailed("consent_stale")
    return membership.employer


def take_answer(answer: Mapping[str, str]) -> Grant:
    """Turn what Greenhouse sent the browser back with into tokens, at once: a code lives one minute.

    Effects: one request, or two where the first was certainly never sent.
    Raises: CheckFailed.
    Source: contract §2.4, steps 4 to 6.
    """
    error, code = answer.get("error"), answer.get("code")
    if error:
        log.info("consent refused: %s", error if error in _KNOWN_ERRORS else "unknown error")
        raise CheckFailed("consent_denied" if error == "access_denied" else "consent_refused")
    if not code:
        raise CheckFailed("consent_refused")
    try:
        try:
            return _exchange(code)
        except Unavailable:
            return _exchange(code)
    except GreenhouseError as exc:
        log.warning("code not exchanged: %s", exc)
        raise CheckFailed(_refusal_of_code(exc)) from exc


def _exchange(code: str) -> Grant:
    return auth.exchange_code(
        auth_url=settings.GREENHOUSE_AUTH_URL,
        client_id=settings.GREENHOUSE_PARTNER_CLIENT_ID,
        client_secret=settings.GREENHOUSE_PARTNER_CLIENT_SECRET,
        code=code,
        redirect_uri=redirect_uri(),
        gate=Credential.of_partner().token_gate,
    )


def _refusal_of_code(exc: GreenhouseError) -> str:
    if isinstance(exc, Rejected) and exc.code != "client_id_suffix":
        return "consent_expired"
    if isinstance(exc, (Unauthorized, Rejected, Forbidden)):
        return "partner_refused"
    if isinstance(exc, (Unavailable, RateLimited, OutcomeUnknown)):
        return "consent_unanswered"
    return "connect_unexpected"


def fresh(grant: Grant) -> TokenHolder:
    """The tokens of a consent that nobody has stored yet, so nobody could renew them."""

    def hold(refused: str) -> Token:
        if refused:
            raise Unauthorized("reconnect_needed", path="/token")
        return grant.token

    return hold


def examine_consent(hold: TokenHolder, gate: Gate | None = None) -> Findings:
    """See for whom and what a consent lets us act, and whether that is enough.

    Effects: about four requests, or one for each collection where introspection is refused; twice that where the
    access token is refused although it should live: only a new one tells whether the consent is at an end.
    Shape: `gate` is the budget of the connection that has this consent, if one has.
    Raises: CheckFailed.
    Source: contract §2.4, §2.5.
    """
    token = _token(hold, "")
    try:
        return _look(token, gate)
    except CheckFailed as exc:
        if exc.problem.code != "reconnect_needed":
            raise
    return _look(_token(hold, token.value), gate)


def _token(hold: TokenHolder, refused: str) -> Token:
    try:
        return hold(refused)
    except Unauthorized as exc:
        raise CheckFailed(code_for(exc)) from exc
    except GreenhouseError as exc:
        raise no_token(exc) from exc


def _look(token: Token, gate: Gate | None) -> Findings:
    try:
        seen = introspect(Credential.of_partner(), token)
        user = _user_behind(token, seen, gate)
        named = _SERVICE_ACCOUNT if seen and seen.subject else _SOMEBODY
        acting_as = name_of(user) if user else named
        # As nobody in particular: whom we act as was decided at the consent, so nobody has to be found by e-mail.
        findings = look_around(CredentialKind.PARTNER, token, seen, None, acting_as=acting_as, gate=gate)
    except CheckFailed as exc:
        raise CheckFailed(of_consent(exc.problem.code), exc.detail, exc.diagnosis) from exc
    return replace(findings, user=user)


def _user_behind(token: Token, seen: Introspection | None, gate: Gate | None) -> UserPayload | None:
    """Return the person who authorized us as themselves; None for a service account, which Greenhouse does not list."""
    if seen is None or as_id(seen.subject or "") is None:
        return None
    client = client_with(FixedToken(token.value), gate)
    try:
        users = list(client.fetch_by_ids("users", UserPayload, key="ids", ids=[str(seen.subject)]))
    except (Forbidden, Rejected):
        return None
    except GreenhouseError as exc:
        raise not_now(exc) from exc
    return next((user for user in users if user.primary_email), None)
