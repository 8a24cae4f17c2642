"""Many rows by few statements."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.bulk import unsaved, update_rows, upsert
from integrations.fields import Secret
from integrations.models import Connection, GreenhouseJobPost, PostDecision
from tests.factories import ConnectionFactory, EmployerFactory, GreenhouseJobFactory, GreenhouseJobPostFactory

pytestmark = pytest.mark.django_db

UNIQUE = ("connection", "remote_id")
MOMENT = datetime(2026, 5, 6, 8, 0, 0, 123000, tzinfo=UTC)


def _post(connection: Connection, number: int, **values: Any) -> GreenhouseJobPost:
    return GreenhouseJobPost(connection=connection, remote_id=str(number), **{"title": f"Post {number}", **values})


def test_upsert_when_nothing_is_there_stores_every_value() -> None:
    connection = ConnectionFactory()
    upsert(
        [_post(connection, 1, content="50 % <b>ß</b> 'q' %s", is_live=True, first_published_at=MOMENT)],
        unique=UNIQUE,
        update={"title"},
    )
    post = GreenhouseJobPost.objects.get()
    assert (post.content, post.is_live, post.is_internal) == ("50 % <b>ß</b> 'q' %s", True, False)
    assert (post.first_published_at, post.remote_updated_at) == (MOMENT, None)
    assert post.connection == connection


def test_upsert_when_a_row_is_there_changes_only_the_named_fields() -> None:
    connection = ConnectionFactory()
    kept = GreenhouseJobPostFactory(
        greenhouse_job__connection=connection, remote_id="1", location="Lyon", decision=PostDecision.IMPORTED
    )
    upsert([_post(connection, 1, title="New"), _post(connection, 2)], unique=UNIQUE, update={"title", "is_live"})
    post = GreenhouseJobPost.objects.get(remote_id="1")
    assert (post.pk, post.title, post.is_live) == (kept.pk, "New", False)
    assert (post.location, post.decision, post.greenhouse_job) == ("Lyon", PostDecision.IMPORTED, kept.greenhouse_job)
    assert GreenhouseJobPost.objects.count() == 2


def test_upsert_when_another_connection_has_the_same_ids_leaves_its_rows_alone() -> None:
    theirs = GreenhouseJobPostFactory(remote_id="1", title="Theirs")
    upsert([_post(ConnectionFactory(), 1)], unique=UNIQUE, update={"title"})
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"


def test_upsert_converts_what_a_field_of_ours_converts() -> None:
    row = ConnectionFactory.build(employer=EmployerFactory(), secret=Secret.of("hush"))
    row.created_at = row.updated_at = MOMENT
    upsert([row], unique=("employer",), update={"secret"})
    assert Connection.objects.get().secret.reveal() == "hush"


def test_upsert_of_more_rows_than_a_statement_takes_stores_all() -> None:
    connection = ConnectionFactory()
    with CaptureQueriesContext(database) as queries:
        upsert([_post(connection, number) for number in range(1500)], unique=UNIQUE, update={"title"})
    assert GreenhouseJobPost.objects.count() == 1500
    assert len(queries) == 2


def test_update_rows_sets_each_row_to_its_own_values() -> None:
    job = GreenhouseJobFactory()
    one, two, other = GreenhouseJobPostFactory.create_batch(3, greenhouse_job=job, location="Lyon")
    with CaptureQueriesContext(database) as queries:
        update_rows(GreenhouseJobPost, ("greenhouse_job", "location"), [(one.pk, None, "Bonn"), (two.pk, job.pk, "")])
    assert len(queries) == 1
    rows = GreenhouseJobPost.objects.in_bulk()
    assert [(rows[post.pk].greenhouse_job_id, rows[post.pk].location) for post in (one, two, other)] == [
        (None, "Bonn"),
        (job.pk, ""),
        (job.pk, "Lyon"),
    ]


def test_update_rows_when_every_value_is_null_sets_null() -> None:
    post = GreenhouseJobPostFactory()
    update_rows(GreenhouseJobPost, ("greenhouse_job", "remote_updated_at"), [(post.pk, None, None)])
    post.refresh_from_db()
    assert (post.greenhouse_job, post.remote_updated_at) == (None, None)


def test_update_rows_sets_a_moment() -> None:
    post = GreenhouseJobPostFactory()
    update_rows(GreenhouseJobPost, ("remote_updated_at",), [(post.pk, MOMENT)])
    post.refresh_from_db()
    assert post.remote_updated_at == MOMENT


def test_update_rows_cuts_no_text() -> None:
    post = GreenhouseJobPostFactory()
    if database.vendor == "postgresql":
        with pytest.raises(DataError):
            update_rows(GreenhouseJobPost, ("job_remote_id",), [(post.pk, "7" * 41)])
    else:
        update_rows(GreenhouseJobPost, ("job_remote_id",), [(post.pk, "7" * 41)])
        post.refresh_from_db()
        assert post.job_remote_id == "7" * 41


def test_nothing_to_write_sends_no_statement() -> None:
    with CaptureQueriesContext(database) as queries:
        upsert([], unique=UNIQUE, update={"title"})
        update_rows(GreenhouseJobPost, ("title",), [])
    assert len(queries) == 0


def test_unsaved_makes_what_the_constructor_makes() -> None:
    connection = ConnectionFactory()
    values = {"connection_id": connection.pk, "remote_id": "1", "title": "Post 1", "first_seen_at": MOMENT}
    made, built = unsaved(GreenhouseJobPost, **values), GreenhouseJobPost(**values)
    columns = [field.attname for field in GreenhouseJobPost._meta.concrete_fields]
    assert [getattr(made, name) for name in columns] == [getattr(built, name) for name in columns]
    assert made.questions is not unsaved(GreenhouseJobPost, **values).questions, "no list is shared"
    made.save()
    assert GreenhouseJobPost.objects.get().connection == connection
