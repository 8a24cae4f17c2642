"""Move people by hand, where no ATS says where they stand."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from candidates.models import Application, ApplicationStatus, EventKind, Origin
from candidates.services import record_status
from integrations.models import Export
from integrations.pipeline import label_of, led_in_greenhouse

# Nobody is *sent* or *gone* by hand: that is said of an ATS.
BY_HAND = tuple(
    status for status in ApplicationStatus if status not in (ApplicationStatus.SENT, ApplicationStatus.GONE)
)
_BACK = {ApplicationStatus.REJECTED: EventKind.UNREJECTED, ApplicationStatus.HIRED: EventKind.UNHIRED}


class LedByGreenhouse(Exception):
    """Where the person stands is decided in Greenhouse, and follows from there by itself."""

    def __init__(self, export: Export) -> None:
        super().__init__("Greenhouse leads.")
        self.export = export


def move(*, application: Application, status: ApplicationStatus, by: User) -> bool:
    """Put somebody into another column; False if they were there.

    Effects: one transaction; a line in the timeline, and perhaps a letter to the applicant that is owed or taken back.
    Repeat: harmless.
    Raises: LedByGreenhouse for whoever is there or on the way, ValueError for a status that nobody is given by hand.
    """
    if status not in BY_HAND:
        raise ValueError("Nobody is given this status by hand.")
    with transaction.atomic():
        # Touching the row locks it on PostgreSQL; on SQLite the transaction itself is the lock.
        Application.objects.filter(pk=application.pk).update(status_at=F("status_at"))
        application = Application.objects.get(pk=application.pk)
        export = led_in_greenhouse(application)
        if export is not None:
            raise LedByGreenhouse(export)
        before = ApplicationStatus(application.status)
        if before == status:
            return False
        ended = status in _BACK or status == ApplicationStatus.WITHDRAWN
        moved = record_status(
            application=application,
            status=status,
            text=f"Moved by hand to {label_of(status)}",
            origin=Origin.MEMBER,
            actor=by,
            kind=None if ended else _BACK.get(before, EventKind.STAGE_MOVED),
        )
        # Asked next, Greenhouse's word counts again, whatever it was before the connection was taken away.
        Export.objects.filter(application=application).update(status="")
    return moved
