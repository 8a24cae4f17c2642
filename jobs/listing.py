"""The list of an employer's live jobs as visitors narrow it down: by department, location, and remote or not."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import QueryDict

from accounts.models import Employer
from jobs.models import PLACES_JOINED_BY, Job, JobQuerySet, is_in_place

PER_PAGE = 50
NO_DEPARTMENT = "Other"
_REMOTE = {"yes": "Fully remote", "no": "On site or hybrid"}
Groups = list[tuple[str, list[Job]]]


@dataclass(frozen=True, slots=True)
class Filter:
    """One control: what can be chosen, each as (value, text, how many jobs), and what is."""

    name: str
    label: str
    chosen: str
    options: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the jobs that fit, and the controls that narrow them down."""

    job_count: int
    filters: list[Filter]
    page: Page[Job]
    is_filtered: bool = False
    departments: Groups = field(default_factory=list)

    @property
    def shown_count(self) -> int:
        return self.page.paginator.count


def listing(employer: Employer, asked: QueryDict) -> Listing:
    """Read one page of the employer's live jobs as the address asks for them. Three queries, however many jobs."""
    live = Job.objects.for_employer(employer).live()
    chosen = {name: _asked(asked, name) for name in ("department", "location", "remote")}
    if chosen["remote"] not in _REMOTE:
        chosen["remote"] = ""
    kinds = list(live.order_by().values_list("department", "location", "is_remote").annotate(job_count=Count("pk")))
    page = Paginator(_narrowed(live, chosen).in_listing_order(), PER_PAGE).get_page(asked.get("page"))
    filters = _filters(kinds, chosen)
    return Listing(
        job_count=sum(count for *_, count in kinds),
        # Nothing to choose from needs no control, unless a choice must be undone.
        filters=[one for one in filters if one.chosen or len(one.options) > 1],
        page=page,
        is_filtered=any(chosen.values()),
        departments=by_department(list(page)),
    )


def by_department(jobs: list[Job]) -> Groups:
    """Group jobs that come in listing order."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.department or NO_DEPARTMENT, []).append(job)
    return list(groups.items())


def _asked(asked: QueryDict, name: str) -> str:
    return asked.get(name, "").replace("\x00", "").strip()  # PostgreSQL cannot even be asked for a NUL


def _narrowed(jobs: JobQuerySet, chosen: dict[str, str]) -> JobQuerySet:
    if chosen["department"]:
        jobs = jobs.filter(department=chosen["department"])
    if chosen["location"]:
        jobs = jobs.filter(is_in_place(chosen["location"]))
    if chosen["remote"]:
        jobs = jobs.filter(is_remote=True) if chosen["remote"] == "yes" else jobs.filter(is_remote=False)
    return jobs


def _filters(kinds: list[tuple[str, str, bool, int]], chosen: dict[str, str]) -> list[Filter]:
    departments: Counter[str] = Counter()
    places: Counter[str] = Counter()
    remote: Counter[str] = Counter()
    for department, location, is_remote, count in kinds:
        departments[department] += count
        remote["yes" if is_remote else "no"] += count
        for place in set(location.split(PLACES_JOINED_BY)):
            places[place] += count
    return [
        Filter("department", "Department", chosen["department"], _options(departments)),
        Filter("location", "Location", chosen["location"], _options(places)),
        Filter(
            "remote", "Remote", chosen["remote"], [(v, text, remote[v]) for v, text in _REMOTE.items() if remote[v]]
        ),
    ]


def _options(counts: Counter[str]) -> list[tuple[str, str, int]]:
    named = ((value, value, count) for value, count in counts.items() if value.strip())
    return sorted(named, key=lambda option: option[0].casefold())
