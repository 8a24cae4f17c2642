"""What may be done to a job. Each function owns its transaction; nobody here knows a request."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Employer, User
from jobs.html import clean
from jobs.models import Job, JobQuerySet, JobState
from jobs.pay import Pay, PayPeriod, what_is_wrong


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def _cents(value: Any) -> int | None:
    if value is not None and value < 0:
        raise ValueError("Pay is never negative.")
    return None if value is None else int(value)


# What a person may write, and what is made of it before it is stored or compared.
_CLEANED_BY: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("title", "location", "department", "employment_type", "language"), _one_line),
    "description": clean,
    "is_remote": bool,
    "pay_min_cents": _cents,
    "pay_max_cents": _cents,
    "pay_currency": _one_line,
    "pay_period": lambda value: PayPeriod(value).value,
}


def cleaned(field: str, typed: Any) -> Any:
    """Return what would be stored of what a person typed into a field. Raises: KeyError for no such field."""
    return _CLEANED_BY[field](typed)


def create_job(*, employer: Employer, by: User | None, title: str, live: bool = False, **words: Any) -> Job:
    """Write a new job of the employer, as a draft or live at once.

    `words` are the other fields a person may write: see `JobForm.changes`.
    Raises: ValueError when the title is empty, for a field that nobody may write, or for impossible pay.
    """
    job = Job(employer=employer, created_by=by)
    _apply(job, {"title": title, **words})
    if live:
        job.mark_live()
    job.save()
    return job


def save_job(*, job: Job, by: User | None, changes: Mapping[str, Any]) -> list[str]:
    """Write what a person typed over and return the names of the fields that really changed.

    Repeat: the same changes again write nothing and return an empty list.
    Raises: ValueError for a field that nobody may write, an empty title, or impossible pay.
    """
    with transaction.atomic():
        # Compare with what is stored now, not with what the form was opened on.
        job.refresh_from_db(fields=list(_CLEANED_BY))
        changed = _apply(job, changes)
        if changed:
            job.save(update_fields=[*changed, "updated_at"])
    return changed


def set_live(*, jobs: JobQuerySet | Collection[int], live: bool) -> int:
    """Put jobs on the company page or take them off, and return how many moved.

    `jobs` is a queryset, or ids, that the caller has already limited to one employer.
    On brings back whatever was off, draft or closed; off touches only what is live, so that
    a closed job stays closed and keeps its reason.
    Effects: one UPDATE, however many jobs. Repeat: harmless; the first date is kept.
    """
    rows = jobs if isinstance(jobs, JobQuerySet) else Job.objects.filter(pk__in=jobs)
    now = timezone.now()
    if live:
        return rows.exclude(state=JobState.LIVE).update(
            state=JobState.LIVE,
            closed_reason="",
            closed_at=None,
            live_since=Coalesce(F("live_since"), Value(now)),
            updated_at=now,
        )
    return rows.filter(state=JobState.LIVE).update(state=JobState.OFF, updated_at=now)


def close_job(*, job: Job, reason: str) -> bool:
    """Close a job for good, with the reason that its page and its editors show.

    Repeat: a closed job keeps its first reason; returns whether this call closed it.
    """
    closed = close_jobs(jobs=[job.pk], reason=reason)
    job.refresh_from_db(fields=["state", "closed_reason", "closed_at", "updated_at"])
    return closed == 1


def close_jobs(*, jobs: JobQuerySet | Collection[int], reason: str) -> int:
    """Close jobs for good, and return how many were open.

    `jobs` is a queryset, or ids, that the caller has already limited to one employer.
    Effects: one UPDATE, however many jobs. Repeat: a closed job keeps its first reason.
    """
    rows = jobs if isinstance(jobs, JobQuerySet) else Job.objects.filter(pk__in=jobs)
    now = timezone.now()
    return rows.exclude(state=JobState.CLOSED).update(
        state=JobState.CLOSED, closed_reason=reason, closed_at=now, updated_at=now
    )


def _apply(job: Job, words: Mapping[str, Any]) -> list[str]:
    changed = []
    for field, typed in words.items():
        if field not in _CLEANED_BY:
            raise ValueError(f"{field} is not for a person to write.")
        value = _CLEANED_BY[field](typed)
        if field == "title" and not value:
            raise ValueError("A job needs a title.")
        stored = getattr(job, field)
        # A text from Greenhouse may hold double spaces, which an untouched form does not send back.
        # And cleaning odd markup a second time may tidy it further.
        is_same = _CLEANED_BY[field] in (_one_line, clean) and _CLEANED_BY[field](stored) == value
        if stored != value and not is_same:
            setattr(job, field, value)
            changed.append(field)
    if set(changed) & set(Pay.FIELDS):
        _check_pay(job)
    return changed


def _check_pay(job: Job) -> None:
    wrong = what_is_wrong(min_cents=job.pay_min_cents, max_cents=job.pay_max_cents, currency=job.pay_currency)
    if wrong:
        raise ValueError(wrong[1])
