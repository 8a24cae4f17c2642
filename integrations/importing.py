"""Import Jobs: what a person chooses in the dialog, kept until they press Import, and what pressing it does."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Count, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from integrations.bulk import upsert
from integrations.greenhouse.follow import hold
from integrations.models import Connection, GreenhouseJobPost, ImportChoice, JobLink, PostDecision, Switch
from integrations.switching import To, switch_jobs
from jobs.models import Job, JobState

AT_ONCE = 500  # posts per transaction: their texts fit in memory, and nobody waits long for the database
UNDECIDED, LIVE, OFF, CLOSED, DO_NOT_IMPORT = "undecided", "live", "off", "closed", "skip"
# What a person can do with a post, by what it is now; what is not named here leaves it as it is.
_SWITCHES: Mapping[str, Mapping[str, Switch]] = {
    "on": dict.fromkeys((UNDECIDED, OFF, CLOSED, DO_NOT_IMPORT), Switch.LIVE),
    "off": {LIVE: Switch.OFF},
    "skip": {UNDECIDED: Switch.DO_NOT_IMPORT},
    "unskip": {DO_NOT_IMPORT: Switch.OFF},
}
# For many at once, *off* also says of the undecided that they are to be imported.
_SWITCHES_OF_ALL = {**_SWITCHES, "off": {LIVE: Switch.OFF, UNDECIDED: Switch.OFF}}
ACTIONS = frozenset(_SWITCHES)


def offered_posts(connection: Connection, user: User) -> "QuerySet[Any]":
    """The active positions, each with what it is `now`, this person's unsaved `choice`, and its `team`.

    Shape: `now` is undecided, live, off, closed or skip; `choice` a `Switch` or None. Texts are left out.
    """
    now = Case(
        When(link__job__state=JobState.LIVE, then=Value(LIVE)),
        When(link__job__state=JobState.CLOSED, then=Value(CLOSED)),
        When(link__isnull=False, then=Value(OFF)),
        When(decision=PostDecision.DO_NOT_IMPORT, then=Value(DO_NOT_IMPORT)),
        default=Value(UNDECIDED),
        output_field=CharField(),
    )
    team = Case(
        When(greenhouse_job__department_path="", then=F("greenhouse_job__department")),
        default=F("greenhouse_job__department_path"),
    )
    return (
        GreenhouseJobPost.objects.filter(connection=connection)
        .offered()
        .annotate(mine=FilteredRelation("choices", condition=Q(choices__user=user)), now=now, team=team)
        .annotate(choice=F("mine__switch"), wanted=Coalesce(F("mine__switch"), F("now")))
        .defer("content", "questions", "pay_ranges")
    )


# --- choosing ------------------------------------------------------------------------------


def choose(*, connection: Connection, user: User, changes: Mapping[int, str]) -> int:
    """Keep what a person did with posts, by id: on, off, skip or unskip. Returns how many of them are still offered.

    Effects: three statements. A choice that would leave everything as it is, is no choice and is forgotten.
    Repeat: harmless.
    """
    posts = offered_posts(connection, user).filter(pk__in=changes)
    rows = list(posts.values_list("pk", "now"))
    chosen = {pk: _SWITCHES[changes[pk]].get(now) for pk, now in rows}
    with transaction.atomic():
        ImportChoice.objects.filter(
            user=user, post__in=[pk for pk, switch in chosen.items() if switch is None]
        ).delete()
        _keep(user, {pk: switch for pk, switch in chosen.items() if switch is not None})
    return len(rows)


def choose_all(*, user: User, posts: "QuerySet[Any]", action: str, is_meant: str = "") -> int:
    """Do the same with all of these `offered_posts`, and return how many it concerns.

    Who switches everything on does not mean what was set aside (closed, not to be imported), unless `is_meant` says
    that these were asked for.
    Effects: a handful of statements, however many posts. Repeat: harmless.
    """
    spared = {CLOSED, DO_NOT_IMPORT} - {is_meant}
    switches = {now: switch for now, switch in _SWITCHES_OF_ALL[action].items() if now not in spared}
    if action in ("on", "off"):  # nor what this person has just set aside
        posts = posts.filter(Q(choice__isnull=True) | Q(choice__in=(Switch.LIVE, Switch.OFF)))
    meant = posts.filter(now__in=switches)
    chosen = {pk: switches[now] for pk, now in meant.values_list("pk", "now")}
    undone = posts.exclude(now__in=switches).exclude(now__in=spared).filter(choice__isnull=False)
    with transaction.atomic():
        ImportChoice.objects.filter(user=user, post__in=undone.order_by().values("pk")).delete()
        _keep(user, chosen)
    return len(chosen)


def forget_choices(*, connection: Connection, user: User) -> int:
    """Take back everything this person chose and did not save. Repeat: harmless."""
    return ImportChoice.objects.filter(user=user, post__connection=connection).delete()[0]


def _keep(user: User, switches: Mapping[int, Switch]) -> None:
    rows = [ImportChoice(user=user, post_id=pk, switch=switch) for pk, switch in switches.items()]
    upsert(rows, unique=["user", "post"], update=["switch"])


@dataclass(frozen=True, slots=True)
class Pending:
    """What pressing Import will do: how many jobs each way. `others` are those that nobody decided on."""

    go_live: int
    go_off: int
    imported_off: int
    skipped: int
    others: int

    @property
    def change_count(self) -> int:
        return self.go_live + self.go_off + self.imported_off + self.skipped

    @property
    def change_count_with_others(self) -> int:
        return self.change_count + self.others

    @property
    def words(self) -> str:
        return _sum(self.go_live, self.go_off, self.imported_off, self.skipped)

    @property
    def words_with_others(self) -> str:
        return _sum(self.go_live, self.go_off, self.imported_off + self.others, self.skipped)


def pending(connection: Connection, user: User) -> Pending:
    """Count what this person's choices would change. One query."""
    new = Q(now__in=(UNDECIDED, DO_NOT_IMPORT))
    counts = {
        "go_live": Q(choice=Switch.LIVE) & ~Q(now=LIVE),
        "go_off": Q(choice=Switch.OFF, now=LIVE),
        "imported_off": new & Q(choice=Switch.OFF),
        "skipped": Q(choice=Switch.DO_NOT_IMPORT, now=UNDECIDED),
        "others": Q(choice__isnull=True, now=UNDECIDED),
    }
    rows = offered_posts(connection, user).order_by()
    return Pending(**rows.aggregate(**{name: Count("pk", filter=condition) for name, condition in counts.items()}))


def _sum(go_live: int, go_off: int, imported_off: int, skipped: int) -> str:
    parts = [
        _count(go_live, "goes live", "go live"),
        _count(go_off, "goes off", "go off"),
        _count(imported_off, "is imported switched off", "are imported switched off"),
        _count(skipped, "is not imported", "are not imported"),
    ]
    return ", ".join(part for part in parts if part) or "Nothing changes"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""


def live_count(connection: Connection) -> int:
    """Count the active positions that are live on the company page."""
    offered = GreenhouseJobPost.objects.filter(connection=connection).offered()
    return offered.filter(link__job__state=JobState.LIVE).count()


# --- saving --------------------------------------------------------------------------------


@dataclass(slots=True)
class Imported:
    """What pressing Import did. `gone` are posts that had left the career site meanwhile."""

    made: int = 0
    switched: int = 0
    skipped: int = 0
    gone: int = 0
    live: set[int] = field(default_factory=set)


def save_choices(*, connection: Connection, user: User, with_others: bool) -> Imported:
    """Do what this person chose, and import what nobody decided on, switched off, if that is wanted.

    Effects: a transaction per 500 posts; one that is killed half-way keeps what it did, and pressing again goes on.
    Repeat: changes nothing more.
    """
    posts = offered_posts(connection, user).order_by("pk")
    wanted = posts.filter(Q(choice__isnull=False) | Q(now=UNDECIDED)) if with_others else posts.exclude(choice=None)
    switches = {pk: Switch(choice or Switch.OFF) for pk, choice in wanted.values_list("pk", "choice")}
    done = _apply(connection, switches, user)
    left = ImportChoice.objects.filter(user=user, post__connection=connection)
    done.gone += left.delete()[0]
    Connection.objects.filter(pk=connection.pk).update(import_saved_at=timezone.now())
    return done


def import_posts(
    *, connection: Connection, post_ids: Collection[int], live_ids: Collection[int], by: User
) -> tuple[int, int]:
    """Make a job of each offered post that has none, and switch each imported one on or off.

    Effects: a transaction per 500 posts. Repeat: makes nothing twice; the switches end as given.
    Shape: (jobs made, jobs now live among those given).
    """
    done = _apply(connection, {pk: Switch.LIVE if pk in live_ids else Switch.OFF for pk in post_ids}, by)
    return done.made, len(done.live)


def _apply(connection: Connection, switches: Mapping[int, Switch], by: User) -> Imported:
    done = Imported()
    for part in _parts(switches):
        with transaction.atomic():
            _apply_part(connection, part, by, done)
            ImportChoice.objects.filter(user=by, post__in=part).delete()
    return done


def _parts(switches: Mapping[int, Switch]) -> Iterator[dict[int, Switch]]:
    items = sorted(switches.items())
    for start in range(0, len(items), AT_ONCE):
        yield dict(items[start : start + AT_ONCE])


def _apply_part(connection: Connection, switches: Mapping[int, Switch], by: User, done: Imported) -> None:
    # Two people who press Import at once come one after the other, and the second finds what the first made.
    Connection.objects.filter(pk=connection.pk).update(credential_no=F("credential_no"))
    hold(JobLink.objects.filter(post__connection=connection, post__in=switches))
    posts = list(
        GreenhouseJobPost.objects.filter(connection=connection, pk__in=switches)
        .offered()
        .select_related("greenhouse_job", "link__job")
        .defer("link__job__description", "link__job__questions")
    )
    done.gone += len(switches) - len(posts)
    new = [post for post in posts if not hasattr(post, "link")]
    links = [post.link for post in posts if hasattr(post, "link")]
    _make_jobs(connection, [post for post in new if switches[post.pk] != Switch.DO_NOT_IMPORT], switches, by, done)
    skipped = [post.pk for post in new if switches[post.pk] == Switch.DO_NOT_IMPORT]
    done.skipped += len(skipped)
    _decide(skipped, PostDecision.DO_NOT_IMPORT, by)
    _switch_jobs(links, switches, done)


def _make_jobs(
    connection: Connection,
    posts: list[GreenhouseJobPost],
    switches: Mapping[int, Switch],
    by: User,
    done: Imported,
) -> None:
    jobs = [Job(employer_id=connection.employer_id, created_by=by, **post.as_job_fields()) for post in posts]
    for post, job in zip(posts, jobs, strict=True):
        if switches[post.pk] == Switch.LIVE:
            job.mark_live()
            done.live.add(post.pk)
        else:
            job.mark_off()
    Job.objects.bulk_create(jobs, batch_size=250)
    links = [JobLink(job=job, post=post, is_imported=True, linked_by=by) for post, job in zip(posts, jobs, strict=True)]
    JobLink.objects.bulk_create(links, batch_size=250)
    _decide([post.pk for post in posts], PostDecision.IMPORTED, by)
    done.made += len(jobs)


def _decide(posts: Collection[int], decision: PostDecision, by: User) -> None:
    rows = GreenhouseJobPost.objects.filter(pk__in=posts)
    rows.update(decision=decision, decided_by=by, decided_at=timezone.now())


def _switch_jobs(links: list[JobLink], switches: Mapping[int, Switch], done: Imported) -> None:
    on = [link for link in links if switches[link.post_id] == Switch.LIVE]
    off = [link for link in links if switches[link.post_id] == Switch.OFF]
    done.live.update(link.post_id for link in on)
    # As on the Jobs page: a person has decided, so nothing is to be asked or put back any more.
    for part, to in ((on, To.LIVE), (off, To.OFF)):
        jobs = Job.objects.filter(pk__in=[link.job_id for link in part])
        done.switched += switch_jobs(jobs=jobs, to=to).moved
