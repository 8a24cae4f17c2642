"""Put right what Greenhouse did not take, and send it again."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from candidates.correcting import Correction, correct, stored
from candidates.models import EventKind, Origin
from candidates.services import tell
from integrations.models import Export, ExportFile, ExportState
from integrations.sending import send_again

_UNDER_WAY = (ExportState.SENDING, ExportState.UNKNOWN)
_CONTACTS = frozenset({"email", "other_emails", "phone", "other_phones", "current_company", "current_title", "links"})


class Busy(Exception):
    """Something of the application is under way, and what it found must not change beneath it."""


def may_be_corrected(export: Export) -> bool:
    """True while it has stopped or waits; nothing of it may be in flight."""
    return export.can_send_again and not export.step_in_flight


def correct_and_send(*, export: Export, correction: Correction, by: User) -> bool:
    """Write a correction of the application and send the export again; False while something of it is under way.

    Effects: one transaction, the files before it; a line in the timeline. Of somebody who is in Greenhouse already only
    additions arrive there. A file that was to be replaced and has not been sent is not sent any more.
    """
    try:
        with stored(correction, export.application) as documents, transaction.atomic():
            _hold(export)
            changed = correct(export.application, correction.fields, documents)
            ExportFile.objects.filter(
                export__application=export.application_id, document__in=correction.files, remote_id=""
            ).delete()
            if _CONTACTS & set(correction.fields):
                Export.objects.filter(pk=export.pk).exclude(candidate_remote_id="").update(contacts_checked_at=None)
            if changed:
                _tell(export, changed, by)
            send_again(export=export, by=None if changed else by)
    except Busy:
        return False
    return True


def _hold(export: Export) -> None:
    """Keep workers from all exports of the application until the transaction ends. Raises: Busy."""
    rows = Export.objects.filter(application=export.application_id)
    rows.update(attempts=F("attempts"))  # locks them on PostgreSQL; on SQLite the transaction itself is the lock
    if rows.filter(state__in=_UNDER_WAY).exists() or rows.exclude(step_in_flight="").exists():
        raise Busy
    if not may_be_corrected(rows.get(pk=export.pk)):
        raise Busy


def _tell(export: Export, changed: list[str], by: User) -> None:
    text = f"Corrected, to be sent to Greenhouse again: {', '.join(changed)}"
    tell(application=export.application, kind=EventKind.REQUESTED, text=text, origin=Origin.MEMBER, actor=by)
