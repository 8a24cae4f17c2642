"""What the buttons of the pages do: the same operations as the API, done by the Site Admin."""

from sandbox import bodies, hiring
from sandbox.context import World
from sandbox.exchange import Record, Request, unprocessable
from sandbox.switches import CHOICES, SIGNED, as_record

_ADMIN = "admin@example.com"


def person_page(application: Record) -> str:
    return f"/people/{application['candidate_id']}?application_id={application['id']}"


def _number(request: Request, name: str, *, signed: bool = False) -> int | None:
    text = request.form.get(name, "").strip()
    digits = text.removeprefix("-") if signed else text
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise unprocessable({name: "must be a number"})
    return int(text)


def _name_of(world: World, application: Record) -> str:
    candidate = world.store.get("candidates", application["candidate_id"]) or {}
    name = f"{candidate.get('first_name') or ''} {candidate.get('last_name') or ''}".strip()
    return name or "The candidate"


# Applications


def move(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Move to the stage asked for, or to the next one; the form carries the stage it was shown with."""
    moved = hiring.move(
        world.store,
        application,
        from_stage_id=_number(request, "from_stage_id") or 0,
        to_stage_id=_number(request, "to_stage_id"),
        switches=world.switches,
    )
    return person_page(application), f"{_name_of(world, application)} is now in {moved['stage_name']}."


def reject(world: World, request: Request, application: Record) -> tuple[str, str]:
    body = {"rejection_reason_id": _number(request, "rejection_reason_id")}
    if body["rejection_reason_id"] is None:
        raise unprocessable("Choose a rejection reason")
    bodies.must_exist(world.store, "rejection_reasons", body, "rejection_reason_id")
    admin = world.store.first("users", primary_email=_ADMIN)
    hiring.reject(
        world.store,
        application,
        reason_id=body["rejection_reason_id"],
        by_user_id=admin["id"] if admin else None,
        note=request.form.get("note", "").strip(),
    )
    return person_page(application), f"{_name_of(world, application)} was rejected."


def unreject(world: World, _: Request, application: Record) -> tuple[str, str]:
    back = hiring.unreject(world.store, application)
    return person_page(application), f"{_name_of(world, application)} is back in {back['stage_name']}."


def hire(world: World, request: Request, application: Record) -> tuple[str, str]:
    hiring.hire(world.store, application, opening_id=_number(request, "opening_id"))
    return person_page(application), f"{_name_of(world, application)} was hired."


# Switches and trouble


def order_trouble(world: World, request: Request) -> tuple[str, str]:
    """Order a fault for the next requests to one part of the API."""
    times = _number(request, "times") or 1
    kind, _, status = request.form.get("kind", "").partition(" ")
    order: Record = {"kind": kind, "path": request.form.get("path", "/"), "times": times}
    if status.isascii() and status.isdigit():
        order["status"] = int(status)
    world.faults.add(order)
    return "/traffic", f"Trouble is waiting for the next {f'{times} requests' if times > 1 else 'request'}."


def clear_trouble(world: World, _: Request) -> tuple[str, str]:
    world.faults.clear()
    return "/traffic", "No more trouble is on order."


def set_switches(world: World, request: Request) -> tuple[str, str]:
    """Read the whole form: an unticked box is absent from it."""
    wanted: Record = {}
    for name, value in as_record(world.switches).items():
        if isinstance(value, bool):
            wanted[name] = name in request.form
        elif name in CHOICES:
            wanted[name] = request.form.get(name, value)
        else:
            number = _number(request, name, signed=name in SIGNED)
            wanted[name] = value if number is None else number
    world.set_switches(wanted)
    return "/#switches", "The switches are set."
