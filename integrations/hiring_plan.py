"""What may be chosen for the people of one job: the stages of its Greenhouse job, and the account's sources.

Both lists are Greenhouse's and are asked for when somebody wants to choose; for some minutes they are remembered.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache

from integrations import sources
from integrations.checkup import CheckFailed, not_now
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.errors import Forbidden, GreenhouseError
from integrations.greenhouse.scopes import STAGES
from integrations.models import Connection, GreenhouseJob, JobLink
from integrations.problems import Problem

REMEMBERED_SECONDS = 300


class Choice(NamedTuple):
    """A stage or a source, by Greenhouse's id and name."""

    remote_id: str
    name: str


@dataclass(frozen=True)
class Lists:
    """Both lists; None for one that could not be had, and why."""

    stages: list[Choice] | None = None
    sources: list[Choice] | None = None
    problem: Problem | None = None


def fetch_lists(link: JobLink) -> Lists:
    """Ask for what may be chosen for the people of a connected job. One that is refused does not hide the other.

    Effects: as of the two; after an outage the second is not asked for.
    """
    connection, job = link.post.connection, link.post.greenhouse_job
    if not connection.is_connected:
        return Lists(problem=connection.problem)
    sources, problem = None, None
    try:
        sources = fetch_sources(connection)
    except CheckFailed as exc:
        problem = exc.problem
        if problem.code != "scope_missing":
            return Lists(problem=problem)
    try:
        return Lists(fetch_stages(connection, job) if job else [], sources, problem)
    except CheckFailed as exc:
        return Lists(None, sources, exc.problem)


def fetch_stages(connection: Connection, job: GreenhouseJob) -> list[Choice]:
    """Return the active stages of a Greenhouse job, in their order.

    Effects: one request, at most once in five minutes.
    Raises: CheckFailed.
    """
    key = _key(connection, f"stages:{job.remote_id}")
    known: list[Choice] | None = cache.get(key)
    if known is None:
        known = _ask_for_stages(connection, job)
        cache.set(key, known, REMEMBERED_SECONDS)
    return known


def fetch_sources(connection: Connection) -> list[Choice]:
    """Return all sources of the account, by name.

    Effects: one request per 500 sources, at most once in five minutes.
    Raises: CheckFailed.
    """
    key = _key(connection, "sources")
    known: list[Choice] | None = cache.get(key)
    if known is None:
        known = [Choice(str(source.id), source.name) for source in sources.fetch_sources(connection)]
        cache.set(key, known, REMEMBERED_SECONDS)
    return known


def _ask_for_stages(connection: Connection, job: GreenhouseJob) -> list[Choice]:
    scope = STAGES.scopes[0]
    try:
        stages = client_for(connection).fetch_interview_stages([job.remote_id])
    except Forbidden as exc:
        connection.note_refused(scope)
        raise CheckFailed("scope_missing", scope) from exc
    except DecryptionError as exc:
        raise CheckFailed("secret_unreadable") from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc
    active = (stage for stage in stages if stage.active and str(stage.job_id) == job.remote_id)
    return [Choice(str(stage.id), stage.name) for stage in sorted(active, key=lambda stage: stage.sort_order)]


def _key(connection: Connection, what: str) -> str:
    # With the number of the credential: another account has other lists.
    return f"greenhouse:{connection.pk}:{connection.credential_no}:{what}"
