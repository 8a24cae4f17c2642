"""What is chosen in the import dialog and what saving it does: no page, no request."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from integrations import importing
from integrations.import_list import Asked, ImportList, import_list
from integrations.importing import (
    choose,
    choose_all,
    forget_choices,
    import_posts,
    offered_posts,
    pending,
    save_choices,
)
from integrations.models import (
    Connection,
    GreenhouseJobPost,
    ImportChoice,
    JobLink,
    PostDecision,
    SyncState,
)
from integrations.progress import progress_of
from jobs.models import Job, JobState
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobLinkFactory, SyncRunFactory


@pytest.fixture
def quiet(employer: Any) -> Connection:
    """A connection that nobody reads from."""
    return ConnectionFactory(employer=employer)


def _post(connection: Connection, state: str = "undecided", **fields: Any) -> GreenhouseJobPost:
    post: GreenhouseJobPost = GreenhouseJobPostFactory(
        connection=connection, greenhouse_job__connection=connection, **fields
    )
    if state == "skip":
        GreenhouseJobPost.objects.filter(pk=post.pk).update(decision=PostDecision.DO_NOT_IMPORT)
    elif state != "undecided":
        JobLinkFactory(post=post, job__state=state, is_imported=True)
    return post


def _list(connection: Connection, user: User, query: str = "") -> ImportList:
    return import_list(connection, user, Asked.from_query(QueryDict(query)))


def _choice(post: GreenhouseJobPost) -> str:
    return "".join(ImportChoice.objects.filter(post=post).values_list("switch", flat=True))


@pytest.mark.parametrize(
    ("now", "action", "choice"),
    [
        ("undecided", "on", "live"),
        ("undecided", "off", ""),
        ("undecided", "skip", "skip"),
        ("live", "off", "off"),
        ("live", "on", ""),
        ("live", "skip", ""),
        ("off", "on", "live"),
        ("draft", "off", ""),
        ("closed", "on", "live"),
        ("skip", "unskip", "off"),
        ("skip", "on", "live"),
        ("skip", "skip", ""),
    ],
)
def test_choose_when_nothing_would_change_keeps_no_choice(
    quiet: Connection, rita: User, now: str, action: str, choice: str
) -> None:
    post = _post(quiet, now)
    ImportChoice.objects.create(user=rita, post=post, switch="off" if choice == "live" else "live")
    assert choose(connection=quiet, user=rita, changes={post.pk: action}) == 1
    assert _choice(post) == choice


def test_choose_of_others_posts_does_nothing(quiet: Connection, rita: User) -> None:
    stranger = GreenhouseJobPostFactory()
    assert choose(connection=quiet, user=rita, changes={stranger.pk: "on"}) == 0
    assert not ImportChoice.objects.exists()


def test_choose_all_on_spares_what_was_set_aside_unless_that_is_meant(quiet: Connection, rita: User) -> None:
    posts = {now: _post(quiet, now) for now in ("undecided", "live", "off", "closed", "skip")}
    set_aside = _post(quiet)
    choose(connection=quiet, user=rita, changes={set_aside.pk: "skip", posts["live"].pk: "off"})
    everything = offered_posts(quiet, rita)
    assert choose_all(user=rita, posts=everything, action="on") == 2
    assert {now: _choice(post) for now, post in posts.items()} == {
        "undecided": "live",
        "live": "",
        "off": "live",
        "closed": "",
        "skip": "",
    }
    assert _choice(set_aside) == "skip"
    assert choose_all(user=rita, posts=everything.filter(now="skip"), action="on", is_meant="skip") == 1
    assert choose_all(user=rita, posts=everything, action="off") == 2, "one live, one undecided"
    assert [_choice(posts[now]) for now in ("undecided", "live", "off")] == ["off", "off", ""]
    assert choose_all(user=rita, posts=everything, action="skip") == 2
    assert forget_choices(connection=quiet, user=rita) > 0
    assert not ImportChoice.objects.exists()


def test_pending_says_in_words_what_import_will_do(quiet: Connection, rita: User, alice: User) -> None:
    posts = [_post(quiet, now) for now in ("undecided", "off", "live", "undecided", "skip", "undecided", "undecided")]
    actions = ("on", "on", "off", "skip", "unskip")
    changes = {post.pk: action for post, action in zip(posts, actions, strict=False)}
    choose(connection=quiet, user=rita, changes=changes)
    found = pending(quiet, rita)
    assert found.words == "2 go live, 1 goes off, 1 is imported switched off, 1 is not imported"
    assert found.words_with_others == "2 go live, 1 goes off, 3 are imported switched off, 1 is not imported"
    assert (found.change_count, found.change_count_with_others) == (5, 7)
    assert pending(quiet, alice).words == "Nothing changes", "another's choices are theirs"


def test_save_does_what_was_chosen_and_remembers_who(quiet: Connection, rita: User) -> None:
    on, skipped, other = _post(quiet), _post(quiet), _post(quiet)
    live, closed = _post(quiet, "live"), _post(quiet, "closed")
    JobLink.objects.filter(post=closed).update(asks_to_reopen=True)
    changes = {on.pk: "on", skipped.pk: "skip", live.pk: "off", closed.pk: "on"}
    choose(connection=quiet, user=rita, changes=changes)
    done = save_choices(connection=quiet, user=rita, with_others=False)
    assert (done.made, done.switched, done.skipped, done.gone) == (1, 2, 1, 0)
    states = dict(Job.objects.values_list("greenhouse_link__post", "state"))
    assert states == {on.pk: "live", live.pk: "off", closed.pk: "live"}
    assert not JobLink.objects.filter(asks_to_reopen=True).exists()
    decided = GreenhouseJobPost.objects.filter(decided_by=rita, decided_at__isnull=False)
    assert dict(decided.values_list("pk", "decision")) == {on.pk: "imported", skipped.pk: "do_not_import"}
    quiet.refresh_from_db()
    assert quiet.import_saved_at is not None
    assert pending(quiet, rita).words == "Nothing changes"
    assert save_choices(connection=quiet, user=rita, with_others=True).made == 1, "the other one, not the skipped"
    assert Job.objects.get(greenhouse_link__post=other).state == JobState.OFF
    choose(connection=quiet, user=rita, changes={skipped.pk: "unskip"})
    assert save_choices(connection=quiet, user=rita, with_others=False).made == 1, "after all"


def test_save_of_two_people_makes_no_second_job(quiet: Connection, rita: User, alice: User) -> None:
    post = _post(quiet)
    for person, action in ((rita, "on"), (alice, "skip")):
        choose(connection=quiet, user=person, changes={post.pk: action})
    assert save_choices(connection=quiet, user=rita, with_others=True).made == 1
    done = save_choices(connection=quiet, user=alice, with_others=True)
    assert (done.made, done.skipped) == (0, 0)
    assert Job.objects.get().is_live, "what is imported is switched, not skipped"
    assert not ImportChoice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_save_of_two_people_in_the_same_moment_makes_no_second_job(quiet: Connection, rita: User, alice: User) -> None:
    posts = [_post(quiet) for _ in range(20)]
    for person in (rita, alice):
        choose(connection=quiet, user=person, changes=dict.fromkeys([post.pk for post in posts], "on"))
    start = Barrier(2)

    def save(person: User) -> int:
        start.wait()
        try:
            return save_choices(connection=quiet, user=person, with_others=True).made
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(save, (rita, alice))) == 20
    assert (Job.objects.live().count(), ImportChoice.objects.count()) == (20, 0)


def test_save_when_killed_between_two_parts_goes_on_when_pressed_again(
    quiet: Connection, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    posts = [_post(quiet, title=title) for title in ("A", "B", "C")]
    choose(connection=quiet, user=rita, changes=dict.fromkeys([post.pk for post in posts], "on"))
    # The last post cannot become a job: the part before it is done and stays done.
    GreenhouseJobPost.objects.filter(title="C").update(pay_min_cents=2**62)
    monkeypatch.setattr(Job._meta.get_field("pay_min_cents"), "get_db_prep_save", _refuse)
    with pytest.raises(ValueError, match="refused"):
        save_choices(connection=quiet, user=rita, with_others=False)
    assert set(Job.objects.values_list("title", flat=True)) == {"A", "B"}
    assert [_choice(post) for post in posts] == ["", "", "live"]
    monkeypatch.undo()
    assert save_choices(connection=quiet, user=rita, with_others=False).made == 1


def _refuse(value: Any, connection: Any) -> Any:
    if value == 2**62:
        raise ValueError("refused")
    return value


def test_import_posts_that_are_not_offered_or_of_others_are_left_alone(quiet: Connection, rita: User) -> None:
    stranger = GreenhouseJobPostFactory()
    internal, confidential = _post(quiet, is_internal=True), _post(quiet, greenhouse_job__is_confidential=True)
    closed, deleted = _post(quiet, greenhouse_job__status="closed"), _post(quiet, is_active=False)
    ids = {post.pk for post in (stranger, internal, closed, confidential, deleted)}
    assert import_posts(connection=quiet, post_ids=ids, live_ids=ids, by=rita) == (0, 0)
    assert not Job.objects.exists()


def test_import_posts_twice_makes_no_second_job_and_moves_the_date_that_feeds_go_by(
    quiet: Connection, rita: User
) -> None:
    post = _post(quiet)
    assert import_posts(connection=quiet, post_ids={post.pk}, live_ids=set(), by=rita) == (1, 0)
    before = Job.objects.get().updated_at
    assert import_posts(connection=quiet, post_ids={post.pk}, live_ids={post.pk}, by=rita) == (0, 1)
    assert Job.objects.get().updated_at > before
    assert import_posts(connection=quiet, post_ids={post.pk}, live_ids=set(), by=rita) == (0, 0)
    assert (Job.objects.get().state, JobLink.objects.count()) == (JobState.OFF, 1)


def test_import_posts_takes_over_every_field_of_the_post(quiet: Connection, rita: User) -> None:
    post = _post(quiet, location="Oslo", language="no", public_url="https://example.com/1", is_remote=True)
    import_posts(connection=quiet, post_ids={post.pk}, live_ids={post.pk}, by=rita)
    job = Job.objects.get()
    assert {name: getattr(job, name) for name in post.as_job_fields()} == post.as_job_fields()


def test_save_of_many_costs_a_constant_number_of_statements(
    quiet: Connection, rita: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(120):
        _post(quiet)
    with django_assert_max_num_queries(25):
        save_choices(connection=quiet, user=rita, with_others=True)
    assert JobLink.objects.count() == 120


# --- the list ------------------------------------------------------------------------------


def test_list_finds_by_every_word_and_filter(quiet: Connection, rita: User) -> None:
    _post(quiet, title="Robot Poet", location="Oslo · Remote, Norway", greenhouse_job__requisition_id="REQ-7")
    _post(quiet, title="Cook", location="Oslo West", greenhouse_job__department_path="Food › Kitchen", is_remote=True)
    _post(quiet, "live", title="Waiter", remote_id="77001", greenhouse_job__department="Food")
    by_query = {
        "q=poet": ["Robot Poet"],
        "q=robot+oslo": ["Robot Poet"],
        "q=req-7": ["Robot Poet"],
        "q=77001": ["Waiter"],
        "q=kitchen": ["Cook"],
        "department=Food": ["Cook", "Waiter"],
        "department=Food › Kitchen": ["Cook"],
        "location=Oslo": ["Robot Poet"],
        "remote=yes": ["Cook"],
        "state=live": ["Waiter"],
        "state=undecided&q=oslo": ["Cook", "Robot Poet"],
        "q=nobody": [],
    }
    for query, titles in by_query.items():
        assert [row.title for row in _list(quiet, rita, query).rows] == titles, query
    found = _list(quiet, rita, "q=oslo")
    assert {value: count for value, _, count in found.states if count} == {"": 2, "undecided": 2}
    assert found.departments == ["Food", "Food › Kitchen"]
    assert found.locations == ["Oslo", "Oslo West", "Remote, Norway"]


def test_list_tells_posts_of_one_title_apart(quiet: Connection, rita: User) -> None:
    _post(quiet, title="Cook", remote_id="5", greenhouse_job__requisition_id="R-1", greenhouse_job__name="Cook, nights")
    _post(quiet, title="Cook", remote_id="6", greenhouse_job__name="Cook")
    _post(quiet, title="Waiter")
    notes = [row.twin_note for row in _list(quiet, rita).rows]
    assert notes == ["R-1 · Cook, nights · #5", "#6", ""]


def test_list_marks_what_is_new_since_somebody_last_chose(quiet: Connection, rita: User) -> None:
    old, new, draft = _post(quiet, title="Old"), _post(quiet, title="New"), _post(quiet, title="Once a draft")
    assert not any(row.is_new for row in _list(quiet, rita).rows), "on the first import nothing is new"
    quiet.import_saved_at = timezone.now()
    before, after = timezone.now() - timedelta(days=1), timezone.now() + timedelta(minutes=1)
    GreenhouseJobPost.objects.filter(pk=old.pk).update(first_seen_at=before, first_published_at=before)
    GreenhouseJobPost.objects.filter(pk=new.pk).update(first_seen_at=after)
    GreenhouseJobPost.objects.filter(pk=draft.pk).update(first_seen_at=before, first_published_at=after)
    is_new = {row.title: row.is_new for row in _list(quiet, rita).rows}
    assert is_new == {"Old": False, "New": True, "Once a draft": True}
    assert [row.title for row in _list(quiet, rita, "state=new").rows] == ["New", "Once a draft"]
    choose(connection=quiet, user=rita, changes={new.pk: "skip"})
    assert [row.title for row in _list(quiet, rita, "state=changed").rows] == ["New"]


def test_list_costs_the_same_for_two_pages_as_for_one(
    quiet: Connection, rita: User, django_assert_num_queries: Any
) -> None:
    _post(quiet)
    with django_assert_num_queries(5):
        _list(quiet, rita)
    for number in range(105):
        _post(quiet, "off" if number % 2 else "undecided", title="Cook")
    with django_assert_num_queries(5):
        found = _list(quiet, rita, "page=2")
    assert (len(found.rows), found.found_count, found.asked.page) == (6, 106, 2)


# --- how far a reading is ------------------------------------------------------------------


def test_progress_when_there_was_a_reading_before_estimates_from_its_pages(quiet: Connection) -> None:
    started = timezone.now() - timedelta(seconds=10)
    steps = {"job_posts": {"cursor": "x", "pages": 5, "done": False}}
    run = SyncRunFactory(connection=quiet, state=SyncState.RUNNING, started_at=started, pages_read=5, progress=steps)
    first = progress_of(run)
    assert first.words == "at least 2 seconds left", "one page of the open list, at two seconds a page"
    SyncRunFactory(connection=quiet, pk=run.pk - 1, state=SyncState.SUCCEEDED, pages_read=20, posts_read=900)
    again = progress_of(run)
    assert (again.words, again.percent, again.posts_before) == ("about 30 seconds left", 24, 900)
    run.pages_read = 30
    assert (progress_of(run).percent, progress_of(run).is_estimate) == (97, False)
    run.problem_code = "rate_limited"
    assert progress_of(run).words == ""
