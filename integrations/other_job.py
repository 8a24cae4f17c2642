"""Which other Greenhouse job an export may go to, once its own is closed or was the wrong one."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from integrations import sharing_form
from integrations.models import Export, GreenhouseJob
from integrations.searching import words_of


def may_choose_other_job(export: Export) -> bool:
    """True while nothing of the application can have arrived on the job it was meant for."""
    return export.can_send_again and not export.step_in_flight and not export.application_remote_id


def open_jobs(export: Export, words: str) -> QuerySet[GreenhouseJob]:
    """The jobs that people can be sent to but the one it is meant for, by name; `words` narrow them."""
    jobs: QuerySet[GreenhouseJob] = sharing_form.open_jobs(export.connection)
    if export.greenhouse_job_id:
        jobs = jobs.exclude(pk=export.greenhouse_job_id)
    for word in words_of(words):
        number = Q(remote_id=word.removeprefix("#"))
        jobs = jobs.filter(
            Q(name__icontains=word) | Q(requisition_id__icontains=word) | Q(department__icontains=word) | number
        )
    return jobs.defer("custom_fields").order_by(Lower("name"), "pk")
