"""Put jobs on the company page, take them off, close them: by hand, one or ten thousand."""

from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from integrations.greenhouse.follow import hold
from integrations.models import GreenhouseJobPost, JobLink
from jobs.models import Job, JobQuerySet, JobState
from jobs.services import close_jobs, set_live

_AT_ONCE = 5000  # ids in one statement; SQLite takes 32,766
CLOSED_BY_HAND = "Closed by your team."


class To(models.TextChoices):
    """What a person may make of a job."""

    LIVE = "live", "Put live"
    OFF = "off", "Take off"
    CLOSED = "closed", "Close"


@dataclass(frozen=True)
class Switched:
    """How many moved, and how many stayed closed because Greenhouse does not publish them."""

    moved: int
    left: int = 0


def not_published(jobs: JobQuerySet) -> JobQuerySet:
    """Those that are closed and connected to a post that Greenhouse does not offer.

    Put live, the next sync would close them again, and their applicants could not be sent anywhere.
    """
    offered = GreenhouseJobPost.objects.offered().values("pk")
    rows: JobQuerySet = jobs.filter(state=JobState.CLOSED, greenhouse_link__isnull=False)
    return rows.exclude(greenhouse_link__post__in=offered)


def switch_jobs(*, jobs: JobQuerySet, to: To, disconnect: bool = False) -> Switched:
    """Move these jobs, which the caller has limited to one employer, to where a person wants them.

    A closed job comes back when it is put live, unless Greenhouse does not publish it: then only if it is
    disconnected, which loses what was set and typed over there. What a person closed, no sync reopens.
    Effects: one transaction, constant in queries; no sync writes to these jobs between. Repeat: moves nothing.
    """
    with transaction.atomic():
        ids = list(jobs.order_by().values_list("pk", flat=True).distinct())
        done = [_switch(ids[start : start + _AT_ONCE], to, disconnect) for start in range(0, len(ids), _AT_ONCE)]
    return Switched(moved=sum(one.moved for one in done), left=sum(one.left for one in done))


def _switch(ids: list[int], to: To, disconnect: bool) -> Switched:
    rows = Job.objects.filter(pk__in=ids)
    hold(JobLink.objects.filter(job__in=ids))
    if to == To.LIVE:
        return _put_live(rows, disconnect)
    return Switched(_take_off(rows) if to == To.OFF else _close(rows))


def _put_live(jobs: JobQuerySet, disconnect: bool) -> Switched:
    gone = list(not_published(jobs).values_list("pk", flat=True))
    if disconnect:
        JobLink.objects.filter(job__in=gone).delete()
        gone = []
    rows = jobs.exclude(pk__in=gone)
    _forget_what_greenhouse_did(rows)
    return Switched(moved=set_live(jobs=rows, live=True), left=len(gone))


def _take_off(jobs: JobQuerySet) -> int:
    asking = list(jobs.filter(state=JobState.CLOSED, greenhouse_link__asks_to_reopen=True).values_list("pk", flat=True))
    back = Job.objects.filter(pk__in=asking)
    _forget_what_greenhouse_did(back)
    moved = back.update(state=JobState.OFF, closed_reason="", closed_at=None, updated_at=timezone.now())
    return moved + set_live(jobs=jobs, live=False)


def _close(jobs: JobQuerySet) -> int:
    would_return = Q(greenhouse_link__asks_to_reopen=True) | ~Q(greenhouse_link__reopen_as="")
    kept = jobs.filter(would_return, state=JobState.CLOSED, greenhouse_link__isnull=False).count()
    moved = close_jobs(jobs=jobs, reason=CLOSED_BY_HAND)
    _forget_what_greenhouse_did(jobs)
    return moved + kept


def _forget_what_greenhouse_did(jobs: JobQuerySet) -> None:
    """From here on the jobs are where a person wants them, and no sync brings them back from there."""
    JobLink.objects.filter(job__in=jobs.values("pk")).update(reopen_as="", asks_to_reopen=False)
