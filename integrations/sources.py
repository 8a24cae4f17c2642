"""Which Greenhouse source our people carry. A person's choice stands; else the one named like us is taken."""

from collections.abc import Iterable

from integrations.greenhouse.schemas import SourcePayload
from integrations.looking_up import look_up
from integrations.models import Connection, ConnectionState

_FIELDS = ("source_remote_id", "source_name", "source_is_chosen")


def fetch_sources(connection: Connection) -> list[SourcePayload]:
    """Return all sources of the employer's Greenhouse by name.

    Effects: one request per 500 sources.
    Raises: CheckFailed.
    """
    sources = look_up(connection, lambda client: client.fetch_sources())
    return sorted(sources, key=lambda source: source.name.casefold())


def our_source(sources: Iterable[SourcePayload]) -> SourcePayload | None:
    """The source that is named like us: exactly so, or else somehow so."""
    named = [source for source in sources if "purpose jobs" in source.name.casefold()]
    return min(named, key=lambda source: (len(source.name), source.id), default=None)


def choose_source(*, connection: Connection, source: SourcePayload | None) -> None:
    """Keep a person's choice, or that they want none. Repeat: harmless."""
    connection.source_remote_id = str(source.id) if source else ""
    connection.source_name = source.name[:300] if source else ""
    connection.source_is_chosen = True
    _save(connection)


def look_again(connection: Connection) -> bool:
    """See whether there is a source now; True if people carry one from now on.

    Effects: one request per 500 sources, one write.
    Raises: CheckFailed.
    """
    note_source(connection, fetch_sources(connection))
    _save(connection)
    return bool(connection.source_remote_id)


def note_source(connection: Connection, sources: Iterable[SourcePayload]) -> None:
    """Bring the connection's source in line with Greenhouse's list; does not save.

    A chosen one that is no longer listed loses its id and keeps its name: so it can be told, and found again.
    """
    sources = list(sources)
    if not connection.source_is_chosen:
        found = our_source(sources)
    elif not connection.source_name:
        return  # somebody chose to have none
    else:
        found = _chosen(connection, sources)
    connection.source_remote_id = str(found.id) if found else ""
    if found or not connection.source_is_chosen:
        connection.source_name = found.name[:300] if found else ""


def _chosen(connection: Connection, sources: list[SourcePayload]) -> SourcePayload | None:
    by_id = (source for source in sources if str(source.id) == connection.source_remote_id)
    by_name = (source for source in sources if source.name[:300] == connection.source_name)
    return next(by_id, None) or next(by_name, None)


def _save(connection: Connection) -> None:
    values = {name: getattr(connection, name) for name in _FIELDS}
    Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED).update(**values)
