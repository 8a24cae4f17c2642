"""Can we see anything at all? An empty answer proves nothing to somebody who is shown nothing.

An acting user who lost the Site Admin role may be shown empty lists instead of a refusal (contract §10 no. 13). So
before an empty answer leads to a second person or to an application that is gone, one known thing must be visible.
"""

from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden
from integrations.greenhouse.schemas import Record
from integrations.remembering import remembered

PROOF_HOLDS_SECONDS = 60


def prove_sight(client: GreenhouseClient, connection_id: int) -> None:
    """Make sure that this connection is shown jobs.

    Effects: one request, at most once a minute for a connection.
    Raises: Forbidden (`sees_nothing`), and what reading raises.
    """
    remembered(f"sight:{connection_id}", lambda: _sees_jobs(client), seconds=PROOF_HOLDS_SECONDS)


def _sees_jobs(client: GreenhouseClient) -> bool:
    if not client.fetch_page("jobs", Record, params={"per_page": "1"}).items:
        raise Forbidden("sees_nothing", path="/v3/jobs")
    return True
