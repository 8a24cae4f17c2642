"""Join what arrived in separate collections: jobs with their departments, posts with their jobs and places."""

from collections import defaultdict
from collections.abc import Mapping

from integrations.bulk import update_rows
from integrations.greenhouse.mapping import Place, display_location
from integrations.models import GreenhouseJob, GreenhouseJobPost, GreenhouseName, GreenhousePostLocation, SyncRun

Names = Mapping[tuple[str, str], str]


def join(sync: SyncRun) -> None:
    """Give jobs their department, and posts their job and location. Writes only what differs; constant in reads."""
    names = {
        (kind, remote_id): name
        for kind, remote_id, name in GreenhouseName.objects.filter(connection=sync.connection).values_list(
            "kind", "remote_id", "name"
        )
    }
    _join_departments(sync, names)
    _join_posts(sync, names)


def _join_departments(sync: SyncRun, names: Names) -> None:
    jobs = GreenhouseJob.objects.filter(connection=sync.connection, seen_in=sync).order_by()
    found = (
        (pk, before, names.get((GreenhouseName.Kind.DEPARTMENT, remote_id), before))
        for pk, remote_id, before in jobs.values_list("pk", "department_remote_id", "department")
    )
    update_rows(GreenhouseJob, ("department",), [(pk, name) for pk, before, name in found if name != before])


def _join_posts(sync: SyncRun, names: Names) -> None:
    jobs = dict(GreenhouseJob.objects.filter(connection=sync.connection).order_by().values_list("remote_id", "pk"))
    places: dict[str, list[Place]] = defaultdict(list)
    rows = GreenhousePostLocation.objects.filter(seen_in=sync).order_by("pk")
    for remote_id, *place in rows.values_list("post_remote_id", *Place._fields):
        places[remote_id].append(Place(*place))
    posts = GreenhouseJobPost.objects.filter(connection=sync.connection, seen_in=sync).order_by()
    changed = []
    for pk, remote_id, job_remote_id, job_before, location_before in posts.values_list(
        "pk", "remote_id", "job_remote_id", "greenhouse_job", "location"
    ):
        job, location = jobs.get(job_remote_id), display_location(places[remote_id], names)
        if (job, location) != (job_before, location_before):
            changed.append((pk, job, location))
    update_rows(GreenhouseJobPost, ("greenhouse_job", "location"), changed)
