"""Find due, stuck and missed rows; called by beat through `tasks.py`. Ids out, no HTTP."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from integrations import grants
from integrations.fields import Secret
from integrations.models import (
    OPEN_RECONCILIATION,
    OPEN_SYNC,
    PAUSE_AFTER,
    Connection,
    ConnectionState,
    CredentialKind,
    DeliveryOutcome,
    DeliveryState,
    Export,
    ExportState,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhousePayRange,
    GreenhousePostLocation,
    PeopleReading,
    Reconciliation,
    SyncKind,
    SyncRun,
    SyncState,
    WebhookDelivery,
    WebhookEndpoint,
    exports_decided_about,
)
from integrations.problems import PROBLEMS

# How long a woken worker may take to claim its row before the row is called again.
WAKE_AGAIN_AFTER = timedelta(seconds=60)
FULL_EVERY, FULL_SPREAD = timedelta(days=1), timedelta(hours=2)
SURVEY_AGAIN_AFTER = timedelta(hours=20)  # less than between two daily readings
SECOND_LOOK_AFTER = timedelta(hours=1)
EXPORTS_AT_ONCE = 200
NIGHT_HOURS = range(6)  # by UTC
RECONCILED_WITHIN, NIGHT_MISSED_AFTER = timedelta(hours=18), timedelta(hours=36)
# All employers share the partner's budget at the token endpoint; the rest follows with the next tick.
GRANTS_AT_ONCE = 50
BODIES_KEPT_FOR, DELIVERIES_KEPT_FOR = timedelta(days=7), timedelta(days=30)
RUNS_KEPT_FOR = timedelta(days=30)


def take_due_exports() -> list[int]:
    """Collect the exports to wake now and note that they were woken: one of each connection after the other, the
    longest waiting first, so that nobody waits behind a thousand of somebody else.

    Effects: an export whose worker died (its lease ran out) becomes `unknown`: it reads back before it sends. One that
    stopped before a closed job goes on once the job is open again, one that waited at the duplicate desk once it is
    decided there.
    """
    now = timezone.now()
    Export.objects.filter(
        state=ExportState.NEEDS_ATTENTION, problem_code="job_closed", greenhouse_job__status="open"
    ).update(state=ExportState.PENDING, problem_code="", problem_at=None, trying_since=now, woken_at=None)
    exports_decided_about().update(
        state=ExportState.PENDING, problem_code="", problem_at=None, trying_since=now, woken_at=None
    )
    Export.objects.filter(state=ExportState.SENDING, lease_until__lt=now).update(
        state=ExportState.UNKNOWN,
        problem_code=PROBLEMS["outcome_unknown"].code,
        problem_at=now,
        lease_until=None,
        woken_at=None,
    )
    quiet = Q(woken_at=None) | Q(woken_at__lt=now - WAKE_AGAIN_AFTER)
    not_paused = Q(connection__broken_since=None) | Q(connection__broken_since__gt=now - PAUSE_AFTER)
    due = Export.objects.due(now).filter(quiet, not_paused)
    turn = Window(RowNumber(), partition_by="connection", order_by="pk")
    due = due.annotate(turn=turn).order_by("turn", "pk")
    ids = list(due.values_list("pk", flat=True)[:EXPORTS_AT_ONCE])
    Export.objects.filter(pk__in=ids).update(woken_at=now)
    return ids


def connections_to_sync() -> QuerySet[Connection]:
    """Active connections whose next reading is due; the first one starts with a person's *Import Jobs*."""
    now = timezone.now()
    due = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE, sync_due_at__lte=now)
    return due.exclude(sync_runs__state__in=OPEN_SYNC)


def kind_due(connection: Connection) -> SyncKind:
    """Say how much to read: once a day all, for a post that left the career site need not announce itself.

    What was begun in full is also ended so: a reading of changes cannot tell what a failed one had new.
    """
    # Each connection has a day of its own, a little shorter, so that they do not all read everything at once.
    every = FULL_EVERY - FULL_SPREAD * (connection.pk * 37 % 100) / 100
    full = connection.full_synced_at
    if full is None or full < timezone.now() - every:
        return SyncKind.FULL
    newest = SyncRun.objects.filter(connection=connection).exclude(kind=SyncKind.SURVEY).first()
    was_broken_off = newest is not None and newest.kind == SyncKind.FULL and not newest.is_complete
    return SyncKind.FULL if was_broken_off else SyncKind.CHANGES


def due_survey(run_id: int) -> Connection | None:
    """The connection of a full reading that has just ended well and was nobody's wish, if its survey of the day is due.

    Not every such reading is the daily one: deliveries ask for one, too, and a message may come twice.
    """
    surveyed_before = Q(connection__surveyed_at__lt=timezone.now() - SURVEY_AGAIN_AFTER)
    ended = SyncRun.objects.filter(
        Q(connection__surveyed_at=None) | surveyed_before,
        pk=run_id,
        kind=SyncKind.FULL,
        state=SyncState.SUCCEEDED,
        requested_by=None,
        connection__state=ConnectionState.ACTIVE,
    )
    run = ended.select_related("connection").first()
    return run.connection if run else None


def forgotten_syncs() -> list[int]:
    """Open runs that no worker holds: never woken, put off until now, or left by a worker that died."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Q(retry_at=None, created_at__lt=now - timedelta(seconds=10)) | Q(retry_at__lte=now)
    return list(SyncRun.objects.filter(free, due, state__in=OPEN_SYNC).values_list("pk", flat=True))


def due_polls() -> list[int]:
    """Active connections that are due and have somebody to ask about."""
    now = timezone.now()
    due = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE, poll_due_at__lte=now)
    return list(due.filter(pk__in=_with_somebody_sent()).values_list("pk", flat=True))


def due_keepalives() -> list[int]:
    """Grants that no work has refreshed for a while, the oldest first, also of connections that need attention."""
    due = Connection.objects.filter(credential_kind=CredentialKind.PARTNER).exclude(state=ConnectionState.DISCONNECTED)
    quiet = due.filter(refreshed_at__lt=timezone.now() - grants.KEEP_ALIVE_AFTER)
    alive = quiet.exclude(problem_code="reconnect_needed")
    return list(alive.order_by("refreshed_at").values_list("pk", flat=True)[:GRANTS_AT_ONCE])


def due_rechecks() -> list[int]:
    """Connections in trouble, to see now and then whether the cause is gone; an outage only if no poll would see."""
    now = timezone.now()
    due = Connection.objects.not_paused(now).filter(poll_due_at__lte=now)
    outage = Q(state=ConnectionState.ACTIVE, broken_since__isnull=False) & ~Q(pk__in=_with_somebody_sent())
    return list(due.filter(Q(state=ConnectionState.NEEDS_ATTENTION) | outage).values_list("pk", flat=True))


def due_second_looks() -> list[int]:
    """Working connections with a feature switched off, not tested for an hour: somebody may have ticked the scope."""
    quiet = Connection.objects.filter(state=ConnectionState.ACTIVE, tested_at__lt=timezone.now() - SECOND_LOOK_AFTER)
    return list(quiet.exclude(refused_scopes=[]).values_list("pk", flat=True))


def due_webhooks() -> list[int]:
    """Endpoints with deliveries that nobody works on although it is time; as long as Greenhouse can be asked."""
    now = timezone.now()
    well = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE)
    due = WebhookDelivery.objects.due(now).filter(endpoint__connection__in=well)
    return list(due.order_by("endpoint").values_list("endpoint", flat=True).distinct())


def due_registrations() -> list[int]:
    """Endpoints whose webhooks in Greenhouse are to be looked after now."""
    now = timezone.now()
    well = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE)
    due = WebhookEndpoint.objects.filter(is_registered_by_api=True, register_due_at__lte=now, connection__in=well)
    return list(due.values_list("pk", flat=True))


def endpoints_told_of_jobs() -> QuerySet[WebhookEndpoint]:
    """Endpoints whose deliveries ask for the jobs to be read, where nothing else reads them."""
    now = timezone.now()
    well = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE)
    free = well.exclude(sync_runs__state__in=OPEN_SYNC)
    return WebhookEndpoint.objects.filter(jobs_due_at__lte=now, connection__in=free).select_related("connection")


def take_jobs_told_of(endpoint: WebhookEndpoint) -> bool:
    """Clear what an endpoint asks for; False if that has changed since the row was read, so that more must be read.

    The caller begins the reading in the same transaction. Whatever is told from there on asks for another one.
    """
    as_read = WebhookEndpoint.objects.filter(
        pk=endpoint.pk, jobs_due_at=endpoint.jobs_due_at, jobs_kind=endpoint.jobs_kind
    )
    return bool(as_read.update(jobs_due_at=None))


def forget_deliveries() -> None:
    """Drop what is no longer needed of deliveries, and secrets whose time is over.

    Effects: bodies go after a week, read or not; the rows after thirty days, but for the newest of each endpoint,
        which tells since when nothing has come.
    """
    now = timezone.now()
    old = WebhookDelivery.objects.filter(received_at__lt=now - BODIES_KEPT_FOR)
    old.exclude(state=DeliveryState.DONE).update(
        state=DeliveryState.DONE, outcome=DeliveryOutcome.DROPPED, done_at=now, lease_until=None, retry_at=None
    )
    old.filter(body_dropped_at=None).update(body=Secret(""), body_dropped_at=now)
    newest = WebhookDelivery.objects.values("endpoint").annotate(newest=Max("pk")).values("newest")
    past = WebhookDelivery.objects.filter(received_at__lt=now - DELIVERIES_KEPT_FOR)
    past.exclude(pk__in=list(newest.values_list("newest", flat=True))).delete()
    over = WebhookEndpoint.objects.filter(former_secret_until__lt=now)
    over.update(former_secret=Secret(""), former_secret_until=None)


def forget_runs() -> None:
    """Drop readings of the career site that ended long ago.

    Effects: the newest of each kind stays, and the last complete one, after which a person may still be asked about
        jobs that vanished. So does one that last showed any row: nothing is made to look as if it was never seen.
    """
    runs = SyncRun.objects.order_by()
    newest = runs.values("connection", "kind").annotate(newest=Max("pk")).values("newest")
    complete = runs.complete().values("connection").annotate(newest=Max("pk")).values("newest")
    past = runs.filter(finished_at__lt=timezone.now() - RUNS_KEPT_FOR).exclude(state__in=OPEN_SYNC)
    for model in (GreenhouseJob, GreenhouseJobPost, GreenhousePostLocation, GreenhousePayRange):
        past = past.exclude(Exists(model._default_manager.filter(seen_in=OuterRef("pk"))))
    past.exclude(pk__in=list(newest.union(complete).values_list("newest", flat=True))).delete()


def due_people() -> list[int]:
    """Connections whose recent people are to be read on, or from now on: those that have read their career site."""
    now = timezone.now()
    working = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE, synced_at__isnull=False)
    new = working.filter(people_reading=None)
    PeopleReading.objects.bulk_create([PeopleReading(connection=row, due_at=now) for row in new], ignore_conflicts=True)
    due = working.filter(people_reading__is_on=True, people_reading__due_at__lte=now)
    return list(due.values_list("pk", flat=True))


def due_reconciliations() -> list[Connection]:
    """Connections to compare with Greenhouse tonight, spread over its hours; or at once, where a night was missed."""
    now = timezone.now()
    working = Connection.objects.not_paused(now).filter(state=ConnectionState.ACTIVE, pk__in=_with_somebody_sent())
    last = dict(Reconciliation.objects.values_list("connection").annotate(Max("created_at")).order_by())
    return [connection for connection in working if _is_its_night(connection, now, last.get(connection.pk))]


def _is_its_night(connection: Connection, now: datetime, last: datetime | None) -> bool:
    if last and last < now - NIGHT_MISSED_AFTER:
        return True
    is_turn = now.hour in NIGHT_HOURS and connection.pk % len(NIGHT_HOURS) == now.hour
    return is_turn and (last is None or last < now - RECONCILED_WITHIN)


def forgotten_reconciliations() -> list[int]:
    """Open comparisons that no worker holds: never woken, put off until now, or left by a worker that died."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    open_ones = Reconciliation.objects.filter(free, due, state__in=OPEN_RECONCILIATION)
    return list(open_ones.values_list("pk", flat=True))


def _with_somebody_sent() -> QuerySet[Any, Any]:
    return Export.objects.filter(state=ExportState.SENT).values("connection")
