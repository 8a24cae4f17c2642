"""Compare what we sent with what Greenhouse has, part by part, from wherever it stopped.

First everybody we sent, fifty at a time; then whoever came with our source; then who stands there as two people. Only
what was read to its end is concluded from: a finding that a complete comparison did not meet again is over.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from candidates.models import Origin
from integrations.budget import Priority, come_back_at
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse import outgoing, tracking
from integrations.greenhouse.client import GreenhouseClient, Page
from integrations.greenhouse.errors import (
    Forbidden,
    GreenhouseError,
    RateLimited,
    Rejected,
    Unavailable,
    UnexpectedReply,
)
from integrations.greenhouse.schemas import ApplicationPayload, AttachmentPayload, CandidatePayload, NotePayload
from integrations.greenhouse.scopes import listing_scope
from integrations.greenhouse.tracking.standing import Reading
from integrations.models import (
    OPEN_RECONCILIATION,
    CheckedPerson,
    Export,
    Finding,
    FindingKind,
    FindingState,
    Reconciliation,
    ReconciliationState,
    digest_of,
)
from integrations.problems import code_for

log = logging.getLogger(__name__)

AT_ONCE = 50  # ids in one request (contract §3.2)
SLICE_SECONDS = 60  # then the task ends and is called again, well inside Celery's time limit
LEASE = timedelta(seconds=150)
MAX_ATTEMPTS = 8
PARTS = ("sent", "source", "people")


def run(reconciliation_id: int) -> bool:
    """Compare as far as one time slice goes; the last slice closes it.

    Effects: GETs outside any transaction; findings; what has moved is brought up to date as a poll would.
    Repeat: harmless; one worker holds it at a time, and what is compared twice is found once.
    Shape: True when it is still open and should be called again, at `retry_at` if that is set.
    """
    now = timezone.now()
    mine = Reconciliation.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        Q(retry_at=None) | Q(retry_at__lte=now),
        pk=reconciliation_id,
        state__in=OPEN_RECONCILIATION,
    ).update(state=ReconciliationState.RUNNING, lease_until=now + LEASE, retry_at=None)
    if mine != 1:
        return False
    row = Reconciliation.objects.select_related("connection").get(pk=reconciliation_id)
    try:
        _slice(row)
    except RateLimited as exc:
        _put_back(row, "rate_limited", retry_at=come_back_at(exc))
    except Unavailable as exc:
        _try_later(row, code_for(exc))
    except DecryptionError:
        _close(row, ReconciliationState.FAILED, "secret_unreadable")
    except GreenhouseError as exc:
        log.warning("reconciliation %s of connection %s stopped: %s", row.pk, row.connection_id, exc)
        _close(row, ReconciliationState.FAILED, code_for(exc))
    except Exception:
        # Whatever it was, the row must say so, come again a few times, and then end.
        log.exception("reconciliation %s stopped", row.pk)
        _try_later(row, "unforeseen")
    return row.is_open


def _slice(row: Reconciliation) -> None:
    if not row.connection.is_active:
        _close(row, ReconciliationState.FAILED, row.connection.problem_code or "disconnected")
        return
    if row.started_at is None:
        row.started_at, row.total = timezone.now(), tracking.tracked(row.connection).count()
    client = client_for(row.connection, Priority.BULK)
    ends_at = time.monotonic() + SLICE_SECONDS
    compare = {"sent": _compare_sent, "source": _compare_source, "people": _compare_people}
    for part in PARTS:
        while part not in row.progress.get("done", []):
            if time.monotonic() > ends_at:
                _put_back(row, "")
                return
            try:
                is_over = compare[part](row, client)
            except Rejected:
                if not _begin_again(row, part):
                    raise
                continue
            _advance(row, part, is_over=is_over)
    _conclude(row)


def _advance(row: Reconciliation, part: str, *, is_over: bool) -> None:
    """Commit how far it is."""
    if is_over:
        row.progress["done"] = [*row.progress.get("done", []), part]
    row.attempts, row.lease_until = 0, timezone.now() + LEASE
    row.save(update_fields=["progress", "checked", "found_count", "total", "attempts", "lease_until", "started_at"])


def _begin_again(row: Reconciliation, part: str) -> bool:
    """A kept cursor may have died (contract §10 no. 19): begin that part again, once."""
    again = row.progress.setdefault("again", [])
    if not row.progress.pop(f"{part}_cursor", None) or part in again:
        return False
    again.append(part)
    return True


# --- everybody we sent --------------------------------------------------------------------


def _compare_sent(row: Reconciliation, client: GreenhouseClient) -> bool:
    after = row.progress.get("after", 0)
    exports = list(tracking.tracked(row.connection).filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    if not exports:
        return True
    readings = tracking.ask(row.connection, client, exports)
    before = {export.pk: (export.remote_status, export.remote_stage) for export in exports}
    tracking.apply_readings(readings, Origin.POLL)
    # Who was not answered for is in neither: that proves nothing.
    _note_missing(row, [reading.export for reading in readings if reading.row is None])
    here = [reading.export for reading in readings if reading.row]
    _note_moved(row, readings, before)
    _note_twice_on_job(row, client, here)
    _note_files_twice(row, client, here)
    _note_notes_twice(row, client, here)
    row.progress["after"] = exports[-1].pk
    row.checked += len(exports)
    row.found_count += len(here)
    return len(exports) < AT_ONCE


def _note_missing(row: Reconciliation, gone: Iterable[Export]) -> None:
    for export in gone:
        _find(row, FindingKind.MISSING, str(export.pk), export=export)


def _note_moved(row: Reconciliation, readings: Sequence[Reading], before: dict[int, tuple[str, str]]) -> None:
    asked_at = {reading.export.pk: reading.asked_at for reading in readings if reading.row}
    for export in Export.objects.filter(pk__in=asked_at):
        if export.tracked_at != asked_at[export.pk]:
            continue  # a poll or a webhook has told us meanwhile
        now = (export.remote_status, export.remote_stage)
        # Who was never asked about was not missed: that is their first reading.
        if before[export.pk] != ("", "") and before[export.pk] != now:
            _find(row, FindingKind.MOVED, f"{export.pk}:{now[0]}:{now[1]}", export=export, state=FindingState.REPAIRED)


def _note_twice_on_job(row: Reconciliation, client: GreenhouseClient, exports: Sequence[Export]) -> None:
    by_person = _by_person(exports)
    on_job: dict[tuple[int, int], list[ApplicationPayload]] = defaultdict(list)
    for application in client.fetch_applications(candidate_ids=by_person):
        if application.job_id and application.status != "converted":
            on_job[application.candidate_id, application.job_id].append(application)
    for (candidate_id, job_id), applications in on_job.items():
        if len(applications) > 1:
            ids = sorted(str(application.id) for application in applications)
            key, export = f"{candidate_id}:{job_id}", by_person[str(candidate_id)]
            _find(row, FindingKind.TWICE_ON_JOB, key, export=export, application_ids=ids)


def _note_files_twice(row: Reconciliation, client: GreenhouseClient, exports: Sequence[Export]) -> None:
    ours = {
        export.application_remote_id: (export, {file.filename for file in export.files.all()})
        for export in Export.objects.filter(pk__in=[one.pk for one in exports]).prefetch_related("files")
    }
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for file in client.fetch_by_ids("attachments", AttachmentPayload, key="application_ids", ids=ours):
        counts[str(file.application_id), file.filename] += 1
    for (application_id, name), count in counts.items():
        export, names = ours[application_id]
        if count > 1 and name in names:
            _find(row, FindingKind.FILE_TWICE, f"{application_id}:{name}", export=export)


def _note_notes_twice(row: Reconciliation, client: GreenhouseClient, exports: Sequence[Export]) -> None:
    scope = "harvest:notes:list"
    if not row.connection.may(scope):
        return
    by_person = _by_person(exports)
    links = {export.pk: settings.BASE_URL + export.application.get_absolute_url() for export in exports}
    counts: dict[tuple[int, int | None], int] = defaultdict(int)
    try:
        for note in client.fetch_by_ids("notes", NotePayload, key="candidate_ids", ids=by_person):
            for export in exports:
                if str(note.candidate_id) == export.candidate_remote_id and links[export.pk] in (note.body or ""):
                    counts[export.pk, note.application_id] += 1
    except Forbidden as exc:
        row.connection.note_refused(listing_scope(exc.path))
        return
    for export in exports:
        if counts[export.pk, int(export.application_remote_id)] > 1:
            _find(row, FindingKind.NOTE_TWICE, export.application_remote_id, export=export)


def _by_person(exports: Sequence[Export]) -> dict[str, Export]:
    return {export.candidate_remote_id: export for export in exports}


# --- with our source, unknown to us -------------------------------------------------------


def _compare_source(row: Reconciliation, client: GreenhouseClient) -> bool:
    source = row.connection.source_remote_id
    if not source:
        return True
    cursor = row.progress.get("source_cursor")
    page = client.fetch_page("applications", ApplicationPayload, params={"source_ids": source}, cursor=cursor)
    # Checked again here: a filter that Greenhouse ignores would make everybody ours.
    theirs = {str(one.id): one for one in page.items if str(one.source_id) == source and one.status != "converted"}
    ours = Export.objects.filter(connection=row.connection).exclude(application_remote_id="")
    known = set(ours.filter(application_remote_id__in=theirs).values_list("application_remote_id", flat=True))
    people = {str(one.candidate_id) for one in theirs.values()}
    former = ours.filter(candidate_remote_id__in=people).values_list("former_application_ids", flat=True)
    known.update(one for ids in former for one in ids)
    for remote_id in theirs.keys() - known:
        application = theirs[remote_id]
        _find(
            row,
            FindingKind.UNKNOWN,
            remote_id,
            candidate_ids=[str(application.candidate_id)],
            application_ids=[remote_id],
        )
    return _turn_page(row, "source_cursor", page)


# --- two people with one address ----------------------------------------------------------


def _compare_people(row: Reconciliation, client: GreenhouseClient) -> bool:
    """Whoever we sent carries our tag; two of them with one address were made twice, or are the same person."""
    cursor = row.progress.get("people_cursor")
    page = client.fetch_page("candidates", CandidatePayload, params={"tag": outgoing.TAG}, cursor=cursor, lenient=True)
    CheckedPerson.objects.bulk_create(
        [
            CheckedPerson(reconciliation=row, digest=digest, remote_id=str(person.id))
            for person in page.items
            if outgoing.TAG in person.tags
            for digest in {_digest(row, address.value) for address in person.email_addresses}
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    return _turn_page(row, "people_cursor", page)


def _turn_page(row: Reconciliation, name: str, page: Page[Any]) -> bool:
    """Keep where the next page begins; True after the last one. Raises: UnexpectedReply where it goes in a circle."""
    if page.next_cursor and page.next_cursor == row.progress.get(name):
        raise UnexpectedReply(
            "cursor_repeats", path="/v3/applications" if name == "source_cursor" else "/v3/candidates"
        )
    row.progress[name] = page.next_cursor
    return page.next_cursor is None


def _digest(row: Reconciliation, email: str) -> str:
    return digest_of(row.connection_id, "email", email.strip().lower())


def _note_two_people(row: Reconciliation) -> None:
    shared = row.people.values("digest").annotate(people=Count("remote_id")).filter(people__gt=1).values("digest")
    groups: dict[str, set[str]] = defaultdict(set)
    for digest, remote_id in row.people.filter(digest__in=shared).values_list("digest", "remote_id"):
        groups[digest].add(remote_id)
    ids = {remote_id for group in groups.values() for remote_id in group}
    newest = Export.objects.filter(connection=row.connection, candidate_remote_id__in=ids)
    by_person = dict(
        newest.values("candidate_remote_id").annotate(newest=Max("pk")).values_list("candidate_remote_id", "newest")
    )
    exports = Export.objects.in_bulk(by_person.values())
    for people in {tuple(sorted(group)) for group in groups.values()}:
        export = next((exports[by_person[one]] for one in people if one in by_person), None)
        _find(row, FindingKind.TWO_PEOPLE, ":".join(people), export=export, candidate_ids=list(people))


# --- what was found, and how it ends ------------------------------------------------------


def _find(
    row: Reconciliation,
    kind: FindingKind,
    key: str,
    *,
    export: Export | None = None,
    candidate_ids: Sequence[str] = (),
    application_ids: Sequence[str] = (),
    state: FindingState = FindingState.OPEN,
) -> None:
    """Remember a difference; one that is there keeps what a person decided, unless it had been repaired."""
    if export:
        candidate_ids = candidate_ids or [export.candidate_remote_id]
        application_ids = application_ids or [export.application_remote_id]
    finding, is_new = Finding.objects.get_or_create(
        connection=row.connection,
        kind=kind,
        key=key,
        defaults={"export": export, "state": state, "seen_in": row},
    )
    finding.export, finding.seen_in = export, row
    finding.candidate_remote_ids, finding.application_remote_ids = list(candidate_ids), list(application_ids)
    if not is_new and finding.state == FindingState.REPAIRED:
        finding.state, finding.found_at = state, timezone.now()
    finding.save()


def _conclude(row: Reconciliation) -> None:
    """Close it: what was not met again is over, what a person knows stays known."""
    with transaction.atomic():
        _note_two_people(row)
        over = Finding.objects.filter(connection=row.connection).exclude(seen_in=row)
        over.exclude(state=FindingState.KNOWN).delete()
        row.people.all().delete()
        _close(row, ReconciliationState.SUCCEEDED, "")


def _close(row: Reconciliation, state: ReconciliationState, code: str) -> None:
    row.state, row.finished_at, row.lease_until = state, timezone.now(), None
    _save(row, code)
    if state == ReconciliationState.FAILED:
        row.people.all().delete()


def _try_later(row: Reconciliation, code: str) -> None:
    row.attempts += 1
    if row.attempts >= MAX_ATTEMPTS:
        _close(row, ReconciliationState.FAILED, code)
        return
    _put_back(row, code, retry_at=timezone.now() + timedelta(seconds=min(2.0**row.attempts, 60)))


def _put_back(row: Reconciliation, code: str, *, retry_at: Any = None) -> None:
    row.lease_until, row.retry_at = None, retry_at
    _save(row, code)


def _save(row: Reconciliation, code: str) -> None:
    if code:
        row.set_problem(code)
    else:
        row.clear_problem()
    row.save(
        update_fields=[
            *("state", "attempts", "retry_at", "lease_until", "started_at", "finished_at", "total"),
            *("problem_code", "problem_at"),
        ]
    )
