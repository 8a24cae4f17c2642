"""How far people got with an employer, and how long it took: the funnel of the dashboard."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Employer
from candidates.models import Application, ApplicationOrigin, ApplicationStatus, TimelineEvent
from integrations.models import Export, ExportState
from integrations.remembering import remembered
from jobs.models import Job

PERIODS = {30: "Last 30 days", 90: "Last 90 days", 365: "Last year"}
DEFAULT_PERIOD = 90
JOBS_TO_CHOOSE = 100
REMEMBERED_SECONDS = 60
_FIRST = ("sourced", "applied")  # two ways in; from there on it is one way
_ORDER = (
    ApplicationStatus.SENT,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.INTERVIEWING,
    ApplicationStatus.OFFER,
    ApplicationStatus.HIRED,
)
_ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)
_RANK = {status.value: rank for rank, status in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: how many got at least this far; for *sent*, how many were. `days` is the median time it took them; None
    where nobody can tell.
    """

    key: str
    label: str
    count: int
    percent: int
    days: float | None

    @property
    def time_in_words(self) -> str:
        if self.days is None:
            return "–"
        if self.days < 1:
            hours = round(self.days * 24)
            return f"{hours} hour{'s' if hours != 1 else ''}" if hours else "under an hour"
        days = round(self.days, 1) if self.days < 10 else round(self.days)
        return f"{days:g} day{'s' if days != 1 else ''}"

    @property
    def after_in_words(self) -> str:
        """The same, to be read behind the count; empty where nobody can tell."""
        if self.days is None:
            return ""
        return f"after {self.time_in_words}" if round(self.days * 24) else "within an hour"


@dataclass(frozen=True, slots=True)
class Funnel:
    """People who came in a period, as steps; those who ended on the way are counted beside it."""

    steps: list[Step]
    rejected: int
    withdrawn: int

    @property
    def total(self) -> int:
        return sum(step.count for step in self.steps if step.key in _FIRST)


def funnel(employer: Employer, *, days: int = DEFAULT_PERIOD, job_id: int | None = None) -> Funnel:
    """Count the people who came in the last `days`, on one job or all.

    Effects: two queries, whose result is kept for a minute. A hire whose offer nobody recorded counts as an offer too.
    """
    key = f"funnel:{employer.pk}:{days}:{job_id or ''}"
    since = timezone.now() - timedelta(days=days)
    return remembered(key, lambda: _measure(employer, since=since, job_id=job_id), seconds=REMEMBERED_SECONDS)


def jobs_to_choose(employer: Employer) -> list[tuple[int, str]]:
    """The jobs that most people came for, by title, for a control that can be read."""
    rows = Job.objects.for_employer(employer).annotate(people=Count("applications")).filter(people__gt=0)
    most = rows.order_by("-people", "pk").values_list("pk", "title")[:JOBS_TO_CHOOSE]
    return sorted(most, key=lambda row: row[1].casefold())


def _measure(employer: Employer, *, since: datetime, job_id: int | None) -> Funnel:
    people = Application.objects.visible_to(employer).filter(created_at__gte=since)
    changes = TimelineEvent.objects.filter(application__employer=employer, application__created_at__gte=since)
    if job_id:
        people, changes = people.filter(job=job_id), changes.filter(application__job=job_id)
    reached: dict[int, int] = {}
    sent: set[int] = set()
    begins: dict[str, int] = defaultdict(int)
    ended: dict[str, int] = defaultdict(int)
    is_there = Exists(Export.objects.filter(application=OuterRef("pk"), state=ExportState.SENT))
    for pk, origin, status, was_sent in people.values_list("pk", "origin", "status", is_there):
        begins["sourced" if origin == ApplicationOrigin.SOURCED else "applied"] += 1
        reached[pk] = _RANK.get(status, -1)
        ended[status] += status in _ENDED
        if was_sent or status == ApplicationStatus.SENT:
            sent.add(pk)
    took = _times(changes.filter(status__in=_RANK), reached, sent)
    return Funnel(_steps(begins, reached.values(), took, sent=len(sent)), *(ended[status] for status in _ENDED))


def _times(changes: QuerySet[TimelineEvent], reached: dict[int, int], sent: set[int]) -> dict[str, list[float]]:
    """Collect how many days each person took to each status; note how far they got, and who was sent."""
    took: dict[str, list[float]] = defaultdict(list)
    rows = changes.order_by().values("application_id", "status").annotate(first=Min("at"))
    for pk, status, first, came in rows.values_list("application_id", "status", "first", "application__created_at"):
        if pk in reached:
            reached[pk] = max(reached[pk], _RANK[status])
            if status == ApplicationStatus.SENT:
                sent.add(pk)
            took[status].append(max((first - came).total_seconds(), 0.0) / 86_400)
    return took


def _steps(begins: dict[str, int], reached: Iterable[int], took: dict[str, list[float]], *, sent: int) -> list[Step]:
    ranks = list(reached)
    counts: list[tuple[str, str, int, float | None]] = [(key, key.capitalize(), begins[key], None) for key in _FIRST]
    for rank, status in enumerate(_ORDER):
        if status == ApplicationStatus.SENT and not sent and max(ranks, default=-1) > rank:
            continue  # people move on without Greenhouse: then sending is no step on the way
        count = sent if status == ApplicationStatus.SENT else sum(one >= rank for one in ranks)
        days = median(took[status.value]) if took[status.value] else None
        counts.append((status.value, str(status.label), count, days))
    most = max((count for _, _, count, _ in counts), default=0)
    return [
        Step(key, label, count, round(100 * count / most) if most else 0, days) for key, label, count, days in counts
    ]
