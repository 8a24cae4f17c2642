"""Write down what Greenhouse says of an application. The only place that does, whichever way the news came."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from candidates.models import ApplicationStatus, Origin
from candidates.services import set_status, tell
from integrations import telling
from integrations.greenhouse.tracking import persons
from integrations.greenhouse.tracking.standing import Change, Reading, Standing, changes
from integrations.models import Export, ExportState, GreenhouseJob

# Two workers' clocks may differ by seconds; of readings this close, the later activity by Greenhouse's clock is newer.
CLOCKS_DIFFER = timedelta(seconds=60)
JOINED = ("connection", "application__employer", "candidate", "greenhouse_job")
_FURTHEST_FIRST = (
    *(ApplicationStatus.HIRED, ApplicationStatus.OFFER, ApplicationStatus.INTERVIEWING, ApplicationStatus.IN_REVIEW),
    *(ApplicationStatus.SENT, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.GONE),
)


def apply_readings(readings: Sequence[Reading], origin: Origin) -> int:
    """Bring exports and applications to what Greenhouse said; return how many changed.

    Effects: one UPDATE for all that did not change, a transaction for each that did.
    Repeat: writes and tells nothing new, in whichever order readings come.
    """
    changed = [reading for reading in readings if _says_something(reading)]
    quiet = {reading.export.pk: reading for reading in readings if reading not in changed}
    for asked_at in {reading.asked_at for reading in quiet.values()}:
        rows = Export.objects.filter(pk__in=quiet).filter(Q(tracked_at=None) | Q(tracked_at__lt=asked_at))
        rows.update(tracked_at=asked_at)
    asked_about = [reading.export.pk for reading in quiet.values() if reading.asked_about_person]
    if asked_about:
        Export.objects.filter(pk__in=asked_about).update(person_tracked_at=readings[0].asked_at)
    jobs = _names_of_jobs(changed)
    return sum(apply_application(reading, origin, jobs) for reading in changed)


def apply_application(reading: Reading, origin: Origin, jobs: Mapping[str, str]) -> bool:
    """Bring one export and its application to what Greenhouse said; False for a reading older than what we know.

    Effects: one transaction; a line in the timeline for each change.
    Repeat: writes and tells nothing new when nothing changed.
    Shape: `jobs` names Greenhouse jobs by id.
    """
    with transaction.atomic():
        # The UPDATE locks the row on PostgreSQL: what is read after it is what we change.
        if not _older_than(reading).update(tracked_at=reading.asked_at):
            return False
        export = Export.objects.select_related(*JOINED).get(pk=reading.export.pk)
        persons.follow(export, reading.candidate_id, origin)
        before, now = Standing.known(export), Standing.read(reading)
        news = list(changes(before, now, reading, jobs))
        _save(export, before, now, reading, news)
        for change in news:
            _tell(export, change, origin)
        persons.apply_person(export, reading, origin)
        if any(change.status for change in news):
            set_status(application=export.application, status=_overall(export), at=_at(news))
            if before.status:  # the first look at somebody only finds where we put them
                telling.moved(export, news[-1].text)
    return True


def _says_something(reading: Reading) -> bool:
    export, row = reading.export, reading.row
    return (
        Standing.known(export) != Standing.read(reading)
        or (row is not None and str(row.id) != export.application_remote_id)
        or reading.candidate_id != export.candidate_remote_id
        or persons.says_something(reading)
    )


def _older_than(reading: Reading) -> QuerySet[Export]:
    """The export, if what we know of it is older than this reading."""
    asked_at, activity_at = reading.asked_at, reading.row.last_activity_at if reading.row else None
    older = Q(tracked_at=None) | Q(tracked_at__lt=asked_at)
    if activity_at:
        newer_there = Q(tracked_at__gt=asked_at - CLOCKS_DIFFER, remote_activity_at__gt=activity_at)
        older = (older & ~newer_there) | Q(tracked_at__lt=asked_at + CLOCKS_DIFFER, remote_activity_at__lt=activity_at)
    # Sent again meanwhile, or its application was looked for anew: then this is about what it was before.
    same = {"application_remote_id": reading.export.application_remote_id, "state": ExportState.SENT}
    return Export.objects.filter(older, pk=reading.export.pk, **same)


def _save(export: Export, before: Standing, now: Standing, reading: Reading, news: Sequence[Change]) -> None:
    values: dict[str, Any] = {name: getattr(now, name) for name in Standing.__slots__ if now != before}
    row = reading.row
    if row:
        values["remote_activity_at"] = row.last_activity_at
    if row and str(row.id) != export.application_remote_id:
        former = [*export.former_application_ids, export.application_remote_id]
        values |= {"application_remote_id": str(row.id), "former_application_ids": former}
    if reading.asked_about_person:
        values["person_tracked_at"] = reading.asked_at
    if (at := _at(news)) or export.remote_since is None:
        values["remote_since"] = at or reading.asked_at
    for name, value in values.items():
        setattr(export, name, value)
    Export.objects.filter(pk=export.pk).update(**values)


def _at(news: Sequence[Change]) -> datetime | None:
    return next((change.at for change in reversed(news) if change.at), None)


def _tell(export: Export, change: Change, origin: Origin) -> None:
    # What was so before we sent somebody comes after the line that says we did.
    at = max(filter(None, (change.at, export.sent_at)), default=None)
    tell(
        application=export.application,
        kind=change.kind,
        text=change.text,
        origin=origin,
        as_whom=change.as_whom,
        status=change.status,
        at=at,
    )


def _overall(export: Export) -> str:
    """The status of an application that was sent to several Greenhouse jobs is the best of them."""
    known = set(Export.objects.filter(application=export.application_id).values_list("status", flat=True))
    return next(status for status in _FURTHEST_FIRST if status in known)


def _names_of_jobs(readings: Sequence[Reading]) -> dict[str, str]:
    ids = {str(reading.row.job_id) for reading in readings if reading.row and reading.row.job_id}
    if not ids:
        return {}
    of_employer = GreenhouseJob.objects.filter(connection=readings[0].export.connection_id, remote_id__in=ids)
    return dict(of_employer.values_list("remote_id", "name"))
