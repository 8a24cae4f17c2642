"""Not listed: every job and post that is not offered, with its reason."""

from itertools import product
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from integrations.models import Connection, GreenhouseJobPost, GreenhouseName, SyncKind, SyncRun, SyncState
from integrations.reasons import NotOffered
from integrations.unlisted import Asked, unlisted, unlisted_posts
from tests.factories import ConnectionFactory, GreenhouseJobFactory, GreenhouseJobPostFactory, SyncRunFactory

PAGE = "/employers/lumen-robotics/import/not-listed/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def quiet(employer: Any) -> Connection:
    """A connection that nobody reads from."""
    return ConnectionFactory(employer=employer)


def _post(connection: Connection, **fields: Any) -> GreenhouseJobPost:
    return GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection, **fields)


def _reasons(connection: Connection, query: str = "") -> dict[str, str]:
    return {row.title: row.reason_value for row in unlisted(connection, Asked.from_query(QueryDict(query))).rows}


def _one_of_each(connection: Connection) -> dict[str, str]:
    GreenhouseName.objects.create(
        connection=connection, kind=GreenhouseName.Kind.JOB_BOARD, remote_id="b", name="Board", is_live=False
    )
    _post(connection, title="Offered")
    _post(connection, title="Deleted", is_active=False, is_live=False)
    _post(connection, title="Internal", is_internal=True)
    _post(connection, title="Off", is_live=False)
    _post(connection, title="Board", is_live=False, board_remote_id="b")
    _post(connection, title="Draft", is_live=False, greenhouse_job__status="draft")
    _post(connection, title="Closed", is_live=False, greenhouse_job__status="closed")
    _post(connection, title="Template", is_live=False, greenhouse_job__is_template=True)
    _post(connection, title="Secret", greenhouse_job__is_confidential=True)
    GreenhouseJobPostFactory(connection=connection, greenhouse_job=None, job_remote_id="", title="Prospects")
    GreenhouseJobPostFactory(connection=connection, greenhouse_job=None, job_remote_id="5", title="Unseen")
    GreenhouseJobFactory(connection=connection, name="Bare job", requisition_id="R-9")
    GreenhouseJobFactory(connection=connection, name="Closed bare job", status="closed")
    deleted_only = GreenhouseJobFactory(connection=connection, name="Job of a deleted post")
    _post(connection, title="Deleted too", is_active=False, greenhouse_job=deleted_only)
    return {
        "Deleted": "deleted",
        "Deleted too": "deleted",
        "Internal": "internal",
        "Off": "not_live",
        "Board": "board_not_live",
        "Draft": "job_draft",
        "Closed": "job_closed",
        "Template": "template",
        "Secret": "confidential",
        "Prospects": "prospect",
        "Unseen": "job_not_seen",
        "Bare job": "no_post",
        "Closed bare job": "job_closed",
        "Job of a deleted post": "no_post",
    }


def test_unlisted_names_the_reason_of_every_job_and_post_that_is_not_offered(quiet: Connection) -> None:
    expected = _one_of_each(quiet)
    deleted_job = GreenhouseJobPost.objects.get(title="Deleted").greenhouse_job
    assert deleted_job is not None
    found = _reasons(quiet)
    assert found.pop(deleted_job.name) == "no_post"
    assert found == expected
    assert _reasons(quiet, "q=bare") == {"Bare job": "no_post", "Closed bare job": "job_closed"}
    assert _reasons(quiet, "q=r-9") == {"Bare job": "no_post"}
    assert set(_reasons(quiet, "reason=job_closed")) == {"Closed", "Closed bare job"}
    assert _reasons(quiet, "reason=nonsense&q=%00&page=x").keys() >= expected.keys()


def test_every_reason_has_words_and_a_next_step() -> None:
    for reason in NotOffered:
        assert reason.label.endswith(".")
        assert reason.next_step.endswith(".")
        assert reason.short


def test_the_rule_in_sql_is_the_rule_of_a_row(quiet: Connection) -> None:
    jobs: list[Any] = [None]
    for status, is_template, is_confidential in product(("open", "closed", "draft", "odd"), (0, 1), (0, 1)):
        fields = {"status": status, "is_template": is_template, "is_confidential": is_confidential}
        jobs.append(GreenhouseJobFactory(connection=quiet, **fields))
    for job, active, live, internal in product(jobs, (0, 1), (0, 1), (0, 1)):
        GreenhouseJobPostFactory(
            connection=quiet,
            greenhouse_job=job,
            job_remote_id="1",
            is_active=active,
            is_live=live,
            is_internal=internal,
        )
    by_sql = dict(unlisted_posts(quiet).values_list("pk", "reason"))
    posts = GreenhouseJobPost.objects.select_related("greenhouse_job")
    assert {post.pk: post.not_offered for post in posts if post.not_offered} == by_sql
    assert {post.pk for post in posts if post.is_offered} == set(posts.offered().values_list("pk", flat=True))
    assert len(by_sql) == posts.count() - 1


def test_unlisted_of_many_costs_three_queries_per_page(quiet: Connection, django_assert_num_queries: Any) -> None:
    for number in range(70):
        _post(quiet, is_live=False, title=f"Post {number:03}")
        GreenhouseJobFactory(connection=quiet, name=f"Job {number:03}")
    with django_assert_num_queries(3):
        found = unlisted(quiet, Asked(page=2))
    assert [row.title for row in found.rows[:2]] == ["Post 030", "Post 031"]
    assert (len(found.rows), found.total, found.previous) == (40, 140, "page=1")


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, quiet: Connection) -> None:
    assert client.get(PAGE).status_code == client.post(PAGE + "look/").status_code == 302
    assert as_charlie.get(PAGE).status_code == as_charlie.post(PAGE + "look/").status_code == 404
    assert as_bob.get(PAGE).status_code == as_bob.post(PAGE + "look/").status_code == 403
    assert as_rita.get(PAGE).status_code == 200
    assert not SyncRun.objects.exists(), "looking at the page starts nothing"


def test_search_when_it_is_a_whole_page_then_its_first_words_count(as_rita: Client, quiet: Connection) -> None:
    _post(quiet, title="Off", is_live=False)
    found = as_rita.get(PAGE, {"q": "off " * 1000})
    assert [row.title for row in found.context["list"].rows] == ["Off"]


def test_page_shows_reason_next_step_and_when_we_looked(as_rita: Client, quiet: Connection) -> None:
    assert "Nothing is missing" in as_rita.get(PAGE).text
    _post(quiet, is_live=False, title="Robot Poet")
    Connection.objects.update(surveyed_at=timezone.now())
    for answer in (as_rita.get(PAGE), as_rita.get(PAGE, headers=HTMX)):
        assert "Robot Poet" in answer.text
        assert NotOffered.NOT_LIVE.label in answer.text
        assert NotOffered.NOT_LIVE.next_step.split(":")[0] in answer.text
        assert "Looked at" in answer.text
    assert "Nothing matches" in as_rita.get(PAGE + "?q=cook").text


def test_look_again_reads_what_is_not_listed_with_visible_progress(as_rita: Client, quiet: Connection) -> None:
    text = as_rita.post(PAGE + "look/", follow=True).text
    assert SyncRun.objects.get().kind == SyncKind.SURVEY
    assert '<progress class="bar"' in text
    as_rita.post(PAGE + "look/")
    assert SyncRun.objects.count() == 1
    SyncRun.objects.update(state=SyncState.FAILED, problem_code="unavailable")
    assert "Code: unavailable" in as_rita.get(PAGE).text


def test_a_look_does_not_hide_the_import_list(as_rita: Client, quiet: Connection) -> None:
    SyncRunFactory(connection=quiet, state=SyncState.SUCCEEDED)
    SyncRunFactory(connection=quiet, state=SyncState.RUNNING, kind=SyncKind.SURVEY)
    _post(quiet, title="Robot Poet")
    assert "Robot Poet" in as_rita.get("/employers/lumen-robotics/import/").text
