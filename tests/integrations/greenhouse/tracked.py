"""Somebody was sent and is followed: what the tests of tracking have in common."""

from typing import Any

from django.utils import timezone

from candidates.models import Origin
from integrations import sending
from integrations.greenhouse import export, tracking
from integrations.models import Connection, Export
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.sandbox_process import SandboxProcess


def send(sandbox: SandboxProcess, connection: Connection, *, job: int = 0, **settings: Any) -> Export:
    """Somebody applies to a connected job and arrives. Shape: `job` counts the open jobs there."""
    remote = [row for row in sandbox.records("jobs", status="open") if not row["is_template"]][job]
    container = GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]), name=remote["name"])
    link = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=container), job=JobFactory(employer=connection.employer)
    )
    row = sending.export_application(ApplicationFactory(job=link.job))
    assert row is not None
    Export.objects.filter(pk=row.pk).update(**settings)
    export.run(row.pk)
    return fresh(row)


def fresh(row: Export) -> Export:
    return Export.objects.select_related("connection", "application__candidate", "greenhouse_job").get(pk=row.pk)


def poll(row: Export) -> Export:
    Connection.objects.filter(pk=row.connection_id).update(poll_due_at=timezone.now())
    tracking.poll(row.connection_id)
    return fresh(row)


def told(row: Export, *, person: bool = False) -> Export:
    """A webhook has told us of the application, or of the person."""
    about = {"candidate_ids": [row.candidate_remote_id]} if person else {"application_ids": [row.application_remote_id]}
    tracking.refresh(Connection.objects.get(pk=row.connection_id), **about, origin=Origin.WEBHOOK)
    return fresh(row)


def press(sandbox: SandboxProcess, row: Export, action: str, **fields: Any) -> None:
    """Somebody presses a button on the application's page in Greenhouse."""
    sandbox.act("applications", int(row.application_remote_id), action, **fields)


def kinds(row: Export) -> list[str]:
    """What the timeline tells since they were sent, in the order it was written."""
    lines = row.application.timeline.order_by("pk").values_list("kind", flat=True)
    return [kind for kind in lines if kind not in ("applied", "sent", "found", "file_added", "note_added")]
