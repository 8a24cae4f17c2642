"""Rows of every kind, and the admin's pages about them."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, User
from integrations.fields import Secret
from integrations.models import (
    Batch,
    BatchEntry,
    CheckedPerson,
    Connection,
    ExportFile,
    ExportState,
    FieldOverride,
    Finding,
    GreenhouseCredit,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePerson,
    GreenhousePostLocation,
    HandOver,
    ImportChoice,
    PeopleReading,
    PossibleDuplicate,
    ProblemEntry,
    Reconciliation,
    RemoteIdentity,
    SetupInvitation,
    Step,
    StepReport,
    SyncKind,
    SyncState,
)
from jobs.questions import Question, QuestionKind
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobPostFactory,
    JobLinkFactory,
    SyncRunFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookEndpointFactory,
)

MODELS = [model._meta.model_name or "" for model in apps.get_app_config("integrations").get_models()]
SECRET, TOKEN = "planted-secret-0123456789", "planted-token-0123456789"

Queue = list[tuple[str, Any]]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def plant(employer: Employer) -> Connection:
    """One row of every kind, each in the state that shows most."""
    connection = ConnectionFactory(
        employer=employer, secret=Secret.of(SECRET), token=Secret.of(TOKEN), organization_name="Lumen Org"
    )
    now = timezone.now()
    run = SyncRunFactory(
        connection=connection,
        kind=SyncKind.CHANGES,
        state=SyncState.PARTIAL,
        skipped=[{"collection": "job_posts", "id": "77", "title": "Odd one", "field": "title"}],
        problem_code="unavailable",
        progress={
            "jobs": {"cursor": None, "pages": 2, "done": True},
            "offices": {"cursor": "x", "pages": 1, "done": False},
        },
        started_at=now - timedelta(seconds=75),
        finished_at=now,
    )
    post = GreenhouseJobPostFactory(
        greenhouse_job__connection=connection,
        greenhouse_job__name="Robot Technician",
        greenhouse_job__seen_in=run,
        greenhouse_job__custom_fields={"contract": ["Contract", "Part-time"]},
        pay_ranges=[
            {"title": "Salary", "min_cents": 5_000_000, "max_cents": None, "currency": "EUR", "period": "year"}
        ],
        questions=[Question("q1", "Which robot?", QuestionKind.SHORT_TEXT).as_stored()],
        content="<p>Care for <strong>robots</strong>.</p><script>alert(1)</script>",
        location="Leipzig",
        public_url="https://boards.example/1",
        remote_updated_at=now,
        seen_in=run,
    )
    link = JobLinkFactory(post=post, linked_by=UserFactory())
    FieldOverride.objects.create(link=link, field="title", by=UserFactory())
    GreenhousePayRange.objects.create(connection=connection, remote_id="31", post_remote_id=post.remote_id)
    ImportChoice.objects.create(post=post, user=UserFactory(), switch="live")
    application = ApplicationFactory(job=link.job, candidate=CandidateFactory(first_name="Grace", last_name="Hopper"))
    export = ExportFactory(
        greenhouse_job=post.greenhouse_job,
        application=application,
        state=ExportState.NEEDS_ATTENTION,
        problem_code="job_gone",
        candidate_remote_id="771",
        remarks=["source_gone"],
    )
    batch = Batch.objects.create(connection=connection, requested_by=UserFactory(), to="Robot Technician")
    BatchEntry.objects.create(batch=batch, application=application, export=export, outcome="requested")
    ExportFile.objects.create(export=export, type="resume", filename="Grace_Hopper.pdf", remote_id="9")
    GreenhousePerson.objects.create(connection=connection, email=application.email, remote_id="771")
    GreenhouseCredit.objects.create(
        connection=connection, user=UserFactory(), problem_code="credit_deactivated", problem_at=now, checked_at=now
    )
    PossibleDuplicate.objects.create(
        connection=connection, candidate=application.candidate, remote_id="772", evidence=["phone"]
    )
    HandOver.objects.get_or_create(connection=connection)
    report = Reconciliation.objects.create(connection=connection)
    Finding.objects.create(connection=connection, kind="missing", key="1", seen_in=report)
    CheckedPerson.objects.create(reconciliation=report, digest="d", remote_id="771")
    PeopleReading.objects.create(connection=connection, read_since=now)
    RemoteIdentity.objects.create(connection=connection, remote_id="772", kind="phone", digest="d", active_at=now)
    for kind in ("office", "custom_location"):
        GreenhouseName.objects.create(connection=connection, kind=kind, remote_id="5", name=f"The {kind}")
    GreenhouseName.objects.create(
        connection=connection, kind="office", remote_id="6", name="Hall 2", parent_remote_id="5"
    )
    for kind in ("office", "custom_list"):
        GreenhousePostLocation.objects.create(
            connection=connection,
            remote_id=f"{post.pk}-{kind}",
            post_remote_id=post.remote_id,
            kind=kind,
            name_remote_id="5",
            seen_in=run,
        )
    moment = {"connection": connection, "step": Step.JOBS, "at": now, "problem_code": "unavailable"}
    StepReport.objects.create(**moment)
    ProblemEntry.objects.create(**moment)
    SetupInvitation.objects.create(
        employer=employer,
        email="colleague@example.com",
        key_hash=f"{connection.pk:064}",
        expires_at=now + timedelta(days=7),
    )
    endpoint = WebhookEndpointFactory(connection=connection, secret=Secret.of(SECRET), former_secret=Secret.of(TOKEN))
    WebhookDeliveryFactory(endpoint=endpoint, body=Secret.of(SECRET))
    return connection


def list_of(model: str) -> str:
    return reverse(f"admin:integrations_{model}_changelist")


def page_of(row: Model, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk])


def rows_of(model: str) -> list[Model]:
    return list(apps.get_model("integrations", model)._base_manager.all())


def do(client: Client, action: str, *rows: Model) -> list[str]:
    """Run an action on the rows; what the operator is then told."""
    address = list_of(rows[0]._meta.model_name or "")
    answer = client.post(address, {"action": action, "_selected_action": [row.pk for row in rows]})
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]
