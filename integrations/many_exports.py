"""Send many exports again, or cancel them: what one click does to one, for ten thousand in few queries."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from candidates.models import EventKind, Origin, TimelineEvent
from integrations.export_list import TO_DECIDE
from integrations.models import CAN_BE_CANCELLED, CAN_BE_SENT_AGAIN, Export, ExportState
from integrations.sending import forget_anonymized

BATCH = 250


def can_be_sent_again(exports: QuerySet[Export]) -> QuerySet[Export]:
    """Those that have stopped or wait; whether two people are one is decided elsewhere, not by trying again."""
    return exports.filter(state__in=CAN_BE_SENT_AGAIN).exclude(problem_code=TO_DECIDE)


def can_be_cancelled(exports: QuerySet[Export]) -> QuerySet[Export]:
    return exports.filter(state__in=CAN_BE_CANCELLED)


def send_all_again(*, exports: QuerySet[Export], by: User) -> int:
    """Try these stopped exports, which the caller has limited to one employer, once more; return how many.

    Effects: one transaction and a constant number of queries per 250; a line in each timeline. Beat wakes them, in turn
        with those of other employers.
    Repeat: harmless; those that are on their way already are left out.
    """
    return sum(_send_again(ids, by) for ids in _batches(can_be_sent_again(exports)))


def cancel_all(*, exports: QuerySet[Export], by: User) -> int:
    """Send nothing more of these exports; return how many that were. What has arrived stays in Greenhouse.

    Effects, Repeat: as `send_all_again`; a worker that is sending one ends before its next step.
    """
    return sum(_cancel(ids, by) for ids in _batches(can_be_cancelled(exports)))


def _batches(exports: QuerySet[Export]) -> Iterable[list[int]]:
    ids = list(exports.order_by("pk").values_list("pk", flat=True))
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _send_again(ids: list[int], by: User) -> int:
    now = timezone.now()
    with transaction.atomic():
        _hold(ids)
        rows = list(can_be_sent_again(Export.objects.filter(pk__in=ids)).select_related("application"))
        forget_anonymized(rows)
        Export.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=ExportState.PENDING, retry_at=None, problem_code="", problem_at=None, woken_at=None, trying_since=now
        )
        _tell(rows, EventKind.REQUESTED, "To be sent to Greenhouse again", by)
    return len(rows)


def _cancel(ids: list[int], by: User) -> int:
    with transaction.atomic():
        _hold(ids)
        rows = list(can_be_cancelled(Export.objects.filter(pk__in=ids)))
        Export.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=ExportState.CANCELLED, retry_at=None, problem_code="", problem_at=None
        )
        _tell(rows, EventKind.CANCELLED, "Sending to Greenhouse was cancelled", by)
    return len(rows)


def _hold(ids: list[int]) -> None:
    # Touching the rows locks them on PostgreSQL; on SQLite the transaction itself is the lock.
    Export.objects.filter(pk__in=ids).update(attempts=F("attempts"))


def _tell(rows: list[Export], kind: EventKind, text: str, by: User) -> None:
    TimelineEvent.objects.bulk_create(
        TimelineEvent(application_id=row.application_id, kind=kind, text=text, origin=Origin.MEMBER, actor=by)
        for row in rows
    )
