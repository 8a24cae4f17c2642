"""Pages of the sandbox."""

from sandbox.context import World
from sandbox.exchange import Request, Response, not_found


def answer(world: World, request: Request) -> Response:
    if request.path != "/":
        raise not_found()
    return Response(
        200,
        b"<!doctype html><title>Greenhouse sandbox</title><h1>Greenhouse sandbox</h1>",
        "text/html; charset=utf-8",
    )
