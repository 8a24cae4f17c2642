"""What may be chosen for people: the stages of their Greenhouse job, and the account's sources and prospect pools.

The lists are Greenhouse's and are asked for when somebody wants to choose; for some minutes they are remembered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from django.core.cache import cache

from integrations import sources
from integrations.checkup import CheckFailed, not_now
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden, GreenhouseError
from integrations.greenhouse.scopes import listing_scope
from integrations.models import Connection, GreenhouseJob
from integrations.problems import Problem

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

    Effects: as of each list; after an outage the others are not asked for.
    """
    if not connection.is_connected:
        return Lists(problem=connection.problem)
    had, problem = Lists(), None
    try:
        had = replace(had, sources=fetch_sources(connection))
    except CheckFailed as exc:
        problem = exc.problem
    for name, fetch in _others(connection, job, pools).items():
        if problem and problem.code != "scope_missing":
            break
        try:
            had = replace(had, **{name: fetch()})
        except CheckFailed as exc:
            problem = exc.problem
    return replace(had, problem=problem)


def _others(connection: Connection, job: GreenhouseJob | None, pools: bool) -> dict[str, Callable[[], Any]]:
    others: dict[str, Callable[[], Any]] = {"stages": lambda: fetch_stages(connection, job) if job else []}
    if pools:
        others["pools"] = lambda: fetch_pools(connection)
    return others


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


def fetch_pools(connection: Connection) -> list[Pool]:
    """Return the prospect pools of the account with their stages.

    Effects: two requests or more, at most once in five minutes.
    Raises: CheckFailed.
    """
    key = _key(connection, "pools")
    known: list[Pool] | None = cache.get(key)
    if known is None:
        known = _ask(connection, _pools)
        cache.set(key, known, REMEMBERED_SECONDS)
    return known


def _ask_for_stages(connection: Connection, job: GreenhouseJob) -> list[Choice]:
    stages = _ask(connection, lambda client: client.fetch_interview_stages([job.remote_id]))
    active = (stage for stage in stages if stage.active and str(stage.job_id) == job.remote_id)
    return [Choice(str(stage.id), stage.name) for stage in sorted(active, key=lambda stage: stage.sort_order)]


def _pools(client: GreenhouseClient) -> list[Pool]:
    pools = [pool for pool in client.fetch_prospect_pools() if pool.active]
    rows = client.fetch_prospect_pool_stages([pool.id for pool in pools]) if pools else []
    rows.sort(key=lambda stage: stage.sort_order)
    stages = {
        pool.id: tuple(Choice(str(row.id), row.name) for row in rows if row.prospect_pool_id == pool.id)
        for pool in pools
    }
    return [Pool(str(pool.id), pool.name, stages[pool.id]) for pool in sorted(pools, key=lambda pool: pool.name)]


def _ask(connection: Connection, ask: Callable[[GreenhouseClient], T]) -> T:
    try:
        return ask(client_for(connection))
    except Forbidden as exc:
        scope = listing_scope(exc.path)
        connection.note_refused(scope)
        raise CheckFailed("scope_missing", scope) from exc
    except DecryptionError as exc:
        raise CheckFailed("secret_unreadable") from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc


def _key(connection: Connection, what: str) -> str:
    # With the number of the credential: another account has other lists.
    return f"greenhouse:{connection.pk}:{connection.credential_no}:{what}"
