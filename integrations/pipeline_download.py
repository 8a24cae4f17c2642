"""The pipeline as CSV, a slice at a time, so that ten thousand people need no more memory than a page."""

import csv
from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import Employer, User
from candidates.activity import note_access
from candidates.models import AccessKind, Application, ApplicationStatus, Profile
from integrations.models import ExportState
from integrations.pipeline import Card, cards_of, label_of

SLICE = 500
HEADER = ("Name", "Email", "Job", "How they came", "Status", "Since", "In Greenhouse", "Stage", "Reason", "Added")
# What a spreadsheet would take for a formula.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines_of(rows: QuerySet[Application], *, employer: Employer, by: User) -> Iterator[str]:
    """Yield the lines of the table. The address of whoever was picked from the network is not in it.

    Effects: it is written down whose profiles were in the download. Constant in queries per 500.
    """
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(HEADER)  # the mark by which spreadsheets know UTF-8
    ids = list(rows.order_by("status", "-status_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SLICE):
        chosen = ids[start : start + SLICE]
        by_pk = {card.application.pk: card for card in cards_of(Application.objects.filter(pk__in=chosen))}
        cards = [by_pk[pk] for pk in chosen if pk in by_pk]
        people = {card.application.candidate_id for card in cards}
        profiles = Profile.objects.filter(candidate__in=people).values_list("candidate", flat=True)
        note_access(employer=employer, by=by, candidates=list(profiles), kind=AccessKind.DOWNLOADED)
        yield "".join(writer.writerow([_harmless(cell) for cell in _cells(card)]) for card in cards)


def _cells(card: Card) -> tuple[str, ...]:
    row, export = card.application, card.export
    there = export is not None and export.state == ExportState.SENT
    return (
        row.name,
        row.shown_email,
        row.job_title,
        row.get_origin_display(),
        label_of(ApplicationStatus(row.status)),
        f"{row.status_at:%Y-%m-%d %H:%M}",
        "yes" if there else "no",
        export.remote_stage if export else "",
        export.rejection_reason if export else "",
        f"{row.created_at:%Y-%m-%d %H:%M}",
    )


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell


class _Echo:
    """A file that hands back what is written to it: so the writer yields its lines."""

    def write(self, line: str) -> str:
        return line
