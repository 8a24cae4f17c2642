"""Data that was there before a table was."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = ("integrations", "0009_skipped_records")
AFTER = ("integrations", "0012_remove_resume_remote_id")


@pytest.fixture
def migrated(transactional_db: None) -> Any:
    """Take integrations to a migration and return the models as they were then; afterwards all is as it was."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    rooms_below = [leaf for leaf in latest if leaf[0] in ("accounts", "jobs", "candidates")]

    def to(target: tuple[str, str]) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate([target])
        return executor.loader.project_state([target, *rooms_below]).apps

    yield to
    MigrationExecutor(connection).migrate(latest)


def test_the_resume_of_an_old_export_becomes_a_file_and_back(migrated: Any) -> None:
    apps = migrated(BEFORE)
    employer = apps.get_model("accounts", "Employer").objects.create(name="Lumen", slug="lumen")
    job = apps.get_model("jobs", "Job").objects.create(employer=employer, title="Pilot")
    candidate = apps.get_model("candidates", "Candidate").objects.create(email="a@b.example")
    document = apps.get_model("candidates", "Document").objects.create(
        candidate=candidate, file="x", filename="cv.pdf", extension="pdf", size_bytes=1
    )
    application = apps.get_model("candidates", "Application").objects.create(
        candidate=candidate, employer=employer, job=job, first_name="Ada", last_name="L. L", resume=document
    )
    of_greenhouse = apps.get_model("integrations", "Connection").objects.create(employer=employer)
    container = apps.get_model("integrations", "GreenhouseJob").objects.create(connection=of_greenhouse, remote_id="1")
    export = apps.get_model("integrations", "Export").objects.create(
        connection=of_greenhouse,
        candidate=candidate,
        greenhouse_job=container,
        application=application,
        state="unknown",
        step_in_flight="resume",
        resume_remote_id="77",
        created_at=timezone.now(),
    )

    after = migrated(AFTER).get_model("integrations", "Export").objects.get()
    file = after.files.get()
    assert (after.step_in_flight, file.remote_id, file.document_id) == ("file", "77", document.pk)
    assert file.filename == f"Ada_L_L_{application.key.hex[:8]}.pdf", "as the release before has named it there"

    prospect = apps.get_model("candidates", "Candidate").objects.create(email="c@d.example")
    migrated(AFTER).get_model("integrations", "Export").objects.create(
        connection_id=of_greenhouse.pk, candidate_id=prospect.pk, application_id=application.pk, sends_as="prospect"
    )
    before = migrated(BEFORE).get_model("integrations", "Export").objects.get()
    assert before.pk == export.pk, "the release before knows no prospect without a job"
    assert (before.step_in_flight, before.resume_remote_id) == ("resume", "77")
