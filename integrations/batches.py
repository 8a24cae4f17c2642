"""Many people sent to Greenhouse at once: who is owed because of it, and how far it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, When

from accounts.models import Employer, User
from candidates import activity
from candidates.models import AccessKind, Application, EventKind, Origin, TimelineEvent
from integrations.arrival import Arrival
from integrations.hiring_plan import Choice
from integrations.models import Batch, BatchEntry, Connection, Export, ExportState, GreenhouseJob, Outcome, SendsAs

AT_MOST = 1000
SLICE = 250
_OVER = (ExportState.SENT, ExportState.NEEDS_ATTENTION, ExportState.CANCELLED)


@dataclass(frozen=True)
class Order:
    """Where chosen people are to go: to one job (or none, as prospects), or without an `arrival` each to their own.

    Shape: `stages` are for those who arrive elsewhere than the settings of their own job say, by application.
    """

    greenhouse_job: GreenhouseJob | None = None
    arrival: Arrival | None = None
    stages: Mapping[int, Choice] = field(default_factory=dict)

    @property
    def words(self) -> str:
        if self.arrival is None:
            return "Each to their own job"
        return self.greenhouse_job.name if self.greenhouse_job else self.arrival.pool_name or "No job, as prospects"


@dataclass(frozen=True)
class Progress:
    """How far a batch is. `done` are those nothing more happens to by itself."""

    total: int
    sent: int
    needs_attention: int
    skipped: int
    done: int

    @property
    def is_over(self) -> bool:
        return self.done >= self.total

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def send_batch(
    *, connection: Connection, applications: QuerySet[Application], order: Order, by: User, key: UUID
) -> Batch:
    """Owe Greenhouse these people, 1,000 at most, and keep what asking for each led to.

    Effects: one transaction and a constant number of queries per 250. Beat wakes the exports, in turn with those of
        other employers, and a single click goes ahead of them. Whoever is owed already is left as they are. Of
        those who were picked from the network it is written down.
    Repeat: with the same key the batch that is there.
    Raises: ValueError for a job or people of another employer.
    """
    job = order.greenhouse_job
    if job is not None and job.connection_id != connection.pk:
        raise ValueError("The job is not in this employer's Greenhouse.")
    ids = list(applications.order_by("pk").values_list("pk", flat=True)[:AT_MOST])
    if Application.objects.filter(pk__in=ids).exclude(employer=connection.employer_id).exists():
        raise ValueError("Somebody is of another employer.")
    try:
        with transaction.atomic():
            batch = Batch.objects.create(key=key, connection=connection, requested_by=by, to=order.words)
            seen: set[tuple[int, int | None]] = set()
            for start in range(0, len(ids), SLICE):
                _send_slice(batch, ids[start : start + SLICE], order, by, seen)
    except IntegrityError:
        there = Batch.objects.filter(key=key, connection=connection).first()
        if there is None:
            raise
        return there
    return batch


def progress_of(batch: Batch) -> Progress:
    """Count what became of everybody. One query."""
    skipped = Q(export=None) | Q(outcome=Outcome.SAME_PERSON)
    counts = batch.entries.aggregate(
        total=Count("pk"),
        sent=Count("pk", filter=Q(export__state=ExportState.SENT)),
        needs_attention=Count("pk", filter=Q(export__state=ExportState.NEEDS_ATTENTION)),
        skipped=Count("pk", filter=skipped),
        done=Count("pk", filter=skipped | Q(export__state__in=_OVER)),
    )
    return Progress(**counts)


def entries_of(batch: Batch) -> QuerySet[BatchEntry]:
    """Everybody with what is needed to show them, those who need a person first; nobody who hides by now."""
    first = Case(When(export__state=ExportState.NEEDS_ATTENTION, then=0), default=1, output_field=IntegerField())
    joined = ("application__employer", "application__job", "export__greenhouse_job", "export__connection")
    shown = batch.entries.exclude(application__in=Application.objects.hidden_from(batch.connection.employer))
    return shown.select_related(*joined).order_by(first, "pk")


def under_way(employer: Employer) -> Batch | None:
    """The newest batch that is not over, if there is one. One query."""
    waiting = BatchEntry.objects.filter(batch=OuterRef("pk"), export__isnull=False).exclude(export__state__in=_OVER)
    rows = Batch.objects.filter(Exists(waiting), connection__employer=employer)
    return rows.select_related("connection__employer").first()


def _send_slice(batch: Batch, ids: list[int], order: Order, by: User, seen: set[tuple[int, int | None]]) -> None:
    joined = ("job__greenhouse_link__post", "job__greenhouse_link__credit_to")
    rows = list(Application.objects.filter(pk__in=ids).select_related(*joined).order_by("pk"))
    wanted = {row.pk: export for row in rows if (export := _export(batch, row, order, by))}
    before = _exports_of(batch, rows)
    fresh, outcomes = [], {}
    for pk, export in wanted.items():
        goal = (export.candidate_id, export.greenhouse_job_id)
        if goal in seen:
            outcomes[pk] = Outcome.SAME_PERSON
        elif goal in before:
            outcomes[pk] = Outcome.ALREADY
        else:
            outcomes[pk] = Outcome.REQUESTED
            fresh.append(export)
        seen.add(goal)
    Export.objects.bulk_create(fresh, ignore_conflicts=True)  # somebody may press another button meanwhile
    there = _exports_of(batch, rows)
    _keep(batch, rows, wanted, there, outcomes)
    sourced = [row.candidate_id for row in rows if row.is_sourced and outcomes.get(row.pk) == Outcome.REQUESTED]
    activity.note_access(employer=batch.connection.employer, by=by, candidates=sourced, kind=AccessKind.SENT)


def _keep(
    batch: Batch,
    rows: Iterable[Application],
    wanted: dict[int, Export],
    there: dict[tuple[int, int | None], int],
    outcomes: dict[int, Outcome],
) -> None:
    """Write down what asking for each led to, here and in the timeline."""
    goals = {pk: (export.candidate_id, export.greenhouse_job_id) for pk, export in wanted.items()}
    BatchEntry.objects.bulk_create(
        BatchEntry(
            batch=batch,
            application=row,
            export_id=there.get(goals[row.pk]) if row.pk in goals else None,
            outcome=outcomes.get(row.pk, Outcome.NOT_CONNECTED),
        )
        for row in rows
    )
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            application_id=pk,
            kind=EventKind.REQUESTED,
            text="To be sent to Greenhouse",
            origin=Origin.MEMBER,
            actor_id=batch.requested_by_id,
        )
        for pk, outcome in outcomes.items()
        if outcome == Outcome.REQUESTED
    )


def _export(batch: Batch, application: Application, order: Order, by: User) -> Export | None:
    """What is to be owed for one person, unsaved; None where their own job is not connected."""
    job_id = order.greenhouse_job.pk if order.greenhouse_job else None
    arrival = order.arrival
    if arrival is None:
        link = getattr(application.job, "greenhouse_link", None)
        if link is None or link.post.greenhouse_job_id is None or link.post.connection_id != batch.connection_id:
            return None
        job_id, arrival = link.post.greenhouse_job_id, Arrival.of_link(link)
        stage = order.stages.get(application.pk)
        if stage and arrival.sends_as == SendsAs.CANDIDATE:
            arrival = replace(arrival, stage_remote_id=stage.remote_id, stage_name=stage.name)
    return Export(
        connection=batch.connection,
        candidate_id=application.candidate_id,
        greenhouse_job_id=job_id,
        application=application,
        requested_by=by,
        **arrival.as_fields(),
    )


def _exports_of(batch: Batch, rows: Iterable[Application]) -> dict[tuple[int, int | None], int]:
    """The exports of these people, by person and job."""
    found = Export.objects.filter(connection=batch.connection, candidate__in={row.candidate_id for row in rows})
    return {(person, job): pk for pk, person, job in found.values_list("pk", "candidate_id", "greenhouse_job_id")}
