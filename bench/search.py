"""Search a network of 100,000 people, by the real page, beside a page of the program with nothing on it."""

import io
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from django.utils.http import urlencode

from accounts.models import Employer, Membership, Role, User
from accounts.permissions import EmployerRequest, employer_required
from bench.broker import Broker
from bench.meters import Cost, counted_statements, machine, timed
from candidates.making.many import make
from candidates.models import Candidate, Mark, MarkKind
from candidates.search.for_job import query_for
from jobs.models import Job, JobState
from purposejobs import urls

FEW, MANY, ROUNDS = 300, 100_000, 15
MOST_TIMES = 5.0
SEED = 1
_ADVERT = """<p>You write the software that our robots drive by, in C++ and Python with ROS 2.</p>
<ul><li>Motion planning, simulation, Linux.</li><li>Berlin, or remote in Europe.</li></ul>"""
_SEARCHES: dict[str, dict[str, Any]] = {
    "as it opens": {},
    "the newest": {"sort": "newest"},
    "a word": {"q": "python"},
    "a rare word": {"q": "seagrass"},
    "two words": {"q": "robots warehouse"},
    "a phrase": {"q": '"night shift"'},
    "with and without": {"q": "engineer -python"},
    "one or the other": {"q": "lidar OR sonar"},
    "any of two skills": {"skills": "ROS 2, C++"},
    "all of two skills": {"skills": "Python, SQL", "match": "all"},
    "a city": {"locations": "Berlin"},
    "a country, remote": {"locations": "Germany", "remote": "remote"},
    "levels and state": {"level": ["senior", "lead"], "state": ["active"]},
    "years": {"years_min": 5, "years_max": 10},
    "a salary": {"salary": 60000, "currency": "EUR"},
    "values": {"value": ["Small team", "Calm pace"]},
    "not yet written to or sent": {"uncontacted": 1, "outside": 1},
    "everything at once": {
        "q": "systems",
        "skills": "C++, Python",
        "remote": "remote",
        "level": ["mid", "senior", "lead"],
        "state": ["active", "open"],
        "outside": 1,
    },
    "forty pages deep": {"q": "team", "page": 40},
    "bookmarked": {"sort": "bookmarked"},
}
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


@employer_required()
def empty_page(request: EmployerRequest) -> HttpResponse:
    """The frame that every page of an employer has, and nothing in it."""
    return render(request, "base_employer.html", {"nav": "candidates"})


def empty_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("employers/<slug:employer>/empty/", empty_page),
    path("empty/", empty_view),
    *urls.urlpatterns,
]


@dataclass(frozen=True)
class Measured:
    """What one address took. Shape: `costs` are those of all rounds."""

    statements: int
    costs: tuple[Cost, ...]

    @property
    def p50(self) -> float:
        return statistics.median(cost.seconds for cost in self.costs)

    @property
    def p95(self) -> float:
        return percentile(95, [cost.seconds for cost in self.costs])


@dataclass(frozen=True)
class Figures:
    """Each search with few people and with many, and the two pages with nothing on them."""

    database: str
    people: int
    people_a_second: float
    few: Mapping[str, int]
    many: Mapping[str, Measured]
    page: Measured
    view: Measured

    @property
    def p95(self) -> float:
        return percentile(95, [cost.seconds for one in self.many.values() for cost in one.costs])

    @property
    def times(self) -> float:
        return self.p95 / self.page.p95

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        return [
            f"{self.people:,} people, made at {self.people_a_second:.0f} a second ({machine()})",
            *(_line(name, one) for name, one in self.many.items()),
            _line("a page with nothing on it", self.page),
            _line("a view that does nothing", self.view),
            f"p95 of all searches {self.p95 * 1000:.1f} ms: {self.times:.1f} times the page with nothing on it; "
            f"at most {MOST_TIMES:.0f} promised on PostgreSQL",
            f"{self.p95 / self.view.p95:.1f} times the view that does nothing; no promise",
        ]

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = [
            f"“{name}” asks the database {one.statements} times among many people and {self.few[name]} among few."
            for name, one in self.many.items()
            if one.statements != self.few[name]
        ]
        if self.database == "postgresql" and self.times > MOST_TIMES:
            sentences.append(f"The p95 is {self.times:.1f} times that of an empty page; {MOST_TIMES:.0f} is promised.")
        return sentences


def run() -> list[str]:
    """Measure, print, and return what is not as promised. Shape: PEOPLE in the environment asks for fewer or more."""
    figures = measure(few=FEW, many=int(os.environ.get("PEOPLE", MANY)), rounds=ROUNDS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, few: int, many: int, rounds: int) -> Figures:
    """Search among few people, then among many.

    Effects: rows, which stay: to take so many away lasts longer than all the rest, and the database goes with the run.
        A broker of its own.
    """
    member, job = _team()
    with _program() as application:
        cookie = _cookie(member.user)
        root = f"/employers/{member.employer.slug}"
        searches = {name: f"{root}/candidates/?{urlencode(asked, doseq=True)}" for name, asked in _SEARCHES.items()}
        searches["people for a job"] = f"{root}/candidates/?{query_for(job).address}"
        asker = _Asker(application, cookie)
        _plant(few, member)
        counts = {name: asker.statements(address) for name, address in searches.items()}
        made = timed(lambda: _plant(many - few, member))
        empties = {"page": f"{root}/empty/", "view": "/empty/"}
        measured = asker.measure({**searches, **empties}, rounds)
    page, view = measured.pop("page"), measured.pop("view")
    return Figures(connection.vendor, many, (many - few) / made.wall, counts, measured, page, view)


class _Asker:
    """Somebody signed in who opens pages, as a server hands the requests to the program."""

    def __init__(self, application: Application, cookie: str) -> None:
        self._application, self._cookie = application, cookie

    def get(self, address: str) -> None:
        """Open a page. Raises: RuntimeError where it is not there."""
        statuses: list[str] = []
        response = self._application(_environ(address, self._cookie), lambda status, *_: statuses.append(status))
        response.close()
        if statuses != [f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"]:
            raise RuntimeError(f"{address} answered {statuses}")

    def statements(self, address: str) -> int:
        self.get(address)  # the first visit also loads templates, and writes down who was seen
        with counted_statements() as counted:
            self.get(address)
        return counted.total

    def measure(self, addresses: Mapping[str, str], rounds: int) -> dict[str, Measured]:
        """Open all in turn, again and again, so that what else the machine does meets each of them alike."""
        counts = {name: self.statements(address) for name, address in addresses.items()}
        costs: dict[str, list[Cost]] = {name: [] for name in addresses}
        for _ in range(rounds):
            for name, address in addresses.items():
                costs[name].append(timed(lambda address=address: self.get(address)))  # type: ignore[misc]
        return {name: Measured(counts[name], tuple(each)) for name, each in costs.items()}


def percentile(percent: int, values: list[float]) -> float:
    """Return the value that so many per cent of these do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def _line(name: str, one: Measured) -> str:
    return f"{name:27} p50 {one.p50 * 1000:6.1f} ms   p95 {one.p95 * 1000:6.1f} ms   statements {one.statements}"


def _plant(count: int, member: Membership) -> None:
    """Make so many people, and bookmark some. Effects: rows; statistics for the planner, as a night brings them."""
    if count > 0:
        for _ in make(count=count, seed=SEED):
            pass
    newest = Candidate.objects.order_by("-pk").values_list("pk", flat=True)[:50]
    marks = [Mark(membership=member, candidate_id=pk, kind=MarkKind.BOOKMARKED) for pk in newest]
    Mark.objects.bulk_create(marks, ignore_conflicts=True)
    with connection.cursor() as cursor:
        can_vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM ANALYZE" if can_vacuum else "ANALYZE")


def _team() -> tuple[Membership, Job]:
    employer = Employer.objects.create(name="Lumen Robotics", slug="bench-search")
    user = User.objects.create(email="bench-search@example.com")
    member = Membership.objects.create(user=user, employer=employer, role=Role.RECRUITER)
    job = Job.objects.create(
        employer=employer,
        title="Senior Robotics Software Engineer",
        description=_ADVERT,
        location="Berlin, Germany",
        state=JobState.LIVE,
    )
    return member, job


@contextmanager
def _program() -> Iterator[Application]:
    static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="purposejobs-bench-")))
        broker = stack.enter_context(Broker(folder))
        caches = {"default": {**settings.CACHES["default"], "LOCATION": broker.cache_url}}
        changes: dict[str, Any] = {"CACHES": caches, "STORAGES": {**settings.STORAGES, **static}}
        stack.enter_context(override_settings(ROOT_URLCONF=__name__, **changes))
        yield get_wsgi_application()


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _environ(address: str, cookie: str) -> dict[str, Any]:
    where, _, asked = address.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": asked,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
