"""Which host, page or control an address belongs to, and what trouble it meets on the way."""

import time
from dataclasses import dataclass

from sandbox import auth_host, control, harvest, present
from sandbox.context import World
from sandbox.exchange import (
    Refusal,
    Request,
    Response,
    forbidden,
    json_response,
    not_found,
    refusal_response,
)
from sandbox.faults import Fault, fault_response, gateway_page
from sandbox.web import consent, site

_AUTH_PATHS = ("/authorize", "/token", "/introspect", "/auth/token")
_HARVEST_ROOTS = ("/v1", "/v2", "/v3", "/auth")


@dataclass
class Delivery:
    """A response, and how it reaches the caller."""

    response: Response
    cut: bool = False  # reset the connection, sending nothing
    truncate: bool = False  # announce the whole body, send half of it


class Sandbox:
    def __init__(self, world: World) -> None:
        self.world = world
        self.harvest = harvest.Harvest(world)

    def deliver(self, request: Request) -> Delivery:
        """Answer any request."""
        if is_api(request.path):
            return self._deliver_api(request)
        try:
            return Delivery(self._local(request))
        except Refusal as refusal:
            return Delivery(refusal_response(refusal))

    def _local(self, request: Request) -> Response:
        if request.path.startswith("/files/"):
            return present.download(self.world, request)
        _check_origin(request)
        if request.path.startswith("/_sandbox/"):
            return control.answer(self.world, request)
        return site.answer(self.world, request)

    def _deliver_api(self, request: Request) -> Delivery:
        """Answer an API request, meeting the fault ordered for it, and write it down."""
        started = time.perf_counter()
        if self.world.switches.latency_ms:
            time.sleep(self.world.switches.latency_ms / 1000)
        ordered = self.world.faults.take(request.method, request.path)
        fault = ordered or self.world.chaos.take(request.method, request.path)
        who = {"credential": "", "subject": ""}
        delivery = self._with_fault(request, fault, who)
        self.world.log.add(
            request,
            status=0 if delivery.cut else delivery.response.status,
            fault=fault.kind if fault else "",
            took=time.perf_counter() - started,
            **who,
        )
        if fault and fault.kind == "slow" and fault.after:
            time.sleep(fault.seconds)
        return delivery

    def _with_fault(self, request: Request, fault: Fault | None, who: dict[str, str]) -> Delivery:
        if fault is None:
            return Delivery(self._api(request, who))
        if fault.kind == "reset_before":
            return Delivery(Response(), cut=True)
        if fault.kind == "slow" and not fault.after:
            time.sleep(fault.seconds)
        instead = fault_response(fault)
        if instead is not None and not fault.after:
            return Delivery(instead)
        response = self._api(request, who)
        return Delivery(instead or response, cut=fault.kind == "reset_after", truncate=fault.kind == "truncate")

    def _api(self, request: Request, who: dict[str, str]) -> Response:
        if request.path in _AUTH_PATHS:
            try:
                return self._auth(request, who)
            except Refusal as refusal:
                return refusal_response(refusal)
        try:
            return self._harvest(request, who)
        except Refusal as refusal:
            return _as_terse_as_wanted(refusal_response(refusal), refusal, self.world.switches.error_bodies)

    def _auth(self, request: Request, who: dict[str, str]) -> Response:
        switches = self.world.switches
        with self.world.store.lock:
            who["credential"] = auth_host.known_client(self.world.store, request)
        is_exchange = request.path == "/auth/token"
        if switches.harvest_down if is_exchange else switches.auth_down:
            return gateway_page(503)
        if request.path == "/authorize":
            _check_origin(request)
            return consent.answer(self.world, request)
        if request.method != "POST":
            raise not_found()
        with self.world.store.lock:
            if is_exchange:
                return auth_host.exchange_key(self.world.store, switches, request)
            if request.path == "/token":
                return auth_host.token(self.world.store, switches, self.world.limiter, request)
            if not switches.introspection:
                raise not_found()
            return auth_host.introspect(self.world.store, switches, request)

    def _harvest(self, request: Request, who: dict[str, str]) -> Response:
        switches = self.world.switches
        if switches.harvest_down:
            return gateway_page(503)
        if request.path.startswith(("/v1", "/v2")):
            message = "Harvest v1 and v2 have been removed. Please use Harvest v3."
            return json_response({"message": message}, switches.removed_versions_status)
        caller = harvest.authenticate(self.world, request)
        who["credential"] = caller.credential["client_id"] or caller.credential["name"]
        who["subject"] = str(caller.user["id"])
        return self.harvest.answer(request, caller)


def _as_terse_as_wanted(response: Response, refusal: Refusal, wanted: str) -> Response:
    """Say less in those refusals of the Harvest host whose bodies nobody has recorded."""
    if refusal.status not in (400, 403, 429) or wanted == "full":
        return response
    if wanted == "none":
        return Response(refusal.status, b"", "text/plain", response.headers)
    return json_response({"message": refusal.body["message"]}, refusal.status, response.headers)


def is_api(path: str) -> bool:
    """Tell the two Greenhouse hosts from the sandbox's own pages."""
    return path in _AUTH_PATHS or any(path == root or path.startswith(root + "/") for root in _HARVEST_ROOTS)


def _check_origin(request: Request) -> None:
    """Refuse changes ordered by another site's page: browsers always name it, programs name none."""
    origin = request.headers.get("origin")
    if request.method not in ("GET", "HEAD") and origin not in (None, request.base_url):
        raise forbidden("This page was not sent by the sandbox itself")
