"""Ask the admins about exports that wait for a person: at most once a day, and not for ever about the same ones.

Like the letters of `life.py` it is owed by rows: a sweep finds whom to ask, so a lost worker loses none.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from integrations.export_list import LATE_AFTER, overdue
from integrations.life import TELLING_TAKES, write_letter
from integrations.models import Connection, ConnectionState, Export, ExportState

ASK_AFTER = timedelta(minutes=15)  # what stops together is asked about together
ASK_EVERY = timedelta(days=1)
REMIND_EVERY = timedelta(days=7)  # of those that were asked about before


def connections_to_ask() -> list[int]:
    """Connections whose admins are to be asked about their exports. One that is broken has a letter of its own."""
    return list(_owed(timezone.now()).values_list("pk", flat=True))


def ask_admins(connection_id: int) -> None:
    """Write to the employer's admins how many exports need a person, and where.

    Effects: one e-mail at most, outside any transaction. A mail server that does not take it now is asked again in
        five minutes.
    Repeat: harmless; one worker at a time, and once a day.
    """
    now = timezone.now()
    if not _owed(now).filter(pk=connection_id).update(tell_not_before=now + TELLING_TAKES):
        return
    connection = Connection.objects.select_related("employer").get(pk=connection_id)
    exports = Export.objects.for_employer(connection.employer)
    context = {
        "stuck": exports.filter(state=ExportState.NEEDS_ATTENTION).count(),
        "overdue": exports.filter(overdue(now)).count(),
        "url": f"{settings.BASE_URL}{reverse('exports', args=[connection.employer.slug])}?tab=attention",
    }
    has_news = context["stuck"] or context["overdue"]  # not where all of them hide from the employer by now
    if not has_news or write_letter("exports_stuck", connection, context):
        Connection.objects.filter(pk=connection_id).update(told_stuck_at=now, tell_not_before=None)


def _owed(now: datetime) -> QuerySet[Connection]:
    free = Q(tell_not_before=None) | Q(tell_not_before__lte=now)
    rows = Connection.objects.filter(free, state=ConnectionState.ACTIVE, broken_since=None)
    quiet = Q(told_stuck_at=None) | Q(told_stuck_at__lte=now - ASK_EVERY)
    return rows.filter(quiet).filter(Exists(_to_ask_about(now)))


def _to_ask_about(now: datetime) -> QuerySet[Export]:
    """Exports that stopped, or had been tried for a day, since the last letter; or any such a week after it."""
    again = Q(connection__told_stuck_at=None) | Q(connection__told_stuck_at__lte=now - REMIND_EVERY)
    stopped = Q(state=ExportState.NEEDS_ATTENTION, problem_at__lte=now - ASK_AFTER)
    stopped_since = again | Q(problem_at__gt=F("connection__told_stuck_at") - ASK_AFTER)
    overdue_since = again | Q(trying_since__gt=F("connection__told_stuck_at") - LATE_AFTER)
    rows = Export.objects.filter(connection=OuterRef("pk"))
    return rows.filter((stopped & stopped_since) | (overdue(now) & overdue_since))
