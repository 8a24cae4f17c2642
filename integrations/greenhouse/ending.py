"""How a reading ends that was read to its end: join what it brought, notice what is gone, let our jobs follow."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from integrations.greenhouse import joining
from integrations.greenhouse.follow import follow, gone_links
from integrations.greenhouse.listings import ABSENT, absent_posts
from integrations.models import (
    Connection,
    GreenhouseJob,
    GreenhouseJobPost,
    JobLink,
    SyncKind,
    SyncRun,
    SyncState,
)

SPREAD = 0.1  # of the interval, so that a thousand connections made or repaired together do not stay together


def finish(sync: SyncRun) -> None:
    """Close a run whose every list was read to its end.

    Effects: one transaction; posts and jobs that a full reading did not show are marked as no longer live or open, and
    our linked jobs follow. A reading that shows nothing where there was something closes nothing: a Site Admin who
    lost the role may be shown empty lists (contract §10 no. 13). Nor does one that would close many: a person decides.
    Where nothing changed, nothing is written but the run and the connection.
    Repeat: harmless.
    """
    connection = sync.connection
    with transaction.atomic():
        # The connection before the run, in the order of a disconnect, so that the two cannot wait for each other.
        Connection.objects.filter(pk=connection.pk).update(credential_no=F("credential_no"))
        # Locks the run, so that a disconnect waits for the end of this or keeps it from beginning.
        if not SyncRun.objects.filter(pk=sync.pk, state=SyncState.RUNNING).update(lease_until=None):
            return
        sync.clear_problem()
        if _is_hollow(sync):
            sync.set_problem("listing_empty")
        else:
            _take_over(sync)
            if sync.jobs_vanished:
                sync.set_problem("many_vanished")
        sync.state = SyncState.PARTIAL if sync.problem_code else SyncState.SUCCEEDED
        sync.finished_at, sync.lease_until = timezone.now(), None
        sync.save()
        _note_reading(sync)
    if sync.problem_code != "listing_empty":
        connection.mark_answering()


def next_sync_at(connection: Connection) -> datetime:
    """When the connection is to be read again: after its own interval, or the installation's, give or take a little."""
    minutes = connection.sync_minutes or settings.GREENHOUSE_SYNC_MINUTES
    return timezone.now() + timedelta(minutes=minutes * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311


def rests_on_absence(sync: SyncRun) -> bool:
    """Tell whether something is gone only because an answer about single posts did not show it."""
    asked = sync.progress.get(ABSENT, {}).get("pages")
    return bool(asked and absent_posts(sync).exists()) or bool(joining.unseen_parts(sync))


def _is_hollow(sync: SyncRun) -> bool:
    """Tell a reading that shows suspiciously little: no posts, no jobs, or a page that was promised and came empty."""
    has_hollow_page = any(step.get("hollow") for step in sync.progress.values())
    if sync.kind != SyncKind.FULL:
        return has_hollow_page
    no_jobs = not GreenhouseJob.objects.filter(connection=sync.connection, seen_in=sync).exists()
    offered_before = GreenhouseJobPost.objects.filter(connection=sync.connection).offered()
    return (has_hollow_page or no_jobs or sync.posts_read == 0) and offered_before.exists()


def _take_over(sync: SyncRun) -> None:
    """Make of the rows that were read what they mean, as far as anything is new."""
    is_full = sync.kind == SyncKind.FULL
    is_new = is_full or any(run.has_written for run in SyncRun.objects.since_complete(sync))
    if is_full:
        _prune(sync)
    joined = joining.join(sync) if is_new else set()
    links = JobLink.objects.filter(post__connection=sync.connection_id)
    if sync.kind != SyncKind.SURVEY and (is_new or gone_links(links).exists()):
        follow(sync, joined=joined)


def _prune(sync: SyncRun) -> None:
    """What a full reading of the live posts and open jobs did not show is not live or open any more.

    What was then asked for one by one, and not shown even so, is deleted; and what was shown is what it said.
    """
    posts = GreenhouseJobPost.objects.filter(connection=sync.connection, is_live=True).exclude(seen_in=sync)
    if sync.progress[ABSENT]["pages"]:
        posts.filter(pk__in=absent_posts(sync).values("pk")).update(is_live=False, is_active=False)
    posts.update(is_live=False)
    jobs = GreenhouseJob.objects.filter(connection=sync.connection, status="open")
    jobs.exclude(seen_in=sync).update(status="closed")


def _note_reading(sync: SyncRun) -> None:
    """Write down on the connection what has been read up to when, and when to read again."""
    connection = sync.connection
    is_complete = sync.problem_code != "listing_empty"
    if sync.kind == SyncKind.SURVEY:
        connection.surveyed_at = sync.finished_at if is_complete else connection.surveyed_at
        connection.save(update_fields=["surveyed_at"])
        return
    connection.sync_due_at = next_sync_at(connection)
    if is_complete:
        connection.synced_at = sync.finished_at
        connection.changes_since = _began_at(sync)
        if sync.kind == SyncKind.FULL:
            connection.full_synced_at = sync.finished_at
    connection.save(update_fields=["sync_due_at", "synced_at", "full_synced_at", "changes_since"])


def _began_at(sync: SyncRun) -> datetime:
    """By Greenhouse's clock, if it told: when the first page of the first list was written."""
    moments = [parse_datetime(step["at"]) for step in sync.progress.values() if step.get("at")]
    return min((moment for moment in moments if moment), default=sync.started_at or sync.created_at)
