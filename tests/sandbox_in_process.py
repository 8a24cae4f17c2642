"""The sandbox without a line in between: as fast as a function call, and every answer can be spoiled on order."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from sandbox import seed
from sandbox.app import Sandbox
from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.store import Store

BASE = "https://greenhouse.example"

Answer = Callable[[], requests.Response]


class InProcessSandbox(BaseAdapter):
    """To be mounted on a session. `on_api_call(request, answer)` stands between a call to the API and its answer."""

    def __init__(self) -> None:
        super().__init__()
        world = World(Store(":memory:"))
        seed.fill_if_new(world)
        world.set_switches({"rate_limit": 0, "token_rate_limit": 0})
        self.store = world.store
        self.on_api_call: Callable[[requests.PreparedRequest, Answer], requests.Response] = lambda _, answer: answer()
        self._sandbox = Sandbox(world)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        def answer() -> requests.Response:
            return _delivered(request, self._sandbox.deliver(_as_seen(request)).response)

        is_api = urlsplit(request.url or "").path.startswith("/v3/")
        return self.on_api_call(request, answer) if is_api else answer()

    def close(self) -> None:
        self.store.close()

    def of_email(self, collection: str, email: str) -> list[Record]:
        """The people with this address, or what hangs on them."""
        people = [
            row
            for row in self.store.all("candidates")
            if any(entry["value"] == email for entry in row["email_addresses"])
        ]
        if collection == "candidates":
            return people
        ids = {person["id"] for person in people}
        return [row for row in self.store.all(collection) if row["candidate_id"] in ids]


def _as_seen(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    body: Any = request.body or b""
    if hasattr(body, "read"):
        body.seek(0)
        body = body.read()
    return Request(
        method=request.method or "GET",
        path=unquote(parts.path),
        query=parts.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body.encode() if isinstance(body, str) else body,
        base_url=BASE,
    )


def _delivered(request: requests.PreparedRequest, response: Response) -> requests.Response:
    delivered = requests.Response()
    delivered.status_code = response.status
    delivered.headers = CaseInsensitiveDict({**response.headers, "Content-Type": response.content_type})
    delivered._content = response.body
    delivered.url = request.url or ""
    delivered.request = request
    return delivered
