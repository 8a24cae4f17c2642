"""The recruiter's list of exports: what is asked for, what matches, and how many are in each tab."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.dateparse import parse_date

from accounts.models import Employer
from candidates.models import ApplicationOrigin
from integrations.ids import as_id
from integrations.models import Export, ExportState, GreenhouseJob
from integrations.problems import PROBLEMS, Problem
from integrations.searching import cleaned, every_word

TO_DECIDE = "duplicate_unsure"  # the one problem that is solved at the desk for duplicates
LATE_AFTER = timedelta(hours=24)
_SEARCHED = (
    *("application__first_name__icontains", "application__last_name__icontains", "given_email__icontains"),
    *("candidate_remote_id", "application_remote_id"),
)
# Whose address stands on no page is not found by it either, or it could be guessed letter by letter.
_GIVEN_EMAIL = Case(When(application__origin=ApplicationOrigin.APPLIED, then="application__email"), default=Value(""))
_STOPPED = Q(state=ExportState.NEEDS_ATTENTION)
TABS: dict[str, tuple[str, Q]] = {
    "attention": ("Needs attention", _STOPPED & ~Q(problem_code=TO_DECIDE)),
    "decide": ("To decide", _STOPPED & Q(problem_code=TO_DECIDE)),
    "waiting": ("Waiting", Q(state=ExportState.WAITING)),
    "on_the_way": (
        "On the way",
        Q(state__in=(ExportState.PENDING, ExportState.SENDING, ExportState.UNKNOWN)),
    ),
    "sent": ("Sent", Q(state=ExportState.SENT)),
    "cancelled": ("Cancelled", Q(state=ExportState.CANCELLED)),
}
# On its own for a day, and still not there: a person should know, though it may yet arrive.
_ON_ITS_OWN = (ExportState.PENDING, ExportState.SENDING, ExportState.WAITING, ExportState.UNKNOWN)


def overdue(now: datetime) -> Q:
    """Exports that have been tried for a day while their connection worked, and are not there yet."""
    before = now - LATE_AFTER
    well = Q(connection__recovered_at=None) | Q(connection__recovered_at__lte=before)
    return well & Q(state__in=_ON_ITS_OWN, trying_since__lte=before, connection__broken_since=None)


@dataclass(frozen=True)
class Asked:
    """What an address asks for; anything odd asks for nothing."""

    tab: str = ""
    q: str = ""
    job: str = ""
    problem: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        def text(name: str) -> str:
            return cleaned(query.get(name, ""))

        return cls(
            tab=tab if (tab := text("tab")) in TABS else "",
            q=text("q"),
            job=str(as_id(text("job")) or ""),
            problem=code if (code := text("problem")) in PROBLEMS else "",
            since=text("since") if as_date(text("since")) else "",
            until=text("until") if as_date(text("until")) else "",
        )

    @property
    def is_narrow(self) -> bool:
        return any(value for name, value in asdict(self).items() if name != "tab")

    @property
    def as_query(self) -> dict[str, str]:
        """What an address, or a form's hidden fields, need to ask for the same again."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Tab:
    """One view of the exports, and how many are in it."""

    name: str
    label: str
    count: int

    @property
    def is_urgent(self) -> bool:
        return self.name in ("attention", "decide") and self.count > 0


class ExportList:
    """An employer's exports as somebody asked for them. Every property costs one query, however many there are."""

    def __init__(self, *, employer: Employer, asked: Asked) -> None:
        self.asked = asked
        self._ours = Export.objects.for_employer(employer)

    @property
    def matching(self) -> QuerySet[Export]:
        """The exports that are asked for, with nothing joined."""
        return self._narrowed.filter(TABS[self.asked.tab][1]) if self.asked.tab else self._narrowed

    @property
    def rows(self) -> QuerySet[Export]:
        """The exports with all that a page shows of them, the newest first."""
        joined = ("connection", "greenhouse_job", "application__job", "application__employer", "credit_to")
        return (
            self.matching.select_related(*joined, "requested_by")
            .defer("application__note", "application__job__description", "application__job__questions")
            .order_by("-pk")
        )

    @cached_property
    def tabs(self) -> list[Tab]:
        """How many of the exports that match the search are in each state; the tab that is open changes nothing."""
        counts = self._narrowed.aggregate(
            everything=Count("pk"), **{name: Count("pk", filter=rule) for name, (_, rule) in TABS.items()}
        )
        tabs = [Tab(name, label, counts[name]) for name, (label, _) in TABS.items()]
        return [Tab("", "All", counts["everything"]), *tabs]

    @cached_property
    def jobs(self) -> list[GreenhouseJob]:
        """The Greenhouse jobs that anybody was ever to be sent to."""
        found = GreenhouseJob.objects.filter(pk__in=self._ours.order_by().values("greenhouse_job"))
        return list(found.only("name", "requisition_id").order_by(Lower("name"), "pk"))

    @cached_property
    def problems(self) -> list[Problem]:
        """What stands in the way of any of them now, in words."""
        codes = self._ours.exclude(problem_code="").order_by().values_list("problem_code", flat=True).distinct()
        return sorted((PROBLEMS[code] for code in codes if code in PROBLEMS), key=lambda problem: problem.title)

    @property
    def _narrowed(self) -> QuerySet[Export]:
        rows: QuerySet[Export] = self._ours
        if self.asked.q:
            rows = rows.alias(given_email=_GIVEN_EMAIL).filter(every_word(self.asked.q, _SEARCHED))
        if self.asked.job:
            rows = rows.filter(greenhouse_job=int(self.asked.job))
        if self.asked.problem:
            rows = rows.filter(problem_code=self.asked.problem)
        return rows.filter(**between("created_at", as_date(self.asked.since), as_date(self.asked.until)))


def as_date(text: str) -> date | None:
    """Read YYYY-MM-DD; None for anything else, days that do not exist included."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def between(field: str, since: date | None, until: date | None) -> dict[str, Any]:
    """Say as a filter that a moment lies in these days, both included, in UTC. None is open."""
    found: dict[str, Any] = {}
    if since:
        found[f"{field}__gte"] = _midnight(since)
    if until and until < date.max:
        found[f"{field}__lt"] = _midnight(until + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
