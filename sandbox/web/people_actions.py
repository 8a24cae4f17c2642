"""What the buttons of people and applications do: the same operations as the API, done by the Site Admin."""

from sandbox import bodies, hiring, people
from sandbox.context import World
from sandbox.exchange import Record, Request, not_found, unprocessable
from sandbox.filters import addresses_in
from sandbox.web.form import choice, number, text
from sandbox.web.pages import full_name
from sandbox.words import ATTACHMENT_TYPES, NOTE_VISIBILITIES
from sandbox.writes.files import check_filename

_ADMIN = "admin@example.com"


def person_page(application: Record) -> str:
    return f"/people/{application['candidate_id']}?application_id={application['id']}"


def _name(world: World, application: Record) -> str:
    return full_name(world.store.get("candidates", application["candidate_id"]))


def _page(person: Record) -> str:
    return f"/people/{person['id']}"


def _admin_id(world: World) -> int | None:
    admin = world.store.first("users", primary_email=_ADMIN)
    return admin["id"] if admin else None


# People


def add_person(world: World, request: Request) -> tuple[str, str]:
    """Add a person, on a job or as a prospect, as a recruiter would by hand."""
    with world.store.unit():
        person = people.create(world.store, _named(request))
        job_id = number(request, "job_id")
        if job_id:
            bodies.must_exist(world.store, "jobs", {"job_id": job_id}, "job_id")
            hiring.create_for_job(world.store, {"candidate_id": person["id"], "job_id": job_id})
        else:
            hiring.create_prospect(world.store, {"candidate_id": person["id"]}, {})
        left = people.auto_merge(world.store, person, world.switches.auto_merge)
    merged = "" if left["id"] == person["id"] else " It was the same person as one already here: the two are merged."
    return _page(left), f"{full_name(person)} was added.{merged}"


def _named(request: Request) -> Record:
    """Read the fields that a person's forms have in common."""
    first, last = text(request, "first_name", "A person needs a first name"), request.form.get("last_name", "").strip()
    values: Record = {"first_name": first, "last_name": last}
    values |= {name: request.form.get(name, "").strip() or None for name in ("company", "title")}
    addresses = request.form.get("emails", "").replace(",", " ").split()
    if any("@" not in address for address in addresses):
        raise unprocessable("An e-mail address has an @ in it")
    return values | {"email_addresses": [{"value": address, "type": "personal"} for address in addresses]}


def edit(world: World, request: Request, person: Record) -> tuple[str, str]:
    values = _named(request)
    types = {entry["value"]: entry["type"] for entry in person["email_addresses"]}
    for entry in values["email_addresses"]:
        entry["type"] = types.get(entry["value"], "personal")
    changed = people.update(world.store, person, values)
    return _page(person), f"{full_name(changed)} was changed."


def toggle_private(world: World, _: Request, person: Record) -> tuple[str, str]:
    changed = people.update(world.store, person, {"private": not person["private"]})
    says = "private: only those with the right see this person" if changed["private"] else "no longer private"
    return _page(person), f"{full_name(person)} is {says}."


def merge(world: World, request: Request, person: Record) -> tuple[str, str]:
    """Fold another person, found by id or e-mail address, into this one."""
    wanted = text(request, "other", "Name the other person by id or e-mail address").casefold()
    for other in world.store.where("candidates"):
        addresses = {address.casefold() for address in addresses_in(other.get("email_addresses"))}
        if other["id"] != person["id"] and (str(other["id"]) == wanted or wanted in addresses):
            people.merge(world.store, person, other)
            return _page(
                person
            ), f"{full_name(other)} is now part of {full_name(person)}; the id {other['id']} is gone."
    raise not_found("The other person")


def anonymise(world: World, _: Request, person: Record) -> tuple[str, str]:
    people.anonymise(world.store, person, list(people.ANONYMISABLE))
    return _page(person), f"{full_name(person)} is anonymized."


def delete(world: World, _: Request, person: Record) -> tuple[str, str]:
    people.delete(world.store, person)
    return "/people", f"{full_name(person)} was deleted."


def tag(world: World, request: Request, person: Record) -> tuple[str, str]:
    """Write the tags anew."""
    tags = [part.strip() for part in request.form.get("tags", "").split(",") if part.strip()]
    people.update(world.store, person, {"tags": list(dict.fromkeys(tags))})
    return _page(person), f"{full_name(person)} has {len(set(tags))} tag{'s' if len(set(tags)) != 1 else ''}."


def consider(world: World, request: Request, person: Record) -> tuple[str, str]:
    """Put a person on one more job, or make them a prospect."""
    job_id = number(request, "job_id")
    if job_id:
        bodies.must_exist(world.store, "jobs", {"job_id": job_id}, "job_id")
        values = {"candidate_id": person["id"], "job_id": job_id}
        made = hiring.create_for_job(world.store, values, switches=world.switches)
    else:
        made = hiring.create_prospect(world.store, {"candidate_id": person["id"]}, {})
    people.touch(world.store, person["id"])
    return person_page(made), f"{full_name(person)} has one more application."


def note(world: World, request: Request, person: Record) -> tuple[str, str]:
    body = text(request, "body", "A note needs a text")
    visibility = NOTE_VISIBILITIES[choice(request, "visibility", *NOTE_VISIBILITIES)]
    about = {"id": None, "candidate_id": person["id"]}
    hiring.add_note(world.store, about, user_id=_admin_id(world), body=body, visibility=visibility)
    people.touch(world.store, person["id"])
    return _page(person), "The note was added."


# Applications


def move(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Move to the stage asked for, or to the next one; the form carries the stage it was shown with."""
    moved = hiring.move(
        world.store,
        application,
        from_stage_id=number(request, "from_stage_id") or 0,
        to_stage_id=number(request, "to_stage_id"),
        switches=world.switches,
    )
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} is now in {moved['stage_name']}."


def transfer(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Move to another job, where the first stage begins."""
    moved = hiring.move(
        world.store,
        application,
        from_stage_id=application["job_interview_stage_id"],
        to_job_id=number(request, "job_id") or 0,
        switches=world.switches,
    )
    people.touch(world.store, application["candidate_id"])
    job = world.store.table("jobs").records[moved["job_id"]]
    return person_page(application), f"{_name(world, application)} is now on {job['name']}."


def reject(world: World, request: Request, application: Record) -> tuple[str, str]:
    body = {"rejection_reason_id": number(request, "rejection_reason_id")}
    if body["rejection_reason_id"] is None:
        raise unprocessable("Choose a rejection reason")
    bodies.must_exist(world.store, "rejection_reasons", body, "rejection_reason_id")
    hiring.reject(
        world.store,
        application,
        reason_id=body["rejection_reason_id"],
        by_user_id=_admin_id(world),
        note=request.form.get("note", "").strip(),
    )
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} was rejected."


def unreject(world: World, _: Request, application: Record) -> tuple[str, str]:
    back = hiring.unreject(world.store, application)
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} is back in {back['stage_name'] or 'the pool'}."


def hire(world: World, request: Request, application: Record) -> tuple[str, str]:
    hiring.hire(world.store, application, opening_id=number(request, "opening_id"))
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} was hired."


def unhire(world: World, _: Request, application: Record) -> tuple[str, str]:
    hiring.unhire(world.store, application)
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} is no longer hired; the opening is free again."


def convert(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Turn a prospect into a candidate for a job, which is a new application."""
    job_id = number(request, "job_id")
    bodies.must_exist(world.store, "jobs", {"job_id": job_id or 0}, "job_id")
    made = hiring.convert(world.store, application, job_id=job_id or 0, stage_id=None)
    people.touch(world.store, application["candidate_id"])
    return person_page(made), f"{_name(world, application)} is a candidate now, in a new application."


def pool(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Put a prospect into a stage of a pool; the stage says which pool."""
    detail = world.store.first("prospect_details", application_id=application["id"])
    stage = world.store.get("prospect_pool_stages", number(request, "stage_id"))
    if detail is None or stage is None:
        raise unprocessable("Choose a stage of a pool, for a prospect")
    world.store.change("prospect_details", detail["id"], pool_id=stage["prospect_pool_id"], pool_stage_id=stage["id"])
    hiring.update(world.store, application, {})
    people.touch(world.store, application["candidate_id"])
    return person_page(application), f"{_name(world, application)} is in “{stage['name']}”."


def attach(world: World, request: Request, application: Record) -> tuple[str, str]:
    """Add a text file under any name that is not blocked."""
    filename = text(request, "filename", "A file needs a name")
    check_filename(filename)
    data = request.form.get("content", "").encode() or b"(empty)"
    people.attach(world.store, application, data, type=choice(request, "type", *ATTACHMENT_TYPES), filename=filename)
    return person_page(application), f"{filename} was added."


def delete_application(world: World, _: Request, application: Record) -> tuple[str, str]:
    name = _name(world, application)
    hiring.delete(world.store, application)
    people.touch(world.store, application["candidate_id"])
    return f"/people/{application['candidate_id']}", f"One application of {name} was deleted."
