"""Join what arrives in separate collections: jobs with their departments, posts with their jobs, places and pay.

Reads all rows of a connection by a constant number of queries, and writes only what differs, in one statement per
model. So it may run after any reading, a small one as well, and when the employer chooses another custom field.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Length

from integrations.bulk import update_rows
from integrations.greenhouse import derived
from integrations.greenhouse.derived import Name, Names, Place, Range
from integrations.greenhouse.listings import listings_of, posts_asked_about
from integrations.models import (
    Connection,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    SyncRun,
)
from jobs.models import PLACES_JOINED_BY
from jobs.pay import PayPeriod

_BELOW = " › "
_JOB_FIELDS = ("department", "department_path", "offices", "employment_type")
_PAY_FIELDS = ("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period")
_POST_FIELDS = ("greenhouse_job", "location", "is_remote", "pay_ranges", *_PAY_FIELDS)
_OLDEST_FIRST = (Length("remote_id"), "remote_id")  # ids are numbers kept as text
_FEW = 500  # values that a statement names one by one
_NO_PAY = (None, None, "", PayPeriod.YEAR.value)


def join(sync: SyncRun) -> set[int]:
    """Join all rows of a reading that came to its end with those that were there before.

    Effects: at most one UPDATE per batch of jobs and of posts; takes away the places and pay that the posts it asked
        about no longer have. The caller opens the transaction.
    Repeat: harmless; writes nothing when nothing changed.
    Shape: the primary keys of the posts that now say something else.
    """
    for model, gone in unseen_parts(sync).items():
        for start in range(0, len(gone), _FEW):
            model._default_manager.filter(pk__in=gone[start : start + _FEW]).delete()
    return _join(sync.connection)


def rejoin(connection: Connection) -> None:
    """Apply another choice of custom fields to what was read before, without a request.

    Effects: jobs and posts of the connection that now read otherwise; our jobs follow at the caller's word.
    Repeat: harmless.
    """
    with transaction.atomic():
        _join(connection)


def unseen_parts(sync: SyncRun) -> dict[type[Model], list[int]]:
    """Find the places and pay ranges that are gone, because they were not read with the others of their post.

    Shape: primary keys by model, none of them empty. The posts are matched here: a database that has just been given
    a thousand rows knows nothing of them yet, and takes longer over a subquery than over both lists.
    """
    found: dict[type[Model], list[int]] = {}
    asked = {remote_id for _, remote_id in posts_asked_about(sync)}
    for listing in listings_of(sync).values():
        if not asked or listing.ids is not posts_asked_about or sync.progress.get(listing.name, {}).get("left_out"):
            continue
        rows = listing.reading.model._default_manager.filter(connection=sync.connection).exclude(seen_in=sync)
        if len(asked) <= _FEW:
            rows = rows.filter(post_remote_id__in=asked)
        gone = [pk for pk, remote_id in rows.values_list("pk", "post_remote_id") if remote_id in asked]
        if gone:
            found[listing.reading.model] = gone
    return found


def _join(connection: Connection) -> set[int]:
    rows = connection.names.values_list("kind", "remote_id", "name", "parent_remote_id", "position")
    names = {(kind, remote_id): Name(text, parent, position) for kind, remote_id, text, parent, position in rows}
    jobs = _join_jobs(connection, names)
    return _join_posts(connection, names, jobs)


@dataclass(frozen=True, slots=True)
class _Job:
    pk: int
    remote: str  # what the employer's own field says
    has_changed: bool


def _join_jobs(connection: Connection, names: Names) -> dict[str, _Job]:
    paths: dict[str, list[str]] = {}
    jobs, changed = {}, []
    rows = connection.greenhouse_jobs.order_by().values_list(
        "pk", "remote_id", "department_remote_id", "office_remote_ids", "custom_fields", *_JOB_FIELDS
    )
    for pk, remote_id, department, offices, custom_fields, *before in rows:
        if department not in paths:
            paths[department] = derived.department_path(department, names)
        path = paths[department]
        after = [
            path[-1] if path else "",
            _BELOW.join(path),
            _office_names(offices, names),
            derived.custom_text(custom_fields, connection.employment_type_key),
        ]
        if after != before:
            changed.append((pk, *after))
        jobs[remote_id] = _Job(pk, derived.custom_text(custom_fields, connection.remote_key), after != before)
    update_rows(GreenhouseJob, _JOB_FIELDS, changed)
    return jobs


def _office_names(remote_ids: list[str], names: Names) -> str:
    found = (names.get((GreenhouseName.Kind.OFFICE, remote_id)) for remote_id in remote_ids)
    return PLACES_JOINED_BY.join(dict.fromkeys(name.text for name in found if name and name.text))


def _join_posts(connection: Connection, names: Names, jobs: Mapping[str, _Job]) -> set[int]:
    places: dict[str, list[Place]] = defaultdict(list)
    for remote_id, *place in connection.post_locations.order_by(*_OLDEST_FIRST).values_list(
        "post_remote_id", *Place._fields
    ):
        places[remote_id].append(Place(*place))
    ranges: dict[str, list[Range]] = defaultdict(list)
    for remote_id, *one in connection.pay_ranges.order_by(*_OLDEST_FIRST).values_list("post_remote_id", *Range._fields):
        ranges[remote_id].append(Range(*one))
    rows = connection.greenhouse_posts.order_by().values_list("pk", "remote_id", "job_remote_id", *_POST_FIELDS)
    changed, of_changed_jobs = [], set()
    for pk, remote_id, job_remote_id, *before in rows:
        job = jobs.get(job_remote_id)
        if job and job.has_changed:
            of_changed_jobs.add(pk)
        shown = derived.places_of(places.get(remote_id, ()), names)
        pay = derived.pay_ranges(ranges.get(remote_id, ()), names)
        after: list[Any] = [
            job.pk if job else None,
            PLACES_JOINED_BY.join(shown),
            derived.is_remote(shown, job.remote if job else ""),
            pay,
            *_main_pay(pay),
        ]
        if after != before:
            changed.append((pk, *after))
    update_rows(GreenhouseJobPost, _POST_FIELDS, changed)
    return {*of_changed_jobs, *(row[0] for row in changed)}


def _main_pay(pay: list[dict[str, Any]]) -> tuple[Any, ...]:
    if not pay:
        return _NO_PAY
    main = pay[0]
    return main["min_cents"], main["max_cents"], main["currency"], main["period"]
