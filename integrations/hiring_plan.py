"""What may be chosen for people: the stages of their Greenhouse job, and the account's sources and prospect pools.

The lists are Greenhouse's and are asked for when somebody wants to choose; for some minutes they are remembered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from integrations import sources
from integrations.checkup import CheckFailed
from integrations.greenhouse.client import GreenhouseClient
from integrations.looking_up import look_up
from integrations.models import Connection, GreenhouseJob
from integrations.problems import Problem
from integrations.remembering import remembered

REMEMBERED_SECONDS = 300
T = TypeVar("T")


class Choice(NamedTuple):
    """A stage or a source, by Greenhouse's id and name."""

    remote_id: str
    name: str


class Pool(NamedTuple):
    """A prospect pool with its stages in their order."""

    remote_id: str
    name: str
    stages: tuple[Choice, ...]


@dataclass(frozen=True)
class Lists:
    """All lists; None for one that could not be had or was not asked for, and why."""

    stages: list[Choice] | None = None
    sources: list[Choice] | None = None
    problem: Problem | None = None
    pools: list[Pool] | None = None


def fetch_lists(connection: Connection, job: GreenhouseJob | None, *, pools: bool = False) -> Lists:
    """Ask for what may be chosen for people on a Greenhouse job. One that is refused does not hide the others.

    Effects: at most once in five minutes a request or two for each list; after an outage the others are not asked for.
    """
    if not connection.is_connected:
        return Lists(problem=connection.problem)
    had, problem = Lists(), None
    for name, fetch in _wanted(connection, job, pools=pools).items():
        if problem and problem.code != "scope_missing":
            break
        try:
            had = replace(had, **{name: fetch()})
        except CheckFailed as exc:
            problem = exc.problem
    return replace(had, problem=problem)


def _wanted(connection: Connection, job: GreenhouseJob | None, *, pools: bool) -> dict[str, Callable[[], Any]]:
    def once(what: str, ask: Callable[[], T]) -> Callable[[], T]:
        # With the number of the credential: another account has other lists.
        key = f"greenhouse:{connection.pk}:{connection.credential_no}:{what}"
        return lambda: remembered(key, ask, seconds=REMEMBERED_SECONDS)

    wanted: dict[str, Callable[[], Any]] = {"sources": once("sources", lambda: _sources(connection)), "stages": list}
    if job:
        wanted["stages"] = once(f"stages:{job.remote_id}", lambda: _stages(connection, job))
    if pools:
        wanted["pools"] = once("pools", lambda: look_up(connection, _pools))
    return wanted


def _stages(connection: Connection, job: GreenhouseJob) -> list[Choice]:
    """The active stages of a Greenhouse job, in their order."""
    stages = look_up(connection, lambda client: client.fetch_interview_stages([job.remote_id]))
    active = (stage for stage in stages if stage.active and str(stage.job_id) == job.remote_id)
    return [Choice(str(stage.id), stage.name) for stage in sorted(active, key=lambda stage: stage.sort_order)]


def _sources(connection: Connection) -> list[Choice]:
    """All sources of the account, by name."""
    return [Choice(str(source.id), source.name) for source in sources.fetch_sources(connection)]


def _pools(client: GreenhouseClient) -> list[Pool]:
    pools = [pool for pool in client.fetch_prospect_pools() if pool.active]
    rows = client.fetch_prospect_pool_stages([pool.id for pool in pools]) if pools else []
    rows.sort(key=lambda stage: stage.sort_order)
    stages = {
        pool.id: tuple(Choice(str(row.id), row.name) for row in rows if row.prospect_pool_id == pool.id)
        for pool in pools
    }
    return [Pool(str(pool.id), pool.name, stages[pool.id]) for pool in sorted(pools, key=lambda pool: pool.name)]
