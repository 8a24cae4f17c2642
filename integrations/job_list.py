"""The recruiter's list of jobs: what is asked for, what matches, and what stands beside each job."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower
from django.http import QueryDict

from accounts.models import Employer
from candidates.models import Application, ApplicationOrigin
from integrations import reviewing
from integrations.attention import Why, needs_a_person, rules
from integrations.models import Connection, Export, ExportState
from integrations.searching import cleaned, every_word
from jobs.models import Job, JobQuerySet, JobState

ATTENTION = "attention"
SORTS = {"title": "By title", "newest": "Newest first", "applicants": "Most applicants"}
LINKED = {"yes": "Connected", "no": "Not connected"}
_TABS = (
    *((JobState.LIVE.value, "Live"), (JobState.OFF.value, "Off"), (JobState.CLOSED.value, "Closed")),
    *((JobState.DRAFT.value, "Draft"), (ATTENTION, "Needs attention")),
)
_SEARCHED = (
    *("title__icontains", "location__icontains", "department__icontains"),
    *("greenhouse_link__post__remote_id__startswith", "greenhouse_link__post__job_remote_id__startswith"),
    "greenhouse_link__post__greenhouse_job__requisition_id__icontains",
)


@dataclass(frozen=True)
class Asked:
    """What an address asks for; anything odd asks for nothing."""

    state: str = ""
    q: str = ""
    department: str = ""
    linked: str = ""
    why: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        def one_of(name: str, values: Any) -> str:
            return value if (value := query.get(name, "")) in values else ""

        return cls(
            state=one_of("state", dict(_TABS)),
            q=cleaned(query.get("q", "")),
            department=query.get("department", "").replace("\x00", ""),
            linked=one_of("linked", LINKED),
            why=one_of("why", Why.values),
            sort=one_of("sort", SORTS),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.department or self.linked)

    @property
    def as_query(self) -> dict[str, str]:
        """What an address, or a form's hidden fields, need to ask for the same again."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Tab:
    """One view of the jobs, and how many are in it."""

    state: str
    label: str
    count: int


class JobList:
    """An employer's jobs as somebody asked for them. Every property costs one query, however many jobs there are."""

    def __init__(self, *, employer: Employer, connection: Connection | None, asked: Asked, now: datetime) -> None:
        self.employer, self.asked = employer, asked
        self.reasons = rules(employer=employer, connection=connection, now=now)

    @property
    def matching(self) -> JobQuerySet:
        """The jobs that are asked for, in no order and with nothing beside them."""
        rows, asked = self._narrowed, self.asked
        if asked.state == ATTENTION:
            reasons = {Why(asked.why): self.reasons.get(Why(asked.why), Q(pk__in=()))} if asked.why else self.reasons
            return rows.filter(needs_a_person(reasons))
        return rows.filter(state=asked.state) if asked.state else rows

    @property
    def _narrowed(self) -> JobQuerySet:
        rows: JobQuerySet = Job.objects.for_employer(self.employer).filter(every_word(self.asked.q, _SEARCHED))
        if self.asked.department:
            rows = rows.filter(department=self.asked.department)
        if self.asked.linked:
            rows = rows.filter(greenhouse_link__isnull=self.asked.linked == "no")
        return rows

    @cached_property
    def tabs(self) -> list[Tab]:
        """How many of the jobs that match the search are in each state; the state asked for changes nothing."""
        counts = self._narrowed.aggregate(
            all=Count("pk"),
            **{state.value: Count("pk", filter=Q(state=state)) for state in JobState},
            **{ATTENTION: Count("pk", filter=needs_a_person(self.reasons))},
        )
        return [Tab("", "All", counts["all"]), *(Tab(state, label, counts[state]) for state, label in _TABS)]

    @cached_property
    def departments(self) -> list[str]:
        named = Job.objects.for_employer(self.employer).exclude(department="")
        return list(named.order_by(Lower("department")).values_list("department", flat=True).distinct())

    @property
    def rows(self) -> QuerySet[Job]:
        """The jobs in order, each with its link, its people, and a flag per reason (`why_closed` …)."""
        flags = {f"why_{why}": _flag(rule) for why, rule in self.reasons.items()}
        rows = self.matching.select_related("greenhouse_link__post__greenhouse_job").defer(
            *("description", "questions", "greenhouse_link__post__content", "greenhouse_link__post__questions"),
            *("greenhouse_link__post__pay_ranges", "greenhouse_link__post__greenhouse_job__custom_fields"),
        )
        here = Application.objects.filter(job=OuterRef("pk"))
        hidden = Application.objects.hidden_from(self.employer)
        stuck = Export.objects.filter(application__job=OuterRef("pk"), state=ExportState.NEEDS_ATTENTION)
        return rows.annotate(
            applicant_count=_count(here.filter(origin=ApplicationOrigin.APPLIED), by="job"),
            unsent_count=_count(reviewing.unsent(here), by="job"),
            stuck_count=_count(stuck.exclude(application__in=hidden), by="application__job"),
            **flags,
        ).order_by(*_order(self.asked.sort))


def reasons_of(job: Any) -> list[Why]:
    """Read the flags of a job that came out of `JobList.rows`, the most urgent reason first."""
    return [why for why in Why if getattr(job, f"why_{why}", False)]


def _flag(rule: Q) -> Case:
    return Case(When(rule, then=Value(True)), default=Value(False), output_field=BooleanField())


def _count(rows: QuerySet[Any], *, by: str) -> Coalesce:
    # A subquery per shown row: joining would multiply the jobs.
    return Coalesce(Subquery(rows.order_by().values(by).annotate(number=Count("pk")).values("number")), 0)


def _order(sort: str) -> tuple[Any, ...]:
    by_title = (Lower("title"), "title", "pk")
    if sort == "newest":
        return (F("created_at").desc(), F("pk").desc())
    return (F("applicant_count").desc(), *by_title) if sort == "applicants" else by_title
