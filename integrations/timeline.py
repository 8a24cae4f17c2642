"""What happened to somebody, by day: one line for one thing, whichever way we heard of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from candidates.models import TimelineEvent

SAME_MOMENT = timedelta(minutes=1)
ICONS = {
    "applied": "inbox",
    "sourced": "search",
    "requested": "clock",
    "found": "user-check",
    "sent": "send",
    "linked": "link",
    "contacts_added": "id",
    "file_added": "paperclip",
    "note_added": "note",
    "stage_moved": "arrow-right",
    "rejected": "user-x",
    "unrejected": "rotate",
    "withdrawn": "logout",
    "hired": "star",
    "unhired": "history",
    "converted": "user-plus",
    "transferred": "switch-horizontal",
    "merged": "users",
    "private": "lock",
    "anonymized": "eye-off",
    "gone": "trash",
    "cancelled": "ban",
}
_OTHER = "activity"


@dataclass
class Line:
    """One thing that happened; `jobs` are the titles it is about, where several applications are shown."""

    event: TimelineEvent
    jobs: list[str] = field(default_factory=list)

    @property
    def icon(self) -> str:
        return ICONS.get(self.event.kind, _OTHER)


@dataclass(frozen=True)
class Day:
    """A day in UTC with its lines, the newest first."""

    on: date
    lines: list[Line]


def days_of(events: Iterable[TimelineEvent], *, with_jobs: bool = False) -> list[Day]:
    """Sort events, the newest first, into days; the same thing told of two applications at once is one line.

    Shape: reads `actor`, and with `with_jobs` `application.job`, which the caller joins. No queries of its own.
    """
    days: list[Day] = []
    for event in events:
        on = timezone.localtime(event.at).date()
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        line = next((line for line in days[-1].lines if _is_same(line.event, event)), None)
        if line is None:
            line = Line(event)
            days[-1].lines.append(line)
        title = event.application.job_title if with_jobs else ""
        if title and title not in line.jobs:
            line.jobs.append(title)
    return days


def _is_same(one: TimelineEvent, other: TimelineEvent) -> bool:
    return (
        one.application_id != other.application_id
        and (one.kind, one.text, one.actor_id) == (other.kind, other.text, other.actor_id)
        and abs(one.at - other.at) < SAME_MOMENT
    )
