"""The pipeline as CSV, a slice at a time, so that ten thousand people need no more memory than a page."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import Employer, User
from candidates.activity import note_access
from candidates.models import AccessKind, Application, ApplicationOrigin, ApplicationStatus, Profile
from candidates.spreadsheets import BOM, Echo, harmless
from integrations.models import Export, ExportState
from integrations.pipeline import label_of

SLICE = 500
HEADER = ("Name", "Email", "Job", "How they came", "Status", "Since", "In Greenhouse", "Stage", "Reason", "Added")


class Row(NamedTuple):
    """What is read of an application: values alone, since ten thousand objects would take seconds."""

    pk: int
    candidate: int
    first_name: str
    last_name: str
    email: str
    job__title: str | None
    origin: str
    status: str
    status_at: datetime
    created_at: datetime


def lines_of(rows: QuerySet[Application], *, employer: Employer, by: User) -> Iterator[str]:
    """Yield the lines of the table. The address of whoever was picked from the network is not in it.

    Effects: it is written down whose profiles were in the download. Three queries and a statement per 500.
    """
    writer = csv.writer(Echo())
    yield BOM + writer.writerow(HEADER)
    ids = list(rows.order_by("status", "-status_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SLICE):
        chosen = ids[start : start + SLICE]
        found = {row[0]: Row(*row) for row in Application.objects.filter(pk__in=chosen).values_list(*Row._fields)}
        people = {row.candidate for row in found.values()}
        profiles = Profile.objects.filter(candidate__in=people).values_list("candidate", flat=True)
        note_access(employer=employer, by=by, candidates=list(profiles), kind=AccessKind.DOWNLOADED)
        there = _in_greenhouse(chosen)
        cells = (_cells(found[pk], there.get(pk)) for pk in chosen if pk in found)
        yield "".join(writer.writerow([harmless(cell) for cell in line]) for line in cells)


def _in_greenhouse(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Stage and reason of those who are there, by application; of several exports the newest."""
    sent = Export.objects.filter(application__in=ids, state=ExportState.SENT).order_by("pk")
    rows = sent.values_list("application", "remote_stage", "rejection_reason")
    return {application: (stage, reason) for application, stage, reason in rows}


def _cells(row: Row, there: tuple[str, str] | None) -> tuple[str, ...]:
    origin = ApplicationOrigin(row.origin)
    return (
        f"{row.first_name} {row.last_name}".strip(),
        "" if origin == ApplicationOrigin.SOURCED else row.email,
        row.job__title or "",
        origin.label,
        label_of(ApplicationStatus(row.status)),
        f"{row.status_at:%Y-%m-%d %H:%M}",
        "yes" if there else "no",
        *(there or ("", "")),
        f"{row.created_at:%Y-%m-%d %H:%M}",
    )
