"""Hand over to Greenhouse whom the team moved by hand before it was connected: each into the stage that fits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from candidates.models import (
    Application,
    ApplicationOrigin,
    ApplicationQuerySet,
    ApplicationStatus,
    Origin,
    Profile,
    TimelineEvent,
)
from integrations.batches import Order, send_batch
from integrations.greenhouse.mapping import tracked_status
from integrations.hiring_plan import Choice, fetch_lists
from integrations.models import Batch, Connection, Export, ExportState, GreenhouseJob, HandOver
from integrations.problem import Problem

# Whoever is hired or rejected is settled, and Greenhouse has nothing to follow.
_OPEN = (ApplicationStatus.IN_REVIEW, ApplicationStatus.INTERVIEWING, ApplicationStatus.OFFER)
JOBS_ASKED = 20  # of so many Greenhouse jobs the stages are asked; people of others begin at the first one


@dataclass(frozen=True)
class Group:
    """Those of one job in one column, and the stage in which they arrive; None for the job's first one."""

    job: str
    status: ApplicationStatus
    count: int
    stage: Choice | None


@dataclass
class Plan:
    """What handing over would do. `unconnected` are on jobs that are not connected, or on none."""

    groups: list[Group] = field(default_factory=list)
    stages: dict[int, Choice] = field(default_factory=dict)
    unconnected: int = 0
    problem: Problem | None = None

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def staged_by_hand(connection: Connection) -> ApplicationQuerySet:
    """Whom the team moved by hand, and Greenhouse does not know; without those it decided to keep."""
    moved = TimelineEvent.objects.filter(application=OuterRef("pk"), origin=Origin.MEMBER, status__in=_OPEN)
    kept = HandOver.objects.filter(connection=connection).first()
    since = moved.filter(at__gt=kept.kept_at) if kept else moved
    known = Export.objects.filter(application=OuterRef("pk")).exclude(state=ExportState.CANCELLED)
    unwilling = Profile.objects.filter(candidate=OuterRef("candidate"), can_be_sent=False)
    rows = Application.objects.visible_to(connection.employer).filter(Exists(since), status__in=_OPEN)
    return rows.exclude(Exists(known)).exclude(Q(Exists(unwilling), origin=ApplicationOrigin.SOURCED))


def on_connected_jobs(connection: Connection) -> ApplicationQuerySet:
    """Those of them who can be handed over."""
    return staged_by_hand(connection).filter(job__greenhouse_link__post__greenhouse_job__isnull=False)


def plan_of(connection: Connection) -> Plan:
    """Find for each the stage of their Greenhouse job that fits the column they are in.

    Effects: Greenhouse is asked for the stages of at most 20 jobs, and remembered for minutes; outside any transaction.
    """
    plan, stages_of = Plan(), dict[int, list[Choice]]()
    by_group: dict[tuple[str, ApplicationStatus, int], list[int]] = {}
    rows = staged_by_hand(connection).select_related("job__greenhouse_link__post__greenhouse_job").order_by("pk")
    for row in rows.only("pk", "status", "job"):
        greenhouse_job = _greenhouse_job(row, connection)
        if greenhouse_job is None:
            plan.unconnected += 1
            continue
        if greenhouse_job.pk not in stages_of and len(stages_of) < JOBS_ASKED:
            lists = fetch_lists(connection, greenhouse_job)
            stages_of[greenhouse_job.pk] = lists.stages or []
            plan.problem = plan.problem or (lists.problem if lists.stages is None else None)
        key = (row.job_title, ApplicationStatus(row.status), greenhouse_job.pk)
        by_group.setdefault(key, []).append(row.pk)
    for (title, status, job), ids in by_group.items():
        stage = fitting(stages_of.get(job, ()), status)
        plan.groups.append(Group(title, status, len(ids), stage))
        plan.stages |= dict.fromkeys(ids, stage) if stage else {}
    return plan


def fitting(stages: Iterable[Choice], status: ApplicationStatus) -> Choice | None:
    """The first stage that we would show in this column. None without one."""
    return next((stage for stage in stages if tracked_status("in_process", stage.name) == status), None)


def hand_over(*, connection: Connection, by: User, key: UUID) -> Batch:
    """Owe Greenhouse all whom the team moved by hand and whose job is connected, each in the stage that fits.

    Effects: as `send_batch`, after Greenhouse was asked for its stages. What was moved by hand stays in the timeline.
    Repeat: with the same key the batch that is there.
    """
    plan = plan_of(connection)
    rows = on_connected_jobs(connection)
    return send_batch(connection=connection, applications=rows, order=Order(stages=plan.stages), by=by, key=key)


def keep_by_hand(*, connection: Connection, by: User) -> None:
    """Go on moving by hand whoever is moved by hand now. Repeat: harmless; the last time counts."""
    values = {"kept_at": timezone.now(), "kept_by": by}
    HandOver.objects.update_or_create(connection=connection, defaults=values)


def _greenhouse_job(row: Application, connection: Connection) -> GreenhouseJob | None:
    link = getattr(row.job, "greenhouse_link", None)
    found: GreenhouseJob | None = link.post.greenhouse_job if link else None
    return found if found and found.connection_id == connection.pk else None
