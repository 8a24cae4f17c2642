"""Housekeeping on the clock. Rules live in `stash.py`."""

from celery import shared_task

from candidates import stash


@shared_task(ignore_result=True)
def sweep_files() -> None:
    """Delete files that nobody needs any more, so that quiet sites clean up too."""
    stash.sweep()
    stash.sweep_orphans()
