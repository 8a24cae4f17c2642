"""Problem code → title, sentence, next step. The only wording about integrations that a person reads.

Greenhouse's own text is never the message: it is written for developers and may change any day.
"""

from integrations.fields import DecryptionError
from integrations.greenhouse.errors import (
    Forbidden,
    GreenhouseError,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UnexpectedReply,
)
from integrations.problem import Problem
from integrations.problems_of_exports import OF_EXPORTS

__all__ = ["CONSENT_HELPS", "NEEDS_A_PERSON", "OUTAGES", "PROBLEMS", "Problem", "code_for", "of_consent"]

_CREDENTIALS = "Configure → Dev Center → API Credential Management"

_ALL = (
    # --- the credential
    Problem(
        "key_refused",
        "Greenhouse refused the credential",
        "Greenhouse does not accept this client ID and secret: they are mistyped, or the credential was revoked.",
        f"Copy both again from {_CREDENTIALS}, or create a new Harvest V3 (OAuth) credential there.",
        "client_secret",
    ),
    Problem(
        "client_id_malformed",
        "This is not a Harvest V3 client ID",
        "A Harvest V3 client ID ends in a dash and a number, such as …-4.",
        f"Copy the client ID from {_CREDENTIALS}.",
        "client_id",
    ),
    Problem(
        "api_key_refused",
        "Greenhouse refused the API Key",
        "Either the API Key is mistyped, or your Greenhouse no longer takes API Keys at all: it retired them in 2026.",
        f"Copy the key again, or choose Harvest V3 (OAuth) above and create that credential in {_CREDENTIALS}.",
        "api_key",
    ),
    Problem(
        "keys_retired",
        "Greenhouse no longer accepts API Keys",
        "Greenhouse has stopped exchanging API Keys for access; the key itself may be right.",
        f"Choose Harvest V3 (OAuth) above and create that credential in {_CREDENTIALS}.",
        "api_key",
    ),
    Problem(
        "client_id_as_secret",
        "This is a client ID, not the secret",
        "What stands under client secret looks like a client ID: the secret is the longer word that Greenhouse showed "
        "only once.",
        f"Copy the secret itself; if it is gone, make a new one in {_CREDENTIALS}.",
        "client_secret",
    ),
    Problem(
        "swapped",
        "Client ID and client secret look swapped",
        "What stands under client secret ends like a client ID, and the client ID does not.",
        "Put each into the other's field.",
        "client_id",
    ),
    Problem(
        "old_key_as_secret",
        "This looks like an API Key",
        "Greenhouse refused it as a client secret, and it looks like an API Key of the old Harvest.",
        f"Choose API Key above and paste it there, or create a Harvest V3 (OAuth) credential in {_CREDENTIALS}.",
        "client_secret",
    ),
    Problem(
        "board_token",
        "This looks like the name of a job board",
        "What you pasted looks like the name of a job board, as its public address has it. That opens nothing.",
        f"Create a Harvest V3 (OAuth) credential in {_CREDENTIALS} and paste its client ID and secret.",
        "client_secret",
    ),
    # --- signing in
    Problem(
        "auth_unreachable",
        "Greenhouse's sign-in cannot be reached",
        "We asked twice and Greenhouse's sign-in did not answer, so the credential could not be tested.",
        "Try again in a minute; status.greenhouse.io says if something is known.",
    ),
    Problem(
        "auth_slow",
        "Greenhouse's sign-in is too slow",
        "Greenhouse's sign-in did not answer within 20 seconds, so the credential could not be tested.",
        "Try again in a minute.",
    ),
    Problem(
        "auth_not_json",
        "Greenhouse's sign-in answered with a web page",
        "Instead of an answer came something we cannot read: maintenance, or something between us and Greenhouse.",
        "Try again in a few minutes. If it stays, tell us.",
    ),
    Problem(
        "auth_no_token",
        "Greenhouse's sign-in gave no token",
        "Greenhouse accepted the credential but sent nothing to work with.",
        "Try again in a minute. If it stays, create a new credential; the details are in our log.",
    ),
    # --- the acting user
    Problem(
        "user_unknown",
        "No Greenhouse user has this email",
        "Nobody in your Greenhouse account has this email address.",
        "Use the address you log in to Greenhouse with.",
        "email",
    ),
    Problem(
        "user_deactivated",
        "This Greenhouse user is deactivated",
        "The user with this email address can no longer log in to Greenhouse.",
        "Choose another user: an active Site Admin. Nothing is lost.",
        "email",
    ),
    Problem(
        "user_refused",
        "Greenhouse no longer lets us act as this user",
        "The credential works, but not in the name of the chosen user: they may be deactivated.",
        "Choose another user: an active Site Admin. Nothing is lost.",
        "email",
    ),
    Problem(
        "lookup_refused",
        "Greenhouse does not let us look up users",
        "The scopes are there, but without a person to act as, the credential may not see who has this e-mail address.",
        "Choose to act as the Greenhouse service user instead.",
        "email",
    ),
    Problem(
        "service_user_blocked",
        "The service user sees nothing",
        "Greenhouse refuses its service user the jobs, or lists none.",
        "Enter the Email of a Site Admin to act as instead.",
        "acts_as_service_user",
    ),
    Problem(
        "not_site_admin",
        "This Greenhouse user is no Site Admin",
        "Greenhouse shows jobs and candidates only to Site Admins, and this user is not one.",
        "Use the address of a Site Admin, or ask one to raise this user: Configure → Users → the name → Permissions → "
        "Site Admin → Save.",
        "email",
    ),
    Problem(
        "scope_missing",
        "A scope is missing",
        "The credential may not do everything that importing and sending need.",
        f"Tick them in {_CREDENTIALS} → your credential → Manage Scopes, save, and try again.",
        "credential_kind",
    ),
    Problem(
        "other_organization",
        "This credential belongs to another Greenhouse account",
        "Your jobs and applications are linked to a different Greenhouse organization.",
        "Use a credential of the same Greenhouse account as before.",
        "credential_kind",
    ),
    # --- Connect with Greenhouse
    Problem(
        "reconnect_needed",
        "Greenhouse asks for a new consent",
        "The access you gave us has ended: it was disconnected in Greenhouse, or could not be renewed in time.",
        "Press Connect with Greenhouse again. Jobs, links and applicants stay as they are.",
    ),
    Problem(
        "partner_refused",
        "Greenhouse does not accept Purpose Jobs itself",
        "This installation's registration with Greenhouse is missing or was refused. It is not about your account.",
        "Tell us, or use a Harvest V3 (OAuth) credential meanwhile.",
    ),
    Problem(
        "consent_denied",
        "Greenhouse was not allowed to connect",
        "Somebody chose Deny on Greenhouse's page. Nothing was changed.",
        "Press Connect with Greenhouse again, and choose Authorize there.",
    ),
    Problem(
        "consent_stale",
        "This answer from Greenhouse has no beginning here",
        "It does not belong to a connection that you started in this browser within the last ten minutes. "
        "Nothing was changed.",
        "Press Connect with Greenhouse and go on from there without a break.",
    ),
    Problem(
        "consent_expired",
        "Greenhouse's confirmation had run out",
        "It lives for one minute and works once; this one was older, or used before. Nothing was changed.",
        "Press Connect with Greenhouse again.",
    ),
    Problem(
        "consent_unanswered",
        "Greenhouse did not answer in time",
        "You authorized us, but Greenhouse did not hand over the access. Nothing was changed.",
        "Wait a minute, then press Connect with Greenhouse again.",
    ),
    Problem(
        "consent_refused",
        "Greenhouse could not ask for your consent",
        "It refused our request before you could decide. It is not about your account, and nothing was changed.",
        "Try again in a minute. If it stays, tell us, or use a Harvest V3 (OAuth) credential meanwhile.",
    ),
    Problem(
        "consent_incomplete",
        "The consent leaves something out",
        "What was authorized does not cover everything that importing and sending need.",
        "Press Connect with Greenhouse again and authorize everything it lists. If it is missing there, tell us.",
    ),
    Problem(
        "consent_not_site_admin",
        "Whoever authorized us is no Site Admin",
        "Greenhouse shows jobs and candidates only to Site Admins, and the user who authorized us is not one.",
        "Let a Site Admin press Connect with Greenhouse and tick the service account there.",
    ),
    Problem(
        "replaced_meanwhile",
        "Somebody has just replaced the credential",
        "While we tested, another admin put another credential in its place.",
        "Reload the page to see it, then try again.",
    ),
    # --- Greenhouse itself
    Problem(
        "connect_unavailable",
        "Greenhouse cannot be reached",
        "Greenhouse does not answer right now, so the credential could not be tested.",
        "Try again in a minute.",
    ),
    Problem(
        "connect_busy",
        "Greenhouse asks us to wait",
        "This Greenhouse account has used up its requests for the moment, so the credential could not be tested.",
        "Try again in half a minute.",
    ),
    Problem(
        "connect_unexpected",
        "Greenhouse answered something we do not understand",
        "The credential could not be tested, because the answer does not fit Greenhouse's documentation.",
        "Try again in a minute. If it stays, tell us; the details are in our log.",
    ),
    Problem(
        "listing_empty",
        "Greenhouse suddenly lists no jobs at all",
        "It may be that the acting user lost the Site Admin role, so we closed nothing.",
        "Check the user in Greenhouse, then press Import Jobs again.",
    ),
    Problem(
        "many_vanished",
        "Many jobs are suddenly gone from the career site",
        "So many live jobs left your career site at once that we have left them on your company page until you decide.",
        "Check in Greenhouse that they are meant to be gone; then take them off, or keep them for now, under Jobs.",
    ),
    Problem(
        "many_kept",
        "Jobs that are gone from the career site were kept",
        "Somebody of your team decided to leave them on your company page for now.",
        "We ask again after a day, or when another number of jobs is gone.",
    ),
    Problem(
        "reading_replaced",
        "Another reading took its place",
        "A reading that shows more was started while this one was under way.",
        "There is nothing to do.",
    ),
    Problem(
        "unavailable",
        "Greenhouse cannot be reached",
        "Greenhouse does not answer right now.",
        "We try again by ourselves. Nothing is lost; you need not do anything.",
    ),
    Problem(
        "rate_limited",
        "Greenhouse asks us to wait",
        "This Greenhouse account has used up its requests for the moment.",
        "We go on by ourselves within a minute.",
    ),
    Problem(
        "unexpected_reply",
        "Greenhouse answered something we do not understand",
        "The answer does not fit Greenhouse's documentation.",
        "We try again by ourselves. If it stays, tell us; the details are in our log.",
    ),
    Problem(
        "secret_unreadable",
        "The stored credential cannot be read",
        "The encryption key of this installation has changed since the credential was stored.",
        "Put the old key back into FIELD_ENCRYPTION_KEYS, or enter the credential again.",
    ),
    Problem(
        "disconnected",
        "Greenhouse is disconnected",
        "An admin disconnected Greenhouse while this was under way.",
        "Connect Greenhouse again under Integrations; then it goes on from there.",
    ),
    Problem(
        "unforeseen",
        "Something went wrong on our side",
        "A part of our program failed; nothing was lost.",
        "Press Send again. If it stays, give us the reference number below.",
    ),
    # --- webhooks
    Problem(
        "webhook_signature",
        "Deliveries from Greenhouse are signed with another secret",
        "What comes does not carry the signature that our secret makes, so we do not take it.",
        "Paste the secret into every webhook of ours in Greenhouse. If you no longer have it, press New secret.",
    ),
    Problem(
        "webhook_scope_missing",
        "Greenhouse does not let us make webhooks",
        "The scopes for webhooks are not among what was authorized, so we cannot make them ourselves.",
        "Make them by hand: press New secret, and follow the steps.",
    ),
    Problem(
        "webhook_not_reached",
        "Greenhouse cannot reach us",
        "It tried our address when the webhooks were made, got no answer, and switched them off.",
        "Check that this installation can be reached from the internet, then press Repair.",
    ),
    Problem(
        "webhook_refused",
        "Greenhouse refused the webhooks",
        "It did not take our address: it delivers to public https addresses only.",
        "Set BASE_URL to the public address of this installation, then press Repair.",
    ),
    *OF_EXPORTS,
)

_CODES: tuple[tuple[type[GreenhouseError], str], ...] = (
    (Unauthorized, "key_refused"),
    (Forbidden, "scope_missing"),
    (RateLimited, "rate_limited"),
    (Unavailable, "unavailable"),
    (UnexpectedReply, "unexpected_reply"),
    (Rejected, "data_refused"),
)


def code_for(exc: GreenhouseError | DecryptionError) -> str:
    """Turn what the client raised into the code of a problem."""
    if isinstance(exc, DecryptionError):
        return "secret_unreadable"
    if exc.code == "sees_nothing":
        return "not_site_admin"
    if isinstance(exc, Unauthorized) and exc.code in PROBLEMS:  # the token source knows better than a status
        return exc.code
    return next((code for kind, code in _CODES if isinstance(exc, kind)), "unforeseen")


# The same trouble to somebody who gave a consent: there is no credential to correct.
_OF_CONSENT = {
    "key_refused": "reconnect_needed",
    "scope_missing": "consent_incomplete",
    "not_site_admin": "consent_not_site_admin",
    "service_user_blocked": "consent_not_site_admin",
}
CONSENT_HELPS = frozenset(_OF_CONSENT.values())


def of_consent(code: str) -> str:
    """Turn the code of a problem with a credential into the one for a consent; others stay."""
    return _OF_CONSENT.get(code, code)


# What no waiting repairs: background work stops until somebody acts.
NEEDS_A_PERSON = frozenset(
    {
        "key_refused",
        "api_key_refused",
        "client_id_malformed",
        "keys_retired",
        "user_unknown",
        "user_deactivated",
    }
    | {"not_site_admin", "scope_missing", "secret_unreadable"}
    | {"partner_refused", *CONSENT_HELPS}
    | {"user_refused", "lookup_refused", "service_user_blocked"}
)

# Greenhouse is not to be had. It passes by itself, so work goes on; it is trouble only if it lasts.
OUTAGES = frozenset({"unavailable", "unexpected_reply"})

PROBLEMS: dict[str, Problem] = {problem.code: problem for problem in _ALL}
