"""Gunicorn's access log, without the keys that stand in some addresses."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from purposejobs.logs import quiet_path


class QuietLogger(Logger):  # type: ignore[misc]
    """As gunicorn's; its format must name the path (`U`) and never the request line or the query."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """Return what the format of a line may name."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return atoms | {"U": quiet_path(atoms["U"] or "")}
