"""What the top of the Integrations page tells: how the connection is, step by step. Asks Greenhouse nothing."""

from dataclasses import dataclass

from integrations import budget
from integrations.models import (
    DUE_EXPORT,
    Connection,
    Export,
    ExportState,
    GreenhouseCredit,
    ProblemEntry,
    Step,
    StepReport,
    SyncRun,
)

PROBLEMS_SHOWN = 20


@dataclass(frozen=True)
class StepLine:
    """One step and how it did last; `report` is None until it did anything."""

    name: str
    report: StepReport | None


@dataclass(frozen=True)
class Status:
    """A connection as its page shows it."""

    connection: Connection
    steps: list[StepLine]
    problems: list[ProblemEntry]
    last_sync: SyncRun | None
    waiting: int
    uncredited: list[GreenhouseCredit]
    requests: budget.Usage | None


def status_of(connection: Connection) -> Status:
    """Collect what there is to show. Constant in queries; what is used of the budget is asked of Redis."""
    reports = {report.step: report for report in StepReport.objects.filter(connection=connection)}
    return Status(
        connection=connection,
        steps=[StepLine(step.label, reports.get(step.value)) for step in Step],
        problems=list(ProblemEntry.objects.filter(connection=connection)[:PROBLEMS_SHOWN]),
        last_sync=SyncRun.objects.filter(connection=connection).first(),
        waiting=exports_waiting(connection),
        uncredited=_uncredited(connection),
        requests=budget.state(connection.pk),
    )


def _uncredited(connection: Connection) -> list[GreenhouseCredit]:
    """Those of the team whom Greenhouse could not credit when we last asked."""
    rows = GreenhouseCredit.objects.filter(connection=connection).exclude(problem_code="")
    return list(rows.select_related("user").order_by("user__email"))


def exports_waiting(connection: Connection) -> int:
    """How many people are still to be sent."""
    return Export.objects.filter(connection=connection, state__in=(*DUE_EXPORT, ExportState.SENDING)).count()
