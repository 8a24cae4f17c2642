"""Which jobs need a person, and why. Each reason is one rule for the database; the words are in the page."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Q

from accounts.models import Employer
from candidates.models import Application
from integrations.models import Connection, Export, ExportState, GreenhouseJobPost
from jobs.models import Job, JobState

# Closing is everyday news: whoever has not looked after two weeks need not be asked any more.
CLOSED_IS_NEWS = timedelta(days=14)


class Why(models.TextChoices):
    """Why a job needs a person; the first that holds is the most urgent."""

    BACK = "back", "Back in Greenhouse"
    NOT_OFFERED = "not_offered", "No longer offered in Greenhouse"
    EXPORTS = "exports", "Applicants not sent"
    UNCONNECTED = "unconnected", "Live, but not connected"
    CLOSED = "closed", "Closed by Greenhouse"


def rules(*, employer: Employer, connection: Connection | None, now: datetime) -> dict[Why, Q]:
    """Say for each reason which jobs of the employer it holds for. Empty without a connection."""
    if connection is None:
        return {}
    offered = GreenhouseJobPost.objects.filter(connection=connection).offered().values("pk")
    stuck = Export.objects.filter(
        connection=connection, state=ExportState.NEEDS_ATTENTION, application__job__isnull=False
    ).exclude(application__in=Application.objects.hidden_from(employer))
    is_open = ~Q(state=JobState.CLOSED)
    found = {
        Why.BACK: Q(greenhouse_link__asks_to_reopen=True),
        Why.NOT_OFFERED: is_open & Q(greenhouse_link__isnull=False) & ~Q(greenhouse_link__post__in=offered),
        Why.EXPORTS: Q(pk__in=stuck.values("application__job")),
        Why.CLOSED: Q(
            state=JobState.CLOSED,
            closed_at__gte=now - CLOSED_IS_NEWS,
            greenhouse_link__reopen_as=JobState.LIVE,
            greenhouse_link__asks_to_reopen=False,
        ),
    }
    if connection.is_connected:
        found[Why.UNCONNECTED] = Q(state=JobState.LIVE, greenhouse_link__isnull=True)
    return found


def needs_a_person(reasons: dict[Why, Q]) -> Q:
    """Any of these reasons; none at all holds for no job."""
    found = Q(pk__in=())
    for rule in reasons.values():
        found |= rule
    return found


def count_by_reason(*, employer: Employer, connection: Connection | None, now: datetime) -> dict[Why, int]:
    """Count the employer's jobs for each reason, those with none left out. One query."""
    reasons = rules(employer=employer, connection=connection, now=now)
    counts = {why.value: Count("pk", filter=rule) for why, rule in reasons.items()}
    found = Job.objects.for_employer(employer).aggregate(**counts) if counts else {}
    return {why: found[why.value] for why in Why if found.get(why.value)}
