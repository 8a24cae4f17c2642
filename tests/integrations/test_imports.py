"""Import Jobs: the dialog, the switches, and what they lead to."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from integrations import services
from integrations.models import Connection, GreenhouseJobPost, JobLink, PostDecision, SyncRun, SyncState
from jobs.models import Job, JobState
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, SyncRunFactory
from tests.integrations.conftest import run_sync

PAGE = "/employers/lumen-robotics/import/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def quiet(employer: Any) -> Connection:
    """A connection that nobody reads from."""
    return ConnectionFactory(employer=employer)


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, quiet: Connection) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == as_charlie.post(PAGE + "save/").status_code == 404
    assert as_bob.get(PAGE).status_code == as_bob.post(PAGE).status_code == 403
    assert as_bob.post(PAGE + "save/").status_code == 403
    assert as_rita.get(PAGE).status_code == 200
    assert not SyncRun.objects.exists()


def test_without_a_connection_it_leads_to_integrations(as_rita: Client) -> None:
    assert as_rita.post(PAGE).headers["Location"].endswith("/settings/integrations/")
    answer = as_rita.post(PAGE, headers=HTMX)
    assert answer.headers["HX-Redirect"].endswith("/settings/integrations/")


def test_pressing_twice_makes_one_sync_and_shows_progress(as_rita: Client, as_alice: Client, quiet: Connection) -> None:
    first = as_rita.post(PAGE, headers=HTMX)
    second = as_alice.post(PAGE, follow=True)
    assert SyncRun.objects.count() == 1
    assert "<dialog" in first.text
    for answer in (first, second):
        assert '<progress class="bar"' in answer.text
    assert "http-equiv" in second.text, "the page without script asks again by itself"


@pytest.mark.parametrize("code", ["unavailable", "unexpected_reply", "scope_missing"])
def test_a_failed_reading_says_why_and_offers_another(as_rita: Client, quiet: Connection, code: str) -> None:
    SyncRunFactory(connection=quiet, state=SyncState.FAILED, problem_code=code)
    text = as_rita.get(PAGE).text
    assert f"Code: {code}" in text
    assert "Try again" in text


def test_read_from_greenhouse_then_switch_two_on(as_rita: Client, connection: Connection, as_bob: Client) -> None:
    run_sync(connection)
    text = as_rita.get(PAGE).text
    posts = list(GreenhouseJobPost.objects.offered())
    assert text.count('role="switch"') == len(posts) > 30
    answer = as_rita.post(
        PAGE + "save/", {"listed": [post.pk for post in posts], "live": [posts[0].pk, posts[1].pk]}, follow=True
    )
    assert f"{len(posts)} new jobs imported; 2 of the listed jobs are live" in answer.text
    assert set(Job.objects.live().values_list("title", flat=True)) == {posts[0].title, posts[1].title}
    assert as_bob.get("/employers/lumen-robotics/jobs/").text.count(">connected<") == min(50, len(posts))
    public = as_bob.get("/companies/lumen-robotics/").text
    assert posts[0].title in public


def test_saving_twice_makes_no_second_job_and_follows_the_switch(quiet: Connection, rita: User) -> None:
    post = GreenhouseJobPostFactory(connection=quiet, greenhouse_job__connection=quiet)
    assert services.import_posts(connection=quiet, post_ids={post.pk}, live_ids={post.pk}, by=rita) == (1, 1)
    assert services.import_posts(connection=quiet, post_ids={post.pk}, live_ids=set(), by=rita) == (0, 0)
    job = Job.objects.get()
    post.refresh_from_db()
    assert (job.state, post.decision, JobLink.objects.count()) == (JobState.OFF, PostDecision.IMPORTED, 1)


def test_posts_that_are_not_offered_or_of_others_are_left_alone(quiet: Connection, rita: User) -> None:
    stranger = GreenhouseJobPostFactory()
    internal = GreenhouseJobPostFactory(connection=quiet, greenhouse_job__connection=quiet, is_internal=True)
    closed = GreenhouseJobPostFactory(
        connection=quiet, greenhouse_job__connection=quiet, greenhouse_job__status="closed"
    )
    ids = {stranger.pk, internal.pk, closed.pk}
    assert services.import_posts(connection=quiet, post_ids=ids, live_ids=ids, by=rita) == (0, 0)
    assert not Job.objects.exists()


def test_import_of_many_posts_costs_a_constant_number_of_queries(
    quiet: Connection, rita: User, django_assert_max_num_queries: Any
) -> None:
    posts = [GreenhouseJobPostFactory(connection=quiet, greenhouse_job__connection=quiet) for _ in range(120)]
    with django_assert_max_num_queries(12):
        services.import_posts(connection=quiet, post_ids={post.pk for post in posts}, live_ids=set(), by=rita)
    assert JobLink.objects.count() == 120


def test_nonsense_in_the_form_is_ignored(as_rita: Client, quiet: Connection) -> None:
    answer = as_rita.post(PAGE + "save/", {"listed": ["x", "-1", "999999"], "live": ["<script>"]}, follow=True)
    assert "No new jobs" in answer.text


def test_a_switch_moves_the_date_that_feeds_go_by(quiet: Connection, rita: User) -> None:
    post = GreenhouseJobPostFactory(connection=quiet, greenhouse_job__connection=quiet)
    services.import_posts(connection=quiet, post_ids={post.pk}, live_ids=set(), by=rita)
    before = Job.objects.get().updated_at
    services.import_posts(connection=quiet, post_ids={post.pk}, live_ids={post.pk}, by=rita)
    assert Job.objects.get().updated_at > before
