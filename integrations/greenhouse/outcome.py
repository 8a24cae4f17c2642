"""How one attempt at an export ends: sent, put off, or before a person. Rows only, no HTTP."""

import random
from datetime import timedelta

from django.utils import timezone

from candidates.models import ApplicationStatus, Origin
from candidates.services import record_status
from integrations import health
from integrations.models import Export, ExportState, Step

GIVE_UP_AFTER = timedelta(hours=24)


def backoff(attempts: int) -> float:
    """How long to wait before the next attempt. Units: seconds, doubling to a quarter of an hour, with jitter."""
    return min(2.0 ** min(attempts, 10), 900) + random.uniform(0, 2)  # noqa: S311


def put_off(export: Export, code: str, *, seconds: float, unknown: bool = False) -> None:
    """Let the export come again after `seconds`, or as soon as its connection works for 0.

    Effects: the row and the step's report. After a day of trying a person is asked instead, but never while a write
    is `unknown`: what may have arrived is read back first.
    """
    now = timezone.now()
    # Days in which the connection was broken or taken away are not the export's fault.
    began = max(export.trying_since, export.connection.recovered_at or export.trying_since)
    if now - began > GIVE_UP_AFTER and not unknown and code not in ("", "rate_limited"):
        stop(export, "too_many_attempts")
        return
    export.state = ExportState.UNKNOWN if unknown else ExportState.WAITING
    export.retry_at = now + timedelta(seconds=seconds) if seconds else None
    if code:
        export.set_problem(code)
    else:
        export.clear_problem()
    _let_go(export)
    if code:
        _note_trouble(export, code)


def stop(export: Export, code: str) -> None:
    """Leave the export to a person, who reads why and may press Send again."""
    export.state, export.retry_at = ExportState.NEEDS_ATTENTION, None
    export.set_problem(code)
    _let_go(export)
    _note_trouble(export, code)


def _note_trouble(export: Export, code: str) -> None:
    if code != "rate_limited":  # a spent budget is no trouble
        health.note_trouble(export.connection_id, health.step_of_code(code, Step.EXPORTS), code)


def finish(export: Export) -> None:
    """Note that everything is in Greenhouse, on the export, in the timeline and in the steps' reports."""
    export.state, export.sent_at, export.retry_at = ExportState.SENT, timezone.now(), None
    export.clear_problem()
    _let_go(export)
    export.connection.mark_answering()
    resumes = [Step.RESUMES] if export.resume_remote_id else []
    health.note_well(export.connection_id, Step.SIGN_IN, Step.EXPORTS, *resumes)
    words = "Found in Greenhouse and linked" if export.was_there else "Sent to Greenhouse"
    if export.application.status == ApplicationStatus.APPLIED:
        record_status(
            application=export.application,
            status=ApplicationStatus.SENT,
            text=words,
            origin=Origin.EXPORT,
        )


def _let_go(export: Export) -> None:
    export.lease_until = export.woken_at = None
    export.save(
        update_fields=[
            "woken_at",
            "state",
            "problem_code",
            "problem_at",
            "retry_at",
            "lease_until",
            "sent_at",
        ]
    )
