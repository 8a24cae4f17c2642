"""Connect many of our jobs to Greenhouse posts at once: what to propose, what was meant, and doing it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import Employer, User
from integrations.linking import joined, matching
from integrations.models import Connection, GreenhouseJobPost, GreenhouseJobPostQuerySet, JobLink
from integrations.suggestions import suggest, title_key
from jobs.models import Job, JobQuerySet, JobState

FOUND_AT_MOST = 20
_ID = re.compile(r"#(\w+)\s*$")
_TAKEN = "Meanwhile this role was connected to another job."


@dataclass
class Pair:
    """One of our jobs, what stands in its field, and why that cannot be."""

    job: Job
    typed: str = ""
    reason: str = ""
    problem: str = ""
    post: GreenhouseJobPost | None = None
    found: list[GreenhouseJobPost] = field(default_factory=list)


def unconnected(employer: Employer) -> JobQuerySet:
    """The jobs that could be connected: not closed, and without a post. Those that are live come first."""
    rows: JobQuerySet = Job.objects.for_employer(employer).exclude(state=JobState.CLOSED)
    return rows.filter(greenhouse_link=None).defer("description", "questions")


def free_posts(connection: Connection) -> GreenhouseJobPostQuerySet:
    """The active positions that no job of ours has yet."""
    return GreenhouseJobPost.objects.filter(connection=connection, link=None).offered()


def search_free(connection: Connection, words: str) -> list[GreenhouseJobPost]:
    """Find free posts by title, place, Greenhouse ID, requisition or department. One query."""
    return list(joined(matching(free_posts(connection), words))[:FOUND_AT_MOST])


def label_of(post: GreenhouseJobPost) -> str:
    """Name a post so that it can be told from its twins, and found again by what is typed."""
    hiring = post.greenhouse_job
    internal = f"in {hiring.name}" if hiring and hiring.name != post.title else ""
    return " · ".join(part for part in (post.title, post.location, internal, f"#{post.remote_id}") if part)


def propose(connection: Connection, jobs: Iterable[Job]) -> list[Pair]:
    """Lay each job beside the free post that is probably meant, if one is. Two queries; no post is proposed twice."""
    jobs = list(jobs)
    wanted = {title_key(job.title) for job in jobs}
    free = free_posts(connection)
    same = [pk for pk, title in free.order_by().values_list("pk", "title") if title_key(title) in wanted]
    left = {post.pk: post for post in joined(free.filter(pk__in=same[:1000]))} if same else {}
    pairs = [Pair(job) for job in jobs]
    for pair in pairs:
        if found := suggest(pair.job, left.values()):
            left.pop(found.post.pk)
            pair.typed, pair.reason = label_of(found.post), found.reason
    for pair in pairs:
        if not pair.typed:  # twins: only a person can tell which one
            key = title_key(pair.job.title)
            pair.found = [post for post in left.values() if title_key(post.title) == key][:FOUND_AT_MOST]
    return pairs


def read_typed(connection: Connection, jobs: Iterable[Job], typed: Mapping[int, str]) -> list[Pair]:
    """Find the post that each filled-in field means: by the ID at its end, or as the only one that matches.

    Shape: pairs of the filled-in fields alone, each with its post or its problem. One query for all IDs, and one for
    each field that was filled with words.
    """
    ids = {found.group(1) for text in typed.values() if (found := _ID.search(text))}
    by_id = {post.remote_id: post for post in joined(free_posts(connection).filter(remote_id__in=ids))}
    pairs = []
    for job in jobs:
        if text := typed.get(job.pk, ""):
            pairs.append(_read(connection, Pair(job, typed=text), by_id))
    _refuse_twins(pairs)
    return pairs


def _read(connection: Connection, pair: Pair, by_id: Mapping[str, GreenhouseJobPost]) -> Pair:
    if named := _ID.search(pair.typed):
        pair.post = by_id.get(named.group(1))
        pair.problem = (
            "" if pair.post else "No free role has this ID. It may have been connected or taken down meanwhile."
        )
        return pair
    pair.found = search_free(connection, pair.typed)
    exact = [post for post in pair.found if title_key(post.title) == title_key(pair.typed)]
    fitting = exact if len(exact) == 1 else pair.found
    if len(fitting) == 1:
        pair.post, pair.found = fitting[0], []
    elif fitting:
        pair.problem = "Several roles match. Choose one of them."
    else:
        pair.problem = "No free role matches these words."
    return pair


def _refuse_twins(pairs: list[Pair]) -> None:
    """One post feeds one job: of two fields with the same post, the first has it."""
    holders: dict[int, Job] = {}
    for pair in pairs:
        if pair.post is None:
            continue
        first = holders.setdefault(pair.post.pk, pair.job)
        if first is not pair.job:
            pair.post, pair.problem = None, f"You chose the same role for “{first.title}”."


def connect_pairs(pairs: Iterable[Pair], *, by: User) -> int:
    """Connect what can be connected and return how many that were; the others get a problem.

    Effects: one transaction, three queries. What a colleague connected meanwhile stays as it is.
    Repeat: harmless.
    """
    chosen = [pair for pair in pairs if pair.post is not None]
    with transaction.atomic():
        JobLink.objects.bulk_create(
            [JobLink(job=pair.job, post=pair.post, linked_by=by) for pair in chosen],
            ignore_conflicts=True,  # both sides are unique: whoever came first has it
        )
        jobs = JobLink.objects.filter(job__in=[pair.job.pk for pair in chosen])
        stored = dict(jobs.values_list("job_id", "post_id"))
    for pair in chosen:
        if pair.post is not None and stored.get(pair.job.pk) != pair.post.pk:
            pair.problem = "Meanwhile this job was connected." if pair.job.pk in stored else _TAKEN
    return sum(not pair.problem for pair in chosen)
