"""Which Greenhouse post feeds which of our jobs."""

from django.db import transaction

from accounts.models import User
from integrations.models import GreenhouseJobPost, JobLink
from jobs.models import Job


def connect_job(*, job: Job, post: GreenhouseJobPost | None, by: User) -> None:
    """Say which Greenhouse post feeds a job; None takes the link away.

    Effects: one transaction. People already sent stay where they are. A job that was typed with us keeps its words.
    Raises: ValueError for a post that feeds another job or belongs to another employer.
    """
    with transaction.atomic():
        link = JobLink.objects.filter(job=job).first()
        if post is None:
            if link:
                link.delete()
            return
        if post.connection.employer_id != job.employer_id:
            raise ValueError("The post belongs to another employer.")
        if JobLink.objects.filter(post=post).exclude(job=job).exists():
            raise ValueError("The post feeds another job.")
        if link is None:
            JobLink.objects.create(job=job, post=post, linked_by=by)
        elif link.post_id != post.pk:
            link.post, link.linked_by = post, by
            link.is_imported, link.reopen_as = False, ""
            link.save()
            link.overrides.all().delete()
