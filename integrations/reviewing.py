"""Applicants of connected jobs whom nobody owes Greenhouse yet: to be reviewed, or from before the connection."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Employer, User
from candidates.models import Application, EventKind, Origin, TimelineEvent
from integrations.arrival import Arrival
from integrations.greenhouse.follow import hold
from integrations.models import Export, ExportState, JobLink, Sends
from jobs.models import Job

BATCH = 250


def unsent(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those on a connected job without any export, and whose person is not on its Greenhouse job by another way."""
    its_own = Export.objects.filter(application=OuterRef("pk"))
    connected = applications.filter(job__greenhouse_link__post__greenhouse_job__isnull=False)
    return connected.exclude(Exists(its_own)).exclude(Exists(_of_same_person()))


def with_other_ways(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Note on each whether the person is on the Greenhouse job by another application: `by_another_way`."""
    return applications.annotate(by_another_way=Exists(_of_same_person()))


def _of_same_person() -> QuerySet[Export]:
    return Export.objects.filter(candidate=OuterRef("candidate"), greenhouse_job__posts__link__job=OuterRef("job"))


def unsent_of(job: Job) -> QuerySet[Application]:
    return unsent(Application.objects.filter(job=job))


def to_review(employer: Employer) -> QuerySet[Application]:
    """Applicants who leave for Greenhouse only after a recruiter has looked at them."""
    rows = Application.objects.visible_to(employer).filter(job__greenhouse_link__sends=Sends.AFTER_REVIEW)
    return unsent(rows)


def send(*, applications: QuerySet[Application], by: User) -> int:
    """Owe Greenhouse all of these who are unsent, and return how many.

    Effects: one transaction and a constant number of queries per 250. Beat wakes the exports, in turn with those of
    other employers.
    Repeat: harmless; whoever is owed already is left out.
    """
    return _decide(applications, by, ExportState.PENDING, EventKind.REQUESTED, "To be sent to Greenhouse")


def decline(*, applications: QuerySet[Application], by: User) -> int:
    """Note that these unsent ones are not to be sent; each can be sent later after all.

    Effects, Repeat: as `send`, with exports that are cancelled from the start.
    """
    return _decide(applications, by, ExportState.CANCELLED, EventKind.CANCELLED, "Not to be sent to Greenhouse")


def _decide(applications: QuerySet[Application], by: User, state: ExportState, kind: EventKind, text: str) -> int:
    ids = list(unsent(applications).order_by("pk").values_list("pk", flat=True))
    return sum(_decide_batch(ids[start : start + BATCH], by, state, kind, text) for start in range(0, len(ids), BATCH))


def _decide_batch(ids: list[int], by: User, state: ExportState, kind: EventKind, text: str) -> int:
    with transaction.atomic():
        chosen = Application.objects.filter(pk__in=ids)
        # Whoever presses the same button meanwhile waits here, and then finds nobody left.
        hold(JobLink.objects.filter(job__in=chosen.values("job")))
        joined = ("job__greenhouse_link__post", "job__greenhouse_link__credit_to")
        rows = _once_each(unsent(chosen).select_related(*joined).order_by("pk"))
        exports = [_export(row, state, by) for row in rows]
        Export.objects.bulk_create(exports, ignore_conflicts=True)
        made = _kept_of(exports)
        TimelineEvent.objects.bulk_create(
            TimelineEvent(application_id=pk, kind=kind, text=text, origin=Origin.MEMBER, actor=by) for pk in made
        )
    return len(made)


def _kept_of(exports: Iterable[Export]) -> list[int]:
    """Of exports just written, return the applications of those that no export made another way stood before.

    Where conflicts are ignored, nobody says which rows those were; the moment at which each was made does.
    """
    moments = {export.application_id: export.created_at for export in exports}
    stored = Export.objects.filter(application__in=moments).values_list("application", "created_at")
    return [pk for pk, created_at in stored if created_at == moments[pk]]


def _once_each(rows: Iterable[Application]) -> list[Application]:
    """Of a person's applications to two posts of one Greenhouse job, keep the first."""
    kept: dict[tuple[int, int | None], Application] = {}
    for row in rows:
        kept.setdefault((row.candidate_id, _link_of(row).post.greenhouse_job_id), row)
    return list(kept.values())


def _link_of(application: Application) -> JobLink:
    assert application.job is not None  # noqa: S101 - for the type checker
    link: JobLink = application.job.greenhouse_link
    return link


def _export(application: Application, state: ExportState, by: User) -> Export:
    link = _link_of(application)
    post = link.post
    assert post.greenhouse_job_id is not None  # noqa: S101 - `unsent` leaves the others out
    return Export(
        connection_id=post.connection_id,
        candidate_id=application.candidate_id,
        greenhouse_job_id=post.greenhouse_job_id,
        application=application,
        state=state,
        requested_by=by,
        **Arrival.of_link(link).as_fields(),
    )
