"""Which Greenhouse post feeds which of our jobs: finding it, connecting, and what letting go of it means."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Case, When

from accounts.models import User
from integrations.ids import as_ids
from integrations.models import (
    DUE_EXPORT,
    Connection,
    Export,
    ExportState,
    GreenhouseJobPost,
    GreenhouseJobPostQuerySet,
    JobLink,
)
from integrations.searching import every_word
from integrations.suggestions import suggest, title_key
from jobs.models import Job

SHOWN_AT_MOST = 50
_SEARCHED = (
    *("title__icontains", "location__icontains", "remote_id__icontains", "job_remote_id__icontains"),
    *("greenhouse_job__name__icontains", "greenhouse_job__requisition_id__icontains"),
    *("greenhouse_job__department__icontains", "greenhouse_job__department_path__icontains"),
)
_LONG = ("content", "questions", "pay_ranges")  # not shown in a list, and up to a megabyte each


class AlreadyConnected(ValueError):
    """Another of the employer's jobs has this post."""


@dataclass(frozen=True)
class Offer:
    """A post that a job may be connected to; `holder` is the other job of ours that has it already."""

    post: GreenhouseJobPost
    holder: Job | None = None
    reason: str = ""

    @property
    def internal_name(self) -> str:
        """The name of its Greenhouse job where it says more than the title does."""
        job = self.post.greenhouse_job
        return job.name if job and job.name != self.post.title else ""


@dataclass(frozen=True)
class Offers:
    """The first offers of those that match, the chosen and the suggested one always among them."""

    rows: list[Offer]
    matches: int

    @property
    def are_all(self) -> bool:
        return self.matches <= SHOWN_AT_MOST


@dataclass(frozen=True)
class Leaving:
    """Who is affected when a job lets go of its post."""

    sent: int
    on_their_way: int


def find_offers(*, connection: Connection, job: Job, words: str, chosen: str = "") -> Offers:
    """Search the active positions by title, place, Greenhouse ID, requisition and department. Constant in queries.

    Every word must be found somewhere; roles that are still free come first. `chosen` is the primary key of the post
    that is ticked already, as text.
    """
    posts = GreenhouseJobPost.objects.filter(connection=connection)
    found = matching(posts.offered(), words)
    free_first = Case(When(link=None, then=0), default=1)
    rows = list(joined(found).order_by(free_first, "title", "pk")[: SHOWN_AT_MOST + 1])
    matches = len(rows) if len(rows) <= SHOWN_AT_MOST else found.count()
    suggested = suggestion_for(connection=connection, job=job) if not words else None
    first = [] if suggested is None else [suggested]
    ticked = [post for post in rows if str(post.pk) == chosen]
    if not ticked:
        ticked = list(joined(posts.filter(pk__in=as_ids([chosen]))))
    shown = {offer.post.pk for offer in first}
    for post in (*ticked, *rows[:SHOWN_AT_MOST]):
        if post.pk not in shown:
            shown.add(post.pk)
            first.append(Offer(post, _holder(post, job)))
    return Offers(first[:SHOWN_AT_MOST], matches)


def suggestion_for(*, connection: Connection, job: Job) -> Offer | None:
    """Propose the free post that is probably meant, for a job that has none. At most three queries."""
    if JobLink.objects.filter(job=job).exists():
        return None
    free = GreenhouseJobPost.objects.filter(connection=connection, link=None).offered()
    wanted = title_key(job.title)
    same = [pk for pk, title in free.values_list("pk", "title").order_by() if title_key(title) == wanted]
    found = suggest(job, joined(free.filter(pk__in=same[:SHOWN_AT_MOST]))) if same else None
    return Offer(found.post, reason=found.reason) if found else None


def matching(posts: GreenhouseJobPostQuerySet, words: str) -> GreenhouseJobPostQuerySet:
    """Leave the posts in which every word is found somewhere: title, place, ID, requisition, department."""
    return posts.filter(every_word(words, _SEARCHED))


def joined(posts: GreenhouseJobPostQuerySet) -> GreenhouseJobPostQuerySet:
    """Read posts with their Greenhouse job and the job of ours that has them, without what is long and not listed."""
    return posts.select_related("greenhouse_job", "link__job").defer(*_LONG, "link__job__description")


def _holder(post: GreenhouseJobPost, job: Job) -> Job | None:
    link = getattr(post, "link", None)
    return link.job if link and link.job_id != job.pk else None


def connect_job(*, job: Job, post: GreenhouseJobPost | None, by: User) -> None:
    """Say which Greenhouse post feeds a job; None takes the link away.

    Effects: one transaction. People already sent stay where they are, and followed. A job that was typed with us keeps
    its words, and one that changes its post keeps those it has: they follow no more.
    Raises: ValueError for a post of another employer, AlreadyConnected for one that feeds another job.
    """
    if post is None:
        JobLink.objects.filter(job=job).delete()
        return
    if post.connection.employer_id != job.employer_id:
        raise ValueError("The post belongs to another employer.")
    try:
        with transaction.atomic():
            _connect(job, post, by)
    except IntegrityError as exc:
        raise AlreadyConnected("The post feeds another job.") from exc


def _connect(job: Job, post: GreenhouseJobPost, by: User) -> None:
    link = JobLink.objects.filter(job=job).select_related("post").first()
    if link is None:
        JobLink.objects.create(job=job, post=post, linked_by=by)
    elif link.post_id != post.pk:
        if link.post.greenhouse_job_id != post.greenhouse_job_id:
            link.stage_remote_id = link.stage_name = ""  # a stage of another hiring plan
        link.post, link.linked_by = post, by
        link.is_imported, link.reopen_as, link.asks_to_reopen = False, "", False
        link.save()
        link.overrides.all().delete()


def leaving(link: JobLink) -> Leaving:
    """Count who was sent, and who is still to be sent, for the job of this link."""
    exports = Export.objects.filter(application__job=link.job_id, connection=link.post.connection_id)
    under_way = (*DUE_EXPORT, ExportState.SENDING)
    return Leaving(
        sent=exports.filter(state=ExportState.SENT).count(), on_their_way=exports.filter(state__in=under_way).count()
    )
