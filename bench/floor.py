"""The bare floor: what the same requests cost a plain session, one after the other, with nothing done to them."""

from collections.abc import Sequence

import requests

from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess


class Floor:
    """A plain `requests` session that asks again what an import asked."""

    def __init__(self, sandbox: SandboxProcess, addresses: Sequence[str]) -> None:
        self._addresses = [sandbox.url + address for address in addresses]
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {sandbox.token(email=ADMIN_EMAIL)}"

    def read(self) -> int:
        """Ask everything once. Shape: the number of records. Raises: requests.HTTPError."""
        records = 0
        for address in self._addresses:
            answer = self._session.get(address, timeout=60)
            answer.raise_for_status()
            records += len(answer.json())
        return records


def addresses_of(sandbox: SandboxProcess) -> list[str]:
    """Return what was asked of Harvest since the log was last cleared, in order.

    The log holds no Link to follow, but the sandbox's cursors do not age: asked again, each gives the same page.
    """
    asked = sandbox.requests("GET", "/v3")
    return [f"{row['path']}?{row['query']}" if row["query"] else str(row["path"]) for row in asked]
