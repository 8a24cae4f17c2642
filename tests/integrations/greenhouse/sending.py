"""Somebody applies, is sent, and arrives: what the tests of exports have in common."""

from typing import Any

from django.core.cache import cache

from candidates.models import Application
from integrations import sending
from integrations.greenhouse import export
from integrations.models import Export, GreenhouseJob
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.sandbox_process import SandboxProcess

EMAIL = "ada@lovelace.example"
ONCE = {"people": 1, "applications": 1, "files": 1, "notes": 1}


def apply(hiring: GreenhouseJob, email: str = EMAIL, **values: Any) -> Application:
    """Somebody with a résumé applies to one of our jobs that is connected to this Greenhouse job."""
    post = GreenhouseJobPostFactory(greenhouse_job=hiring)
    link = JobLinkFactory(post=post, job=JobFactory(employer=hiring.connection.employer))
    person = {"candidate": values.pop("candidate")} if "candidate" in values else {"candidate__email": email}
    given = {"links": [{"kind": "linkedin", "url": "https://www.linkedin.com/in/ada"}], **person, **values}
    application = ApplicationFactory(job=link.job, **given)
    if "resume" not in values:
        application.resume = DocumentFactory(candidate=application.candidate)
        application.save()
    return application


def owe(application: Application, **settings: Any) -> Export:
    """The export of an application, with other settings than its job's if given."""
    row = sending.export_application(application)
    assert row is not None
    Export.objects.filter(pk=row.pk).update(**settings)
    row.refresh_from_db()
    return row


def attempt(row: Export) -> Export:
    """One attempt, as soon as the waiting is over."""
    Export.objects.filter(pk=row.pk).update(retry_at=None, lease_until=None)
    if row.problem_code == "rate_limited":
        cache.clear()  # the rate window is over
    export.run(row.pk)
    row.refresh_from_db()
    return row


def another(sandbox: SandboxProcess, hiring: GreenhouseJob) -> GreenhouseJob:
    """Another open job of the same Greenhouse."""
    jobs = sandbox.records("jobs", status="open", is_template=False)
    other = next(row for row in jobs if str(row["id"]) != hiring.remote_id)
    return GreenhouseJobFactory(connection=hiring.connection, remote_id=str(other["id"]), name=other["name"])


def person_in(sandbox: SandboxProcess, **values: Any) -> dict[str, Any]:
    """Make somebody in Greenhouse beforehand, with our e-mail address unless told otherwise."""
    body = {
        "first_name": "Ada",
        "last_name": "Byron",
        "email_addresses": [{"value": EMAIL, "type": "work"}],
        **values,
    }
    answer = sandbox.api("POST", "/v3/candidates", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def arrived(sandbox: SandboxProcess, email: str = EMAIL) -> dict[str, int]:
    """What Greenhouse holds of our person."""
    people = [p for p in sandbox.records("candidates") if any(e["value"] == email for e in p["email_addresses"])]
    ids = {person["id"] for person in people}
    applications = [a for a in sandbox.records("applications") if a["candidate_id"] in ids]
    on = {a["id"] for a in applications}
    files = [f for f in sandbox.records("attachments") if f["application_id"] in on]
    notes = [n for n in sandbox.records("notes") if n["candidate_id"] in ids]
    return {"people": len(people), "applications": len(applications), "files": len(files), "notes": len(notes)}


def application_in(sandbox: SandboxProcess, row: Export) -> dict[str, Any]:
    return sandbox.records("applications", id=int(row.application_remote_id))[0]


def candidate_in(sandbox: SandboxProcess, row: Export) -> dict[str, Any]:
    return sandbox.records("candidates", id=int(row.candidate_remote_id))[0]


def files_in(sandbox: SandboxProcess, row: Export) -> list[dict[str, Any]]:
    """The files on the application, oldest first."""
    return sandbox.records("attachments", application_id=int(row.application_remote_id))[::-1]


def texts_of(row: Export) -> list[str]:
    """The timeline, oldest line first."""
    return list(row.application.timeline.order_by("pk").values_list("text", flat=True))
