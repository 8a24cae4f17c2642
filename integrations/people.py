"""Everybody an employer knows: who applied to it, or was sourced by it. Every query starts from the employer."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Employer
from candidates.models import Application, Candidate, Document, TimelineEvent
from integrations import reviewing
from integrations.greenhouse.contacts import each_once, email_key, phone_key, url_key
from integrations.models import GreenhouseJob, JobLink
from integrations.roles import jobs_to_send_to


@dataclass(frozen=True)
class Person:
    """One person as an employer knows them: by their applications there, the newest first."""

    employer: Employer
    applications: list[Application]

    @classmethod
    def of(cls, employer: Employer, key: Any) -> "Person | None":
        """Load everything that the employer has of this person; None for somebody it does not know. Two queries."""
        rows = reviewing.with_other_ways(Application.objects.for_employer(employer).filter(candidate__key=key))
        joined = ("job__greenhouse_link", "employer", "resume", "candidate")
        found = list(rows.select_related(*joined).prefetch_related("exports__connection"))
        return cls(employer, found) if found else None

    @property
    def candidate(self) -> Candidate:
        return self.applications[0].candidate

    @property
    def newest(self) -> Application:
        return self.applications[0]

    @property
    def emails(self) -> list[str]:
        return each_once((text for row in self.applications for text in (row.email, *row.other_emails)), email_key)

    @property
    def phones(self) -> list[str]:
        return each_once((text for row in self.applications for text in (row.phone, *row.other_phones)), phone_key)

    @property
    def links(self) -> list[tuple[str, str]]:
        pairs = (pair for row in self.applications for pair in row.labelled_links)
        return each_once(pairs, lambda pair: url_key(pair[1]))

    @property
    def resume_of(self) -> Application | None:
        """The application with the newest résumé."""
        return next((row for row in self.applications if isinstance(row.resume, Document)), None)

    @property
    def timeline(self) -> QuerySet[TimelineEvent]:
        rows = TimelineEvent.objects.filter(application__in=[row.pk for row in self.applications])
        return rows.select_related("actor", "application__job", "application__employer")

    def application(self, key: str) -> Application:
        """The named application, else the newest."""
        return next((row for row in self.applications if str(row.key) == key), self.newest)


def address_of(employer: Employer, candidate: Candidate) -> str:
    return reverse("candidate", args=[employer.slug, candidate.key])


def link_to(employer: Employer, candidate: Candidate) -> str:
    """The whole address of a person's page; it opens for members who are logged in."""
    return f"{settings.BASE_URL}{address_of(employer, candidate)}"


def own_job(application: Application) -> GreenhouseJob | None:
    """The Greenhouse job that the application's own job feeds, while it takes people."""
    link = JobLink.objects.filter(job=application.job_id).select_related("post").first()
    if link is None or link.post.greenhouse_job_id is None:
        return None
    return jobs_to_send_to(link.post.connection).filter(pk=link.post.greenhouse_job_id).first()
