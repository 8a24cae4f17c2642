"""The audit log: everything in the timelines of an employer, as CSV for a spreadsheet."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Employer, User
from candidates.activity import note_access
from candidates.models import AccessKind, Application, ApplicationOrigin, Profile, TimelineEvent
from candidates.spreadsheets import BOM, Echo, harmless
from integrations.export_list import between
from integrations.models import Export

CHUNK = 2000
COLUMNS = (
    *("When (UTC)", "What", "In words", "Who", "As whom", "From where", "Person", "Email", "Job"),
    *("Greenhouse job", "Greenhouse candidate", "Greenhouse application", "Application"),
)


def lines_of(*, employer: Employer, by: User, since: date | None, until: date | None) -> Iterator[str]:
    """Yield the log as CSV, the oldest line first, in a constant number of queries. Units: days in UTC.

    Who was picked from the network and hides from the employer by now is a line without a name.
    Effects: it is written down who else of the network is in it.
    """
    events = TimelineEvent.objects.filter(application__employer=employer, **between("at", since, until))
    hidden = set(Application.objects.hidden_from(employer).values_list("pk", flat=True))
    _note_access(events.exclude(application__in=hidden), employer, by)
    writer = csv.writer(Echo())
    yield BOM + writer.writerow(COLUMNS)
    for event in _joined(events).iterator(chunk_size=CHUNK):
        cells = _cells(event, is_hidden=event.application_id in hidden)
        yield writer.writerow([harmless(cell) for cell in cells])


def _note_access(events: QuerySet[TimelineEvent], employer: Employer, by: User) -> None:
    picked = Profile.objects.filter(
        candidate__applications__in=events.order_by().values("application"),
        candidate__applications__origin=ApplicationOrigin.SOURCED,
    )
    people = picked.order_by().values_list("candidate", flat=True).distinct()
    note_access(employer=employer, by=by, candidates=people, kind=AccessKind.DOWNLOADED)


def _joined(events: QuerySet[TimelineEvent]) -> QuerySet[TimelineEvent]:
    export = Export.objects.filter(application=OuterRef("application")).order_by("pk")
    names = ("greenhouse_job__remote_id", "candidate_remote_id", "application_remote_id")
    found = {f"export_{name}": Subquery(export.values(name)[:1]) for name in names}
    fields = ("first_name", "last_name", "email", "origin", "key")
    shown = [f"application__{field}" for field in fields]
    return (
        events.annotate(**found)
        .select_related("application__job", "actor")
        .only("kind", "text", "origin", "as_whom", "at", "actor", *shown, "application__job__title")
        .order_by("at", "pk")
    )


def _cells(event: Any, *, is_hidden: bool) -> tuple[str, ...]:
    application = event.application
    when: datetime = event.at.astimezone(UTC)
    return (
        when.strftime("%Y-%m-%d %H:%M:%S"),
        event.get_kind_display(),
        "" if is_hidden else event.text,
        event.actor.email if event.actor else "",
        event.as_whom,
        event.get_origin_display(),
        "" if is_hidden else application.name,
        application.shown_email,
        application.job_title,
        event.export_greenhouse_job__remote_id or "",
        event.export_candidate_remote_id or "",
        event.export_application_remote_id or "",
        str(application.key),
    )
