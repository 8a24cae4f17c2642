"""What may be done to a job. Each function owns its transaction; nobody here knows a request."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Employer, User
from jobs.html import clean
from jobs.models import Job, JobQuerySet, JobState

TEXT_FIELDS = ("title", "location", "department", "employment_type", "description")


def create_job(
    *,
    employer: Employer,
    by: User | None,
    title: str,
    description: str = "",
    location: str = "",
    department: str = "",
    employment_type: str = "",
    live: bool = False,
) -> Job:
    """Write a new job of the employer, as a draft or live at once.

    Raises: ValueError when the title is empty.
    """
    job = Job(employer=employer, created_by=by)
    texts = {
        "title": title,
        "description": description,
        "location": location,
        "department": department,
        "employment_type": employment_type,
    }
    _apply(job, texts)
    if live:
        job.mark_live()
    job.save()
    return job


def save_job(*, job: Job, by: User | None, changes: Mapping[str, str]) -> list[str]:
    """Write what a person typed over and return the names of the fields that really changed.

    Repeat: the same changes again write nothing and return an empty list.
    Raises: ValueError for a field that nobody may type, or an empty title.
    """
    with transaction.atomic():
        # Compare with what is stored now, not with what the form was opened on.
        job.refresh_from_db(fields=list(TEXT_FIELDS))
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
            live_since=Coalesce(F("live_since"), Value(now)),
            updated_at=now,
        )
    return rows.filter(state=JobState.LIVE).update(state=JobState.OFF, updated_at=now)


def close_job(*, job: Job, reason: str) -> bool:
    """Close a job for good, with the reason that its page and its editors show.

    Repeat: a closed job keeps its first reason; returns whether this call closed it.
    """
    closed = (
        Job.objects.filter(pk=job.pk)
        .exclude(state=JobState.CLOSED)
        .update(state=JobState.CLOSED, closed_reason=reason, updated_at=timezone.now())
    )
    job.refresh_from_db(fields=["state", "closed_reason", "updated_at"])
    return closed == 1


def _apply(job: Job, texts: Mapping[str, str]) -> list[str]:
    changed = []
    for field, text in texts.items():
        if field not in TEXT_FIELDS:
            raise ValueError(f"{field} is not a text of a job.")
        value = clean(text) if field == "description" else " ".join(text.split())
        if field == "title" and not value:
            raise ValueError("A job needs a title.")
        stored = getattr(job, field)
        # A text from Greenhouse may hold double spaces, which an untouched form does not send back.
        if stored != value and (field == "description" or " ".join(stored.split()) != value):
            setattr(job, field, value)
            changed.append(field)
    return changed
