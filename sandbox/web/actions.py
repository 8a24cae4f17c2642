"""What the forms for switches and trouble do."""

from sandbox.context import World
from sandbox.exchange import Record, Request
from sandbox.switches import CHOICES, SIGNED, as_record
from sandbox.web.form import number


def order_trouble(world: World, request: Request) -> tuple[str, str]:
    """Order a fault for the next requests to one part of the API."""
    times = number(request, "times") or 1
    kind, _, status = request.form.get("kind", "").partition(" ")
    order: Record = {"kind": kind, "path": request.form.get("path", "/"), "times": times}
    if status.isascii() and status.isdigit():
        order["status"] = int(status)
    world.faults.add(order)
    return "/traffic", f"Trouble is waiting for the next {f'{times} requests' if times > 1 else 'request'}."


def clear_trouble(world: World, _: Request) -> tuple[str, str]:
    world.faults.clear()
    return "/traffic", "No more trouble is on order."


def start_chaos(world: World, request: Request) -> tuple[str, str]:
    """Let a share of all requests to one part of the API go wrong."""
    percent, seed = number(request, "percent") or 0, number(request, "seed") or 0
    world.chaos.follow({"percent": percent, "seed": seed, "path": request.form.get("path", "/v3")})
    return "/traffic#chaos", f"{percent} % of the requests go wrong from now on."


def stop_chaos(world: World, _: Request) -> tuple[str, str]:
    world.chaos.stop()
    return "/traffic#chaos", "Requests go well again."


def set_switches(world: World, request: Request) -> tuple[str, str]:
    """Read the whole form: an unticked box is absent from it."""
    wanted: Record = {}
    for name, value in as_record(world.switches).items():
        if isinstance(value, bool):
            wanted[name] = name in request.form
        elif name in CHOICES:
            wanted[name] = request.form.get(name, value)
        else:
            given = number(request, name, signed=name in SIGNED)
            wanted[name] = value if given is None else given
    world.set_switches(wanted)
    return "/#switches", "The switches are set."
