"""Data that was there before a column was."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("candidates", "0004_answers"), ("jobs", "0003_questions"), ("accounts", "0001_initial")]
AFTER = [("candidates", "0009_status_changes")]


@pytest.fixture
def old_apps(transactional_db: None) -> Any:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    # The rooms above hang on these tables, so they go first and come back last.
    executor.migrate([("integrations", "0008_remove_overridden_fields"), *BEFORE])
    yield executor.loader.project_state(BEFORE).apps
    executor = MigrationExecutor(connection)
    executor.migrate(latest)


def test_old_applications_get_their_jobs_employer_and_old_lines_their_kind_status_and_time(old_apps: Any) -> None:
    employer = old_apps.get_model("accounts", "Employer").objects.create(name="Lumen", slug="lumen")
    job = old_apps.get_model("jobs", "Job").objects.create(employer=employer, title="Pilot")
    people = old_apps.get_model("candidates", "Candidate").objects
    candidate, _ = people.create(email="a@b.example"), people.create(email="b@b.example")
    row = old_apps.get_model("candidates", "Application").objects.create(candidate=candidate, job=job)
    told = [("applicant", "Applied on Purpose Jobs."), ("export", "Sent to Greenhouse"), ("poll", "Rejected: no")]
    told += [("poll", "In Greenhouse at stage Offer")]
    for origin, text in told:
        old_apps.get_model("candidates", "TimelineEvent").objects.create(application=row, origin=origin, text=text)

    executor = MigrationExecutor(connection)
    executor.migrate(AFTER)
    apps = executor.loader.project_state(AFTER).apps
    application = apps.get_model("candidates", "Application").objects.get()
    assert (application.employer_id, application.origin) == (employer.pk, "applied")
    keys = apps.get_model("candidates", "Candidate").objects.values_list("key", flat=True)
    assert len({key for key in keys if key}) == 2
    kinds = application.timeline.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["applied", "sent", "rejected", "stage_moved"]
    lines = application.timeline.order_by("pk")
    assert list(lines.values_list("status", flat=True)) == ["applied", "sent", "rejected", ""]
    assert all(line.at == line.created_at for line in lines)
