"""What an employer may ask about jobs: import them. About people: `sending.py`."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse.follow import hold
from integrations.models import (
    Connection,
    GreenhouseJobPost,
    JobLink,
    PostDecision,
)
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
        Job.objects.bulk_update(old, [*Job.STATE_FIELDS, "updated_at"], batch_size=250)
        GreenhouseJobPost.objects.filter(pk__in=[post.pk for post in posts]).update(decision=PostDecision.IMPORTED)
    return len(made), sum(job.is_live for job in [*made, *old])


def _job_from(post: GreenhouseJobPost, connection: Connection, by: User) -> Job:
    return Job(employer_id=connection.employer_id, created_by=by, **post.as_job_fields())


def _switch(job: Job, on: bool) -> None:
    if on:
        job.mark_live()
    elif job.state != JobState.CLOSED:
        job.mark_off()
