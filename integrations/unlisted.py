"""Not listed: every Greenhouse job and post that cannot be imported, each with its reason."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict

from integrations.models import JOB_STATUSES, Connection, GreenhouseJob, GreenhouseJobPost, GreenhouseName
from integrations.reasons import NotOffered
from integrations.searching import cleaned, every_word, page_number

PER_PAGE = 100
_SEARCHED_OF_JOBS = ("name__icontains", "requisition_id__icontains", "remote_id__startswith")
_SEARCHED_OF_POSTS = (
    *("title__icontains", "location__icontains", "remote_id__startswith", "job_remote_id__startswith"),
    *("greenhouse_job__name__icontains", "greenhouse_job__requisition_id__icontains"),
)
_COLUMNS = ("from_post", "row_id", "row_title", "row_job", "row_requisition", "row_place", "row_reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed down to, as the address says it."""

    q: str = ""
    reason: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> "Asked":
        reason = query.get("reason", "")
        return cls(
            q=cleaned(query.get("q", "")),
            reason=reason if reason in NotOffered.values else "",
            page=page_number(query.get("page", "")),
        )

    def at(self, page: int) -> str:
        """The same list at another page, as it stands in an address."""
        return urlencode({name: value for name, value in {**asdict(self), "page": page}.items() if value})

    @property
    def as_query(self) -> str:
        return self.at(self.page)


@dataclass(frozen=True, slots=True)
class Row:
    """A post, or a job without one, that is not offered."""

    is_post: bool
    remote_id: str
    title: str
    job: str
    requisition_id: str
    location: str
    reason_value: str

    @property
    def reason(self) -> NotOffered:
        return NotOffered(self.reason_value)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """One page of rows, and how many there are for each reason: (value, text, count)."""

    asked: Asked
    page: Page[Any]
    rows: list[Row]
    reasons: list[tuple[str, str, int]]
    total: int

    @property
    def previous(self) -> str:
        return self.asked.at(self.page.number - 1)

    @property
    def next(self) -> str:
        return self.asked.at(self.page.number + 1)


def unlisted(connection: Connection, asked: Asked) -> Unlisted:
    """Read one page of what is not listed. Three queries, however many jobs and posts."""
    posts = unlisted_posts(connection).filter(every_word(asked.q, _SEARCHED_OF_POSTS))
    jobs = jobs_without_post(connection).filter(every_word(asked.q, _SEARCHED_OF_JOBS))
    counts = dict.fromkeys(NotOffered.values, 0)
    for rows in (posts, jobs):
        for reason, count in rows.order_by().values_list("reason").annotate(rows_here=Count("pk")):
            counts[reason] += count
    if asked.reason:
        posts, jobs = posts.filter(reason=asked.reason), jobs.filter(reason=asked.reason)
    paginator = Paginator(_as_rows(posts, jobs), PER_PAGE)
    paginator.count = counts[asked.reason] if asked.reason else sum(counts.values())
    page = paginator.get_page(asked.page)
    return Unlisted(
        asked=asked,
        page=page,
        rows=[Row(*row) for row in page],
        reasons=[(reason.value, reason.short, counts[reason.value]) for reason in NotOffered if counts[reason.value]],
        total=sum(counts.values()),
    )


def unlisted_posts(connection: Connection) -> "QuerySet[Any]":
    """The posts that are not offered, with their `reason`; `GreenhouseJobPost.not_offered` is the same rule."""
    board = GreenhouseName.objects.filter(
        connection=connection, kind=GreenhouseName.Kind.JOB_BOARD, remote_id=OuterRef("board_remote_id"), is_live=False
    )
    job = "greenhouse_job__"
    reason = Case(
        When(is_active=False, then=Value(NotOffered.DELETED)),
        When(greenhouse_job=None, job_remote_id="", then=Value(NotOffered.PROSPECT)),
        When(greenhouse_job=None, then=Value(NotOffered.JOB_NOT_SEEN)),
        *_reasons_of_job(job),
        When(is_internal=True, then=Value(NotOffered.INTERNAL)),
        When(Q(is_live=False) & Exists(board), then=Value(NotOffered.BOARD_NOT_LIVE)),
        When(is_live=False, then=Value(NotOffered.NOT_LIVE)),
        default=Value(""),
        output_field=CharField(),
    )
    posts = GreenhouseJobPost.objects.filter(connection=connection)
    return posts.annotate(reason=reason).exclude(reason="")


def jobs_without_post(connection: Connection) -> "QuerySet[Any]":
    """The jobs that have no post but deleted ones, with the `reason` of the job itself, if it has another."""
    posts = GreenhouseJobPost.objects.filter(greenhouse_job=OuterRef("pk"), is_active=True)
    reason = Case(*_reasons_of_job(""), default=Value(NotOffered.NO_POST), output_field=CharField())
    return GreenhouseJob.objects.filter(~Exists(posts), connection=connection).annotate(reason=reason)


def _reasons_of_job(prefix: str) -> list[When]:
    return [
        When(~Q(**{f"{prefix}status__in": JOB_STATUSES}), then=Value(NotOffered.JOB_NOT_SEEN)),
        When(**{f"{prefix}is_template": True}, then=Value(NotOffered.TEMPLATE)),
        When(**{f"{prefix}status": "draft"}, then=Value(NotOffered.JOB_DRAFT)),
        When(**{f"{prefix}status": "closed"}, then=Value(NotOffered.JOB_CLOSED)),
        When(**{f"{prefix}is_confidential": True}, then=Value(NotOffered.CONFIDENTIAL)),
    ]


def _as_rows(posts: "QuerySet[Any]", jobs: "QuerySet[Any]") -> "QuerySet[Any]":
    """Posts and jobs in one list by title. Every column is text in both, or PostgreSQL would not join them."""
    empty = Value("", output_field=TextField())
    of_posts = posts.order_by().annotate(
        from_post=Value(True),
        row_id=Cast("remote_id", TextField()),
        row_title=F("title"),
        row_job=Coalesce(F("greenhouse_job__name"), empty),
        row_requisition=Coalesce(F("greenhouse_job__requisition_id"), empty),
        row_place=F("location"),
        row_reason=Cast("reason", TextField()),
    )
    of_jobs = jobs.order_by().annotate(
        from_post=Value(False),
        row_id=Cast("remote_id", TextField()),
        row_title=F("name"),
        row_job=empty,
        row_requisition=F("requisition_id"),
        row_place=empty,
        row_reason=Cast("reason", TextField()),
    )
    both: QuerySet[Any] = of_posts.values_list(*_COLUMNS).union(of_jobs.values_list(*_COLUMNS), all=True)
    return both.order_by("row_title", "row_id")
