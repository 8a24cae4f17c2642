"""The alarm clock of this room. Rules live in `stash.py`, `letters.py` and `search/`."""

from celery import shared_task

from candidates import letters, stash
from candidates.search import index

STALE_PER_SWEEP = 5000
WAKE_EXPIRES_SECONDS = 60  # an unread message is worthless by then: a sweep has sent another


@shared_task(ignore_result=True)
def sweep_files() -> None:
    """Delete files that nobody needs any more, so that quiet sites clean up too."""
    stash.sweep()
    stash.sweep_orphans()


@shared_task(ignore_result=True)
def write_letters(application_id: int) -> None:
    letters.write(application_id)


@shared_task(ignore_result=True)
def wake_owed_letters() -> None:
    """Find the letters that nobody was woken for, or that the mail server did not take."""
    for application_id in letters.owed():
        write_letters.apply_async((application_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def sweep_search() -> None:
    """Read the profiles into the search that whoever saved them did not."""
    index.refresh(index.stale(STALE_PER_SWEEP))
