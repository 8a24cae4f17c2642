"""Somebody deletes everything while their application is on its way to Greenhouse."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Employer
from candidates.joining import leaving
from candidates.models import ApplicationOrigin, EventKind, Profile
from integrations.greenhouse.export import run
from integrations.models import Export, ExportFile, ExportState, GreenhousePerson, PossibleDuplicate
from integrations.preflight import preflight
from integrations.sending import send_again
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
    ProfileFactory,
)
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def on_the_way(employer: Employer, state: str, **fields: Any) -> Export:
    job = GreenhouseJobFactory(connection=ConnectionFactory(employer=employer))
    origin = fields.pop("origin", ApplicationOrigin.APPLIED)
    candidate = ProfileFactory(candidate__email="ada@example.org").candidate
    application = ApplicationFactory(candidate=candidate, job__employer=employer, origin=origin)
    export: Export = ExportFactory(greenhouse_job=job, application=application, state=state, **fields)
    document = DocumentFactory(candidate=candidate)
    ExportFile.objects.create(export=export, document=document, type="resume", filename="Ada Lovelace.pdf")
    GreenhousePerson.objects.create(connection=job.connection, email="ada@example.org", remote_id="7")
    PossibleDuplicate.objects.create(connection=job.connection, candidate=candidate, remote_id="8")
    return export


@pytest.mark.parametrize(
    "state", [ExportState.PENDING, ExportState.WAITING, ExportState.SENDING, ExportState.UNKNOWN, "needs_attention"]
)
def test_leaving_when_an_export_is_not_sent_then_it_is_cancelled_and_nothing_tells_who_it_was(
    employer: Employer, state: str
) -> None:
    export = on_the_way(employer, state)
    for _ in range(2):
        leaving.leave(candidate=export.candidate, keeps_applications=False)
    export.refresh_from_db()
    assert export.state == ExportState.CANCELLED
    assert export.application.timeline.filter(kind=EventKind.CANCELLED).count() == 1
    assert not GreenhousePerson.objects.exists()
    assert not PossibleDuplicate.objects.exists()
    assert "Ada" not in ExportFile.objects.get().filename


def test_leaving_when_the_cancelled_export_runs_or_is_asked_for_again_then_nothing_is_sent(
    employer: Employer, sandbox: SandboxProcess
) -> None:
    export = on_the_way(employer, ExportState.PENDING)
    leaving.leave(candidate=export.candidate, keeps_applications=False)
    run(export.pk)
    export.refresh_from_db()
    assert "no_email" in [finding.problem.code for finding in preflight(export.application)]
    send_again(export=export)
    run(export.pk)
    assert not [request for request in sandbox.requests() if request["method"] != "GET"]


def test_leaving_when_the_applications_stay_then_what_the_person_applied_for_is_still_sent(employer: Employer) -> None:
    export = on_the_way(employer, ExportState.PENDING)
    leaving.leave(candidate=export.candidate, keeps_applications=True)
    export.refresh_from_db()
    assert (export.state, export.application.email) == (ExportState.PENDING, "ada@example.org")
    assert not Profile.objects.exists()


def test_leaving_when_a_recruiter_picked_the_person_then_that_is_cancelled_even_where_applications_stay(
    employer: Employer,
) -> None:
    export = on_the_way(employer, ExportState.PENDING, origin=ApplicationOrigin.SOURCED)
    leaving.leave(candidate=export.candidate, keeps_applications=True)
    export.refresh_from_db()
    assert (export.state, export.application.email) == (ExportState.CANCELLED, "")


def test_leaving_when_both_picked_and_applied_then_only_the_application_is_still_sent(employer: Employer) -> None:
    applied = on_the_way(employer, ExportState.PENDING)
    picked = ExportFactory(
        greenhouse_job__connection=applied.connection,
        state=ExportState.PENDING,
        candidate=applied.candidate,
        application=ApplicationFactory(
            candidate=applied.candidate, job__employer=employer, origin=ApplicationOrigin.SOURCED
        ),
    )
    leaving.leave(candidate=applied.candidate, keeps_applications=True)
    applied.refresh_from_db()
    picked.refresh_from_db()
    assert (applied.state, picked.state) == (ExportState.PENDING, ExportState.CANCELLED)
    assert [line.kind for line in picked.application.timeline.all()] == ["withdrawn", "cancelled"]


def test_leaving_when_already_in_greenhouse_then_the_export_stays_and_is_followed(employer: Employer) -> None:
    export = on_the_way(employer, ExportState.SENT, candidate_remote_id="7", sent_at=timezone.now())
    leaving.leave(candidate=export.candidate, keeps_applications=False)
    export.refresh_from_db()
    assert (export.state, export.candidate_remote_id) == (ExportState.SENT, "7")
    assert export.application.email == ""
