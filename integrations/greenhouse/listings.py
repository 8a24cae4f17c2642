"""Which lists a reading of the career site goes through, kind by kind, and what it asks for next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from integrations.greenhouse.harvest import stamp
from integrations.greenhouse.reading import JOB_BOARDS, READINGS, Reading
from integrations.models import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhousePayRange,
    GreenhousePostLocation,
    SyncKind,
    SyncRun,
)
from jobs.models import JobState

Step = dict[str, Any]
Ids = Callable[[SyncRun], QuerySet[Any, Any]]

IDS_PER_REQUEST = 50
PAGES_IN_ONE_GO = 4
# Changes are asked for from this much before the last reading began: for clocks that differ where Greenhouse names no
# time, for records that are written before they can be listed, and for the time an answer takes.
OVERLAP = timedelta(minutes=5)
# More than this many at once is no news about single posts, and two requests for each fifty would tell nobody why.
ASKED_ONE_BY_ONE = 500

ABSENT, DELETED, ABSENT_JOBS = "absent job_posts", "deleted job_posts", "absent jobs"
JOBS_OF_CHANGED = "jobs of changed posts"


@dataclass(frozen=True)
class Listing:
    """One list that a reading goes through to its end.

    Shape: `ids` leads to pairs of a primary key and one of our rows' remote ids, which are then asked for by
    `ids_filter`, 50 at a time. `is_whole_first` lists are asked for as a whole as long as that takes fewer requests.
    Where not `marks_seen`, rows that have not changed are left as they are.
    """

    name: str  # in `SyncRun.progress`
    reading: Reading
    params: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()  # begins when these have been read to their end
    ids: Ids | None = None
    ids_filter: str = "ids"
    is_whole_first: bool = False
    marks_seen: bool = True


def listings_of(sync: SyncRun) -> dict[str, Listing]:
    """Return the lists of this run by name, in the order in which they are asked for."""
    found = {SyncKind.FULL: _full, SyncKind.CHANGES: _changes, SyncKind.SURVEY: _survey}[SyncKind(sync.kind)](sync)
    return {listing.name: listing for listing in found}


def new_progress(sync: SyncRun, refused: Iterable[str]) -> dict[str, Step]:
    """Where a reading begins; what needs one of these refused scopes, and can be done without, is left out."""
    return {
        name: left_out() if listing.reading.is_optional and listing.reading.scope in refused else not_begun()
        for name, listing in listings_of(sync).items()
    }


def not_begun() -> Step:
    return {"cursor": None, "pages": 0, "done": False}


def left_out() -> Step:
    return {"cursor": None, "pages": 0, "done": True, "left_out": True}


# --- the three kinds -----------------------------------------------------------------------


def _full(_: SyncRun) -> Iterable[Listing]:
    """What is on the career site now; then, one by one, what was there and is not any more."""
    posts = READINGS["job_posts"]
    for reading in READINGS.values():
        if not reading.after:
            yield Listing(reading.collection, reading, reading.params)
    yield Listing(ABSENT, posts, after=("job_posts",), ids=_absent_posts)
    yield Listing(DELETED, posts, {"active": "false"}, after=("job_posts", ABSENT), ids=_absent_posts)
    yield Listing(ABSENT_JOBS, READINGS["jobs"], after=("jobs", "job_posts", ABSENT, DELETED), ids=_absent_jobs)
    for reading in _of_posts():
        yield Listing(
            reading.collection,
            reading,
            reading.params,
            after=("job_posts", ABSENT, DELETED),
            ids=posts_asked_about,
            ids_filter="job_post_ids",
            is_whole_first=True,
        )


def _changes(sync: SyncRun) -> Iterable[Listing]:
    """What has changed, whatever its state: a post that left the career site shows up with its new one.

    Of a post that changed, or of which a place or pay range did, all places and pay ranges are read: one that was
    deleted does not announce itself, and one that is old is new to us if the post was a draft until now.
    """
    assert sync.changed_since is not None  # noqa: S101 - for the type checker
    changed = {"updated_at": f"gte|{stamp(sync.changed_since - OVERLAP)}"}
    posts = READINGS["job_posts"]
    first = [*READINGS, DELETED]
    for reading in READINGS.values():
        yield Listing(reading.collection, reading, changed, marks_seen=False)
    yield Listing(DELETED, posts, {"active": "false", **changed}, marks_seen=False)
    yield Listing(JOBS_OF_CHANGED, READINGS["jobs"], after=("job_posts", "jobs"), ids=_unknown_jobs)
    for reading in _of_posts():
        name = f"{reading.collection} of changed posts"
        yield Listing(name, reading, after=tuple(first), ids=posts_asked_about, ids_filter="job_post_ids")


def _survey(_: SyncRun) -> Iterable[Listing]:
    """What is not on the career site, so that the page can say why."""
    posts, jobs = READINGS["job_posts"], READINGS["jobs"]
    for name, params in (
        ("unpublished job_posts", {"live": "false"}),
        ("internal job_posts", {"internal": "true"}),
        (DELETED, {"active": "false"}),
    ):
        yield Listing(name, posts, params, marks_seen=False)
    yield Listing("draft jobs", jobs, {"status": "draft"}, marks_seen=False)
    yield Listing("closed jobs", jobs, {"status": "closed"}, marks_seen=False)
    yield Listing(JOB_BOARDS.collection, JOB_BOARDS, marks_seen=False)


def _of_posts() -> Iterable[Reading]:
    return (reading for reading in READINGS.values() if reading.after)


# --- whose ids are asked for ---------------------------------------------------------------


def posts_asked_about(sync: SyncRun) -> QuerySet[Any, Any]:
    """Return the published posts of which this run reads, or has read, every place and pay range.

    Those that it saw or, reading changes, that were found changed in any part since they were last read to the end.
    """
    posts = GreenhouseJobPost.objects.filter(connection=sync.connection_id, is_live=True).values_list("pk", "remote_id")
    if sync.kind != SyncKind.CHANGES:
        return posts.filter(seen_in=sync)
    runs = SyncRun.objects.since_complete(sync).values("pk")
    changed = Q(seen_in__in=runs)
    for model in (GreenhousePostLocation, GreenhousePayRange):
        parts = model._default_manager.filter(connection=sync.connection_id, seen_in__in=runs)
        changed |= Q(remote_id__in=parts.values("post_remote_id"))
    return posts.filter(changed)


def absent_posts(sync: SyncRun) -> QuerySet[GreenhouseJobPost]:
    """Posts that feed a job of ours and that a full reading did not show, though they were there before."""
    posts = GreenhouseJobPost.objects.filter(connection=sync.connection_id, is_live=True, link__isnull=False)
    return posts.exclude(seen_in=sync).exclude(link__job__state=JobState.CLOSED)


def _absent_posts(sync: SyncRun) -> QuerySet[Any, Any]:
    return _unless_too_many(absent_posts(sync), sync).values_list("pk", "remote_id")


def _absent_jobs(sync: SyncRun) -> QuerySet[Any, Any]:
    """The same for the jobs of such posts."""
    jobs = GreenhouseJob.objects.filter(connection=sync.connection_id, status="open").exclude(seen_in=sync)
    linked = jobs.filter(posts__link__isnull=False).exclude(posts__link__job__state=JobState.CLOSED)
    return _unless_too_many(linked.distinct(), sync).values_list("pk", "remote_id")


def _unless_too_many(rows: QuerySet[Any], sync: SyncRun) -> QuerySet[Any]:
    if sync.posts_read == 0:  # it shows nothing at all, so asking again would show nothing either
        return rows.none()
    return rows if rows[ASKED_ONE_BY_ONE : ASKED_ONE_BY_ONE + 1].count() == 0 else rows.none()


def _unknown_jobs(sync: SyncRun) -> QuerySet[Any, Any]:
    """Jobs of posts that changed, where the job itself did not and was never read."""
    runs = SyncRun.objects.since_complete(sync).values("pk")
    posts = GreenhouseJobPost.objects.filter(connection=sync.connection_id, seen_in__in=runs, is_live=True)
    known = GreenhouseJob.objects.filter(connection=sync.connection_id).values("remote_id")
    return posts.exclude(job_remote_id="").exclude(job_remote_id__in=known).values_list("pk", "job_remote_id")


# --- what to ask for next ------------------------------------------------------------------


def is_ready(sync: SyncRun, listing: Listing, unsaved: str) -> bool:
    """Tell whether the next page of a list can be asked for while a page of `unsaved` is not written yet."""
    if sync.progress[listing.name]["done"]:
        return False
    if listing.is_whole_first and not _goes_by_ids(sync, listing):
        # From the first page of posts on: if it is not the last, there are far too many posts to ask by their ids.
        return bool(sync.progress["job_posts"]["pages"])
    return unsaved not in listing.after and all(sync.progress[name]["done"] for name in listing.after)


def _goes_by_ids(sync: SyncRun, listing: Listing) -> bool:
    """Once all posts are read, ask for their parts by id (contract §3.2) if the whole collection is longer."""
    if listing.ids is None or not listing.is_whole_first:
        return listing.ids is not None
    step, posts = sync.progress[listing.name], sync.progress["job_posts"]
    chunks = -(-sync.posts_read // IDS_PER_REQUEST)
    return bool(step.get("by_ids")) or (posts["done"] and (chunks <= 1 or step["pages"] >= chunks))


def pages_in_one_go(sync: SyncRun, listing: Listing) -> int:
    """How many pages of a list may be fetched one after the other before the first of them is written.

    While more posts are to come there are too many to ask for their parts by id, so their parts need not wait.
    """
    return PAGES_IN_ONE_GO if listing.is_whole_first and not sync.progress["job_posts"]["done"] else 1


def next_query(sync: SyncRun, listing: Listing) -> dict[str, Any] | None:
    """What to ask for next; None when nothing is left to ask, and the list is done."""
    step = sync.progress[listing.name]
    if listing.ids is None or not _goes_by_ids(sync, listing):
        params = {name: value for name, value in listing.params.items() if name not in step.get("refused", ())}
        return {"cursor": step["cursor"]} if step["cursor"] else {"params": params}
    if not step.get("by_ids"):
        step.update(by_ids=True, asked_to=0, cursor=None)
    if step["cursor"]:
        return {"cursor": step["cursor"]}
    rows = list(listing.ids(sync).filter(pk__gt=step["asked_to"]).order_by("pk")[:IDS_PER_REQUEST])
    if not rows:
        step["done"] = True
        return None
    step["asks_to"] = rows[-1][0]
    ids = ",".join(dict.fromkeys(remote_id for _, remote_id in rows))
    return {"params": {**listing.params, listing.ids_filter: ids}}


def advance(step: Step, *, next_cursor: str | None) -> None:
    """Note that a page of a list has come."""
    step["pages"] += 1
    step["cursor"] = next_cursor
    if next_cursor is not None:
        return
    if step.get("by_ids"):
        step["asked_to"] = step["asks_to"]
    else:
        step["done"] = True
