"""What an operator does with a file of people: bring it, confirm it, leave it."""

import re

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from candidates import tasks
from candidates.importing.forgetting import forget
from candidates.models import CandidateImport, ImportState
from candidates.uploads import clean_filename


def start(*, content: bytes, filename: str, writes_letters: bool, by: User) -> CandidateImport:
    """Take a file of people who agreed, and have it read.

    Effects: a file in storage, then the row. Repeat: another import, which finds everybody known already.
    """
    name = clean_filename(re.sub(r"\.csv$", "", filename, flags=re.IGNORECASE), "csv")
    each = CandidateImport(filename=name, writes_letters=writes_letters, by=by, agreed_at=timezone.now())
    each.file.save(each.filename, ContentFile(content), save=False)
    is_stored = False
    try:
        with transaction.atomic():
            each.save()
            _wake(each)
        is_stored = True
    finally:
        if not is_stored:
            each.file.delete(save=False)
    return each


def confirm(*, each: CandidateImport, by: User) -> bool:
    """Have it done; False where it is not waiting for that any more. Repeat: does nothing."""
    with transaction.atomic():
        rows = CandidateImport.objects.filter(pk=each.pk, state=ImportState.READY)
        is_mine = bool(
            rows.update(state=ImportState.IMPORTING, confirmed_by=by, confirmed_at=timezone.now(), claimed_until=None)
        )
        if is_mine:
            _wake(each)
    return is_mine


def cancel(*, each: CandidateImport) -> bool:
    """Let it be, and forget the file; False where it is too late for that. Repeat: does nothing."""
    rows = CandidateImport.objects.filter(pk=each.pk, state__in=[ImportState.READING, ImportState.READY])
    if not rows.update(state=ImportState.CANCELLED, finished_at=timezone.now()):
        return False
    forget(each)
    return True


def _wake(each: CandidateImport) -> None:
    # Robust: with the broker down it is owed all the same, and a sweep finds it.
    transaction.on_commit(lambda: tasks.run_import.delay(each.pk), robust=True)
