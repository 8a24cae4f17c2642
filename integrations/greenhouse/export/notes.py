"""The last step: one note with everything there is to read, and the link back (contract §6.10).

The note is optional: where a scope for it is missing, the person is sent without one.
"""

import logging

from candidates.models import Answer, EventKind
from integrations.greenhouse import outgoing
from integrations.greenhouse.errors import Forbidden, Rejected
from integrations.greenhouse.export.healing import look_after_refusal
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.scopes import NOTES
from integrations.models import ExportStep

log = logging.getLogger(__name__)


def send_note(walk: Walk) -> None:
    """Write the note, unless our marker is already there."""
    if walk.export.note_remote_id or not walk.may(NOTES.scopes):
        return
    scope = "harvest:notes:list"
    try:
        if _may_be_there(walk) and _adopt(walk):
            return
        scope = "harvest:notes:create"
        _write(walk)
    except Forbidden as exc:
        log.warning("export %s: goes without its note: %s", walk.export.pk, exc)
        walk.commit()  # a refusal is an answer: nothing is in flight
        walk.export.connection.note_refused(scope)


def _may_be_there(walk: Walk) -> bool:
    """Reading back costs a request, so whoever has just made the application skips it."""
    return walk.came_back or not walk.application_is_new


def _adopt(walk: Walk) -> bool:
    application_id = int(walk.export.application_remote_id)
    for note in walk.client.fetch_notes(candidate_id=walk.export.candidate_remote_id):
        # One application of ours may have gone to two jobs, with a note on each.
        if walk.link in (note.body or "") and note.application_id in (None, application_id):
            _commit(walk, note.id)
            return True
    return False


def _write(walk: Walk) -> None:
    text, is_private = note_of(walk)
    body = outgoing.note_body(walk.export, text, is_private=is_private)
    walk.begin(ExportStep.NOTE)
    try:
        note_id = walk.client.send_note(body).id
    except Rejected as exc:
        walk.commit()
        look_after_refusal(walk, exc)
        raise NeedsPerson("data_refused") from exc
    _commit(walk, note_id)


def note_of(walk: Walk) -> tuple[str, bool]:
    """The text of the note, and whether only some may read it."""
    answers = list(Answer.objects.filter(application=walk.export.application.pk).select_related("document"))
    text = outgoing.note_text(walk.export.application, answers, walk.link)
    # Nobody is to read here what they may not read in the application: one private answer makes the note private.
    return text, any(answer.is_private for answer in answers)


def _commit(walk: Walk, note_id: int) -> None:
    walk.commit(note_remote_id=str(note_id), event=(EventKind.NOTE_ADDED, "Note added in Greenhouse"))
