"""The alarm clock: `enqueue_*` makes a row and wakes a worker on commit; tasks carry ids and call plain functions.

A lost message costs nothing: the sweeps of beat find every row that nobody woke.
"""

import random
from contextlib import suppress

from celery import Task, shared_task
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from candidates.models import Application, EventKind, Origin
from candidates.search import saved
from candidates.services import tell
from integrations import connecting, life, reminding, sourcing, sweeps, webhook_registration
from integrations.arrival import Arrival
from integrations.credentials import keep_alive
from integrations.greenhouse import deliveries, export, recent, reconciling, sync, tracking
from integrations.greenhouse.errors import GreenhouseError
from integrations.models import OPEN_SYNC, Connection, Export, GreenhouseJob, Reconciliation, SyncKind, SyncRun

ENQUEUE_TRIES = 3
WAKE_EXPIRES_SECONDS = 60  # an unread message is worthless by then: a sweep has sent another


def enqueue_sync(connection: Connection, *, by: User | None, kind: SyncKind = SyncKind.FULL) -> SyncRun:
    """Start reading the career site, or join a reading under way that shows as much.

    Effects: a reading under way that shows less ends at its next page, and this one takes its place: what it has
        read stays, and what it has not, this one or the next reading of changes will.
    Repeat: the open run of the connection; a unique constraint decides between two at once.
    Raises: IntegrityError when the employer was deleted in between.
    """
    if kind == SyncKind.CHANGES and connection.changes_since is None:
        kind = SyncKind.FULL
    since = connection.changes_since if kind == SyncKind.CHANGES else None
    tries_left = ENQUEUE_TRIES
    while True:
        tries_left -= 1
        try:
            with transaction.atomic():
                SyncRun.objects.filter(connection=connection).end_for(kind)
                run = SyncRun.objects.create(connection=connection, kind=kind, changed_since=since, requested_by=by)
        except IntegrityError:
            under_way = SyncRun.objects.filter(connection=connection, state__in=OPEN_SYNC).first()
            if under_way is not None and not under_way.yields_to(kind):
                return under_way
            if not tries_left:
                raise
            continue  # it has just ended, or has just begun and yields
        _wake(run_sync, run.pk)
        return run


def enqueue_export(
    *,
    connection: Connection,
    application: Application,
    greenhouse_job: GreenhouseJob | None,
    arrival: Arrival,
    by: User | None = None,
) -> Export:
    """Owe Greenhouse this application, in the caller's transaction.

    Repeat: the export that is there; there is one per connection, candidate and Greenhouse job, or without a job.
    """
    row, created = Export.objects.get_or_create(
        connection=connection,
        candidate=application.candidate,
        greenhouse_job=greenhouse_job,
        defaults={
            "application": application,
            "woken_at": timezone.now(),
            "requested_by": by,
            **arrival.as_fields(),
        },
    )
    if created:
        if by:
            text = "To be sent to Greenhouse"
            tell(application=application, kind=EventKind.REQUESTED, text=text, origin=Origin.MEMBER, actor=by)
        wake_export(row)
    return row


def wake_export(row: Export) -> None:
    """Call a worker for an export as soon as the caller's transaction is committed."""
    _wake(run_export, row.pk)


def wake_reconciliation(reconciliation_id: int) -> None:
    """Call a worker for a comparison as soon as the caller's transaction is committed."""
    _wake(run_reconciliation, reconciliation_id)


def wake_webhooks(endpoint_id: int) -> None:
    """Call a worker for the deliveries of an endpoint; without a broker a sweep finds them."""
    with suppress(OperationalError, OSError):
        run_webhooks.apply_async((endpoint_id,), expires=WAKE_EXPIRES_SECONDS)


def _wake(task: "Task[[int], None]", pk: int) -> None:
    # Robust: with the broker down the row is there all the same, and a sweep finds it.
    transaction.on_commit(lambda: task.delay(pk), robust=True)


def _go_on(task: "Task[[int], None]", row: SyncRun | Reconciliation) -> None:
    """Call a worker for the next slice, once it is time."""
    wait = max(0.0, (row.retry_at - timezone.now()).total_seconds()) if row.retry_at else 0.0
    task.apply_async((row.pk,), countdown=wait)


@shared_task(ignore_result=True)
def run_export(export_id: int) -> None:
    export.run(export_id)


@shared_task(ignore_result=True)
def run_sync(run_id: int) -> None:
    if sync.run(run_id):
        _go_on(run_sync, SyncRun.objects.get(pk=run_id))
    elif connection := sweeps.due_survey(run_id):
        enqueue_sync(connection, by=None, kind=SyncKind.SURVEY)


@shared_task(ignore_result=True)
def run_reconciliation(reconciliation_id: int) -> None:
    if reconciling.run(reconciliation_id):
        _go_on(run_reconciliation, Reconciliation.objects.get(pk=reconciliation_id))


@shared_task(ignore_result=True)
def wake_due_reconciliations() -> None:
    for connection in sweeps.due_reconciliations():
        with suppress(IntegrityError), transaction.atomic():
            Reconciliation.objects.create(connection=connection)
    for reconciliation_id in sweeps.forgotten_reconciliations():
        run_reconciliation.apply_async((reconciliation_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def run_webhooks(endpoint_id: int) -> None:
    if deliveries.process(endpoint_id):
        wake_webhooks(endpoint_id)


@shared_task(ignore_result=True)
def poll_connection(connection_id: int) -> None:
    tracking.poll(connection_id)


@shared_task(ignore_result=True)
def recheck_connection(connection_id: int) -> None:
    connecting.recheck(connection_id)


@shared_task(ignore_result=True)
def look_again(connection_id: int) -> None:
    connecting.look_again(connection_id)


@shared_task(ignore_result=True)
def tell_admins(connection_id: int) -> None:
    life.tell_admins(connection_id)


@shared_task(ignore_result=True)
def ask_admins(connection_id: int) -> None:
    reminding.ask_admins(connection_id)


@shared_task(ignore_result=True)
def wake_due_letters() -> None:
    for connection_id in life.connections_to_tell():
        tell_admins.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)
    for connection_id in reminding.connections_to_ask():
        ask_admins.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def read_recent_people(connection_id: int) -> None:
    recent.read(connection_id)


@shared_task(ignore_result=True)
def wake_due_people() -> None:
    for connection_id in sweeps.due_people():
        read_recent_people.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def wake_due_exports() -> None:
    for export_id in sweeps.take_due_exports():
        run_export.apply_async((export_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def wake_due_syncs() -> None:
    for connection in sweeps.connections_to_sync():
        with suppress(IntegrityError):  # its employer is gone by now, and nobody else waits because of it
            enqueue_sync(connection, by=None, kind=sweeps.kind_due(connection))
    for run_id in sweeps.forgotten_syncs():
        run_sync.apply_async((run_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def wake_due_webhooks() -> None:
    for endpoint_id in sweeps.due_webhooks():
        run_webhooks.apply_async((endpoint_id,), expires=WAKE_EXPIRES_SECONDS)
    for endpoint_id in sweeps.due_registrations():
        look_after_webhooks.apply_async((endpoint_id,), expires=WAKE_EXPIRES_SECONDS)
    for endpoint in sweeps.endpoints_told_of_jobs():
        # One at a time, and what is asked for goes only with the run that answers it. An employer may be gone by now.
        with suppress(IntegrityError), transaction.atomic():
            if sweeps.take_jobs_told_of(endpoint):
                enqueue_sync(endpoint.connection, by=None, kind=SyncKind(endpoint.jobs_kind))


@shared_task(ignore_result=True)
def look_after_webhooks(endpoint_id: int) -> None:
    webhook_registration.look_after(endpoint_id)


@shared_task(ignore_result=True)
def sweep_webhooks() -> None:
    sweeps.forget_deliveries()
    sweeps.forget_runs()


@shared_task(ignore_result=True)
def wake_due_polls() -> None:
    for connection_id in sweeps.due_polls():
        poll_connection.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)
    for connection_id in sweeps.due_rechecks():
        recheck_connection.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)
    for connection_id in sweeps.due_second_looks():
        look_again.apply_async((connection_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True, throws=(GreenhouseError,))
def keep_grant_alive(connection_id: int) -> None:
    """Refresh a partner's grant; where Greenhouse does not answer, the sweep asks again in five minutes."""
    keep_alive(connection_id)


@shared_task(ignore_result=True)
def keep_grants_alive() -> None:
    for connection_id in sweeps.due_keepalives():
        # Spread, but not over more than a task may wait (see the visibility timeout in settings).
        keep_grant_alive.apply_async((connection_id,), countdown=random.uniform(0, 50), expires=280)  # noqa: S311


@shared_task(ignore_result=True)
def tell_of_searches(membership_id: int) -> None:
    saved.tell(membership_id, narrowing=sourcing.narrowing)


@shared_task(ignore_result=True)
def wake_saved_searches() -> None:
    """Find the members whose saved searches have not been looked at for a day."""
    for membership_id in saved.owed():
        tell_of_searches.apply_async((membership_id,), expires=WAKE_EXPIRES_SECONDS)
