"""The questions of a post in Greenhouse, on our form to apply."""

from typing import Any

import pytest
from django.forms import ChoiceField, Field, MultipleChoiceField
from django.test import Client
from django.urls import reverse

from accounts.models import User
from candidates.kept import UploadField
from candidates.models import Application
from candidates.questions import field_name, questions_of
from integrations import importing
from integrations.models import Connection, GreenhouseJobPost
from jobs.models import Job
from jobs.questions import QuestionKind
from tests.candidates import files
from tests.candidates.test_views import TYPED
from tests.integrations.conftest import run_sync
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def filled(field: Field) -> Any:
    if isinstance(field, UploadField):
        return files.uploaded(files.pdf(), "Work.pdf")
    if isinstance(field, MultipleChoiceField):
        return [value for value, _ in field.choices]  # type: ignore[union-attr]
    if isinstance(field, ChoiceField):
        return next(value for value, _ in field.choices if value)  # type: ignore[union-attr]
    return "Answered"


def test_apply_when_an_imported_post_asks_every_kind_of_question_then_all_are_asked_and_kept(
    sandbox: SandboxProcess, connection: Connection, alice: User, client: Client
) -> None:
    run_sync(connection)
    ids = set(GreenhouseJobPost.objects.offered().values_list("pk", flat=True))
    importing.import_posts(connection=connection, post_ids=ids, live_ids=ids, by=alice)
    kinds: set[QuestionKind] = set()
    for job in Job.objects.live():
        questions = questions_of(job)
        if not questions or {question.kind for question in questions} <= kinds:
            continue
        kinds |= {question.kind for question in questions}
        address = reverse("apply", args=[job.employer.slug, job.pk])
        form = client.get(address).context["form"]
        answers = {field_name(question): filled(form.fields[field_name(question)]) for question in questions}
        sent = client.post(address, {**TYPED, "resume": files.uploaded(files.pdf()), **answers})
        assert sent.status_code == 302, sent.context["form"].errors
        stored = Application.objects.get(job=job).answers.all()
        assert [answer.label for answer in stored] == [question.label for question in questions]
        assert all(answer.document for answer in stored if answer.kind == QuestionKind.FILE)
    assert kinds == set(QuestionKind)
