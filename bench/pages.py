"""Open the pages that list jobs as an employer with 100 jobs and as one with 10,000."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import Employer, Membership, Role, User
from bench.account import post_text
from bench.employer import forget_import
from bench.meters import counted_statements, machine, timed
from candidates.models import Application, Candidate
from integrations.models import (
    Connection,
    ConnectionState,
    CredentialKind,
    GreenhouseJob,
    GreenhouseJobPost,
    JobLink,
    SyncRun,
    SyncState,
)
from jobs.models import Job, JobState

FEW, MANY, ROUNDS = 100, 10_000, 3
PAGES = {
    "Jobs": "/employers/{}/jobs/",
    "Jobs, most applicants": "/employers/{}/jobs/?sort=applicants",
    "Jobs, needs attention": "/employers/{}/jobs/?state=attention",
    "Jobs, searched": "/employers/{}/jobs/?q=engineer+lyon",
    "Connect jobs": "/employers/{}/jobs/connect/",
    "Import Jobs": "/employers/{}/import/",
    "Dashboard": "/employers/{}/dashboard/",
    "company page": "/companies/{}/",
}
_DEPARTMENTS = ("Engineering", "Operations", "Design", "People", "Sales")
_PLACES = ("Berlin, Germany", "Lyon, France", "Zurich, Switzerland", "Remote, Europe")
_STATES = (JobState.LIVE, JobState.LIVE, JobState.OFF, JobState.CLOSED)


@dataclass(frozen=True)
class Opened:
    """What one page took: questions to the database, and the least seconds of all rounds."""

    statements: int
    seconds: float


@dataclass(frozen=True)
class Figures:
    """Each page, by name, with few jobs and with many."""

    few: Mapping[str, Opened]
    many: Mapping[str, Opened]

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        rows = ((name, one, self.many[name]) for name, one in self.few.items())
        return [
            f"machine: {machine()}",
            *(
                f"{name:22} statements {few.statements:2d} → {many.statements:2d}   "
                f"seconds {few.seconds:.3f} → {many.seconds:.3f}"
                for name, few, many in rows
            ),
        ]

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        return [
            f"{name} asks the database {self.many[name].statements} times with many jobs and {one.statements} with few."
            for name, one in self.few.items()
            if self.many[name].statements != one.statements
        ]


def run() -> list[str]:
    """Measure and print; return what is not as promised."""
    print(f"{FEW} jobs → {MANY} jobs")
    figures = measure(few=FEW, many=MANY, rounds=ROUNDS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, few: int, many: int, rounds: int) -> Figures:
    """Open every page that often. Effects: rows, taken away again."""
    static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    caches = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with override_settings(STORAGES={**settings.STORAGES, **static}, CACHES=caches):
        return Figures(_open_all(few, rounds), _open_all(many, rounds))


def _open_all(jobs: int, rounds: int) -> dict[str, Opened]:
    with _planted(jobs) as (employer, member):
        client = Client(SERVER_NAME="localhost")
        client.force_login(member)
        return {name: _open(client, address.format(employer.slug), rounds) for name, address in PAGES.items()}


def _open(client: Client, address: str, rounds: int) -> Opened:
    def get() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")

    get()  # the first visit also remembers the employer, and loads templates
    with counted_statements() as counted:
        get()
    return Opened(counted.total, min(timed(get).wall for _ in range(rounds)))


@contextmanager
def _planted(count: int) -> Iterator[tuple[Employer, User]]:
    """Write an employer with that many jobs: three of four connected, one of ten with an applicant."""
    employer = Employer.objects.create(name="Lumen Robotics", slug=f"pages-{count}")
    member = User.objects.create(email=f"pages-{count}@example.com")
    Membership.objects.create(user=member, employer=employer, role=Role.RECRUITER)
    connection = Connection.objects.create(
        employer=employer, state=ConnectionState.ACTIVE, credential_kind=CredentialKind.OAUTH, synced_at=timezone.now()
    )
    SyncRun.objects.create(connection=connection, state=SyncState.SUCCEEDED, finished_at=timezone.now())
    posts = _plant_posts(connection, count)
    _plant_jobs(employer, posts)
    try:
        yield employer, member
    finally:
        forget_import(connection)
        Candidate.objects.filter(email__startswith=f"{employer.slug}-").delete()
        employer.delete()
        member.delete()


def _plant_posts(connection: Connection, count: int) -> list[GreenhouseJobPost]:
    hiring = GreenhouseJob.objects.bulk_create(
        [
            GreenhouseJob(
                connection=connection,
                remote_id=f"{number}",
                name=f"Hiring {number}",
                requisition_id=f"REQ-{number}",
                status="open",
                department=_DEPARTMENTS[number % len(_DEPARTMENTS)],
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    text = post_text(1)
    return GreenhouseJobPost.objects.bulk_create(
        [
            GreenhouseJobPost(
                connection=connection,
                greenhouse_job=job,
                remote_id=f"9{job.remote_id}",
                job_remote_id=job.remote_id,
                title=f"Engineer {number}",
                content=text,
                location=_PLACES[number % len(_PLACES)],
                is_live=number % 50 != 0,
            )
            for number, job in enumerate(hiring)
        ],
        batch_size=1000,
    )


def _plant_jobs(employer: Employer, posts: list[GreenhouseJobPost]) -> None:
    now = timezone.now()
    jobs = Job.objects.bulk_create(
        [
            Job(
                employer=employer,
                title=post.title,
                description=post.content,
                location=post.location,
                department=_DEPARTMENTS[number % len(_DEPARTMENTS)],
                state=_STATES[number % 7 % len(_STATES)],
                live_since=now - timedelta(minutes=number),
            )
            for number, post in enumerate(posts)
        ],
        batch_size=1000,
    )
    JobLink.objects.bulk_create(
        [
            JobLink(job=job, post=post, is_imported=True)
            for number, (job, post) in enumerate(zip(jobs, posts, strict=True))
            if number % 4
        ],
        batch_size=1000,
    )
    people = Candidate.objects.bulk_create(
        [
            Candidate(first_name="Ada", email=f"{employer.slug}-{number}@example.org")
            for number in range(len(jobs) // 10)
        ],
        batch_size=1000,
    )
    Application.objects.bulk_create(
        [
            Application(
                candidate=person, employer=employer, job=jobs[number * 10], first_name="Ada", email=person.email
            )
            for number, person in enumerate(people)
        ],
        batch_size=1000,
    )
