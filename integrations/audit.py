"""The audit log: everything in the timelines of an employer, as CSV for a spreadsheet."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Employer
from candidates.models import TimelineEvent
from integrations.export_list import between
from integrations.models import Export

CHUNK = 2000
COLUMNS = (
    *("When (UTC)", "What", "In words", "Who", "As whom", "From where", "Person", "Email", "Job"),
    *("Greenhouse job", "Greenhouse candidate", "Greenhouse application", "Application"),
)
_BOM = "\ufeff"  # without it, Excel takes UTF-8 for something else
# A spreadsheet runs what begins like this, whoever typed it; an apostrophe before it makes it text.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FULL_WIDTH = ("＝", "＋", "－", "＠")  # noqa: RUF001 - some spreadsheets read them as the above
# One that takes these for the ends of cells starts a cell after each; the blanks need not be separators once more.
_FORMULA_INSIDE = re.compile(r"([;\t\r\n|][^\S\t\r\n]*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001


def lines_of(*, employer: Employer, since: date | None, until: date | None) -> Iterator[str]:
    """Yield the log as CSV, the oldest line first, in a constant number of queries. Units: days in UTC."""
    events = TimelineEvent.objects.filter(application__employer=employer, **between("at", since, until))
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow(COLUMNS)
    for event in _joined(events).iterator(chunk_size=CHUNK):
        yield writer.writerow([_safe(cell) for cell in _cells(event)])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


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


def _cells(event: Any) -> tuple[str, ...]:
    application = event.application
    when: datetime = event.at.astimezone(UTC)
    return (
        when.strftime("%Y-%m-%d %H:%M:%S"),
        event.get_kind_display(),
        event.text,
        event.actor.email if event.actor else "",
        event.as_whom,
        event.get_origin_display(),
        application.name,
        application.shown_email,
        application.job_title,
        event.export_greenhouse_job__remote_id or "",
        event.export_candidate_remote_id or "",
        event.export_application_remote_id or "",
        str(application.key),
    )


def _safe(cell: str) -> str:
    cell = _FORMULA_INSIDE.sub(r"\1'", cell)
    return f"'{cell}" if cell.lstrip(" ").startswith((*_STARTS_FORMULA, *_FULL_WIDTH)) else cell
