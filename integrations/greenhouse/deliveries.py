"""Work on what Greenhouse delivered: read again, through the API, whom and what it speaks of."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from candidates.models import Origin
from integrations import health
from integrations.budget import come_back_at
from integrations.fields import DecryptionError
from integrations.greenhouse import tracking
from integrations.greenhouse.errors import GreenhouseError, RateLimited
from integrations.greenhouse.hooks import NOTHING, Hint, hint_of, kind_of
from integrations.models import (
    Connection,
    DeliveryOutcome,
    DeliveryState,
    Export,
    Step,
    SyncKind,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.problems import code_for

log = logging.getLogger(__name__)

AT_ONCE = 50  # as many as are read again together, and done before the next; ids go out fifty to a request
LEASE = timedelta(minutes=3)  # above the hard time limit of a task
BROKEN_WAITS = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
JOBS_WAIT = timedelta(seconds=30)  # what changes about one job comes in several deliveries


def process(endpoint_id: int) -> bool:
    """Work on the oldest deliveries of an endpoint; True if there may be more to do at once.

    Effects: a handful of GETs outside any transaction; whatever tracking writes; a reading of jobs falls due.
    Repeat: harmless; each delivery belongs to the worker that claimed it, until its lease runs out.
    """
    endpoint = WebhookEndpoint.objects.select_related("connection").filter(pk=endpoint_id).first()
    if endpoint is None:
        return False
    rows, claim = _claim(endpoint_id)
    connection = endpoint.connection
    if not rows:
        return False
    if not connection.is_active or connection.is_paused:
        _put_off(rows, claim, timezone.now() + BROKEN_WAITS)
        return False
    hints = {row.pk: _hint(row) for row in rows}
    known = _known(connection, hints)
    try:
        _read_again(connection, known)
    except RateLimited as exc:
        _put_off(rows, claim, come_back_at(exc))
        return False
    except (GreenhouseError, DecryptionError) as exc:
        _note_trouble(connection, exc)
        tries = min(row.attempts for row in rows)
        _put_off(rows, claim, timezone.now() + min(timedelta(seconds=15) * 2 ** min(tries, 10), LONGEST_WAIT))
        return False
    _want_jobs(endpoint, kind_of(hints.values()))
    _finish(rows, claim, {pk: _outcome(hint, known) for pk, hint in hints.items()})
    # One that came while these were claimed saw them wait, and called nobody.
    return WebhookDelivery.objects.filter(endpoint=endpoint_id).due(timezone.now()).exists()


def _claim(endpoint_id: int) -> tuple[list[WebhookDelivery], str]:
    now, claim = timezone.now(), secrets.token_hex(16)
    due = WebhookDelivery.objects.filter(endpoint=endpoint_id).due(now)
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    due.filter(pk__in=ids).update(
        state=DeliveryState.WORKING, claim=claim, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return list(WebhookDelivery.objects.filter(pk__in=ids, claim=claim).order_by("pk")), claim


def _hint(row: WebhookDelivery) -> Hint:
    try:
        return hint_of(row.event, row.body.reveal().encode())
    except DecryptionError:
        log.error("delivery %s fits no key of this installation", row.pk)
        return NOTHING


def _known(connection: Connection, hints: Mapping[int, Hint]) -> Hint:
    """Whom of all these we follow; everybody else is none of our business."""
    applications = {one for hint in hints.values() for one in hint.applications}
    candidates = {one for hint in hints.values() for one in hint.candidates}
    if not applications and not candidates:
        return NOTHING
    exports = Export.objects.filter(connection=connection)
    asked = exports.filter(Q(application_remote_id__in=applications) | Q(candidate_remote_id__in=candidates))
    pairs = list(asked.values_list("application_remote_id", "candidate_remote_id"))
    return Hint(
        applications=frozenset(applications.intersection(application for application, _ in pairs)),
        candidates=frozenset(candidates.intersection(candidate for _, candidate in pairs)),
    )


def _read_again(connection: Connection, known: Hint) -> None:
    if known.applications or known.candidates:
        tracking.refresh(
            connection,
            application_ids=sorted(known.applications),
            candidate_ids=sorted(known.candidates),
            origin=Origin.WEBHOOK,
        )


def _outcome(hint: Hint, known: Hint) -> DeliveryOutcome:
    if hint.jobs:
        return DeliveryOutcome.JOBS_SOON
    if hint.applications & known.applications or hint.candidates & known.candidates:
        return DeliveryOutcome.READ_AGAIN
    return DeliveryOutcome.UNUSED if hint.is_empty else DeliveryOutcome.NOT_OURS


def _want_jobs(endpoint: WebhookEndpoint, kind: SyncKind | None) -> None:
    """Let the jobs be read soon; before the first *Import Jobs* there are none to follow."""
    if kind is None or endpoint.connection.sync_due_at is None:
        return
    row = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    row.filter(jobs_due_at=None).update(jobs_due_at=timezone.now() + JOBS_WAIT, jobs_kind=kind)
    if kind == SyncKind.FULL:
        row.update(jobs_kind=kind)


def _finish(rows: list[WebhookDelivery], claim: str, outcomes: Mapping[int, DeliveryOutcome]) -> None:
    by_outcome = defaultdict(list)
    for row in rows:
        by_outcome[outcomes[row.pk]].append(row.pk)
    for outcome, ids in by_outcome.items():
        WebhookDelivery.objects.filter(pk__in=ids, claim=claim).update(
            state=DeliveryState.DONE, outcome=outcome, done_at=timezone.now(), lease_until=None, retry_at=None, claim=""
        )


def _put_off(rows: list[WebhookDelivery], claim: str, until: datetime) -> None:
    ids = [row.pk for row in rows]
    WebhookDelivery.objects.filter(pk__in=ids, claim=claim).update(
        state=DeliveryState.WAITING, retry_at=until, lease_until=None, claim=""
    )


def _note_trouble(connection: Connection, exc: GreenhouseError | DecryptionError) -> None:
    if isinstance(exc, GreenhouseError):
        code, step = code_for(exc), health.step_of_error(exc, Step.STATUS_BACK)
    else:
        code, step = "secret_unreadable", Step.SIGN_IN
    log.warning("deliveries of connection %s wait: %s", connection.pk, exc)
    connection.mark_trouble(code)
    health.note_trouble(connection.pk, step, code)
