"""Read again what something told us of: a webhook, or a person who wants to know now."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from candidates.models import Origin
from integrations.budget import Priority
from integrations.credentials import client_for
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.tracking.applying import JOINED, apply_readings
from integrations.greenhouse.tracking.asking import ask
from integrations.greenhouse.tracking.following import LOOK_UPS
from integrations.models import Connection, Export, ExportState


def tracked(connection: Connection) -> QuerySet[Export]:
    """Everybody we follow: those who were sent."""
    sent = Export.objects.filter(connection=connection, state=ExportState.SENT).exclude(application_remote_id="")
    return sent.select_related(*JOINED)


def refresh(
    connection: Connection,
    *,
    application_ids: Iterable[str] = (),
    candidate_ids: Iterable[str] = (),
    origin: Origin,
) -> None:
    """Ask Greenhouse where these people stand now, as far as we sent them; ids we do not know are passed over.

    Whatever told us of them was only a hint: what is written is what Greenhouse answers now. Of `candidate_ids` it is
    also asked whether the person was merged, deleted, anonymized or made private.
    Effects: a few GETs outside any transaction, none if nobody is meant; exports, applications and timelines.
    Repeat: harmless.
    Raises: GreenhouseError, DecryptionError; then some may have been brought up to date already.
    """
    people = set(candidate_ids)
    meant = Q(application_remote_id__in=set(application_ids)) | Q(candidate_remote_id__in=people)
    exports = list(tracked(connection).filter(meant))
    if not exports:
        return
    client = client_for(connection, Priority.BULK)
    while exports:
        answered = _ask_some(connection, client, exports, people, origin)
        exports = [export for export in exports if export.pk not in answered] if answered else []


def _ask_some(
    connection: Connection, client: GreenhouseClient, exports: Sequence[Export], people: set[str], origin: Origin
) -> set[int]:
    """Write down what can be said at once, so that a budget that ends half-way leaves it; return of whom."""
    about_people = [export for export in exports if export.candidate_remote_id in people]
    readings = ask(connection, client, exports, about_people=about_people, look_ups=LOOK_UPS)
    apply_readings(readings, origin)
    return {reading.export.pk for reading in readings}
