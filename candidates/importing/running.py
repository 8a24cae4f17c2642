"""Carries an import through: reads it into rows for a person to look at, then does what was confirmed."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from candidates.importing.deciding import Decision, decide
from candidates.importing.reader import Row, Sheet, UnreadableError, open_sheet
from candidates.importing.writing import write
from candidates.making.writing import Writer
from candidates.models import CandidateImport, CandidateImportRow, ImportState, RowOutcome

PER_PORTION = 500
SLICE_SECONDS = 60
LEASE = timedelta(seconds=180)  # longer than a task may take
IMPORTED = (RowOutcome.NEW, RowOutcome.CHANGED)


def run(import_id: int) -> bool:
    """Work on an import for a while; True when there is more to do.

    Effects: a transaction each portion of rows. Repeat: harmless; one worker at a time has it, and goes on where the
        last one stopped.
    """
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = CandidateImport.objects.filter(pk=import_id)
    if not rows.filter(free, state__in=CandidateImport.WORKED_ON_BY).update(claimed_until=now + LEASE):
        return False
    each = rows.get()
    work = _read if each.state == ImportState.READING else _import
    until = time.monotonic() + SLICE_SECONDS
    try:
        with each.file.open() as file:
            sheet = open_sheet(file.read())
        is_over = work(each, sheet, until)
    except (UnreadableError, FileNotFoundError) as exc:
        _refuse(each, exc)
        is_over = True
    finally:
        # Our own claim alone: once it is read, somebody may confirm it, and another worker have it already.
        rows.filter(claimed_until=now + LEASE).update(claimed_until=None)
    return not is_over


def due() -> list[int]:
    """Imports that nobody works on although there is something to do."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    rows = CandidateImport.objects.filter(free, state__in=CandidateImport.WORKED_ON_BY)
    return list(rows.values_list("pk", flat=True))


def _read(each: CandidateImport, sheet: Sheet, until: float) -> bool:
    """Write down what every row would do; True when all are."""
    last = each.rows.order_by("-line").values_list("line", flat=True).first() or 0
    seen: dict[str, int] = {}
    for rows in _portions(sheet):
        # Those that were read before, too: their addresses may come again.
        if new := [decision for decision in decide(rows, seen) if decision.line > last]:
            CandidateImportRow.objects.bulk_create([_row(each, decision) for decision in new])
            if time.monotonic() > until:
                return False
    return bool(
        CandidateImport.objects.filter(pk=each.pk, state=ImportState.READING).update(
            state=ImportState.READY, read_as=sheet.read_as, unknown_columns=sheet.unknown_columns
        )
    )


def _row(each: CandidateImport, decision: Decision) -> CandidateImportRow:
    problems = [list(problem) for problem in decision.problems]
    return CandidateImportRow(of=each, line=decision.line, outcome=decision.outcome, problems=problems)


def _import(each: CandidateImport, sheet: Sheet, until: float) -> bool:
    """Do what was confirmed and is not done yet; True when all is."""
    waiting = each.rows.filter(outcome__in=IMPORTED, done_at=None)
    lines = set(waiting.values_list("line", flat=True))
    writer = Writer()
    for portion in _portions(sheet):
        if rows := [row for row in portion if row.line in lines]:
            with transaction.atomic():
                # Touching the row locks it on PostgreSQL; on SQLite the transaction itself is the lock.
                CandidateImport.objects.filter(pk=each.pk).update(confirmed_at=F("confirmed_at"))
                write(each, decide(rows, {}), writer)
            if time.monotonic() > until:
                return False
    done = {"state": ImportState.DONE, "finished_at": timezone.now()}
    return bool(CandidateImport.objects.filter(pk=each.pk, state=ImportState.IMPORTING).update(**done))


def _portions(sheet: Sheet) -> Iterator[list[Row]]:
    rows = sheet.rows()
    while portion := list(islice(rows, PER_PORTION)):
        yield portion


def _refuse(each: CandidateImport, exc: Exception) -> None:
    sentence = str(exc) if isinstance(exc, UnreadableError) else "The file is gone. Choose it again."
    CandidateImport.objects.filter(pk=each.pk, state__in=CandidateImport.WORKED_ON_BY).update(
        state=ImportState.UNREADABLE, problem=sentence
    )
