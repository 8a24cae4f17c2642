"""After a complete reading: join what belongs together, notice what is gone, and let our jobs follow."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from integrations.greenhouse import joining
from integrations.models import (
    Connection,
    GreenhouseJob,
    GreenhouseJobPost,
    JobLink,
    SyncRun,
    SyncState,
)
from jobs.models import Job, JobState

FOLLOWED_FIELDS = (
    *("title", "description", "location", "department", "employment_type", "is_remote"),
    *("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period"),
    *("language", "first_published_at", "questions"),
)


def finish(sync: SyncRun) -> None:
    """Close a run whose every collection was read to its end.

    Effects: one transaction; posts and jobs that the reading did not show are marked as no longer live or open, and
    our linked jobs follow. A reading that shows nothing where there was something closes nothing: a Site Admin who
    lost the role may be shown empty lists (contract §10 no. 13).
    Repeat: harmless.
    """
    connection = sync.connection
    offered_before = GreenhouseJobPost.objects.filter(connection=connection).offered()
    with transaction.atomic():
        # The connection before the run, in the order of a disconnect, so that the two cannot wait for each other.
        Connection.objects.filter(pk=connection.pk).update(credential_no=F("credential_no"))
        # Locks the run, so that a disconnect waits for the end of this or keeps it from beginning.
        if not SyncRun.objects.filter(pk=sync.pk, state=SyncState.RUNNING).update(lease_until=None):
            return
        if _is_hollow(sync) and offered_before.exists():
            sync.state = SyncState.PARTIAL
            sync.set_problem("listing_empty")
        else:
            joining.join(sync)
            _prune(sync)
            sync.jobs_changed = _follow(sync)
            sync.state = SyncState.SUCCEEDED
            sync.clear_problem()
        sync.finished_at, sync.lease_until = timezone.now(), None
        sync.save()
        connection.sync_due_at = timezone.now() + timedelta(minutes=settings.GREENHOUSE_SYNC_MINUTES)
        if sync.state == SyncState.SUCCEEDED:
            connection.synced_at = sync.finished_at
        connection.save(update_fields=["sync_due_at", "synced_at"])
    if sync.state == SyncState.SUCCEEDED:
        connection.mark_answering()


def _is_hollow(sync: SyncRun) -> bool:
    """Tell a reading that shows suspiciously little: no posts, no jobs, or a page that was promised and came empty."""
    no_jobs = not GreenhouseJob.objects.filter(connection=sync.connection, seen_in=sync).exists()
    return sync.posts_read == 0 or no_jobs or any(step.get("hollow") for step in sync.progress.values())


def _prune(sync: SyncRun) -> None:
    """What a complete reading of the live posts and open jobs did not show is not live or open any more."""
    of_connection = GreenhouseJobPost.objects.filter(connection=sync.connection, is_live=True)
    of_connection.exclude(seen_in=sync).update(is_live=False)
    open_jobs = GreenhouseJob.objects.filter(connection=sync.connection, status="open")
    open_jobs.exclude(seen_in=sync).update(status="closed")


def _follow(sync: SyncRun) -> int:
    links = JobLink.objects.filter(post__connection=sync.connection)
    hold(links)
    changed_jobs, changed_links = [], []
    for link in links.select_related("job", "post__greenhouse_job").prefetch_related("overrides"):
        before = _state_of(link)
        _open_or_close(link)
        copy_fields(link)
        if _state_of(link) != before:
            changed_jobs.append(link.job)
            changed_links.append(link)
    now = timezone.now()
    for job in changed_jobs:
        job.updated_at = now
    job_fields = [*FOLLOWED_FIELDS, *Job.STATE_FIELDS, "updated_at"]
    Job.objects.bulk_update(changed_jobs, job_fields, batch_size=100)
    JobLink.objects.bulk_update(changed_links, ["reopen_as"], batch_size=250)
    return len(changed_jobs)


def hold(links: QuerySet[JobLink]) -> None:
    """Keep everybody else from writing these links' jobs until the transaction ends.

    An UPDATE that changes nothing locks the rows on PostgreSQL; on SQLite the transaction itself is the lock.
    """
    links.update(reopen_as=F("reopen_as"))
    Job.objects.filter(greenhouse_link__in=links).update(updated_at=F("updated_at"))


def _state_of(link: JobLink) -> tuple[object, ...]:
    job = link.job
    return (*(getattr(job, name) for name in FOLLOWED_FIELDS), job.state, job.closed_reason, link.reopen_as)


def _open_or_close(link: JobLink) -> None:
    job, offered = link.job, link.post.is_offered
    if not offered and job.state != JobState.CLOSED:
        link.reopen_as = job.state
        job.mark_closed(link.post.reason_not_offered)
    elif offered and job.state == JobState.CLOSED and link.reopen_as:
        if link.reopen_as == JobState.LIVE:
            job.mark_live()
        else:
            job.mark_off()
        link.reopen_as = ""


def copy_fields(link: JobLink) -> None:
    """Let an imported job say what its post says, except where a recruiter typed something else."""
    if not link.is_imported:
        return
    overridden = link.overridden
    for name, value in link.post.as_job_fields().items():
        if name not in overridden:
            setattr(link.job, name, value)
