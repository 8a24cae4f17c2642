"""Everybody an employer knows: who applied there, or whom it may see in the network. Every query starts from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from accounts.models import Employer
from candidates.models import Activity, Application, Candidate, Document, Profile, TermKind, TimelineEvent
from integrations import reviewing
from integrations.greenhouse.contacts import each_once, email_key, phone_key, url_key
from integrations.models import Export, ExportState, GreenhouseJob, JobLink
from integrations.roles import jobs_to_send_to


@dataclass(frozen=True)
class Person:
    """One person as an employer knows them: the profile if it may see that, and their applications there.

    Shape: without a profile there is at least one application; the newest comes first.
    """

    employer: Employer
    candidate: Candidate
    profile: Profile | None
    applications: list[Application]

    @classmethod
    def of(cls, employer: Employer, key: Any) -> "Person | None":
        """Load everything that the employer has of this person; None for somebody it does not know. Five queries."""
        profiles = Profile.objects.visible_to(employer).select_related("candidate", "resume").prefetch_related("terms")
        profile = profiles.filter(candidate__key=key).first()
        rows = reviewing.with_other_ways(Application.objects.visible_to(employer).filter(candidate__key=key))
        exports = Export.objects.select_related("connection", "greenhouse_job")
        joined = ("job__greenhouse_link", "employer", "resume", "candidate")
        found = list(rows.select_related(*joined).prefetch_related(Prefetch("exports", queryset=exports)))
        if profile is None and not found:
            return None
        return cls(employer, profile.candidate if profile else found[0].candidate, profile, found)

    @property
    def name(self) -> str:
        return self.profile.candidate.name if self.profile else self.applications[0].name

    @property
    def newest(self) -> Application | None:
        return self.applications[0] if self.applications else None

    @property
    def applied(self) -> list[Application]:
        """Those by which they told this employer of themselves how to reach them."""
        return [row for row in self.applications if not row.is_sourced]

    @property
    def is_picked_at_most(self) -> bool:
        """True for somebody of the network who has not applied: whatever the employer has of them is the profile's."""
        return self.profile is not None and not self.applied

    @property
    def current_title(self) -> str:
        return self._first("current_title")

    @property
    def current_company(self) -> str:
        return self._first("current_company")

    @property
    def emails(self) -> list[str]:
        return each_once((text for row in self.applied for text in (row.email, *row.other_emails)), email_key)

    @property
    def phones(self) -> list[str]:
        return each_once((text for row in self.applied for text in (row.phone, *row.other_phones)), phone_key)

    @property
    def links(self) -> list[tuple[str, str]]:
        own = self.profile.labelled_links if self.profile else []
        pairs = [*own, *(pair for row in self.applications for pair in row.labelled_links)]
        return each_once(pairs, lambda pair: url_key(pair[1]))

    @property
    def resume(self) -> Document | None:
        """The newest résumé that they gave, to this employer or to the network."""
        own = [self.profile.resume] if self.profile else []
        documents = [document for document in (*own, *(row.resume for row in self.applications)) if document]
        return max(documents, key=lambda document: (document.created_at, document.pk), default=None)

    @cached_property
    def terms(self) -> dict[str, list[str]]:
        """What they say of themselves in words: {"skill": ["Python", …], …}."""
        return {kind: self.profile.names_of(TermKind(kind)) for kind in TermKind.values} if self.profile else {}

    @property
    def in_greenhouse(self) -> Export | None:
        """The export by which they are there, the one that moved last."""
        exports = [export for row in self.applications for export in row.exports.all()]
        there = [export for export in exports if export.state == ExportState.SENT]
        return max(there, key=lambda export: export.remote_since or export.sent_at or export.created_at, default=None)

    @property
    def timeline(self) -> QuerySet[TimelineEvent]:
        rows = TimelineEvent.objects.filter(application__in=[row.pk for row in self.applications])
        return rows.select_related("actor", "application__job", "application__employer")

    @property
    def activities(self) -> QuerySet[Activity]:
        """What the team did with them beside their applications."""
        return Activity.objects.filter(employer=self.employer, candidate=self.candidate).select_related("actor")

    def application(self, key: str) -> Application | None:
        """The named application, else the newest."""
        return next((row for row in self.applications if str(row.key) == key), self.newest)

    def _first(self, field: str) -> str:
        sources: Iterator[Any] = iter([*([self.profile] if self.profile else []), *self.applications])
        return next((text for source in sources if (text := getattr(source, field))), "")


def address_of(employer: Employer, candidate: Candidate) -> str:
    return reverse("candidate", args=[employer.slug, candidate.key])


def own_job(application: Application) -> GreenhouseJob | None:
    """The Greenhouse job that the application's own job feeds, while it takes people."""
    link = JobLink.objects.filter(job=application.job_id).select_related("post").first()
    if link is None or link.post.greenhouse_job_id is None:
        return None
    return jobs_to_send_to(link.post.connection).filter(pk=link.post.greenhouse_job_id).first()
