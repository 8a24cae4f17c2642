"""What a delivery means: which people or jobs to read again. Its body is a hint, and never written anywhere.

Since everything is read again through the API, it matters neither in which order deliveries come nor how often.

Source: contract §7.1 to §7.3.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.models import DeliveryOutcome, SyncKind

PING = "ping"
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FIRST = re.compile(rb'\{"action": ?"([a-z0-9_]{1,60})"[,}]')


@dataclass(frozen=True)
class Hint:
    """Whom and what a delivery speaks of, by Greenhouse's ids as text."""

    applications: frozenset[str] = frozenset()
    candidates: frozenset[str] = frozenset()
    jobs: SyncKind | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.applications or self.candidates or self.jobs)


NOTHING = Hint()


def parse(body: bytes) -> Mapping[str, Any]:
    """Return a delivery's body as a record; an empty one for anything else, however odd."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def event_of(body: bytes) -> str:
    """Name the event of a delivery; empty where it names none that could be one."""
    # Greenhouse names it first, and reading all the rest takes longer than checking the signature.
    first = _FIRST.match(body)
    named = first[1].decode() if first else parse(body).get("action")
    return named if isinstance(named, str) and _EVENT.fullmatch(named) else ""


def outcome_unread(event: str) -> DeliveryOutcome | None:
    """What comes of a delivery that needs no reading; None for one that a worker has to look into."""
    if event == PING:
        return DeliveryOutcome.PING
    return None if event in _MEANINGS else DeliveryOutcome.UNUSED


def hint_of(event: str, body: bytes) -> Hint:
    """Tell what to read again; nothing where the body is not what Greenhouse documents."""
    meaning = _MEANINGS.get(event)
    return meaning(_inner(parse(body), "payload")) if meaning else NOTHING


def _inner(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _ids(*values: object) -> frozenset[str]:
    """Those of these that can be ids; a number may be written as text, and may need more than 32 bits."""
    texts = (str(value) for value in values if isinstance(value, int | str) and not isinstance(value, bool))
    return frozenset(text for text in texts if text.isascii() and text.isdecimal() and len(text) <= 18)


def _application(payload: Mapping[str, Any]) -> Hint:
    return Hint(applications=_ids(_inner(payload, "application").get("id")))


def _application_and_person(payload: Mapping[str, Any]) -> Hint:
    """For what may be the new application of somebody we follow, or the end of one."""
    application = _inner(payload, "application")
    person = _ids(_inner(application, "candidate").get("id"), application.get("candidate_id"))
    return Hint(applications=_ids(application.get("id")), candidates=person)


def _candidate(payload: Mapping[str, Any]) -> Hint:
    return Hint(candidates=_ids(_inner(payload, "candidate").get("id"), payload.get("candidate_id")))


def _person(payload: Mapping[str, Any]) -> Hint:
    person = _inner(payload, "person")
    return Hint(candidates=_ids(person.get("id"), person.get("new_candidate_id")))


def _changed_jobs(_: Mapping[str, Any]) -> Hint:
    return Hint(jobs=SyncKind.CHANGES)


def _fewer_jobs(_: Mapping[str, Any]) -> Hint:
    # A reading of changes does not see what is no longer there.
    return Hint(jobs=SyncKind.FULL)


def _post(payload: Mapping[str, Any]) -> Hint:
    return Hint(jobs=SyncKind.FULL if payload.get("live") is False else SyncKind.CHANGES)


_MEANINGS: dict[str, Callable[[Mapping[str, Any]], Hint]] = {
    "new_candidate_application": _application_and_person,
    "new_prospect_application": _application_and_person,
    "application_updated": _application,
    "candidate_stage_change": _application,
    "reject_candidate": _application,
    "unreject_candidate": _application,
    "hire_candidate": _application,
    "unhire_candidate": _application,
    "delete_application": _application_and_person,
    "update_candidate": _candidate,
    "merge_candidate": _person,
    "delete_candidate": _person,
    "candidate_anonymized": _candidate,
    "job_updated": _changed_jobs,
    "job_deleted": _fewer_jobs,
    "job_post_created": _changed_jobs,
    "job_post_updated": _post,
    "job_post_deleted": _fewer_jobs,
    "department_deleted": _changed_jobs,
    "office_deleted": _changed_jobs,
}
# What to choose in Greenhouse, in the order and the words of its page.
EVENTS: dict[str, str] = {
    "new_candidate_application": "Candidate has submitted an application",
    "new_prospect_application": "Prospect has been created",
    "application_updated": "Application has been updated",
    "delete_application": "Application has been deleted",
    "candidate_stage_change": "Candidate has changed stage",
    "reject_candidate": "Candidate or prospect has been rejected",
    "unreject_candidate": "Candidate or prospect has been unrejected",
    "hire_candidate": "Candidate has been hired",
    "unhire_candidate": "Candidate has been unhired",
    "update_candidate": "Candidate or prospect has been updated",
    "delete_candidate": "Candidate or prospect has been deleted",
    "merge_candidate": "Candidate has been merged",
    "candidate_anonymized": "Candidate has been anonymized",
    "job_updated": "Job has been updated",
    "job_deleted": "Job has been deleted",
    "job_post_created": "Job post has been created",
    "job_post_updated": "Job post has been updated",
    "job_post_deleted": "Job post has been deleted",
    "department_deleted": "Department has been deleted",
    "office_deleted": "Office has been deleted",
}


def kind_of(hints: Iterable[Hint]) -> SyncKind | None:
    """How much of the career site these ask to be read; None for nothing."""
    kinds = {hint.jobs for hint in hints} - {None}
    return SyncKind.FULL if SyncKind.FULL in kinds else SyncKind.CHANGES if kinds else None
