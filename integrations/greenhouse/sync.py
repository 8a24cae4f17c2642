"""Read an employer's career site from Greenhouse into rows, page by page, from wherever it stopped.

Independent collections are read side by side; only this thread writes. Nothing is closed or pruned here: that is
`follow.py`'s, and it runs only when every collection was read to its end.
"""

import logging
import random
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations import health
from integrations.budget import Priority, come_back_at
from integrations.credentials import ConnectionTokens, FixedToken, client_with, gate_of
from integrations.fields import DecryptionError
from integrations.greenhouse import follow
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
from integrations.greenhouse.reading import READINGS, Reading, left_out, not_begun
from integrations.models import OPEN_SYNC, GreenhouseJobPost, Step, SyncRun, SyncState
from integrations.problems import code_for

log = logging.getLogger(__name__)

SLICE_SECONDS = 60  # then the task ends and wakes itself again, well inside Celery's time limit
LEASE = timedelta(seconds=150)
READERS = 4
MAX_ATTEMPTS = 8
IDS_PER_REQUEST = 50
_KEPT = ("progress", "pages_read", "posts_read", "skipped", "skipped_count")  # committed page by page
Progress = dict[str, Any]


class RunEnded(Exception):
    """Somebody ended the run while it was being read, because Greenhouse was disconnected."""


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
    if isinstance(exc, DecryptionError):
        _fail(sync, "secret_unreadable", Step.SIGN_IN)
        return
    step = health.step_of_error(exc, Step.JOBS)
    if isinstance(exc, RateLimited | Unavailable):
        _wait(sync, exc, step)
    elif isinstance(exc, Unauthorized):
        _renew_once(sync, exc)
    else:
        log.warning("sync %s of connection %s stopped: %s", sync.pk, sync.connection_id, exc)
        _fail(sync, code_for(exc), step)


def _run_slice(sync: SyncRun) -> None:
    if not sync.connection.is_active:
        _close(sync, sync.connection.problem_code or "disconnected")
        return
    tokens = ConnectionTokens(sync.connection_id)
    token = tokens.current()
    try:
        # Reader threads must not touch the database, so they get a token to hold.
        client = client_with(FixedToken(token), gate_of(sync.connection, Priority.BULK))
        if not _read(sync, client):
            _put_back(sync)
            return
    except Unauthorized:
        tokens.forget(token)
        raise
    follow.finish(sync)
    _note_steps(sync)


def _read(sync: SyncRun, client: GreenhouseClient) -> bool:
    """Read until all is read (True) or the slice is over (False).

    Raises: RateLimited when the budget is spent, once the pages that are on their way are written.
    """
    ends_at = time.monotonic() + SLICE_SECONDS
    asked: dict[Future[Page[Any]], Reading] = {}
    spent: RateLimited | None = None
    with ThreadPoolExecutor(max_workers=READERS) as pool:

        def ask(*, unsaved: str = "") -> None:
            idle = [reading for reading in READINGS.values() if reading not in asked.values()]
            for reading in idle:
                query = _query(sync, reading) if _is_ready(sync, reading, unsaved) else None
                if query is not None:
                    asked[pool.submit(_fetch, client, reading, query)] = reading

        ask()
        while asked:
            done, _ = wait(asked, return_when=FIRST_COMPLETED)
            for future in done:
                reading = asked.pop(future)
                try:
                    page = _result(future, sync, reading)
                except RateLimited as exc:
                    spent = exc
                    continue
                _advance(sync, reading, page)
                in_time = spent is None and time.monotonic() < ends_at
                if in_time:
                    ask(unsaved=reading.collection)  # the next pages travel while this one is written
                _save(sync, reading, page)
                if in_time:
                    ask()
    if spent:
        raise spent
    return all(step["done"] for step in sync.progress.values())


def _is_ready(sync: SyncRun, reading: Reading, unsaved: str) -> bool:
    """Tell whether the next page of a collection can be asked for while a page of `unsaved` is not written yet."""
    step = sync.progress[reading.collection]
    if step["done"] or not reading.after:
        return not step["done"]
    if _goes_by_ids(sync, reading):
        return unsaved != reading.after
    # From the first page of posts on: if it is not the last, there are far too many posts to ask by their ids.
    return bool(sync.progress[reading.after]["pages"])


def _goes_by_ids(sync: SyncRun, reading: Reading) -> bool:
    """Once all posts are read, ask for their locations by id (contract §3.2) if the whole collection is longer."""
    step, posts = sync.progress[reading.collection], sync.progress[reading.after]
    chunks = -(-sync.posts_read // IDS_PER_REQUEST)
    return bool(step.get("by_ids")) or (posts["done"] and (chunks <= 1 or step["pages"] >= chunks))


def _query(sync: SyncRun, reading: Reading) -> dict[str, Any] | None:
    """What to ask for next; None when nothing is left to ask."""
    step = sync.progress[reading.collection]
    if not reading.after or not _goes_by_ids(sync, reading):
        return {"cursor": step["cursor"]} if step["cursor"] else {"params": dict(reading.params)}
    if not step.get("by_ids"):
        step.update(by_ids=True, chunk=0, cursor=None)
    start = step["chunk"] * IDS_PER_REQUEST
    posts = GreenhouseJobPost.objects.filter(seen_in=sync).order_by("pk")
    ids = posts.values_list("remote_id", flat=True)[start : start + IDS_PER_REQUEST]
    if not ids:
        step["done"] = True
        return None
    return {"params": {"job_post_ids": ",".join(ids)}, "cursor": step["cursor"]}


def _fetch(client: GreenhouseClient, reading: Reading, query: dict[str, Any]) -> Page[Any]:
    """Runs in a reader's thread, which must not touch the database."""
    if query.get("cursor"):
        return client.fetch_page(reading.collection, reading.schema, cursor=query["cursor"], lenient=True)
    return client.fetch_page(reading.collection, reading.schema, params=query["params"], lenient=True)


def _result(future: Future[Page[Any]], sync: SyncRun, reading: Reading) -> Page[Any]:
    step = sync.progress[reading.collection]
    try:
        return future.result()
    except Forbidden:
        if not reading.is_optional:
            raise
        sync.connection.note_refused(reading.scope)
        step.update(left_out())
        return Page((), None, 0)
    except Rejected as exc:
        if step["cursor"] and not step.get("restarted"):
            # A kept cursor may have died (contract §10 no. 19): begin this collection again, once.
            sync.progress[reading.collection] = {**not_begun(), "restarted": True}
            SyncRun.objects.filter(pk=sync.pk).update(progress=sync.progress)
            raise Unavailable("cursor_refused", path=exc.path) from exc
        raise


def _advance(sync: SyncRun, reading: Reading, page: Page[Any]) -> None:
    step = sync.progress[reading.collection]
    if page.next_cursor and page.next_cursor == step["cursor"]:
        raise UnexpectedReply("cursor_repeats", path=f"/v3/{reading.collection}")
    if step["cursor"] and not page.items and reading.collection in ("job_posts", "jobs"):
        step["hollow"] = True  # a cursor promises rows; who lost the right to see them gets none
    step["pages"] += 1
    step["cursor"] = page.next_cursor
    if step.get("by_ids"):
        step["chunk"] += 0 if page.next_cursor else 1
    else:
        step["done"] = page.next_cursor is None
    sync.pages_read += 1
    sync.posts_read += len(page.items) + len(page.misfits) if reading.collection == "job_posts" else 0


def _save(sync: SyncRun, reading: Reading, page: Page[Any]) -> None:
    """Commit a page together with how far we are, so that a killed worker costs at most one page."""
    with transaction.atomic():
        reading.save(page.items, sync)
        reading.skip(page.misfits, sync)
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


def _renew_once(sync: SyncRun, exc: Unauthorized) -> None:
    """A refused token gets one new token; a refused credential, or a second refusal, needs a person."""
    if exc.path.endswith("/token") or sync.attempts:
        _fail(sync, code_for(exc), Step.SIGN_IN)
        return
    sync.attempts += 1
    _put_back(sync)


def _put_back(sync: SyncRun) -> None:
    """Keep what was committed of the reading and let go of the run."""
    for name, value in SyncRun.objects.values(*_KEPT).get(pk=sync.pk).items():
        setattr(sync, name, value)
    sync.lease_until = None
    _write(sync, "lease_until", "retry_at", "attempts", "problem_code", "problem_at", "started_at")


def _fail(sync: SyncRun, code: str, step: Step) -> None:
    _close(sync, code)
    connection = sync.connection
    connection.sync_due_at = timezone.now() + timedelta(minutes=settings.GREENHOUSE_SYNC_MINUTES)
    connection.save(update_fields=["sync_due_at"])
    connection.mark_trouble(code)
    health.note_trouble(connection.pk, step, code)


def _close(sync: SyncRun, code: str) -> None:
    sync.state, sync.finished_at, sync.lease_until = SyncState.FAILED, timezone.now(), None
    sync.set_problem(code)
    _write(sync, "state", "finished_at", "lease_until", "attempts", "problem_code", "problem_at", "started_at")


def _note_steps(sync: SyncRun) -> None:
    if sync.state == SyncState.SUCCEEDED:
        health.note_well(sync.connection_id, Step.SIGN_IN, Step.JOBS, Step.POSTS, Step.LOCATIONS)
    elif sync.problem_code:
        health.note_trouble(sync.connection_id, Step.POSTS, sync.problem_code)
