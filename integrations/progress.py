"""How far a reading is, and how long it still takes, as honestly as Greenhouse lets us say it."""

from dataclasses import dataclass

from django.utils import timezone

from integrations.models import SyncRun, SyncState


@dataclass(frozen=True, slots=True)
class Progress:
    """A reading under way. Greenhouse does not say how many pages there are: only an earlier reading can.

    `seconds_left` is then an estimate; without one it is what the lists that are still open take at the least.
    """

    run: SyncRun
    percent: int
    seconds_left: int | None
    is_estimate: bool
    posts_before: int

    @property
    def words(self) -> str:
        """Say how long it still takes, if that can be said."""
        if self.seconds_left is None:
            return ""
        about = "about" if self.is_estimate else "at least"
        if self.seconds_left >= 90:
            return f"{about} {round(self.seconds_left / 60)} minutes left"
        return f"{about} {self.seconds_left} second{'s' if self.seconds_left != 1 else ''} left"


def progress_of(run: SyncRun) -> Progress:
    """Compare a reading with the last one of its kind that came to its end. One query."""
    earlier = SyncRun.objects.filter(
        connection=run.connection_id, kind=run.kind, state=SyncState.SUCCEEDED, pk__lt=run.pk, pages_read__gt=0
    ).first()
    open_lists = sum(1 for step in run.progress.values() if not step["done"])
    pages_left = max(open_lists, earlier.pages_read - run.pages_read if earlier else 0)
    is_estimate = earlier is not None and earlier.pages_read > run.pages_read
    percent = run.percent
    if earlier is not None:
        percent = min(97, round(97 * run.pages_read / earlier.pages_read))
    return Progress(
        run=run,
        percent=percent,
        seconds_left=_seconds(run, pages_left),
        is_estimate=is_estimate,
        posts_before=earlier.posts_read if earlier else 0,
    )


def _seconds(run: SyncRun, pages_left: int) -> int | None:
    """At the pace so far; None before the first page has come, and while a reading waits for Greenhouse."""
    if not run.pages_read or run.started_at is None or run.problem_code:
        return None
    passed = (timezone.now() - run.started_at).total_seconds()
    return max(1, round(passed / run.pages_read * pages_left))


def skipped_words(run: SyncRun) -> list[str]:
    """Name the records that could not be read, one sentence each."""
    return [_skipped(record) for record in run.skipped]


def _skipped(record: dict[str, str]) -> str:
    kind = record["collection"].replace("_", " ").removesuffix("s").capitalize()
    title = f" “{record['title']}”" if record["title"] else ""
    return f"{kind} {record['id'] or 'without an id'}{title}: the field {record['field']} is not as it should be."
