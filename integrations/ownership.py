"""Whose words an imported job says, field by field: Greenhouse's, or those that a recruiter typed over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse.follow import hold
from integrations.models import FieldOverride, JobLink
from jobs.models import Job
from jobs.pay import Pay
from jobs.services import cleaned, save_job

PAY = "pay"  # for a person the amounts, the currency and the period are one thing


@dataclass(frozen=True)
class TypedOver:
    """A field, or the pay, that a recruiter typed over: who and when, and what Greenhouse has there now."""

    by: User | None
    at: datetime
    theirs: Any


def fields_of(name: str) -> tuple[str, ...]:
    """The columns behind what a person calls one field."""
    return Pay.FIELDS if name == PAY else (name,)


def typed_over(link: JobLink) -> dict[str, TypedOver]:
    """Say of each field that was typed over what the edit page shows beside it. One query."""
    theirs = link.post.as_job_fields()
    found = {}
    for override in link.overrides.select_related("by"):
        name = _name_of(override.field)
        value = Job(**theirs).pay if name == PAY else theirs.get(name)
        found[name] = TypedOver(override.by, override.at, value)
    return found


def edit_job(*, job: Job, changes: Mapping[str, Any], by: User) -> None:
    """Write what a recruiter typed; a sync leaves those fields of an imported job alone from now on.

    Whoever types what Greenhouse has there gives the field back. `changes` holds all of the pay or nothing of it.
    Effects: one transaction, which holds the job's link, so that no sync writes between the two.
    Repeat: the same words again change nothing.
    """
    with transaction.atomic():
        hold(JobLink.objects.filter(job=job))
        link = _imported(job)
        if link is None:
            save_job(job=job, by=by, changes=changes)
            return
        theirs = link.post.as_job_fields()
        followed = {name: value for name, value in changes.items() if name in theirs}
        same = {name for name, value in followed.items() if cleaned(name, value) == cleaned(name, theirs[name])}
        given_back = [name for name in same if same.issuperset(fields_of(_name_of(name)))]
        typed = save_job(job=job, by=by, changes={n: v for n, v in changes.items() if n not in given_back})
        _take(link, {column for name in typed if name in theirs for column in fields_of(_name_of(name))}, by)
        _give(link, job, given_back)


def give_back(*, job: Job, name: str) -> bool:
    """Let one field, or the pay, of an imported job follow Greenhouse again; True if it did not.

    Effects: one transaction; the job says at once what Greenhouse has there now.
    Repeat: harmless.
    """
    with transaction.atomic():
        hold(JobLink.objects.filter(job=job))
        link = _imported(job)
        if link is None or not link.overrides.filter(field__in=fields_of(name)).exists():
            return False
        job.refresh_from_db(fields=fields_of(name))
        _give(link, job, fields_of(name))
    return True


def _imported(job: Job) -> JobLink | None:
    return JobLink.objects.filter(job=job, is_imported=True).select_related("post__greenhouse_job").first()


def _name_of(field: str) -> str:
    return PAY if field in Pay.FIELDS else field


def _take(link: JobLink, fields: Iterable[str], by: User) -> None:
    now = timezone.now()
    rows = [FieldOverride(link=link, field=name, by=by, at=now) for name in sorted(fields)]
    FieldOverride.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["link", "field"], update_fields=["by", "at"]
    )


def _give(link: JobLink, job: Job, fields: Iterable[str]) -> None:
    """Expects the job as it is stored now, at least in these fields."""
    theirs = {name: value for name, value in link.post.as_job_fields().items() if name in fields}
    link.overrides.filter(field__in=theirs).delete()
    changed = [name for name, value in theirs.items() if getattr(job, name) != value]
    for name in changed:
        setattr(job, name, theirs[name])
    if changed:
        job.save(update_fields=[*changed, "updated_at"])
