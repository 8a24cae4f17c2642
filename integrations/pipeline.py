"""Who is where: everybody of an employer in the columns of our statuses, with Greenhouse's own stage on the card."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha256

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Employer, Membership
from candidates.models import (
    Activity,
    Application,
    ApplicationOrigin,
    ApplicationQuerySet,
    ApplicationStatus,
    Mark,
    MarkKind,
    TimelineEvent,
)
from integrations.ids import as_id
from integrations.models import Export, ExportState
from integrations.searching import cleaned, every_word
from jobs.models import Job

PER_COLUMN = 50
ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.GONE)
COLUMNS = tuple(status for status in ApplicationStatus if status not in ENDED)
LABELS = {ApplicationStatus.APPLIED: "Applied or sourced"}
DAYS = (7, 30, 90)
# These exports are Greenhouse's, or about to be: where somebody stands is decided there.
_UNDER_WAY = (*(ExportState.PENDING, ExportState.SENDING, ExportState.WAITING, ExportState.UNKNOWN), ExportState.SENT)


@dataclass(frozen=True)
class Asked:
    """What the page is asked to show. Anything odd asks for nothing."""

    job: str = ""
    origin: str = ""
    q: str = ""
    days: str = ""
    mine: str = ""
    column: str = ""

    @classmethod
    def of(cls, data: QueryDict) -> "Asked":
        return cls(**{field.name: cleaned(data.get(field.name, "")) for field in fields(cls)})

    @property
    def is_narrow(self) -> bool:
        return any(value for name, value in self.as_query.items() if name != "column")

    @property
    def as_query(self) -> dict[str, str]:
        """What was asked, for the addresses of other lists."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True)
class Column:
    """One status with those who were moved there last, and how many there are."""

    status: ApplicationStatus
    label: str
    count: int
    cards: list["Card"]

    @property
    def left_out(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Card:
    """One person on one job. `export` is the one by which they are in Greenhouse, or on the way there."""

    application: Application
    export: Export | None

    @property
    def is_led(self) -> bool:
        """True if where they stand is decided in Greenhouse."""
        return self.export is not None and is_led_by(self.export)


def is_led_by(export: Export) -> bool:
    return export.connection.is_connected and export.state in _UNDER_WAY


def led_in_greenhouse(application: Application) -> Export | None:
    """The export that leads somebody, if one does: then nobody moves them here."""
    exports = Export.objects.filter(application=application, state__in=_UNDER_WAY).select_related("connection")
    return next((export for export in exports if is_led_by(export)), None)


def matching(membership: Membership, asked: Asked) -> ApplicationQuerySet:
    """All that the filters leave of what the employer may see."""
    rows = Application.objects.visible_to(membership.employer).filter(every_word(asked.q, _NAMES))
    if asked.job:
        rows = rows.filter(job=None) if asked.job == "none" else rows.filter(job=as_id(asked.job) or 0)
    if asked.origin:
        rows = rows.filter(origin=asked.origin) if asked.origin in ApplicationOrigin.values else rows.none()
    if asked.days:
        days = as_id(asked.days) or 0
        rows = rows.filter(status_at__gte=timezone.now() - timedelta(days=days)) if days in DAYS else rows.none()
    return rows.filter(_handled_by(membership)) if asked.mine else rows


_NAMES = ("first_name__icontains", "last_name__icontains", "current_company__icontains", "job__title__icontains")


def _handled_by(membership: Membership) -> Q:
    """Whom a member did something with, or bookmarked."""
    told = TimelineEvent.objects.filter(application=OuterRef("pk"), actor=membership.user_id)
    person = {"employer": membership.employer_id, "candidate": OuterRef("candidate")}
    did = Activity.objects.filter(actor=membership.user_id, **person)
    marked = Mark.objects.filter(membership=membership, candidate=OuterRef("candidate"), kind=MarkKind.BOOKMARKED)
    return Q(Exists(told)) | Q(Exists(did)) | Q(Exists(marked))


@dataclass(frozen=True)
class Overview:
    """How many are in each column, and what changes whenever a card would look different."""

    counts: Mapping[str, int]
    fingerprint: str


def overview(membership: Membership, asked: Asked) -> Overview:
    """Count the columns. Three queries, and not a row of them."""
    rows = matching(membership, asked).order_by()
    seen = sorted(rows.values_list("status").annotate(Count("pk"), Max("pk"), Max("status_at")))
    exports = Export.objects.for_employer(membership.employer).order_by()
    moved = exports.aggregate(Max("pk"), Max("remote_since"), Max("sent_at"), Max("problem_at"))
    states = sorted(exports.values_list("state").annotate(Count("pk")))
    told = sha256(repr((seen, moved, states, asked)).encode()).hexdigest()[:20]
    return Overview({status: count for status, count, *_ in seen}, told)


def columns_of(membership: Membership, asked: Asked, counts: Mapping[str, int]) -> list[Column]:
    """Everybody in columns, 50 of each. Constant in queries, however many there are."""
    ids: list[int] = []
    for status in COLUMNS:
        rows = matching(membership, asked).filter(status=status).order_by("-status_at", "-pk")
        ids += rows.values_list("pk", flat=True)[:PER_COLUMN]
    by_status: dict[str, list[Card]] = {status: [] for status in ApplicationStatus}
    for card in cards_of(Application.objects.filter(pk__in=ids).order_by("-status_at", "-pk")):
        by_status[card.application.status].append(card)
    return [Column(status, label_of(status), counts.get(status, 0), by_status[status]) for status in ApplicationStatus]


def label_of(status: ApplicationStatus) -> str:
    return LABELS.get(status, status.label)


def cards_of(rows: QuerySet[Application]) -> list[Card]:
    """Load what a card shows. Two queries."""
    exports = Export.objects.select_related("connection", "greenhouse_job").order_by("pk")
    shown = ("first_name", "last_name", "status", "status_at", "origin", "job__title", "candidate__key")
    loaded = rows.select_related("job", "candidate").only("key", "employer", *shown)
    loaded = loaded.prefetch_related(Prefetch("exports", queryset=exports))
    return [Card(row, _leading(list(row.exports.all()))) for row in loaded]


def _leading(exports: list[Export]) -> Export | None:
    """Of several exports the one that is furthest: there, on the way, stopped; the newest of those."""
    order = {ExportState.SENT: 2, ExportState.CANCELLED: 0}
    return max(exports, key=lambda export: (order.get(ExportState(export.state), 1), export.pk), default=None)


def jobs_of(employer: Employer) -> QuerySet[Job]:
    """The jobs that somebody is on, for the filter."""
    somebody = Application.objects.filter(job=OuterRef("pk"))
    return Job.objects.filter(Exists(somebody), employer=employer).only("pk", "title").order_by("title", "pk")
