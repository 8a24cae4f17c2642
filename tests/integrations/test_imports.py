"""Import Jobs: the pages, what is chosen on them, and what comes of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from integrations.models import Connection, GreenhouseJobPost, ImportChoice, SyncKind, SyncRun, SyncState
from jobs.models import Job
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, SyncRunFactory
from tests.integrations.conftest import run_sync

PAGE = "/employers/lumen-robotics/import/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def quiet(employer: Any) -> Connection:
    """A connection that nobody reads from."""
    return ConnectionFactory(employer=employer)


@pytest.fixture
def read(quiet: Connection) -> Connection:
    """One whose career site was read."""
    SyncRunFactory(connection=quiet, state=SyncState.SUCCEEDED, pages_read=6, posts_read=3)
    return quiet


def _post(connection: Connection, **fields: Any) -> GreenhouseJobPost:
    return GreenhouseJobPostFactory(connection=connection, greenhouse_job__connection=connection, **fields)


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, read: Connection) -> None:
    post = _post(read)
    for place in ("choose/", f"choose/{post.pk}/", "save/"):
        assert client.post(PAGE + place).status_code == 302
        assert as_charlie.post(PAGE + place).status_code == 404
        assert as_bob.post(PAGE + place).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == as_charlie.post(PAGE).status_code == 404
    assert as_bob.get(PAGE).status_code == as_bob.post(PAGE).status_code == 403
    assert as_rita.get(PAGE).status_code == 200
    assert not ImportChoice.objects.exists()
    assert SyncRun.objects.count() == 1


def test_without_a_connection_it_leads_to_integrations(as_rita: Client) -> None:
    for place in ("", "choose/", "choose/1/", "save/"):
        assert as_rita.post(PAGE + place).headers["Location"].endswith("/settings/integrations/")
    answer = as_rita.post(PAGE, headers=HTMX)
    assert answer.headers["HX-Redirect"].endswith("/settings/integrations/")


def test_pressing_twice_makes_one_sync_and_shows_progress(as_rita: Client, as_alice: Client, quiet: Connection) -> None:
    first = as_rita.post(PAGE, headers=HTMX)
    second = as_alice.post(PAGE, follow=True)
    assert SyncRun.objects.count() == 1
    assert "<dialog" in first.text
    for answer in (first, second):
        assert '<progress class="bar"' in answer.text
        assert "the reading goes on" in answer.text
    assert "http-equiv" in second.text, "the page without script asks again by itself"


def test_a_reading_behind_the_scenes_does_not_take_the_list_away(as_rita: Client, read: Connection) -> None:
    _post(read, title="Robot Poet")
    SyncRunFactory(connection=read, kind=SyncKind.CHANGES, state=SyncState.RUNNING)
    assert "Robot Poet" in as_rita.get(PAGE).text
    SyncRun.objects.filter(kind=SyncKind.CHANGES).update(kind=SyncKind.FULL)
    assert '<progress class="bar"' in as_rita.get(PAGE).text
    assert "Robot Poet" in as_rita.get(PAGE + "?page=1").text, "who is choosing goes on"


@pytest.mark.parametrize("code", ["unavailable", "unexpected_reply", "scope_missing"])
def test_a_failed_reading_says_why_and_offers_another(as_rita: Client, quiet: Connection, code: str) -> None:
    SyncRunFactory(connection=quiet, state=SyncState.FAILED, problem_code=code)
    text = as_rita.get(PAGE).text
    assert f"Code: {code}" in text
    assert "Try again" in text


def test_a_failed_reading_after_a_good_one_says_why_beside_the_list(as_rita: Client, read: Connection) -> None:
    _post(read, title="Robot Poet")
    SyncRunFactory(connection=read, state=SyncState.FAILED, problem_code="unavailable")
    text = as_rita.get(PAGE).text
    assert "Code: unavailable" in text
    assert "Robot Poet" in text


def test_records_that_could_not_be_read_are_named(as_rita: Client, read: Connection) -> None:
    record = {"collection": "job_posts", "id": "77", "title": "<b>Odd</b>", "field": "live"}
    SyncRunFactory(connection=read, state=SyncState.SUCCEEDED, skipped=[record], skipped_count=3)
    text = as_rita.get(PAGE).text
    assert "3 records of Greenhouse could not be read" in text
    assert "Job post 77 “&lt;b&gt;Odd&lt;/b&gt;”: the field live" in text


def test_read_from_greenhouse_then_switch_two_on(as_rita: Client, connection: Connection, as_bob: Client) -> None:
    run_sync(connection)
    text = as_rita.get(PAGE).text
    posts = list(GreenhouseJobPost.objects.offered())
    assert text.count('role="switch"') == len(posts) > 30
    answer = as_rita.post(PAGE + "save/", {"live": [posts[0].pk, posts[1].pk], "others": "yes"}, follow=True)
    assert f"{len(posts)} new jobs imported; 2 of the listed jobs are live" in answer.text
    assert set(Job.objects.live().values_list("title", flat=True)) == {posts[0].title, posts[1].title}
    assert as_bob.get("/employers/lumen-robotics/jobs/").text.count(">connected<") == min(50, len(posts))
    public = as_bob.get("/companies/lumen-robotics/").text
    assert posts[0].title in public


def test_choose_when_a_page_is_sent_keeps_only_what_was_changed_on_it(
    as_rita: Client, read: Connection, rita: User
) -> None:
    on, off, elsewhere, stale = (_post(read) for _ in range(4))
    for post in (off, elsewhere, stale):
        ImportChoice.objects.create(user=rita, post=post, switch="live")
    # `stale` was chosen in another window after this page was opened: it was not on, and was not touched.
    answer = as_rita.post(PAGE + "choose/", {"live": [on.pk, elsewhere.pk], "was": [off.pk, elsewhere.pk], "page": "2"})
    assert set(ImportChoice.objects.values_list("post", flat=True)) == {on.pk, elsewhere.pk, stale.pk}
    assert answer.headers["Location"] == PAGE + "?page=2"


def test_choose_when_the_filter_changes_keeps_rows_and_shows_the_new_list(as_rita: Client, read: Connection) -> None:
    post = _post(read, title="Robot Poet", location="Oslo")
    form = {"live": post.pk, "filter": "q=poet&page=3", "q": "robot", "location": "Oslo", "state": ["", "undecided"]}
    answer = as_rita.post(PAGE + "choose/", {**form, "has_others": "1"}, follow=True)
    assert answer.redirect_chain[0][0] == PAGE + "?q=robot&location=Oslo&state=undecided&others=no"
    assert "1 goes live." in answer.text
    assert 'id="import-others" name="others" value="yes" >' not in answer.text, "nobody is left undecided"


def test_choose_all_when_filtered_changes_all_pages_and_only_those(
    as_rita: Client, read: Connection, django_assert_max_num_queries: Any
) -> None:
    for number in range(130):
        _post(read, title=f"Engineer {number}")
    other = _post(read, title="Cook")
    with django_assert_max_num_queries(30):
        answer = as_rita.post(PAGE + "choose/", {"all": "on", "filter": "q=engineer", "q": "cook"}, headers=HTMX)
    assert "130 jobs chosen. Press Import to save." in answer.text
    assert "130 go live, 1 is imported switched off." in answer.text
    assert answer.text.count(" checked") == 101, "a page of switches, and the box of the others"
    assert not ImportChoice.objects.filter(post=other).exists()
    answer = as_rita.post(PAGE + "choose/", {"all": "forget"}, follow=True)
    assert "130 jobs as before" in answer.text
    assert not ImportChoice.objects.exists()


def test_choose_one_when_switched_answers_with_the_new_count(as_rita: Client, read: Connection) -> None:
    post = _post(read)
    address = f"{PAGE}choose/{post.pk}/"
    text = as_rita.post(address, {"live": [post.pk, 9]}, headers=HTMX).text
    assert "1 goes live." in text
    assert "not saved" in text
    assert f'name="was" value="{post.pk}"' in text
    assert "1 is imported switched off." in as_rita.post(address, {}, headers=HTMX).text
    assert not ImportChoice.objects.exists()
    text = as_rita.post(address, {"do": "skip", "has_others": "1"}, headers=HTMX).text
    assert "1 is not imported." in text
    assert "Import after all" in text


def test_choose_one_when_the_post_has_left_says_so_and_keeps_nothing(as_rita: Client, read: Connection) -> None:
    stranger, gone = GreenhouseJobPostFactory(), _post(read, is_live=False)
    for post in (stranger, gone):
        text = as_rita.post(f"{PAGE}choose/{post.pk}/", {"live": post.pk}, headers=HTMX).text
        assert "has just left your career site" in text
    assert not ImportChoice.objects.exists()


def test_save_when_posts_left_meanwhile_says_so(as_rita: Client, read: Connection, rita: User) -> None:
    ImportChoice.objects.create(user=rita, post=_post(read, is_live=False), switch="live")
    text = as_rita.post(PAGE + "save/", follow=True).text
    assert "No new jobs; 0 of the listed jobs are live" in text
    assert "1 job of your choice was no longer on your career site" in text


def test_nonsense_in_the_forms_is_ignored(as_rita: Client, read: Connection) -> None:
    form = {"was": ["x", "-1", "999999"], "live": ["<script>", "9" * 30], "page": "9" * 40, "all": "drop", "do": "x"}
    assert "No new jobs" in as_rita.post(PAGE + "save/", form, follow=True).text
    assert (
        as_rita.post(PAGE + "choose/", {**form, "filter": "page=0&state=x&remote=\x00"}, follow=True).status_code == 200
    )
    assert as_rita.get(PAGE + "?q=%00&page=-1&state=no&remote=no&department=x").status_code == 200
    assert as_rita.get(PAGE, {"q": "a " * 1000}).status_code == 200
    assert as_rita.post(PAGE + f"choose/{10**17}/", form).status_code == 200
