"""The list of the import dialog: one page of the active positions, narrowed down as the address asks."""

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from integrations.importing import CLOSED, DO_NOT_IMPORT, LIVE, OFF, UNDECIDED, offered_posts
from integrations.models import Connection
from integrations.searching import cleaned, every_word, page_number
from jobs.models import PLACES_JOINED_BY, is_in_place

PER_PAGE = 100
_SEARCHED = (
    *("title__icontains", "location__icontains", "team__icontains", "greenhouse_job__requisition_id__icontains"),
    *("remote_id__startswith", "job_remote_id__startswith"),
)
UNDER = " › "  # between a department and the one below it
STATES = {
    "": "All",
    "new": "New",
    UNDECIDED: "Undecided",
    LIVE: "Live",
    OFF: "Off",
    CLOSED: "Closed",
    DO_NOT_IMPORT: "Do not import",
    "changed": "Changed, not saved",
}
REMOTE = {"": "Anywhere", "yes": "Fully remote", "no": "On site or hybrid"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed down to, as the address says it."""

    q: str = ""
    department: str = ""
    location: str = ""
    remote: str = ""
    state: str = ""
    page: int = 1
    others: str = ""  # "no": what nobody decided on is not imported either

    @classmethod
    def from_query(cls, query: QueryDict) -> "Asked":
        words = {name: _clean(query.get(name, "")) for name in ("department", "location", "remote", "state")}
        return cls(
            q=cleaned(query.get("q", "")),
            department=words["department"],
            location=words["location"],
            remote=words["remote"] if words["remote"] in REMOTE else "",
            state=words["state"] if words["state"] in STATES else "",
            page=page_number(query.get("page", "")),
            others="no" if query.get("others") == "no" else "",
        )

    @property
    def takes_others(self) -> bool:
        return self.others != "no"

    def at(self, page: int) -> str:
        """The same list at another page, as it stands in an address."""
        values = asdict(replace(self, page=page))
        return urlencode({name: value for name, value in values.items() if value and (name, value) != ("page", 1)})

    @property
    def as_query(self) -> str:
        return self.at(self.page)


@dataclass(frozen=True, slots=True)
class Row:
    """One post of the list, ready to be shown."""

    pk: int
    title: str
    location: str
    team: str
    now: str
    wanted: str
    is_changed: bool
    is_new: bool
    twin_note: str  # the Greenhouse job, where several posts have one title

    @property
    def is_on(self) -> bool:
        return self.wanted == LIVE

    @property
    def is_imported(self) -> bool:
        return self.now in (LIVE, OFF, CLOSED)

    @property
    def is_skipped(self) -> bool:
        return self.wanted == DO_NOT_IMPORT

    @property
    def now_words(self) -> str:
        return STATES[self.now]


@dataclass(frozen=True, slots=True)
class ImportList:
    """One page of rows, and what it can be narrowed down to: each choice as (value, text), or with a count."""

    asked: Asked
    page: Page[Any]
    rows: list[Row]
    states: list[tuple[str, str, int]]
    departments: list[str]
    locations: list[str]
    remote: list[tuple[str, str]]
    is_empty: bool  # whatever it is narrowed down to

    @property
    def found_count(self) -> int:
        return int(self.page.paginator.count)


def import_list(connection: Connection, user: User, asked: Asked) -> ImportList:
    """Read one page of the list. Five queries, however many posts."""
    posts = offered_posts(connection, user)
    departments, locations = _choices(posts)
    narrowed = _narrowed(posts, replace(asked, state=""))
    states = _state_counts(narrowed, connection.import_saved_at)
    found = _in_state(narrowed, asked.state, connection.import_saved_at)
    paginator = Paginator(found.select_related("greenhouse_job"), PER_PAGE)
    paginator.count = states[asked.state]
    page = paginator.get_page(asked.page)
    return ImportList(
        asked=replace(asked, page=page.number),
        page=page,
        rows=_rows(posts, list(page), connection.import_saved_at),
        states=[(value, text, states[value]) for value, text in STATES.items()],
        departments=departments,
        locations=locations,
        remote=list(REMOTE.items()),
        is_empty=not posts.exists(),
    )


def found_posts(connection: Connection, user: User, asked: Asked) -> "QuerySet[Any]":
    """All posts that fit, on every page."""
    return _in_state(_narrowed(offered_posts(connection, user), asked), asked.state, connection.import_saved_at)


def one_row(connection: Connection, user: User, pk: int) -> Row | None:
    """Read one post as the list shows it; None if it is not offered any more."""
    posts = offered_posts(connection, user)
    found = list(posts.filter(pk=pk).select_related("greenhouse_job"))
    return _rows(posts, found, connection.import_saved_at)[0] if found else None


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()  # PostgreSQL cannot even be asked for a NUL


def _narrowed(posts: "QuerySet[Any]", asked: Asked) -> "QuerySet[Any]":
    posts = posts.filter(every_word(asked.q, _SEARCHED))
    if asked.department:
        posts = posts.filter(Q(team=asked.department) | Q(team__startswith=asked.department + UNDER))
    if asked.location:
        posts = posts.filter(is_in_place(asked.location))
    if asked.remote:
        posts = posts.filter(is_remote=asked.remote == "yes")
    return posts


def _is_new(saved_at: datetime | None) -> Q:
    """Undecided, and first seen or first published since somebody last chose; on the very first import nothing is new.

    A draft is seen before it is published, where somebody looks at what is not listed.
    """
    if saved_at is None:
        return Q(pk__in=())
    return Q(now=UNDECIDED) & (Q(first_seen_at__gt=saved_at) | Q(first_published_at__gt=saved_at))


def _came_at(post: Any) -> datetime:
    came_at: datetime = max(post.first_seen_at, post.first_published_at or post.first_seen_at)
    return came_at


def _in_state(posts: "QuerySet[Any]", state: str, saved_at: datetime | None) -> "QuerySet[Any]":
    if not state:
        return posts
    return posts.filter(_state_rule(state, saved_at))


def _state_rule(state: str, saved_at: datetime | None) -> Q:
    if state == "new":
        return _is_new(saved_at)
    return Q(choice__isnull=False) if state == "changed" else Q(now=state)


def _state_counts(posts: "QuerySet[Any]", saved_at: datetime | None) -> dict[str, int]:
    counted = [state for state in STATES if state and (state != "new" or saved_at)]
    counts = {f"in_{state}": Count("pk", filter=_state_rule(state, saved_at)) for state in counted}
    found = posts.order_by().aggregate(in_=Count("pk"), **counts)
    return {state: found.get(f"in_{state}", 0) for state in STATES}


def _choices(posts: "QuerySet[Any]") -> tuple[list[str], list[str]]:
    """Every department, those above it included, and every place."""
    departments: set[str] = set()
    places: set[str] = set()
    for team, location in posts.order_by().values_list("team", "location").distinct():
        steps = team.split(UNDER)
        departments.update(UNDER.join(steps[: depth + 1]) for depth in range(len(steps)))
        places.update(location.split(PLACES_JOINED_BY))
    return _sorted(departments), _sorted(places)


def _sorted(names: set[str]) -> list[str]:
    return sorted((name for name in names if name.strip()), key=str.casefold)


def _rows(posts: "QuerySet[Any]", page: list[Any], saved_at: datetime | None) -> list[Row]:
    twins = _twins(posts, {post.title for post in page})
    return [
        Row(
            pk=post.pk,
            title=post.title,
            location=post.location,
            team=post.team,
            now=post.now,
            wanted=post.wanted,
            is_changed=post.choice is not None,
            is_new=bool(saved_at and post.now == UNDECIDED and _came_at(post) > saved_at),
            twin_note=_told_apart(post) if twins[post.title] > 1 else "",
        )
        for post in page
    ]


def _twins(posts: "QuerySet[Any]", titles: set[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    rows = posts.filter(title__in=titles).order_by().values("title").annotate(posts_here=Count("pk"))
    counts.update(rows.values_list("title", "posts_here"))
    return counts


def _told_apart(post: Any) -> str:
    job = post.greenhouse_job
    parts = [job.requisition_id, job.name if job.name != post.title else "", f"#{post.remote_id}"]
    return " · ".join(part for part in parts if part)
