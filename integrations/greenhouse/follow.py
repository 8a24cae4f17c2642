"""Let our jobs follow their posts in Greenhouse: off the company page when they are gone there, and what they say."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations.models import Connection, GreenhouseJobPost, JobLink, ReopenRule, SyncKind, SyncRun
from jobs.models import Job, JobState

FOLLOWED_FIELDS = (
    *("title", "description", "location", "department", "employment_type", "is_remote"),
    *("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period"),
    *("language", "first_published_at", "questions"),
)
AT_ONCE = 250  # jobs with all their texts in memory
_FEW = 5000  # ids in one statement; SQLite takes 32,766

# So many live jobs leaving the company page at once are rather a wrong scope or a wrong user than a decision, so a
# person is asked first. A small employer may well close all of three, and a big one ten of a thousand.
MANY, MANY_IN_ANY_CASE = 10, 50
KEPT_FOR = timedelta(days=1)


def follow(sync: SyncRun, *, joined: Collection[int]) -> None:
    """Let the connection's linked jobs follow what a reading has shown, `joined` being the posts that joining changed.

    Effects: jobs are closed, reopened and rewritten; those that have nothing to change are not touched. If many live
    ones would close, none does, and `jobs_vanished` says how many a person must decide about. The caller opens the
    transaction.
    Repeat: harmless.
    """
    links = JobLink.objects.filter(post__connection=sync.connection_id)
    gone, live = gone_links(links).count(), links.filter(job__state=JobState.LIVE).count()
    is_held = is_many(gone, of=live)
    if is_held and not _is_kept(sync, gone):
        sync.jobs_vanished = gone
    if sync.kind != SyncKind.FULL and len(joined) < _FEW:
        links = links.filter(_is_concerned(sync, joined))
    sync.jobs_changed = _let_follow(links, sync.connection, may_close=not is_held)


def is_many(gone: int, *, of: int) -> bool:
    """Tell whether so many live jobs leaving at once, of so many, are rather a mistake than a decision."""
    return gone >= MANY_IN_ANY_CASE or (gone >= MANY and gone * 3 > of)


def _is_concerned(sync: SyncRun, joined: Collection[int]) -> Q:
    """Find the links of which something was read since the last reading that was taken over, or that must close."""
    runs = SyncRun.objects.since_complete(sync).values("pk")
    read = Q(post__seen_in__in=runs) | Q(post__greenhouse_job__seen_in__in=runs) | Q(post__in=joined)
    return read | (Q(job__state=JobState.LIVE) & ~Q(post__in=_offered()))


def gone_links(links: QuerySet[JobLink]) -> QuerySet[JobLink]:
    """Those whose job is live with us though Greenhouse does not offer its post."""
    return links.filter(job__state=JobState.LIVE).exclude(post__in=_offered())


def _offered() -> QuerySet[GreenhouseJobPost, Any]:
    return GreenhouseJobPost.objects.offered().values("pk")


def close_gone(connection: Connection) -> int:
    """Close what Greenhouse does not offer any more, and return how many live jobs that were, however many.

    Effects: also those that are off. The caller opens the transaction.
    """
    links = JobLink.objects.filter(post__connection=connection)
    live = gone_links(links).count()
    _let_follow(links.exclude(post__in=_offered()), connection, may_close=True)
    return live


def follow_again(connection: Connection) -> int:
    """Apply another choice of the employer's to what was read before; closes nothing.

    The caller opens the transaction. Shape: how many jobs changed. Repeat: harmless.
    """
    return _let_follow(JobLink.objects.filter(post__connection=connection), connection, may_close=False)


def _is_kept(sync: SyncRun, gone: int) -> bool:
    """Tell whether a person has just said to keep exactly so many jobs; of another number they must be asked."""
    asked = SyncRun.objects.filter(connection=sync.connection_id, jobs_vanished__gt=0).exclude(pk=sync.pk).first()
    if asked is None or asked.problem_code != "many_kept" or asked.problem_at is None:
        return False
    return asked.jobs_vanished == gone and asked.problem_at > timezone.now() - KEPT_FOR


def _let_follow(links: QuerySet[JobLink], connection: Connection, *, may_close: bool) -> int:
    """Change the jobs that must change. Looks first and holds only those: most have nothing to change."""
    stale = [link.pk for link in _in_batches(links) if _adapt(link, connection, may_close)]
    changed = 0
    for start in range(0, len(stale), AT_ONCE):
        batch = JobLink.objects.filter(pk__in=stale[start : start + AT_ONCE])
        hold(batch)
        # Read again, now that nobody else writes them: somebody may have typed or switched meanwhile.
        changed += _write([link for link in _in_batches(batch) if _adapt(link, connection, may_close)])
    return changed


def _in_batches(links: QuerySet[JobLink]) -> Iterator[JobLink]:
    rows = links.order_by("pk").select_related("job", "post__greenhouse_job").prefetch_related("overrides")
    return rows.iterator(chunk_size=AT_ONCE)


def _write(links: list[JobLink]) -> int:
    now = timezone.now()
    for link in links:
        link.job.updated_at = now
    fields = [*FOLLOWED_FIELDS, *Job.STATE_FIELDS, "updated_at"]
    Job.objects.bulk_update([link.job for link in links], fields, batch_size=100)
    JobLink.objects.bulk_update(links, ["reopen_as", "asks_to_reopen"], batch_size=250)
    return len(links)


def hold(links: QuerySet[JobLink]) -> None:
    """Keep everybody else from writing these links' jobs until the transaction ends.

    An UPDATE that changes nothing locks the rows on PostgreSQL; on SQLite the transaction itself is the lock.
    """
    links.update(reopen_as=F("reopen_as"))
    Job.objects.filter(greenhouse_link__in=links).update(updated_at=F("updated_at"))


def _adapt(link: JobLink, connection: Connection, may_close: bool) -> bool:
    """Change a link and its job as its post says, unsaved; True if that made a difference."""
    before = _state_of(link)
    if link.post.is_offered:
        _reopen(link, ReopenRule(connection.reopen_rule))
    else:
        _close(link, may_close)
    copy_fields(link)
    return _state_of(link) != before


def _state_of(link: JobLink) -> tuple[object, ...]:
    job = link.job
    followed = (getattr(job, name) for name in FOLLOWED_FIELDS)
    return (*followed, job.state, job.closed_reason, link.reopen_as, link.asks_to_reopen)


def _close(link: JobLink, may_close: bool) -> None:
    job = link.job
    link.asks_to_reopen = False
    if job.state != JobState.CLOSED and may_close:
        link.reopen_as = job.state
        job.mark_closed(link.post.reason_not_offered)
    elif job.state == JobState.CLOSED and link.reopen_as:
        job.closed_reason = link.post.reason_not_offered  # unpublished first and then deleted, say


def _reopen(link: JobLink, rule: ReopenRule) -> None:
    """Bring back what Greenhouse closed; what was not live goes back to what it was, whatever the rule."""
    job, before = link.job, link.reopen_as
    if job.state != JobState.CLOSED:
        link.reopen_as, link.asks_to_reopen = "", False  # a person was faster
        return
    if not before:
        return  # a person closed it
    if before == JobState.LIVE and rule == ReopenRule.ASK:
        link.asks_to_reopen = True
        return
    if before == JobState.LIVE and rule == ReopenRule.LIVE:
        job.mark_live()
    else:
        job.mark_off()
        job.state = JobState.DRAFT if before == JobState.DRAFT else JobState.OFF
    link.reopen_as, link.asks_to_reopen = "", False


def copy_fields(link: JobLink) -> None:
    """Let an imported job say what its post says, except where a recruiter typed something else."""
    if not link.is_imported:
        return
    overridden = link.overridden
    for name, value in link.post.as_job_fields().items():
        if name not in overridden:
            setattr(link.job, name, value)
