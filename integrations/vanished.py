"""When many live jobs are suddenly gone from the career site: ask a person, then do what they say."""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse.follow import close_gone, gone_links
from integrations.models import ASKED, Connection, JobLink, SyncRun, SyncState
from jobs.models import JobState

log = logging.getLogger(__name__)

ASKS, KEPT = ASKED


def open_question(connection: Connection) -> SyncRun | None:
    """Return the reading after which a person must decide, if there is one: its `jobs_vanished` says about how many."""
    newest = SyncRun.objects.filter(connection=connection).complete().first()
    return newest if newest and newest.problem_code == ASKS else None


def take_off(run: SyncRun, by: User) -> int | None:
    """Close the jobs that are gone, however many, and return how many they were.

    Effects: one transaction. Applicants and links stay, and the jobs come back by the employer's rule.
    Repeat: None, and nothing happens, unless this run is still the open question: a newer reading knows better.
    """
    with transaction.atomic():
        if not _answer(run, state=SyncState.SUCCEEDED, problem_code="", problem_at=None):
            return None
        closed = close_gone(run.connection)
        SyncRun.objects.filter(pk=run.pk).update(jobs_changed=F("jobs_changed") + closed)
    log.info("sync %s: user %s took %d vanished jobs off", run.pk, by.pk, closed)
    return closed


def keep(run: SyncRun, by: User) -> bool:
    """Leave the jobs on the company page; asked again when another number is gone, or after a day.

    Repeat: False, and nothing happens, unless this run is still the open question.
    """
    with transaction.atomic():
        is_kept = _answer(run, problem_code=KEPT, problem_at=timezone.now())
    if is_kept:
        log.info("sync %s: user %s kept %d vanished jobs", run.pk, by.pk, run.jobs_vanished)
    return is_kept


def gone_and_live(connection: Connection) -> tuple[int, int]:
    """Count the live jobs whose post is not offered any more, and all live jobs that are connected to one."""
    links = JobLink.objects.filter(post__connection=connection, job__state=JobState.LIVE)
    return gone_links(links).count(), links.count()


def _answer(run: SyncRun, **changes: object) -> bool:
    # The connection first, as at the end of a reading, so that the two cannot cross or wait for each other.
    Connection.objects.filter(pk=run.connection_id).update(credential_no=F("credential_no"))
    question = open_question(run.connection)
    if question is None or question.pk != run.pk:
        return False
    return bool(SyncRun.objects.filter(pk=run.pk, problem_code=ASKS).update(**changes))
