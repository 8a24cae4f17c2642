"""The person behind an application: merged with another, private now, or anonymized."""

from candidates.anonymising import anonymise
from candidates.models import EventKind, Origin
from candidates.services import tell
from integrations.forgetting import forget
from integrations.greenhouse.schemas import CandidatePayload
from integrations.greenhouse.tracking.standing import Reading
from integrations.models import AnonymiseRule, Export, GreenhousePerson, PossibleDuplicate

PRIVATE, COPY_KEPT, COPY_REMOVED = "person_private", "copy_kept", "copy_removed"


def follow(export: Export, candidate_id: str, origin: Origin) -> None:
    """Follow the person who is left after a merge, with everything that hangs on the one who is gone.

    Effects: rows of the same person at the same connection; a line for each of their applications. The caller's
        transaction.
    Repeat: harmless.
    """
    old_id = export.candidate_remote_id
    if not candidate_id or candidate_id == old_id:
        return
    GreenhousePerson.objects.filter(connection=export.connection_id, remote_id=old_id).update(remote_id=candidate_id)
    decided = PossibleDuplicate.objects.filter(connection=export.connection_id, remote_id=old_id)
    known = PossibleDuplicate.objects.filter(connection=export.connection_id, remote_id=candidate_id)
    decided.exclude(candidate__in=known.values("candidate")).update(remote_id=candidate_id)
    theirs = Export.objects.filter(connection=export.connection_id, candidate_remote_id=old_id)
    for row in theirs.select_related("application"):
        if Export.objects.filter(pk=row.pk, candidate_remote_id=old_id).update(candidate_remote_id=candidate_id):
            text = "Merged in Greenhouse with another person, whom we follow now"
            tell(application=row.application, kind=EventKind.MERGED, text=text, origin=origin)
    export.candidate_remote_id = candidate_id


def says_something(reading: Reading) -> bool:
    """Tell whether a person is other than we know them."""
    person, export = reading.person, reading.export
    if person is None:
        return False
    is_news = is_anonymised(person, export) and not _is_known(export)
    return is_news or person.private != (PRIVATE in export.remarks)


def is_anonymised(person: CandidatePayload, export: Export) -> bool:
    """Tell whether somebody's details were removed: neither an address nor the name by which we knew them is left."""
    ours = {_folded(export.application.first_name), _folded(export.application.last_name)} - {""}
    theirs = {_folded(person.first_name), _folded(person.last_name)}
    return not person.email_addresses and theirs.isdisjoint(ours)


def apply_person(export: Export, reading: Reading, origin: Origin) -> None:
    """Note whether the person is private now, or anonymized; then our copy goes, too, where the employer wants it.

    Effects: the caller's transaction. Repeat: harmless.
    """
    person = reading.person
    if person is None:
        return
    if person.private != (PRIVATE in export.remarks):
        _note_privacy(export, person.private, origin)
    if is_anonymised(person, export) and not _is_known(export):
        _note_anonymised(export, origin)


def _note_privacy(export: Export, is_private: bool, origin: Origin) -> None:
    others = [code for code in export.remarks if code != PRIVATE]
    _save_remarks(export, [*others, PRIVATE] if is_private else others)
    text = "Made private in Greenhouse" if is_private else "No longer private in Greenhouse"
    tell(application=export.application, kind=EventKind.PRIVATE, text=text, origin=origin)


def _is_known(export: Export) -> bool:
    """With another rule than when we saw it, it is news once more."""
    follows = export.connection.anonymise_rule == AnonymiseRule.FOLLOW
    return COPY_REMOVED in export.remarks or (COPY_KEPT in export.remarks and not follows)


def _note_anonymised(export: Export, origin: Origin) -> None:
    follows = export.connection.anonymise_rule == AnonymiseRule.FOLLOW
    others = [code for code in export.remarks if code != COPY_KEPT]
    _save_remarks(export, [*others, COPY_REMOVED if follows else COPY_KEPT])
    if follows:
        _remove_copy(export)
    text = "Anonymized in Greenhouse, and here too" if follows else "Anonymized in Greenhouse; our copy is kept"
    tell(application=export.application, kind=EventKind.ANONYMIZED, text=text, origin=origin)


def _remove_copy(export: Export) -> None:
    """Forget who somebody is, here too; whatever of them was still to be sent stays unsent."""
    forget(connection=export.connection, candidate=export.candidate)
    anonymise(candidate=export.candidate, employer=export.application.employer)
    export.application.refresh_from_db()


def _save_remarks(export: Export, remarks: list[str]) -> None:
    export.remarks = remarks
    Export.objects.filter(pk=export.pk).update(remarks=remarks)


def _folded(name: str | None) -> str:
    return (name or "").strip().casefold()
