"""What an employer may ask: import jobs, send people, send again."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from candidates.models import Application
from integrations.greenhouse.follow import hold
from integrations.models import (
    Connection,
    Export,
    ExportState,
    GreenhouseJobPost,
    JobLink,
    PostDecision,
)
from integrations.tasks import enqueue_export, wake_export
from jobs.models import Job, JobState


def import_posts(
    *, connection: Connection, post_ids: Collection[int], live_ids: Collection[int], by: User
) -> tuple[int, int]:
    """Make a job of each offered post that has none, and switch each imported one on or off.

    Effects: one transaction; constant in queries per 250 posts.
    Repeat: makes nothing twice; the switches end as given.
    Shape: (jobs made, jobs now live among those given).
    """
    with transaction.atomic():
        hold(JobLink.objects.filter(post__connection=connection, post__in=post_ids))
        posts = list(
            GreenhouseJobPost.objects.filter(connection=connection, pk__in=post_ids)
            .offered()
            .select_related("greenhouse_job", "link__job")
        )
        new = [post for post in posts if not hasattr(post, "link")]
        old = [post.link.job for post in posts if hasattr(post, "link")]
        made = [_job_from(post, connection, by) for post in new]
        for post, job in zip(new, made, strict=True):
            _switch(job, post.pk in live_ids)
        for post in posts:
            if hasattr(post, "link"):
                _switch(post.link.job, post.pk in live_ids)
        Job.objects.bulk_create(made, batch_size=250)
        JobLink.objects.bulk_create(
            [JobLink(job=job, post=post, is_imported=True, linked_by=by) for post, job in zip(new, made, strict=True)],
            batch_size=250,
        )
        for job in old:
            job.updated_at = timezone.now()  # bulk_update sets no time, and feeds and sitemaps go by it
        Job.objects.bulk_update(old, ["state", "closed_reason", "live_since", "updated_at"], batch_size=250)
        GreenhouseJobPost.objects.filter(pk__in=[post.pk for post in posts]).update(decision=PostDecision.IMPORTED)
    return len(made), sum(job.is_live for job in [*made, *old])


def _job_from(post: GreenhouseJobPost, connection: Connection, by: User) -> Job:
    return Job(employer_id=connection.employer_id, created_by=by, **post.as_job_fields())


def _switch(job: Job, on: bool) -> None:
    if on:
        job.mark_live()
    elif job.state != JobState.CLOSED:
        job.mark_off()


def export_application(application: Application) -> Export | None:
    """Owe Greenhouse this application if its job is connected, to be sent as soon as Greenhouse is too.

    Repeat: the export that is there.
    """
    link = (
        JobLink.objects.filter(job_id=application.job_id)
        .select_related("post__greenhouse_job", "post__connection")
        .first()
    )
    if link is None or link.post.greenhouse_job is None:
        return None
    return enqueue_export(
        connection=link.post.connection,
        application=application,
        greenhouse_job=link.post.greenhouse_job,
    )


def export_of(application: Application) -> Export | None:
    """The export of the same person to the same Greenhouse job, if another application brought them there."""
    return Export.objects.filter(
        candidate=application.candidate_id, greenhouse_job__posts__link__job=application.job_id
    ).first()


def send_again(*, export: Export) -> bool:
    """Try a stopped export once more, now. True if it was one that can be sent again.

    Repeat: harmless; finished steps are not repeated and nothing is sent without reading back first.
    """
    stopped = (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED, ExportState.WAITING)
    now = timezone.now()
    changed = Export.objects.filter(pk=export.pk, state__in=stopped).update(
        state=ExportState.PENDING, retry_at=None, problem_code="", problem_at=None, woken_at=now, trying_since=now
    )
    if changed:
        wake_export(export)
    return bool(changed)
