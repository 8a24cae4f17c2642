"""Which other Greenhouse job an export may go to, once its own is closed or was the wrong one."""

from django.db.models import QuerySet
from django.db.models.functions import Lower

from integrations.models import Export, GreenhouseJob
from integrations.roles import SEARCHED, jobs_to_send_to
from integrations.searching import every_word


def may_choose_other_job(export: Export) -> bool:
    """True while nothing of the application can have arrived on the job it was meant for."""
    return export.can_send_again and not export.step_in_flight and not export.application_remote_id


def other_jobs(export: Export, words: str = "") -> QuerySet[GreenhouseJob]:
    """The jobs that people can be sent to but the one it is meant for, by name; `words` narrow them."""
    jobs = jobs_to_send_to(export.connection).filter(every_word(words, SEARCHED))
    if export.greenhouse_job_id:
        jobs = jobs.exclude(pk=export.greenhouse_job_id)
    return jobs.order_by(Lower("name"), "pk")
