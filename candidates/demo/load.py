"""Writes the demo employers, through the same services as their pages."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Employer, Membership, User
from accounts.services import create_employer
from candidates.demo.companies import EMPLOYERS, JONAS, LUMEN, PASSWORD, DemoEmployer, DemoJob, DemoPerson
from candidates.demo.joining import join_network
from candidates.demo.people import APPLICANTS, DemoApplicant
from candidates.demo.resume import resume_pdf
from candidates.models import Application, Candidate, Document, Origin, TimelineEvent
from candidates.services import ApplicationData, record_status, submit_application
from candidates.uploads import CheckedUpload, check_resume
from jobs.models import Job
from jobs.services import create_job


def load_demo() -> bool:
    """Write the demo employers with team, jobs and applicants, and the network; True when this call wrote them.

    Effects: one transaction; a file in storage per résumé, taken away again when the transaction fails.
    Repeat: harmless; writes nothing once there is any employer.
    """
    stored: list[Document] = []
    try:
        with transaction.atomic():
            if Employer.objects.exists():
                return False
            _load(stored)
    except BaseException:
        for document in stored:
            document.file.delete(save=False)
        raise
    return True


def _load(stored: list[Document]) -> None:
    people: dict[str, User] = {}
    for demo in EMPLOYERS:
        team = [(_person(people, person), role) for person, role in demo.team]
        employer = _employer(demo, by=team[0][0])
        for user, role in team[1:]:
            Membership.objects.create(employer=employer, user=user, role=role)
        jobs = [_job(job, employer, by=team[0][0]) for job in demo.jobs]
        if demo is LUMEN:
            for applicant in APPLICANTS:
                application = _apply(applicant, jobs[0])
                stored += [application.resume] if application.resume else []
                _handle(applicant, application, recruiter=people[JONAS.email])
            join_network(stored, employer=employer, recruiter=people[JONAS.email])


def _person(people: dict[str, User], demo: DemoPerson) -> User:
    """Find or make a person. Whoever was there before keeps their password and gets no new rights here."""
    user = people.get(demo.email) or User.objects.filter(email=demo.email).first()
    if user is None:
        user = User.objects.create_user(
            demo.email,
            PASSWORD if demo.can_log_in else None,
            first_name=demo.first_name,
            last_name=demo.last_name,
            is_staff=demo.is_operator,
            is_superuser=demo.is_operator,
        )
        # Nobody reads mail at these addresses, so nobody could confirm them.
        EmailAddress.objects.create(user=user, email=demo.email, verified=True, primary=True)
    people[demo.email] = user
    return user


def _employer(demo: DemoEmployer, *, by: User) -> Employer:
    employer = create_employer(name=demo.name, by=by)
    employer.tagline, employer.about = demo.tagline, demo.about
    employer.website, employer.headquarters = demo.website, demo.headquarters
    employer.save()
    return employer


def _job(demo: DemoJob, employer: Employer, *, by: User) -> Job:
    is_live = demo.live_days_ago is not None
    job = create_job(
        employer=employer,
        by=by,
        title=demo.title,
        description=demo.description,
        location=demo.location,
        department=demo.department,
        employment_type=demo.employment_type,
        live=is_live,
    )
    if demo.live_days_ago is not None:
        since = timezone.now() - timedelta(days=demo.live_days_ago)
        Job.objects.filter(pk=job.pk).update(live_since=since, created_at=since)
    return job


def _apply(demo: DemoApplicant, job: Job) -> Application:
    data = ApplicationData(
        first_name=demo.first_name,
        last_name=demo.last_name,
        email=demo.email,
        phone=demo.phone,
        links=demo.links,
        note=demo.note,
    )
    application, _ = submit_application(job=job, data=data, resume=_resume(demo))
    return application


def _resume(demo: DemoApplicant) -> CheckedUpload:
    contact = "  ·  ".join(part for part in (demo.email, demo.phone, demo.website) if part)
    content = resume_pdf(name=demo.name, contact=contact, resume=demo.resume)
    return check_resume(ContentFile(content, name=f"{demo.name} - Résumé.pdf"))


def _handle(demo: DemoApplicant, application: Application, *, recruiter: User) -> None:
    """Take the application through its steps, each on its day: services date what they write with the present."""
    applied_at = timezone.now() - timedelta(days=demo.days_ago)
    Candidate.objects.filter(pk=application.candidate_id).update(created_at=applied_at)
    Document.objects.filter(candidate=application.candidate_id).update(created_at=applied_at)
    # Nobody reads mail at these addresses, so no letter is owed.
    Application.objects.filter(pk=application.pk).update(created_at=applied_at, confirmed_at=applied_at)
    _move_latest_step(application, applied_at)
    for step in demo.steps:
        record_status(
            application=application, status=step.status, text=step.text, origin=Origin.MEMBER, actor=recruiter
        )
        _move_latest_step(application, applied_at + timedelta(days=step.days_later))


def _move_latest_step(application: Application, at: datetime) -> None:
    Application.objects.filter(pk=application.pk).update(status_at=at)
    latest = application.timeline.order_by("-pk").values("pk")[:1]
    TimelineEvent.objects.filter(pk__in=latest).update(created_at=at, at=at)
