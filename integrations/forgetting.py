"""Remove what we keep of somebody for the sake of an ATS; what has arrived there stays there."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone

from candidates.models import Application, Candidate
from integrations.models import (
    CAN_BE_CANCELLED,
    Connection,
    Export,
    ExportFile,
    ExportState,
    GreenhousePerson,
)


def forget(*, connection: Connection, candidate: Candidate) -> list[Export]:
    """Cancel what was still to be sent of a person, and forget the addresses and names that tell who they are there.

    Shape: returns what it cancelled. Effects: rows, in the caller's transaction; a worker that is sending it ends
        before its next step. The caller forgets the application itself. Repeat: harmless.
    """
    exports = Export.objects.filter(connection=connection, candidate=candidate)
    stopped = cancel_unsent(exports)
    _forget_addresses(connection, candidate, exports.exclude(candidate_remote_id=""))
    for file in ExportFile.objects.filter(export__in=exports):  # the name of a file may be the person's
        ExportFile.objects.filter(pk=file.pk).update(filename=f"file-{file.pk}")
    return stopped


def cancel_unsent(exports: QuerySet[Export]) -> list[Export]:
    """Cancel those of these exports that have not arrived, in the caller's transaction; return them."""
    stopped = list(exports.filter(state__in=CAN_BE_CANCELLED).select_related("application"))
    exports.filter(pk__in=[export.pk for export in stopped]).update(state=ExportState.CANCELLED, retry_at=None)
    return stopped


def _forget_addresses(connection: Connection, candidate: Candidate, sent: Collection[Export]) -> None:
    # By address, too: a row made for another address of theirs, or before Greenhouse answered, has another id or none.
    is_theirs = Q(remote_id__in=[export.candidate_remote_id for export in sent])
    is_theirs |= Q(email__in=_addresses(connection, candidate))
    is_free = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    GreenhousePerson.objects.filter(is_theirs, is_free, connection=connection).delete()


def _addresses(connection: Connection, candidate: Candidate) -> set[str]:
    """Return every address the person applied with at this employer. Shape: lower case."""
    theirs = Application.objects.filter(candidate=candidate, employer=connection.employer_id)
    pairs = theirs.values_list("email", "other_emails")
    return {address.lower() for email, others in pairs for address in (email, *others) if address}
