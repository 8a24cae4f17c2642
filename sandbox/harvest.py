"""The Harvest host: route first, then token, budget, scope, subject, and only then the work."""

from dataclasses import dataclass

from sandbox import routes, tokens
from sandbox.catalogue import CATALOGUE
from sandbox.context import Call, World
from sandbox.exchange import Record, Refusal, Request, Response, forbidden, not_found
from sandbox.listing import list_response, understand
from sandbox.present import shape
from sandbox.routes import PARTNERS_ONLY, READABLE_ALONE, WRITES
from sandbox.tokens import Caller
from sandbox.traffic import Allowance
from sandbox.webhooks.subscriptions import is_own


@dataclass(frozen=True)
class Route:
    collection: str
    verb: str
    key: tuple[str, str, bool, str]
    record_id: int | None = None


def find_route(request: Request) -> Route:
    """Return what the address means.

    Raises: Refusal 404 for an address that does not exist, which needs no token to find out.
    """
    parts = request.path.strip("/").split("/")[1:]
    collection = parts[0] if parts else ""
    named = parts[1] if len(parts) > 1 else ""
    if collection not in CATALOGUE or len(parts) > 3 or (named and not (named.isascii() and named.isdigit())):
        raise not_found()
    key = (request.method, collection, bool(named), parts[2] if len(parts) > 2 else "")
    record_id = int(named) if named else None
    if key in WRITES:
        return Route(collection, WRITES[key].verb, key, record_id)
    if request.method == "GET" and not key[3] and (not named or collection in READABLE_ALONE):
        return Route(collection, "list", key, record_id)
    raise not_found()


class Harvest:
    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, request: Request, caller: Caller) -> Response:
        """Answer an authenticated request; every answer carries the rate-limit headers."""
        switches = self.world.switches
        allowance = self.world.limiter.spend(
            f"credential:{caller.credential['id']}:{caller.organization_id}",
            switches.rate_limit,
            switches.rate_window_seconds,
        )
        try:
            response = self._allowed(request, caller, find_route(request), allowance)
        except Refusal as refusal:
            refusal.headers.update(allowance.headers(ahead=switches.clock_ahead_seconds))
            raise
        response.headers.update(allowance.headers(ahead=switches.clock_ahead_seconds))
        return response

    def _allowed(self, request: Request, caller: Caller, route: Route, allowance: Allowance) -> Response:
        if allowance.refused:
            raise Refusal(429, {"message": "Too Many Requests"})
        scope = f"harvest:{route.collection}:{route.verb}"
        if not caller.has(scope):
            raise forbidden(f"The token does not have the scope {scope}")
        if route.collection in PARTNERS_ONLY and caller.credential["kind"] != "partner":
            raise forbidden("This endpoint is for Greenhouse partners")
        if route.verb == "list":
            return self._read(request, caller, route)
        write = WRITES[route.key]
        if write.is_slow:
            return write.handle(self._call(request, caller, route))
        with self.world.store.unit():
            return write.handle(self._call(request, caller, route))

    def _call(self, request: Request, caller: Caller, route: Route) -> Call:
        target = self.world.store.get(route.collection, route.record_id) if route.record_id else {}
        if target is None or (target and not _may_see(caller, route.collection, target)):
            raise not_found(f"{route.collection} {route.record_id}")
        if route.collection == "candidates" and target.get("private") and not caller.sees_private:
            raise forbidden("You do not have permission to view this candidate")
        return Call(self.world, request, caller, target)

    def _read(self, request: Request, caller: Caller, route: Route) -> Response:
        if request.body:
            raise forbidden("A GET request must not have a body")
        store = self.world.store
        with store.lock:
            if not caller.may_list:
                if self.world.switches.non_admin_lists == "empty":
                    return Response(200, b"[]")
                raise forbidden("The acting user must be a Site Admin")
            if route.record_id is not None:
                return routes.show_one(self._call(request, caller, route), route.collection)
            collection = CATALOGUE[route.collection]
            wanted = understand(collection, request, store, self.world.switches)
            if collection.name in PARTNERS_ONLY:
                wanted.tests.append(lambda record: is_own(record, caller))
            present = shape(self.world, request, route.collection, sees_private=caller.sees_private)
            return list_response(collection, wanted, store, request, present)


def _may_see(caller: Caller, collection: str, record: Record) -> bool:
    """Say whether a record exists for this caller: of webhooks a partner knows only its own."""
    return collection not in PARTNERS_ONLY or is_own(record, caller)


def authenticate(world: World, request: Request) -> Caller:
    """Return the caller, once the address exists."""
    find_route(request)
    with world.store.lock:
        try:
            return tokens.authenticate(world.store, request)
        except Refusal:
            if world.switches.disconnected_status == "403" and tokens.is_disconnected(world.store, request):
                raise forbidden("The integration is not authorized for this organization") from None
            raise
