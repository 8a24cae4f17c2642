"""Whose words an imported job says, field by field: Greenhouse's, or those that a recruiter typed over."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.greenhouse.follow import hold
from integrations.models import FieldOverride, JobLink
from jobs.models import Job
from jobs.services import save_job


def edit_job(*, job: Job, changes: Mapping[str, str], by: User) -> None:
    """Write what a recruiter typed; a sync leaves those texts of an imported job alone from now on.

    Effects: one transaction, which holds the job's link, so that no sync writes between the two.
    Repeat: the same words again change nothing.
    """
    with transaction.atomic():
        hold(JobLink.objects.filter(job=job))
        typed = save_job(job=job, by=by, changes=changes)
        link = JobLink.objects.filter(job=job, is_imported=True).first()
        if link:
            rows = [FieldOverride(link=link, field=name, by=by, at=timezone.now()) for name in typed]
            FieldOverride.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["link", "field"], update_fields=["by", "at"]
            )
