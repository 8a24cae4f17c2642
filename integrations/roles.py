"""The Greenhouse jobs that people can be sent to, searched."""

from dataclasses import dataclass

from django.db.models import Case, OuterRef, Q, Subquery, When

from integrations.models import Connection, GreenhouseJob
from integrations.searching import words_of
from integrations.sharing_form import open_jobs
from jobs.models import Job

SHOWN_AT_MOST = 50
_SEARCHED = ("name", "remote_id", "requisition_id", "department", "department_path", "offices")


@dataclass(frozen=True)
class Roles:
    """The first jobs that match, the chosen one always among them. Each has `feeds`, the title of a job of ours."""

    rows: list[GreenhouseJob]
    matches: int

    @property
    def are_all(self) -> bool:
        return self.matches <= SHOWN_AT_MOST


def find_roles(connection: Connection, words: str, *, chosen: str = "") -> Roles:
    """Search by name, place, Greenhouse ID, requisition and department; connected ones come first.

    Three queries at most. Shape: `chosen` is the primary key of the one that is ticked already, as text.
    """
    ours = Job.objects.filter(greenhouse_link__post__greenhouse_job=OuterRef("pk")).values("title")[:1]
    jobs = open_jobs(connection).defer("custom_fields").annotate(feeds=Subquery(ours))
    found = jobs
    for word in words_of(words):
        anywhere = Q()
        for name in _SEARCHED:
            anywhere |= Q(**{f"{name}__icontains": word.removeprefix("#") or word})
        found = found.filter(anywhere)
    rows = list(found.order_by(Case(When(feeds=None, then=1), default=0), "name", "pk")[: SHOWN_AT_MOST + 1])
    matches = len(rows) if len(rows) <= SHOWN_AT_MOST else found.count()
    rows = rows[:SHOWN_AT_MOST]
    if chosen.isdecimal() and len(chosen) < 19 and chosen not in {str(row.pk) for row in rows}:
        rows = [*jobs.filter(pk=chosen), *rows][:SHOWN_AT_MOST]
    return Roles(rows, matches)
