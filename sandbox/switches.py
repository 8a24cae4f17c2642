"""What nobody outside Greenhouse knows for sure, and what a tester wants to bend, as switches."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from sandbox.exchange import Record, unprocessable


@dataclass(frozen=True)
class Switches:
    """The defaults are the best guesses of our contract's list of open questions."""

    expires: str = "both"
    token_lifetime_seconds: int = 3600
    token_scope: bool = False
    single_active_token: bool = False
    keys_retired: bool = False
    keys_retired_status: str = "401"
    old_secret_seconds: int = 7 * 24 * 3600
    parameters_in: str = "both"
    introspection: bool = True
    introspection_role: str = "actual"
    non_admin_lists: str = "403"

    code_lifetime_seconds: int = 60
    redirect_uri_required: bool = True
    refresh_lifetime_seconds: int = 24 * 3600
    refresh_grace_seconds: int = 0
    refresh_reuse_disconnects: bool = False
    refresh_refusal_status: str = "400"
    disconnected_status: str = "401"

    rate_limit: int = 50
    rate_window_seconds: int = 30
    token_rate_limit: int = 60
    latency_ms: int = 0
    clock_ahead_seconds: int = 0
    auth_down: bool = False
    harvest_down: bool = False
    removed_versions_status: int = 410
    error_bodies: str = "full"
    date_spellings: str = "all"
    cursor_lifetime_seconds: int = 0

    hidden_private_candidates: bool = False
    auto_merge: str = "off"
    candidate_envelope: str = "envelope"
    inner_application: str = "like_applications"
    custom_fields_patch: str = "replace"
    second_application: str = "422"
    application_extras: bool = True
    stage_move_touches_application: bool = True
    job_and_stage_together: bool = True
    location_touches_post: bool = False
    attachment_max_bytes: int = 10 * 1024 * 1024
    attachment_too_large_status: str = "422"
    attachment_urls: str = "fetched_at_once"
    attachment_visibility: bool = True
    attachment_content_type: bool = False
    note_visibility_required: bool = False

    webhook_minute_ms: int = 60_000
    webhook_timeout_seconds: int = 10
    webhook_retry_same_id: bool = False


CHOICES = {
    "expires": ("both", "at", "in", "none"),
    "parameters_in": ("both", "form", "query"),
    "keys_retired_status": ("401", "404", "410"),
    "introspection_role": ("actual", "basic", "unknown", "absent"),
    "non_admin_lists": ("403", "empty"),
    "refresh_refusal_status": ("400", "401"),
    "disconnected_status": ("401", "403"),
    "date_spellings": ("all", "pipe", "brackets"),
    "error_bodies": ("full", "message", "none"),
    "auto_merge": ("off", "into_older", "into_newer"),
    "candidate_envelope": ("envelope", "bare", "without_application"),
    "inner_application": ("like_applications", "listed_keys_only"),
    "second_application": ("422", "allow", "return_existing"),
    "custom_fields_patch": ("replace", "merge"),
    "attachment_too_large_status": ("422", "413"),
    "attachment_urls": ("fetched_at_once", "fetched_later"),
}
# A clock may also be behind.
SIGNED = ("clock_ahead_seconds",)

GROUPS: dict[str, dict[str, str]] = {
    "Signing in": {
        "expires": "Which expiry fields a token answer carries",
        "token_lifetime_seconds": "Lifetime of an access token, in seconds",
        "parameters_in": "Where a token request may carry its parameters",
        "token_scope": "A token answer names its scopes",
        "single_active_token": "A new token ends the one before, of the same credential and user",
        "keys_retired": "API keys can no longer be exchanged for a token",
        "keys_retired_status": "Status code of that exchange, once keys are retired",
        "old_secret_seconds": "How long the old secret works after a rotation, in seconds",
        "introspection": "Token introspection answers",
        "introspection_role": "The role that introspection tells",
        "non_admin_lists": "What a list answers to someone who is no Site Admin",
    },
    "Connect with Greenhouse": {
        "code_lifetime_seconds": "Lifetime of an authorization code, in seconds",
        "redirect_uri_required": "The exchange of a code must name the redirect URI again",
        "refresh_lifetime_seconds": "Lifetime of a refresh token, in seconds",
        "refresh_grace_seconds": "How long a used refresh token still works, in seconds",
        "refresh_reuse_disconnects": "Using a refresh token twice ends the whole connection",
        "refresh_refusal_status": "Status code of a refused code or refresh token",
        "disconnected_status": "Status code of an API request after a disconnect",
    },
    "Limits and trouble": {
        "rate_limit": "Requests per window and credential (0: no limit)",
        "rate_window_seconds": "Length of the rate-limit window, in seconds",
        "token_rate_limit": "Token requests per minute and credential (0: no limit)",
        "latency_ms": "Wait before every API answer, in milliseconds",
        "clock_ahead_seconds": "Greenhouse's clock is ahead by these seconds (negative: behind)",
        "auth_down": "The auth host answers 503",
        "harvest_down": "The Harvest host answers 503",
        "removed_versions_status": "Status code of v1 and v2 addresses",
        "date_spellings": "Spellings of date filters that lists take",
        "cursor_lifetime_seconds": "Lifetime of a cursor, in seconds (0: for ever)",
        "error_bodies": "How much a 400, 403 or 429 says",
    },
    "Candidates and jobs": {
        "hidden_private_candidates": "Private candidates are listed as a message only, to everyone",
        "auto_merge": "A new person with a known e-mail address is merged with the one there",
        "candidate_envelope": "Body of the answer when a candidate is created",
        "inner_application": "What an application inside a new candidate may hold",
        "custom_fields_patch": "What updating custom fields does to those not named",
        "second_application": "Second application of one candidate on one job",
        "application_extras": "Applications carry job_interview_stage_id and rejection_reason_id",
        "stage_move_touches_application": "A stage move changes the application's updated_at",
        "job_and_stage_together": "A move may name a job and a stage together",
        "location_touches_post": "A location change changes the post's updated_at",
        "attachment_max_bytes": "Largest attachment, in bytes",
        "attachment_too_large_status": "Status code of an attachment that is too large",
        "attachment_urls": "When the address of an attachment is fetched; later, it may fail unsaid",
        "attachment_visibility": "Attachments carry their visibility",
        "attachment_content_type": "Attachments carry their content type",
        "note_visibility_required": "A note must say who may see it",
    },
    "Web Hooks": {
        "webhook_minute_ms": "Length of a minute between two attempts at a delivery, in milliseconds",
        "webhook_timeout_seconds": "How long a delivery waits for its answer, in seconds",
        "webhook_retry_same_id": "Another attempt carries the event id of the first",
    },
}


def as_record(switches: Switches) -> Record:
    return asdict(switches)


def changed(switches: Switches, wanted: Record) -> Switches:
    """Return the switches with the wanted values in place.

    Raises: Refusal 422 for an unknown switch or a value it cannot take.
    """
    known = {field.name: type(field.default) for field in fields(switches)}
    values = asdict(switches)
    for name, value in wanted.items():
        if name not in known:
            raise unprocessable({name: "is not a switch"})
        values[name] = _checked(name, value, known[name])
    return Switches(**values)


def _checked(name: str, value: Any, kind: type) -> Any:
    if name in CHOICES:
        if str(value) not in CHOICES[name]:
            raise unprocessable({name: f"must be one of {', '.join(CHOICES[name])}"})
        return str(value)
    if type(value) is not kind:
        raise unprocessable({name: f"must be {'true or false' if kind is bool else 'a whole number'}"})
    if isinstance(value, int) and value < 0 and name not in SIGNED:
        raise unprocessable({name: "must not be negative"})
    return value
