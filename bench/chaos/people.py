"""The people of a run: some of them in Greenhouse beforehand, all of them applying with us."""

from random import Random
from typing import Any

from accounts.models import Employer
from bench.chaos.plan import JOBS, Before, Person, Plan
from candidates.services import AnswerData, ApplicationData, submit_application
from candidates.uploads import CheckedUpload
from integrations.fields import Secret
from integrations.models import (
    Connection,
    ConnectionState,
    CredentialKind,
    GreenhouseJob,
    GreenhouseJobPost,
    JobLink,
)
from jobs.models import Job, JobState
from jobs.questions import QuestionKind
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, CLIENT_SECRET, SandboxProcess


def plant_account(sandbox: SandboxProcess, plan: Plan) -> list[int]:
    """Give Greenhouse its jobs, and those who are there beforehand; return the ids of the jobs."""
    sandbox.switches(rate_limit=0)
    sandbox.seed(jobs=JOBS)
    jobs = [row["id"] for row in sandbox.records("jobs", status="open", is_template=False)[:JOBS]]
    token = sandbox.token()
    for person in plan.people:
        if person.before is Before.NOTHING:
            continue
        known = _as_known(person)
        if person.before is Before.APPLICATION:
            known["application"] = {"job_id": jobs[person.jobs[0]]}
        answer = sandbox.api("POST", "/v3/candidates", token=token, json=known)
        if answer.status_code != 201:
            raise RuntimeError(f"the sandbox did not take somebody: {answer.status_code}")
    return jobs


def connect_jobs(sandbox: SandboxProcess, job_ids: list[int]) -> list[Job]:
    """Connect an employer of ours to the account, with a job of theirs for each of Greenhouse's."""
    connection = Connection.objects.create(
        employer=Employer.objects.create(name="Lumen Robotics", slug="lumen-robotics"),
        state=ConnectionState.ACTIVE,
        credential_kind=CredentialKind.OAUTH,
        client_id=CLIENT_ID,
        secret=Secret.of(CLIENT_SECRET),
        email=ADMIN_EMAIL,
        acting_user_remote_id=str(sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]),
        source_remote_id=str(sandbox.records("sources", name="Purpose Jobs")[0]["id"]),
    )
    return [connect_job(connection, str(remote_id)) for remote_id in job_ids]


def apply(person: Person, jobs: list[Job], seed: int) -> None:
    """Let somebody apply to all their jobs in the same moment, as the form does it.

    Effects: rows, files, and the wake-ups of the workers.
    """
    answers = [_file_answer(person, number, size, seed) for number, size in enumerate(person.files)]
    data = ApplicationData(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        links=[{"kind": "website", "url": f"https://okafor{person.number}.example/"}],
        note=f"I am number {person.number}, and I like robots.",
        answers=answers,
    )
    resume = _upload(person, "resume", person.resume_bytes, seed) if person.resume_bytes else None
    for position in person.jobs:
        submit_application(job=jobs[position], data=data, resume=resume)


def _as_known(person: Person) -> dict[str, Any]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        # Written otherwise, as people do.
        "email_addresses": [{"value": person.email.replace("person", "Person"), "type": "work"}],
    }


def connect_job(connection: Connection, remote_id: str) -> Job:
    hiring = GreenhouseJob.objects.create(connection=connection, remote_id=remote_id, name=remote_id, status="open")
    post = GreenhouseJobPost.objects.create(
        connection=connection, greenhouse_job=hiring, job_remote_id=remote_id, remote_id=f"9{remote_id}", title="Role"
    )
    job = Job.objects.create(
        employer=connection.employer, title=f"Role {remote_id}", description="<p>Robots.</p>", state=JobState.LIVE
    )
    JobLink.objects.create(post=post, job=job)
    return job


def _file_answer(person: Person, number: int, size: int, seed: int) -> AnswerData:
    upload = _upload(person, f"work-{number}", size, seed)
    return AnswerData(f"question_{number}", "Show us your work", QuestionKind.FILE, upload.filename, upload=upload)


def _upload(person: Person, name: str, size: int, seed: int) -> CheckedUpload:
    content = b"%PDF-1.4\n" + Random(f"{seed} {person.number} {name}").randbytes(size).hex().encode()[:size]
    return CheckedUpload(extension="pdf", filename=f"{name}.pdf", size=len(content), content=content)
