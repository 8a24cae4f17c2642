"""Pick somebody of the network for an employer: an application made from the profile, once."""

from typing import Any
from uuid import uuid5

from django.db import IntegrityError, transaction

from accounts.models import Employer, User
from candidates.models import Application, ApplicationOrigin, Candidate, EventKind, Origin, Profile
from candidates.services import tell
from jobs.models import Job

# The kinds of a link as applications know them, by the fields of a profile.
_LINK_KINDS = {"linkedin_url": "linkedin", "github_url": "github", "portfolio_url": "website"}


class NotInNetwork(Exception):
    """The person is not, or no longer, somebody whom this employer may see."""


def source(*, employer: Employer, candidate: Candidate, job: Job | None, by: User) -> Application:
    """Put a person of the network into the employer's pipeline, for one of its jobs or for none yet.

    Effects: one transaction; a line in the timeline.
    Repeat: the application that is there. Without a job, whichever the person has at the employer, the newest first.
    Raises: NotInNetwork for somebody hidden, ValueError for a job of another employer.
    """
    if job is not None and job.employer_id != employer.pk:
        raise ValueError("The job is another employer's.")
    there = _there(employer, candidate, job)
    if there is not None:
        return there
    try:
        with transaction.atomic():
            return _picked(employer, candidate, job, by)
    except IntegrityError:  # somebody else pressed the button in the same moment
        there = _there(employer, candidate, job)
        if there is None:
            raise
        return there


def unsaved(*, employer: Employer, profile: Profile, job: Job | None = None) -> Application:
    """What `source` would make, not saved: so a preview shows what will be sent before anything is made.

    Shape: the key of one without a job is the same each time.
    """
    same_each_time = {} if job else {"key": uuid5(profile.candidate.key, str(employer.pk))}
    return Application(
        candidate=profile.candidate,
        employer=employer,
        job=job,
        origin=ApplicationOrigin.SOURCED,
        **same_each_time,
        **_from_profile(profile),
    )


def _there(employer: Employer, candidate: Candidate, job: Job | None) -> Application | None:
    rows = Application.objects.visible_to(employer).filter(candidate=candidate)
    return (rows.filter(job=job) if job else rows).first()


def _picked(employer: Employer, candidate: Candidate, job: Job | None, by: User) -> Application:
    profile = Profile.objects.visible_to(employer).select_related("candidate", "resume").filter(candidate=candidate)
    found = profile.first()
    if found is None:
        raise NotInNetwork
    application = unsaved(employer=employer, profile=found, job=job)
    application.save(force_insert=True)
    title = f" for {job.title}" if job else ""
    tell(
        application=application,
        kind=EventKind.SOURCED,
        text=f"Picked from the network{title}",
        origin=Origin.MEMBER,
        actor=by,
        status=application.status,
    )
    return application


def _from_profile(profile: Profile) -> dict[str, Any]:
    person = profile.candidate
    links = [{"kind": kind, "url": url} for field, kind in _LINK_KINDS.items() if (url := getattr(profile, field))]
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        # For the employer's ATS, if the person is sent there; no page shows it (`Application.shown_email`).
        "email": person.email,
        "current_company": profile.current_company,
        "current_title": profile.current_title,
        "links": links,
        "note": profile.summary,
        "resume": profile.resume,
    }
