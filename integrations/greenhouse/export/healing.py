"""Go on without what Greenhouse no longer has, and find out what was moved or removed there meanwhile."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from integrations.greenhouse.client import People
from integrations.greenhouse.errors import Rejected, Unavailable
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.sight import prove_sight
from integrations.models import GreenhousePerson

T = TypeVar("T")

# What Greenhouse blames → the key of ours to leave out, and the remark. It calls a wrong stage by another name.
_DISPENSABLE = {
    "source_id": ("source_id", "source_gone"),
    "referrer_id": ("referrer_id", "credit_no_referrer"),
    "initial_stage_id": ("initial_stage_id", "stage_gone"),
    "stage_id": ("initial_stage_id", "stage_gone"),
    "prospect_pool_id": ("prospect_pool_id", "pool_gone"),
    "prospect_pool_stage_id": ("prospect_pool_stage_id", "pool_gone"),
}


def without_what_is_gone(walk: Walk, body: dict[str, Any], part: dict[str, Any], send: Callable[[], T]) -> T:
    """Send; as long as Greenhouse blames what can be left out or put otherwise, send once more without it.

    Shape: `part` is the application in `body`, or `body` itself; both are changed.
    Raises: Rejected, and what sending raises. A refusal proves that nothing was made.
    """
    while True:
        try:
            return send()
        except Rejected as exc:
            blamed = tuple(name.rpartition(".")[2] for name in exc.fields)  # it may say `application.source_id`
            if not _left_out(walk, part, blamed) | _completed(walk, body, blamed):
                raise


def _left_out(walk: Walk, part: dict[str, Any], blamed: tuple[str, ...]) -> bool:
    found = [_DISPENSABLE[name] for name in blamed if name in _DISPENSABLE]
    dropped = [(key, code) for key, code in found if part.pop(key, None) is not None]
    if any(key == "prospect_pool_id" for key, _ in dropped):
        part.pop("prospect_pool_stage_id", None)
    for _, code in dropped:
        walk.remark(code)
    return bool(dropped)


def _completed(walk: Walk, body: dict[str, Any], blamed: tuple[str, ...]) -> bool:
    """Give a name that Greenhouse wants and the person does not have a dash."""
    missing = [name for name in ("first_name", "last_name") if name in blamed and body.get(name) == ""]
    for name in missing:
        body[name] = "-"
    if missing:
        walk.remark("name_completed")
    return bool(missing)


def look_after_refusal(walk: Walk, exc: Rejected) -> None:
    """See whether the person or the application was moved or removed; return if both are where we left them.

    Raises: Unavailable (`person_moved`) when the person is to be found anew; NeedsPerson.
    """
    if not is_there(walk, walk.client.fetch_candidate(walk.export.candidate_remote_id)):
        forget_person(walk)
        raise Unavailable("person_moved", path=exc.path)
    if walk.export.application_remote_id and not _application_is_there(walk):
        _forget_application(walk)
        raise NeedsPerson("application_removed")


def is_there(walk: Walk, people: People) -> bool:
    """Raises: NeedsPerson for somebody we may not see; Forbidden where we are shown nothing at all."""
    if people.seen:
        return True
    if people.hidden:
        raise NeedsPerson("person_hidden")
    prove_sight(walk.client, walk.export.connection_id)
    return False


def forget_person(walk: Walk) -> None:
    """Let the person be found anew by e-mail: they were merged away or deleted.

    Effects: what hung on them is looked for again, too; whatever was moved along is found by its name.
    """
    GreenhousePerson.objects.filter(pk=walk.person.pk).update(remote_id="")
    walk.person.remote_id = ""
    walk.has_moved = bool(walk.export.candidate_remote_id)
    _forget_application(walk, candidate_remote_id="", contacts_checked_at=None)


def _application_is_there(walk: Walk) -> bool:
    if walk.client.fetch_applications(ids=[walk.export.application_remote_id]):
        return True
    prove_sight(walk.client, walk.export.connection_id)
    return False


def _forget_application(walk: Walk, **values: Any) -> None:
    walk.application_is_new = False
    with transaction.atomic():  # half of it would pass for a résumé that is there
        walk.commit(application_remote_id="", note_remote_id="", **values)
        walk.export.files.update(remote_id="")
