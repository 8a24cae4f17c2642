"""The Greenhouse jobs that people can be sent to, searched."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, When

from integrations.ids import as_id
from integrations.models import Connection, GreenhouseJob
from integrations.searching import every_word
from jobs.models import Job

SHOWN_AT_MOST = 50
SEARCHED = (
    *("name__icontains", "remote_id__icontains", "requisition_id__icontains"),
    *("department__icontains", "department_path__icontains", "offices__icontains"),
)


@dataclass(frozen=True)
class Roles:
    """The first jobs that match, the chosen one always among them. Each has `feeds`, the title of a job of ours."""

    rows: list[GreenhouseJob]
    matches: int

    @property
    def are_all(self) -> bool:
        return self.matches <= SHOWN_AT_MOST


def jobs_to_send_to(connection: Connection) -> QuerySet[GreenhouseJob]:
    """The Greenhouse jobs that people can be sent to."""
    jobs = GreenhouseJob.objects.filter(connection=connection, status="open")
    return jobs.filter(is_template=False, is_confidential=False).defer("custom_fields")


def find_roles(connection: Connection, words: str, *, chosen: str = "") -> Roles:
    """Search by name, place, Greenhouse ID, requisition and department; connected ones come first.

    Three queries at most. Shape: `chosen` is the primary key of the one that is ticked already, as text.
    """
    ours = Job.objects.filter(greenhouse_link__post__greenhouse_job=OuterRef("pk")).values("title")[:1]
    jobs: QuerySet[Any] = jobs_to_send_to(connection).annotate(feeds=Subquery(ours))
    found = jobs.filter(every_word(words, SEARCHED))
    rows = list(found.order_by(Case(When(feeds=None, then=1), default=0), "name", "pk")[: SHOWN_AT_MOST + 1])
    matches = len(rows) if len(rows) <= SHOWN_AT_MOST else found.count()
    rows = rows[:SHOWN_AT_MOST]
    ticked = as_id(chosen)
    if ticked and ticked not in {row.pk for row in rows}:
        rows = [*jobs.filter(pk=ticked), *rows][:SHOWN_AT_MOST]
    return Roles(rows, matches)
