"""Read an employer's career site from Greenhouse into rows, page by page, from wherever it stopped.

Independent lists, which `listings.py` names, are read side by side; only this thread writes. Nothing is closed or
pruned here: that is `ending.py`'s, and it runs only when every list was read to its end.
"""

import logging
import random
import time
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations import health
from integrations.budget import Priority, come_back_at
from integrations.credentials import ConnectionTokens, FixedToken, client_with, gate_of
from integrations.fields import DecryptionError
from integrations.greenhouse import ending, listings
from integrations.greenhouse.client import GreenhouseClient, Page
from integrations.greenhouse.errors import (
    Forbidden,
    GreenhouseError,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    UnexpectedReply,
)
from integrations.greenhouse.fetching import Fetched, fetch
from integrations.greenhouse.listings import Listing
from integrations.greenhouse.sight import prove_sight
from integrations.models import OPEN_SYNC, Step, SyncKind, SyncRun, SyncState
from integrations.problems import code_for

log = logging.getLogger(__name__)

SLICE_SECONDS = 60  # then the task ends and wakes itself again, well inside Celery's time limit
LEASE = timedelta(seconds=150)
READERS = 4
MAX_ATTEMPTS = 8
_KEPT = ("progress", "pages_read", "posts_read", "skipped", "skipped_count")  # committed page by page


class RunEnded(Exception):
    """Somebody ended the run while it was being read, because it was disconnected or another took its place."""


def run(run_id: int) -> bool:
    """Read as far as one time slice goes; the last slice closes the run.

    Effects: GETs only, outside any transaction; rows of the Greenhouse models, and our jobs at the very end.
    Repeat: harmless; one worker holds the run at a time, and a page read twice is the same rows.
    Shape: True when the run is still open and should be woken again, at `retry_at` if that is set.
    """
    now = timezone.now()
    mine = SyncRun.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        Q(retry_at=None) | Q(retry_at__lte=now),
        pk=run_id,
        state__in=OPEN_SYNC,
    ).update(state=SyncState.RUNNING, lease_until=now + LEASE, retry_at=None)
    if mine != 1:
        return False
    sync = SyncRun.objects.select_related("connection__employer").get(pk=run_id)
    sync.started_at = sync.started_at or now
    try:
        _run_or_stop(sync)
    except RunEnded:
        return False
    return sync.is_open


def _run_or_stop(sync: SyncRun) -> None:
    try:
        _run_slice(sync)
    except (GreenhouseError, DecryptionError) as exc:
        _stop(sync, exc)
    except RunEnded:
        raise
    except Exception:
        # Whatever it was, the run must say so, come again a few times, and then end.
        log.exception("sync %s stopped", sync.pk)
        _try_later(sync, "unforeseen", Step.JOBS)


def _stop(sync: SyncRun, exc: GreenhouseError | DecryptionError) -> None:
    if isinstance(exc, Unauthorized | DecryptionError):
        _fail(sync, code_for(exc), Step.SIGN_IN)
        return
    step = health.step_of_error(exc, Step.JOBS)
    if isinstance(exc, RateLimited | Unavailable):
        _wait(sync, exc, step)
    else:
        log.warning("sync %s of connection %s stopped: %s", sync.pk, sync.connection_id, exc)
        _fail(sync, code_for(exc), step)


def _run_slice(sync: SyncRun) -> None:
    if not sync.connection.is_active:
        _close(sync, sync.connection.problem_code or "disconnected")
        return
    if not _read_with_tokens(sync):
        _put_back(sync)
        return
    ending.finish(sync)
    _note_steps(sync)


def _read_with_tokens(sync: SyncRun) -> bool:
    """Read on with the connection's token; one that is refused gets a successor, unless that one is refused too.

    Raises: Unauthorized when the credential, or two tokens without a page between them, were refused; Forbidden when
        nothing is shown any more, so that what was not shown proves nothing.
    """
    tokens, refused_at = ConnectionTokens(sync.connection_id), None
    while True:
        token = tokens.current()
        # Reader threads must not touch the database, so they get a token to hold.
        client = client_with(FixedToken(token), gate_of(sync.connection, Priority.BULK))
        try:
            is_read = _read(sync, client)
            if is_read and ending.rests_on_absence(sync):
                prove_sight(client, sync.connection_id)
            return is_read
        except Unauthorized:
            tokens.forget(token)
            _reload(sync)
            if refused_at == sync.pages_read:
                raise
            refused_at = sync.pages_read


@dataclass
class _OnTheirWay:
    """The pages that are asked for and have not come yet: of each list some in one go, and no more."""

    sync: SyncRun
    client: GreenhouseClient
    pool: ThreadPoolExecutor
    lists: Collection[Listing]
    asked: dict[Future[list[Fetched]], Listing] = field(default_factory=dict)

    def ask(self, *, unsaved: str = "") -> None:
        """Ask for the next pages of every list that is ready; `unsaved` is the one whose page is being written."""
        sync = self.sync
        for listing in self.lists:
            if listing in self.asked.values() or not listings.is_ready(sync, listing, unsaved):
                continue
            query = listings.next_query(sync, listing)
            if query is not None:
                most = listings.pages_in_one_go(sync, listing)
                self.asked[self.pool.submit(fetch, self.client, listing.reading, query, sync, most=most)] = listing

    def come(self) -> Iterator[tuple[Listing, Future[list[Fetched]]]]:
        """Wait for the pages, first come first; ends when none is on its way."""
        while self.asked:
            done, _ = wait(self.asked, return_when=FIRST_COMPLETED)
            for future in done:
                yield self.asked.pop(future), future


def _read(sync: SyncRun, client: GreenhouseClient) -> bool:
    """Read until all is read (True) or the slice is over (False).

    Raises: RateLimited when the budget is spent, once the pages that are on their way are written.
    """
    ends_at = time.monotonic() + SLICE_SECONDS
    spent: RateLimited | None = None
    # Those of a run that is new, or that an older release began.
    sync.progress = {**listings.new_progress(sync, sync.connection.refused_scopes), **sync.progress}
    with ThreadPoolExecutor(max_workers=READERS) as pool:
        pages = _OnTheirWay(sync, client, pool, listings.listings_of(sync).values())
        pages.ask()
        for listing, future in pages.come():
            try:
                fetched = _result(future, sync, listing)
            except RateLimited as exc:
                spent = exc
                continue
            in_time = spent is None and time.monotonic() < ends_at
            for number, one in enumerate(fetched, start=1):
                _advance(sync, listing, one.page)
                if in_time and number == len(fetched):
                    pages.ask(unsaved=listing.name)  # the next pages travel while this one is written
                _save(sync, listing, one)
            if in_time:
                pages.ask()
    if spent:
        raise spent
    return all(step["done"] for step in sync.progress.values())


def _result(future: Future[list[Fetched]], sync: SyncRun, listing: Listing) -> list[Fetched]:
    """Return the pages that came; none when their list is to be asked for again, in another way."""
    step = sync.progress[listing.name]
    try:
        return future.result()
    except Forbidden:
        if not listing.reading.is_optional:
            raise
        sync.connection.note_refused(listing.reading.scope)
        step.update(listings.left_out())
        return [Fetched(Page((), None, 0))]
    except Rejected as exc:
        if step["cursor"] and not step.get("restarted"):
            # A kept cursor may have died (contract §10 no. 19): begin this list again, once.
            _begin_again(sync, listing, restarted=True)
            raise Unavailable("cursor_refused", path=exc.path) from exc
        if "updated_at" in listing.params and not step.get("refused"):
            # Some collections refuse the filters they document (contract §3.3): then all of it is read.
            _begin_again(sync, listing, refused=["updated_at"])
            return []
        raise


def _begin_again(sync: SyncRun, listing: Listing, **marks: Any) -> None:
    sync.progress[listing.name] = {**listings.not_begun(), **marks}
    SyncRun.objects.filter(pk=sync.pk).update(progress=sync.progress)


def _advance(sync: SyncRun, listing: Listing, page: Page[Any]) -> None:
    step, collection = sync.progress[listing.name], listing.reading.collection
    if page.next_cursor and page.next_cursor == step["cursor"]:
        raise UnexpectedReply("cursor_repeats", path=f"/v3/{collection}")
    if step["cursor"] and not (page.items or page.misfits) and collection in ("job_posts", "jobs"):
        step["hollow"] = True  # a cursor promises rows; who lost the right to see them gets none
    # The next reading of changes asks from here, and Greenhouse dates its changes by its own clock.
    step.setdefault("at", (page.answered_at or timezone.now()).isoformat())
    sync.pages_read += 1
    if collection == "job_posts" and listing.ids is None:
        sync.posts_read += len(page.items) + len(page.misfits)
    listings.advance(step, next_cursor=page.next_cursor)


def _save(sync: SyncRun, listing: Listing, fetched: Fetched) -> None:
    """Commit a page together with how far we are, so that a killed worker costs at most one page."""
    step, reading = sync.progress[listing.name], listing.reading
    rows = reading.rows(fetched.page.items, sync) if fetched.rows is None else fetched.rows
    with transaction.atomic():
        step["written"] = step.get("written", 0) + reading.save(rows, sync, marks_seen=listing.marks_seen)
        reading.skip(fetched.page.misfits, sync)
        sync.lease_until = timezone.now() + LEASE
        sync.attempts = 0
        _write(sync, *_KEPT, "lease_until", "attempts", "started_at")


def _write(sync: SyncRun, *names: str) -> None:
    """Write fields of a run that nobody has ended meanwhile. Raises: RunEnded."""
    still_open = SyncRun.objects.filter(pk=sync.pk, state=SyncState.RUNNING)
    if not still_open.update(**{name: getattr(sync, name) for name in names}):
        raise RunEnded


# --- how a slice ends other than well ------------------------------------------------------


def _wait(sync: SyncRun, exc: RateLimited | Unavailable, step: Step) -> None:
    if isinstance(exc, RateLimited):  # no trouble and no attempt: others went ahead, and the next window is ours
        sync.retry_at = come_back_at(exc)
        sync.set_problem(code_for(exc))
        _put_back(sync)
        return
    _try_later(sync, code_for(exc), step)


def _try_later(sync: SyncRun, code: str, step: Step) -> None:
    sync.attempts += 1
    if sync.attempts >= MAX_ATTEMPTS:
        _fail(sync, code, step)
        return
    seconds = min(2.0**sync.attempts, 60)
    sync.retry_at = timezone.now() + timedelta(seconds=seconds + random.uniform(0, 1))  # noqa: S311
    sync.set_problem(code)
    _put_back(sync)
    health.note_trouble(sync.connection_id, step, code)


def _put_back(sync: SyncRun) -> None:
    """Keep what was committed of the reading and let go of the run."""
    _reload(sync)
    sync.lease_until = None
    _write(sync, "lease_until", "retry_at", "attempts", "problem_code", "problem_at", "started_at")


def _reload(sync: SyncRun) -> None:
    for name, value in SyncRun.objects.values(*_KEPT).get(pk=sync.pk).items():
        setattr(sync, name, value)


def _fail(sync: SyncRun, code: str, step: Step) -> None:
    _close(sync, code)
    connection = sync.connection
    if sync.kind != SyncKind.SURVEY:
        connection.sync_due_at = ending.next_sync_at(connection)
        connection.save(update_fields=["sync_due_at"])
    connection.mark_trouble(code)
    health.note_trouble(connection.pk, step, code)


def _close(sync: SyncRun, code: str) -> None:
    sync.state, sync.finished_at, sync.lease_until = SyncState.FAILED, timezone.now(), None
    sync.set_problem(code)
    _write(sync, "state", "finished_at", "lease_until", "attempts", "problem_code", "problem_at", "started_at")


def _note_steps(sync: SyncRun) -> None:
    if sync.state == SyncState.SUCCEEDED:
        steps = [Step.SIGN_IN, Step.JOBS, Step.POSTS]
        health.note_well(sync.connection_id, *steps, *([] if sync.kind == SyncKind.SURVEY else [Step.LOCATIONS]))
    elif sync.problem_code:
        health.note_trouble(sync.connection_id, Step.POSTS, sync.problem_code)
