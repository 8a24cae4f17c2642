"""Ask round by round what became of the people we sent; next to nothing when nothing moved.

A round asks in one of two ways, whichever takes fewer requests (contract §9 Track). With few people: for all of them
by id, which shows everything. With many: for what moved on their jobs lately, and by id only for those who were not
asked about for half a day, since a merge, a deletion or a transfer need not show in what moved on a job. With people on
so many jobs that neither ends within a window of the budget: by id, whoever was asked about longest ago.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from candidates.models import ApplicationStatus, Origin
from integrations import health
from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import GreenhouseError, RateLimited
from integrations.greenhouse.harvest import IDS_PER_CALL
from integrations.greenhouse.tracking.applying import apply_readings
from integrations.greenhouse.tracking.asking import ask, complete
from integrations.greenhouse.tracking.following import LOOK_UPS
from integrations.greenhouse.tracking.refreshing import tracked
from integrations.models import Connection, Export, Step
from integrations.problems import code_for

log = logging.getLogger(__name__)

EXPORTS_PER_ROUND = 200  # by id, in four requests; more only where there are so many that half a day would not do
REQUESTS_BY_JOB = 20  # at most, out of fifty in a window
OVERLAP = timedelta(minutes=10)  # Greenhouse's clock is not ours
OPEN_EVERY = timedelta(hours=12)
OVER_EVERY = timedelta(days=6)
PERSON_EVERY = timedelta(hours=12)
_OVER = (ApplicationStatus.HIRED, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.GONE)


def poll(connection_id: int) -> None:
    """Ask Greenhouse once where people stand.

    Effects: a handful of GETs outside any transaction; exports, applications and timelines of what changed.
    Repeat: harmless; one round at a time by `Connection.poll_due_at`, which is moved on before anything is asked.
    """
    now = timezone.now()
    due = Connection.objects.filter(pk=connection_id, poll_due_at__lte=now)
    if due.update(poll_due_at=now + timedelta(seconds=settings.GREENHOUSE_POLL_SECONDS)) != 1:
        return
    connection = Connection.objects.get(pk=connection_id)
    if not connection.is_active:
        return
    try:
        _round(connection, now)
    except RateLimited as exc:
        Connection.objects.filter(pk=connection_id).update(poll_due_at=come_back_at(exc))
    except GreenhouseError as exc:
        log.warning("poll of connection %s stopped: %s", connection_id, exc)
        _note_trouble(connection, code_for(exc), health.step_of_error(exc, Step.STATUS_BACK))
    except DecryptionError:
        _note_trouble(connection, "secret_unreadable", Step.SIGN_IN)
    else:
        # When it began: what moves while it is under way is for the next one.
        Connection.objects.filter(pk=connection_id).update(polled_at=now)
        health.note_well(connection_id, Step.STATUS_BACK)
        if connection.problem_code:
            connection.mark_answering()


def _note_trouble(connection: Connection, code: str, step: Step) -> None:
    connection.mark_trouble(code)
    health.note_trouble(connection.pk, step, code)


def _round(connection: Connection, now: datetime) -> None:
    sent = tracked(connection)
    still_open = sent.exclude(status__in=_OVER)
    open_count = still_open.count()
    jobs = _jobs(still_open)
    has_prospects = still_open.filter(remote_job_id="").exclude(tracked_at=None).exists()
    by_job = ceil(len(jobs) / IDS_PER_CALL) + has_prospects
    if ceil(open_count / IDS_PER_CALL) <= max(1, by_job):
        _ask_by_id(connection, _all_of(sent, now), now)
        return
    if by_job > REQUESTS_BY_JOB:
        _ask_by_id(connection, list(_in_turn(sent, now)[: REQUESTS_BY_JOB * IDS_PER_CALL]), now)
        return
    if connection.polled_at and connection.polled_at > now - OPEN_EVERY:  # else the slow round brings everybody
        _ask_what_moved(connection, sent, jobs, has_prospects=has_prospects)
    per_round = max(EXPORTS_PER_ROUND, _whole(open_count * settings.GREENHOUSE_POLL_SECONDS / 21_600))
    _ask_by_id(connection, list(_due(sent, now)[:per_round]), now)


def _jobs(still_open: QuerySet[Export]) -> list[str]:
    """The Greenhouse jobs on which somebody is whom we have seen there."""
    return list(still_open.exclude(remote_job_id="").values_list("remote_job_id", flat=True).distinct().order_by())


def _all_of(sent: QuerySet[Export], now: datetime) -> list[Export]:
    """Everybody who is still open, those who are due again, and as many others as the requests have room for."""
    due = Q(pk__in=_due(sent, now).values("pk")[:EXPORTS_PER_ROUND])
    exports = list(sent.filter(~Q(status__in=_OVER) | due))
    room = _whole(max(1, len(exports))) - len(exports)
    others = sent.exclude(pk__in=[export.pk for export in exports])
    return exports + list(_longest_unasked(others)[:room])


def _in_turn(sent: QuerySet[Export], now: datetime) -> QuerySet[Export]:
    """Everybody who is still open and those who are due again."""
    is_due = Q(tracked_at=None) | Q(tracked_at__lt=now - OVER_EVERY)
    return _longest_unasked(sent.filter(~Q(status__in=_OVER) | is_due))


def _due(sent: QuerySet[Export], now: datetime) -> QuerySet[Export]:
    """Those to ask about by id: twice a day who is still open, about once a week who was hired, rejected or is gone."""
    is_over = Q(status__in=_OVER)
    long_ago = Q(tracked_at=None) | Q(~is_over, tracked_at__lt=now - OPEN_EVERY) | Q(tracked_at__lt=now - OVER_EVERY)
    return _longest_unasked(sent.filter(long_ago))


def _longest_unasked(rows: QuerySet[Export]) -> QuerySet[Export]:
    return rows.order_by(F("tracked_at").asc(nulls_first=True), "pk")


def _whole(count: float) -> int:
    """As many as the requests hold that it takes anyway."""
    return ceil(count / IDS_PER_CALL) * IDS_PER_CALL


def _ask_by_id(connection: Connection, exports: Sequence[Export], now: datetime) -> None:
    """Ask request by request, so that a budget that ends half-way leaves what was read."""
    if not exports:
        return
    client = client_for(connection, Priority.BULK)
    for start in range(0, len(exports), IDS_PER_CALL):
        some = exports[start : start + IDS_PER_CALL]
        long_unseen = [export for export in some if _seen_at(export) < now - PERSON_EVERY]
        apply_readings(ask(connection, client, some, about_people=long_unseen, look_ups=LOOK_UPS), Origin.POLL)


def _seen_at(export: Export) -> datetime:
    return export.person_tracked_at or export.sent_at or export.created_at


def _ask_what_moved(
    connection: Connection, sent: QuerySet[Export], jobs: Sequence[str], *, has_prospects: bool
) -> None:
    """Ask request by request, so that a budget that ends half-way leaves what was read."""
    client = client_for(connection, Priority.BULK)
    for start in range(0, len(jobs), IDS_PER_CALL):
        _ask_what_moved_on(connection, client, sent, jobs[start : start + IDS_PER_CALL])
    if has_prospects:
        _ask_what_moved_on(connection, client, sent, None)


def _ask_what_moved_on(
    connection: Connection, client: GreenhouseClient, sent: QuerySet[Export], jobs: Sequence[str] | None
) -> None:
    assert connection.polled_at is not None  # noqa: S101 - for the type checker
    asked_at = timezone.now()
    moved = client.fetch_applications_since(connection.polled_at - OVERLAP, job_ids=jobs)
    rows = {str(row.id): row for row in moved}
    exports = sent.filter(application_remote_id__in=rows)
    apply_readings(complete(connection, client, exports, rows, asked_at=asked_at), Origin.POLL)
