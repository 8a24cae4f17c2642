"""How one attempt at an export ends: sent, put off, or before a person. Rows only, no HTTP.

Repeat, all of it: harmless; an export that was cancelled, deleted or taken over meanwhile stays as it is.
"""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from integrations import health, telling
from integrations.models import Export, ExportState, Step

GIVE_UP_AFTER = timedelta(hours=24)
_ENDING = (
    *("woken_at", "state", "problem_code", "problem_at"),
    *("retry_at", "lease_until", "sent_at", "attempts"),
)


def backoff(attempts: int) -> float:
    """How long to wait before the next attempt. Units: seconds, doubling to a quarter of an hour, with jitter."""
    return min(2.0 ** min(attempts, 10), 900) + random.uniform(0, 2)  # noqa: S311


def put_off(export: Export, code: str, *, seconds: float, counts: bool = True) -> None:
    """Let the export come again after `seconds`, or as soon as its connection works for 0.

    Effects: the row and the step's report. After a day of trying a person is asked instead.
    Shape: with `counts` false it was no attempt.
    """
    if code not in ("", "rate_limited") and _has_had_its_day(export):
        stop(export, "too_many_attempts")
        return
    export.state = ExportState.WAITING
    export.retry_at = timezone.now() + timedelta(seconds=seconds) if seconds else None
    if code:
        export.set_problem(code)
    else:
        export.clear_problem()
    if _let_go(export, uncounted=not counts) and code:
        _note_trouble(export, code)


def put_off_unknown(export: Export) -> None:
    """Let it settle first: what may have arrived is read back before anything is sent, whoever asks for it.

    Effects: the row, which nobody can claim until then, and the step's report. After a day of trying a person is asked
    instead.
    """
    settled_at = timezone.now() + timedelta(seconds=settings.GREENHOUSE_SETTLE_SECONDS)
    if _has_had_its_day(export):
        stop(export, "too_many_attempts", settled_at=settled_at)
        return
    export.state = ExportState.UNKNOWN
    export.retry_at = max(settled_at, timezone.now() + timedelta(seconds=backoff(export.attempts)))
    export.set_problem("outcome_unknown")
    if _let_go(export, lease_until=settled_at):
        _note_trouble(export, "outcome_unknown")


def stop(export: Export, code: str, *, settled_at: datetime | None = None) -> None:
    """Leave the export to a person, who reads why and may press Send again; it goes on from `settled_at` then."""
    export.state, export.retry_at = ExportState.NEEDS_ATTENTION, None
    export.set_problem(code)
    if _let_go(export, lease_until=settled_at):
        _note_trouble(export, code)
        telling.stopped(export)


def _has_had_its_day(export: Export) -> bool:
    # Days in which the connection was broken or taken away are not the export's fault.
    began = max(export.trying_since, export.connection.recovered_at or export.trying_since)
    return timezone.now() - began > GIVE_UP_AFTER


def free_cancelled(export: Export, lease_until: datetime | None = None) -> None:
    """Let go of an export that was cancelled under us: sent again, it goes on as soon as no write is under way."""
    mine = Export.objects.filter(pk=export.pk, attempts=export.attempts).exclude(state=ExportState.SENDING)
    mine.update(lease_until=lease_until, woken_at=None)


def finish(export: Export) -> None:
    """Note that everything is in Greenhouse, on the export and in the steps' reports."""
    export.state, export.sent_at, export.retry_at = ExportState.SENT, timezone.now(), None
    export.clear_problem()
    if not _let_go(export):
        return
    export.connection.mark_answering()
    has_files = export.files.exclude(remote_id="").exists()
    health.note_well(export.connection_id, Step.SIGN_IN, Step.EXPORTS, *([Step.RESUMES] if has_files else []))


def _note_trouble(export: Export, code: str) -> None:
    if code != "rate_limited":  # a spent budget is no trouble
        health.note_trouble(export.connection_id, health.step_of_code(code, Step.EXPORTS), code)


def _let_go(export: Export, *, uncounted: bool = False, lease_until: datetime | None = None) -> bool:
    """Write how it ended, if the row is still ours: `attempts` is our ticket, and only who sends may say so."""
    mine = Export.objects.filter(pk=export.pk, attempts=export.attempts, state=ExportState.SENDING)
    export.lease_until, export.woken_at = lease_until, None
    ending = {name: getattr(export, name) for name in _ENDING}
    if mine.update(**{**ending, "attempts": export.attempts - uncounted}):
        return True
    free_cancelled(export, lease_until)
    return False
