"""Where somebody stands in Greenhouse, and what changed between two looks. No HTTP, no queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from candidates.models import ApplicationStatus, EventKind
from integrations.greenhouse.mapping import tracked_status
from integrations.greenhouse.schemas import (
    ApplicationPayload,
    CandidatePayload,
    RejectionDetailPayload,
    RejectionReasonPayload,
)
from integrations.models import Export

GONE = "gone"
_KNOWN = frozenset({"in_process", "rejected", "hired", "converted", GONE})
_ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why, when and by whom somebody was rejected, as far as we may read it."""

    reason: RejectionReasonPayload | None = None
    detail: RejectionDetailPayload | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a job's hiring plan, and since when somebody is there, if that could be read."""

    remote_id: str = ""
    name: str = ""
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What Greenhouse said of one export when it was asked.

    Shape: `row` is the application that stands for the export now, which may be another one than before; None when it
    is no longer there. `rejection` is None where we may not read it. `candidate_id` is the person who has it now;
    `person` is what they look like, if they were asked about.
    """

    export: Export
    asked_at: datetime
    row: ApplicationPayload | None
    stage: Stage = Stage()
    rejection: Rejection | None = None
    candidate_id: str = ""
    person: CandidatePayload | None = None
    asked_about_person: bool = False
    person_is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: in Greenhouse's words and in ours. These are columns of `Export`."""

    status: str
    remote_status: str
    remote_stage: str
    remote_stage_id: str
    remote_job_id: str
    rejection_reason: str

    @classmethod
    def known(cls, export: Export) -> "Standing":
        """What we wrote down last."""
        return cls(**{name: getattr(export, name) for name in cls.__slots__})

    @classmethod
    def read(cls, reading: Reading) -> "Standing":
        """What Greenhouse said; what it did not say stays as it was."""
        row, before = reading.row, reading.export
        if row is None:
            kept = (before.remote_stage, before.remote_stage_id, before.remote_job_id, before.rejection_reason)
            return cls(ApplicationStatus.GONE, GONE, *kept)
        stage = reading.stage.name
        if not stage and reading.stage.remote_id and reading.stage.remote_id == before.remote_stage_id:
            stage = before.remote_stage
        reason, status = _reason(reading, row, stage)
        return cls(
            status=status,
            remote_status=row.status[:40],
            remote_stage=stage[:300],
            remote_stage_id=reading.stage.remote_id,
            remote_job_id=str(row.job_id) if row.job_id else "",
            rejection_reason=reason[:300],
        )


def _reason(reading: Reading, row: ApplicationPayload, stage: str) -> tuple[str, ApplicationStatus]:
    before = reading.export
    if row.status == "rejected" and reading.rejection is None and before.remote_status == "rejected" and before.status:
        # What was known while we could read the reasons is better than what we may read now.
        return before.rejection_reason, ApplicationStatus(before.status)
    reason = reading.rejection.reason if reading.rejection and row.status == "rejected" else None
    key = reason.type.key if reason and reason.type else ""
    return reason.name if reason else "", tracked_status(row.status, stage, key)


@dataclass(frozen=True, slots=True)
class Change:
    """One line for the timeline. Shape: `status` is set if it is a change of status; `at` is by Greenhouse's clock."""

    kind: EventKind
    text: str
    at: datetime | None = None
    status: str = ""
    as_whom: str = ""


def changes(before: Standing, now: Standing, reading: Reading, jobs: Mapping[str, str]) -> Iterator[Change]:
    """Tell what happened between two looks, in order. Shape: `jobs` names Greenhouse jobs by id."""
    row = reading.row
    at = _not_later(row.last_activity_at if row else None, reading.asked_at)
    if row and str(row.id) != reading.export.application_remote_id:
        yield _successor(now, reading, jobs, at)
    elif row and now.remote_job_id != before.remote_job_id and _was_on(before, reading) not in ("", now.remote_job_id):
        yield Change(EventKind.TRANSFERRED, f"Moved to another job in Greenhouse: {_job(now, jobs)}", at)
    if _place(before) != _place(now):
        yield _status_change(before, now, reading, at)


def _successor(now: Standing, reading: Reading, jobs: Mapping[str, str], at: datetime) -> Change:
    if reading.export.is_prospect:
        return Change(EventKind.CONVERTED, f"Put on a job in Greenhouse: {_job(now, jobs)}", at)
    return Change(EventKind.LINKED, "Linked with another application on the same job, which is there instead", at)


def _was_on(before: Standing, reading: Reading) -> str:
    """The job of the last look, or the one we sent to."""
    job = reading.export.greenhouse_job
    return before.remote_job_id or (job.remote_id if job and not reading.export.is_prospect else "")


def _job(now: Standing, jobs: Mapping[str, str]) -> str:
    return jobs.get(now.remote_job_id) or "one that we do not know"


def _place(standing: Standing) -> tuple[str, ...]:
    """Without the ids: a stage that got another id but kept its name is no news."""
    return standing.remote_status, standing.remote_stage, standing.rejection_reason, standing.status


def _status_change(before: Standing, now: Standing, reading: Reading, at: datetime) -> Change:
    status, stage = ApplicationStatus(now.status), now.remote_stage
    if reading.row is None:
        text = "No longer in Greenhouse: " + ("the person was deleted" if reading.person_is_gone else "it was deleted")
        return Change(EventKind.GONE, text, status=status)
    if status in _ENDED:
        rejection = reading.rejection or Rejection()
        rejected_at = (rejection.detail and rejection.detail.rejected_at) or reading.row.rejected_at
        text = f"{status.label} in Greenhouse" + (f": {now.rejection_reason}" if now.rejection_reason else "")
        return Change(EventKind(status), text, _not_later(rejected_at, at), status, rejection.by)
    if status == ApplicationStatus.HIRED:
        return Change(EventKind.HIRED, "Hired in Greenhouse", at, status)
    where = f"at stage {stage}" if stage else "without a stage"
    if before.remote_status == "rejected":
        return Change(EventKind.UNREJECTED, f"No longer rejected: in Greenhouse {where}", at, status)
    if before.remote_status == "hired":
        return Change(EventKind.UNHIRED, f"No longer hired: in Greenhouse {where}", at, status)
    entered_at = _not_later(reading.stage.entered_at, at)
    return Change(EventKind.STAGE_MOVED, _in_process(now, where), entered_at, status)


def _in_process(now: Standing, where: str) -> str:
    if now.remote_status == "converted":
        return "Put on a job in Greenhouse that we cannot see"
    if now.remote_status not in _KNOWN:  # a word that is newer than we are
        return f"In Greenhouse {where}, with the status “{now.remote_status}”"
    return f"In Greenhouse {where}" if now.remote_stage else "In Greenhouse"


def _not_later(moment: datetime | None, limit: datetime) -> datetime:
    return min(moment, limit) if moment else limit
