"""What happened to somebody, by day: one line for one thing, whichever way we heard of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import merge
from operator import attrgetter

from django.utils import timezone

from candidates.models import Activity, TimelineEvent

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
    "noted": "note",
    "emailed": "mail",
    "replied": "message-circle",
    "shared": "share",
    "link_copied": "link",
    "link_revoked": "link-off",
    "do_not_contact": "ban",
    "contact_again": "check",
}
_OTHER = "activity"


@dataclass
class Line:
    """One thing that happened, to an application or done by the team beside all of them.

    Shape: `jobs` are the titles it is about, where several applications are shown.
    """

    event: TimelineEvent | Activity
    jobs: list[str] = field(default_factory=list)

    @property
    def icon(self) -> str:
        return ICONS.get(self.event.kind, _OTHER)

    @property
    def origin(self) -> str:
        """From where we know of it; of what the team did, that is said by who did it."""
        return self.event.get_origin_display() if isinstance(self.event, TimelineEvent) else ""


@dataclass(frozen=True)
class Day:
    """A day in UTC with its lines, the newest first."""

    on: date
    lines: list[Line]


def days_of(
    events: Iterable[TimelineEvent], activities: Iterable[Activity] = (), *, with_jobs: bool = False
) -> list[Day]:
    """Sort what happened, the newest first, into days; the same thing told of two applications at once is one line.

    Shape: both come the newest first. Reads `actor`, and with `with_jobs` `application.job`, which the caller joins.
    No queries of its own.
    """
    days: list[Day] = []
    both: Iterable[TimelineEvent | Activity] = merge(events, activities, key=attrgetter("at"), reverse=True)
    for event in both:
        on = timezone.localtime(event.at).date()
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        line = next((line for line in days[-1].lines if _is_same(line.event, event)), None)
        if line is None:
            line = Line(event)
            days[-1].lines.append(line)
        title = event.application.job_title if with_jobs and isinstance(event, TimelineEvent) else ""
        if title and title not in line.jobs:
            line.jobs.append(title)
    return days


def _is_same(one: TimelineEvent | Activity, other: TimelineEvent | Activity) -> bool:
    if not isinstance(one, TimelineEvent) or not isinstance(other, TimelineEvent):
        return False
    return (
        one.application_id != other.application_id
        and (one.kind, one.text, one.actor_id) == (other.kind, other.text, other.actor_id)
        and abs(one.at - other.at) < SAME_MOMENT
    )
