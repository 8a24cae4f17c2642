"""One factory per model: the smallest valid row."""

from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Employer, Membership, Role, User
from candidates.models import Answer, Application, Candidate, Document, HiddenFrom, Profile, TermKind, company_key
from candidates.vocabulary import terms_named
from integrations.fields import Secret
from integrations.models import (
    Connection,
    ConnectionState,
    CredentialKind,
    Export,
    GreenhouseJob,
    GreenhouseJobPost,
    JobLink,
    SyncRun,
    WebhookDelivery,
    WebhookEndpoint,
)
from jobs.models import Job, JobState
from jobs.questions import QuestionKind

PASSWORD = "purpose-demo"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person{n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})


class EmployerFactory(DjangoModelFactory[Employer]):
    class Meta:
        model = Employer

    name = factory.Sequence(lambda n: f"Employer {n}")
    slug = factory.Sequence(lambda n: f"employer-{n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    employer = factory.SubFactory(EmployerFactory)
    role = Role.RECRUITER


class JobFactory(DjangoModelFactory[Job]):
    class Meta:
        model = Job

    employer = factory.SubFactory(EmployerFactory)
    title = factory.Sequence(lambda n: f"Engineer {n}")
    description = "<p>Build robots.</p>"
    state = JobState.LIVE


class CandidateFactory(DjangoModelFactory[Candidate]):
    class Meta:
        model = Candidate

    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Lovelace{n}")
    email = factory.Sequence(lambda n: f"ada{n}@example.org")


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document

    candidate = factory.SubFactory(CandidateFactory)
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.4 resume", name="x"))
    filename = "resume.pdf"
    extension = "pdf"
    size_bytes = 15


class ProfileFactory(DjangoModelFactory[Profile]):
    """A person who joined; `skills`, `values`, `interests`, `positions` and `locations` are names."""

    class Meta:
        model = Profile
        skip_postgeneration_save = True

    candidate = factory.SubFactory("tests.factories.CandidateFactory")

    @classmethod
    def _create(cls, model_class: type[Profile], *args: Any, **kwargs: Any) -> Profile:
        names = {kind: kwargs.pop(f"{kind}s", ()) for kind in TermKind.values}
        profile = model_class.objects.create(*args, **kwargs)
        profile.terms.add(*(term for kind in names for term in terms_named(TermKind(kind), names[kind])))
        return profile


class HiddenFromFactory(DjangoModelFactory[HiddenFrom]):
    class Meta:
        model = HiddenFrom

    profile = factory.SubFactory(ProfileFactory)
    name = "Lumen Robotics"
    key = factory.LazyAttribute(lambda row: company_key(row.name))


class ApplicationFactory(DjangoModelFactory[Application]):
    class Meta:
        model = Application

    candidate = factory.SubFactory(CandidateFactory)
    job = factory.SubFactory(JobFactory)
    employer = factory.LazyAttribute(lambda row: row.job.employer)  # without a job, name one
    first_name = factory.SelfAttribute("candidate.first_name")
    last_name = factory.SelfAttribute("candidate.last_name")
    email = factory.SelfAttribute("candidate.email")
    phone = "+1 555 0100"
    note = "I like robots."


class AnswerFactory(DjangoModelFactory[Answer]):
    class Meta:
        model = Answer

    application = factory.SubFactory(ApplicationFactory)
    position = factory.Sequence(int)
    key = factory.Sequence(lambda n: f"question_{n}")
    label = factory.Sequence(lambda n: f"Question {n}")
    kind = QuestionKind.SHORT_TEXT
    text = "Yes, gladly."


class ConnectionFactory(DjangoModelFactory[Connection]):
    class Meta:
        model = Connection

    employer = factory.SubFactory(EmployerFactory)
    state = ConnectionState.ACTIVE
    credential_kind = CredentialKind.OAUTH
    client_id = "demo-client-4"
    secret = factory.LazyFunction(lambda: Secret.of("demo-secret-0123456789abcdef"))
    secret_last4 = "cdef"
    email = "admin@example.com"
    acting_user_remote_id = "1"
    tested_at = factory.LazyFunction(timezone.now)


class GreenhouseJobFactory(DjangoModelFactory[GreenhouseJob]):
    class Meta:
        model = GreenhouseJob

    connection = factory.SubFactory(ConnectionFactory)
    remote_id = factory.Sequence(lambda n: str(4000 + n))
    name = factory.Sequence(lambda n: f"Greenhouse job {n}")
    status = "open"


class GreenhouseJobPostFactory(DjangoModelFactory[GreenhouseJobPost]):
    class Meta:
        model = GreenhouseJobPost

    greenhouse_job = factory.SubFactory(GreenhouseJobFactory)
    connection = factory.SelfAttribute("greenhouse_job.connection")
    job_remote_id = factory.SelfAttribute("greenhouse_job.remote_id")
    remote_id = factory.Sequence(lambda n: str(9000 + n))
    title = factory.Sequence(lambda n: f"Post {n}")
    is_live = True


class JobLinkFactory(DjangoModelFactory[JobLink]):
    class Meta:
        model = JobLink

    post = factory.SubFactory(GreenhouseJobPostFactory)
    job = factory.SubFactory(JobFactory, employer=factory.SelfAttribute("..post.connection.employer"))


class SyncRunFactory(DjangoModelFactory[SyncRun]):
    class Meta:
        model = SyncRun

    connection = factory.SubFactory(ConnectionFactory)


class WebhookEndpointFactory(DjangoModelFactory[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint

    connection = factory.SubFactory(ConnectionFactory)
    key = factory.Sequence(lambda n: f"endpoint-key-{n}")
    secret = factory.LazyFunction(lambda: Secret.of("webhook-secret"))


class WebhookDeliveryFactory(DjangoModelFactory[WebhookDelivery]):
    class Meta:
        model = WebhookDelivery

    endpoint = factory.SubFactory(WebhookEndpointFactory)
    event = "candidate_stage_change"
    event_id = factory.Sequence(lambda n: f"event-{n}")
    digest = factory.Sequence(lambda n: f"{n:064x}")


class ExportFactory(DjangoModelFactory[Export]):
    class Meta:
        model = Export

    greenhouse_job = factory.SubFactory(GreenhouseJobFactory)
    connection = factory.SelfAttribute("greenhouse_job.connection")
    application = factory.SubFactory(ApplicationFactory, job__employer=factory.SelfAttribute("...connection.employer"))
    candidate = factory.SelfAttribute("application.candidate")
