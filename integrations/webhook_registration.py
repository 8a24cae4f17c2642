"""A partner's webhooks: one for each event, made, repaired and deleted through the API.

Source: contract §6.15.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden, GreenhouseError, RateLimited, Rejected
from integrations.greenhouse.hooks import EVENTS
from integrations.greenhouse.schemas import WebhookPayload
from integrations.models import Connection, WebhookEndpoint
from integrations.problems import PROBLEMS
from integrations.webhook_setup import NAME, url_of

log = logging.getLogger(__name__)

AGAIN_AFTER_TROUBLE = timedelta(minutes=5)
LOOK_EVERY = timedelta(days=1)
ATTEMPTS = 7  # as many as Greenhouse makes for webhooks made by hand


def look_after(endpoint_id: int) -> None:
    """See that there is one working webhook for each event, with our secret, and none twice.

    Effects: one list, and a request for each webhook that is missing, switched off or has the secret before this one.
        Greenhouse pings us while it answers, so this must not run in a transaction. Without the scopes for it,
        webhooks are left to be made by hand.
    Repeat: harmless; once in five minutes at most. What got no answer shows in the next list, and who has a new secret
        is kept, so that a rate limit half-way does not begin all over.
    """
    now = timezone.now()
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id, is_registered_by_api=True)
    if rows.filter(register_due_at__lte=now).update(register_due_at=now + AGAIN_AFTER_TROUBLE) != 1:
        return
    endpoint = rows.select_related("connection").get()
    if not endpoint.connection.is_active:
        return
    try:
        all_work = _bring_in_order(client_for(endpoint.connection, Priority.BULK), endpoint)
    except RateLimited as exc:
        rows.update(register_due_at=come_back_at(exc))
    except Forbidden:
        rows.update(is_registered_by_api=False, register_due_at=None, **_with_problem("webhook_scope_missing"))
    except Rejected as exc:
        log.warning("webhooks of endpoint %s refused: %s", endpoint_id, exc)
        rows.update(register_due_at=now + LOOK_EVERY, **_with_problem("webhook_refused"))
    except (GreenhouseError, DecryptionError) as exc:
        log.warning("webhooks of endpoint %s not looked after: %s", endpoint_id, exc)
    else:
        found = {"problem_code": "", "problem_at": None} if all_work else _with_problem("webhook_not_reached")
        _note(rows, endpoint, found | {"registered_at": now})


def _note(rows: QuerySet[WebhookEndpoint], endpoint: WebhookEndpoint, found: dict[str, Any]) -> None:
    # Somebody may have asked for a new secret meanwhile: then it is due at once, and stays so.
    rows.filter(rotated_at=endpoint.rotated_at).update(register_due_at=timezone.now() + LOOK_EVERY, **found)


def _with_problem(code: str) -> dict[str, Any]:
    return {"problem_code": PROBLEMS[code].code, "problem_at": timezone.now()}


def _bring_in_order(client: GreenhouseClient, endpoint: WebhookEndpoint) -> bool:
    """Make and repair what is needed; True if every webhook is on in the end."""
    ours = _ours(client, endpoint)
    has_old_secret = endpoint.rotated_at and (
        not endpoint.registered_at or endpoint.rotated_at > endpoint.registered_at
    )
    in_the_end = []
    for event in EVENTS:
        is_old = bool(has_old_secret and event not in endpoint.rotated_events)
        hook = _bring_one_in_order(client, endpoint, event, ours[event], is_old=is_old)
        if is_old:
            _note_rotated(endpoint, event)
        in_the_end.append(hook)
    return not any(hook.deactivated for hook in in_the_end)


def _bring_one_in_order(
    client: GreenhouseClient, endpoint: WebhookEndpoint, event: str, hooks: list[WebhookPayload], *, is_old: bool
) -> WebhookPayload:
    secret = endpoint.secret.reveal()
    if not hooks:
        return client.send_webhook(_body(endpoint, event, secret))
    kept, *twice = sorted(hooks, key=lambda hook: hook.id)
    for hook in twice:
        client.delete_webhook(hook.id)
    if kept.deactivated or is_old:
        kept = client.update_webhook(kept.id, {"deactivated": False, "secret_key": secret})
    return kept


def _note_rotated(endpoint: WebhookEndpoint, event: str) -> None:
    # Where somebody asked for yet another secret meanwhile, nobody has that one.
    endpoint.rotated_events = [*endpoint.rotated_events, event]
    same = WebhookEndpoint.objects.filter(pk=endpoint.pk, rotated_at=endpoint.rotated_at)
    same.update(rotated_events=endpoint.rotated_events)


def _ours(client: GreenhouseClient, endpoint: WebhookEndpoint) -> defaultdict[str, list[WebhookPayload]]:
    url, found = url_of(endpoint), defaultdict(list)
    for hook in client.fetch_webhooks():
        if hook.endpoint_url == url:
            found[hook.event_action_type].append(hook)
    return found


def _body(endpoint: WebhookEndpoint, event: str, secret: str) -> dict[str, Any]:
    named = {"name": NAME, "endpoint_url": url_of(endpoint), "event_action_type": event}
    return named | {"secret_key": secret, "max_attempts": ATTEMPTS}


def withdraw_all(connection: Connection) -> None:
    """Delete what we made by API before a connection is taken apart; an endpoint made by hand waits for it to be back.

    Effects: as `withdraw`, and the endpoint goes.
    """
    endpoint = WebhookEndpoint.objects.filter(connection=connection, is_registered_by_api=True).first()
    if endpoint:
        withdraw(endpoint)
        endpoint.delete()


def withdraw(endpoint: WebhookEndpoint) -> bool:
    """Delete the webhooks that we made by API; False if Greenhouse did not let us finish.

    Effects: one list, and one request for each webhook. What is left of them delivers to an address that is refused.
    """
    if not endpoint.is_registered_by_api:
        return True
    try:
        client = client_for(endpoint.connection, Priority.INTERACTIVE)
        for hooks in _ours(client, endpoint).values():
            for hook in hooks:
                client.delete_webhook(hook.id)
    except (GreenhouseError, DecryptionError) as exc:
        log.warning("webhooks of endpoint %s not deleted: %s", endpoint.pk, exc)
        return False
    return True
