"""What the team is told of people who come and of their way through Greenhouse."""

import pytest

from accounts.models import User
from candidates.models import Notice, NoticeKind
from candidates.services import ApplicationData, submit_application
from integrations.greenhouse.export import outcome
from integrations.models import Connection, Export, ExportState
from tests.factories import ExportFactory, GreenhouseJobFactory, JobFactory
from tests.integrations.greenhouse.tracked import poll, press, send
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def texts(kind: NoticeKind) -> list[str]:
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("text", flat=True))


def test_an_applicant_who_comes_is_told_once(rita: User) -> None:
    job = JobFactory(employer=rita.memberships.get().employer, title="Robot engineer")
    data = ApplicationData("Grace", "Hopper", "grace@example.org")
    application, _ = submit_application(job=job, data=data, resume=None)
    submit_application(job=job, data=data, resume=None)
    assert texts(NoticeKind.NEW_APPLICANT) == ["Grace Hopper applied for Robot engineer"]
    assert Notice.objects.get().url == application.get_absolute_url()


def test_moves_in_greenhouse_are_told_but_not_the_first_look(
    sandbox: SandboxProcess, connection: Connection, rita: User
) -> None:
    sent = poll(send(sandbox, connection))
    assert texts(NoticeKind.STAGE_MOVED) == []
    reason = sandbox.records("rejection_reasons")[0]
    press(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    row = poll(sent)
    poll(row)
    [text] = texts(NoticeKind.STAGE_MOVED)
    assert text.startswith(f"{row.application.name}: Rejected in Greenhouse")


def test_an_export_that_stops_is_told_with_the_reason(connection: Connection, rita: User) -> None:
    made = ExportFactory(
        greenhouse_job=GreenhouseJobFactory(connection=connection), state=ExportState.SENDING, attempts=1
    )
    outcome.stop(Export.objects.get(pk=made.pk), "job_closed")
    [text] = texts(NoticeKind.EXPORT_NEEDS_ATTENTION)
    assert text.startswith(f"{made.application.name} did not reach Greenhouse: ")
    assert Notice.objects.get().url == f"/employers/lumen-robotics/exports/{made.pk}/"
