"""The events of Greenhouse, and how one becomes a delivery to everyone who asked for it."""

import secrets
import time
from collections.abc import Callable

from sandbox.exchange import Record
from sandbox.store import Store
from sandbox.webhooks.encoding import body_of

# name -> what Greenhouse's page calls it
EVENTS = {
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
    "job_created": "Job has been created",
    "job_updated": "Job has been updated",
    "job_approved": "Job has been approved",
    "job_deleted": "Job has been deleted",
    "job_post_created": "Job post has been created",
    "job_post_updated": "Job post has been updated",
    "job_post_deleted": "Job post has been deleted",
    "job_interview_stage_deleted": "Interview stage has been deleted",
    "offer_created": "Offer has been created",
    "offer_updated": "Offer has been updated",
    "offer_approved": "Offer has been approved",
    "offer_deleted": "Offer has been deleted",
    "department_deleted": "Department has been deleted",
    "office_deleted": "Office has been deleted",
    "interview_deleted": "Interview has been deleted",
    "scorecard_deleted": "Scorecard has been deleted",
}


def subscribed(store: Store, action: str) -> list[Record]:
    """Return the webhooks that are to hear of an event."""
    return [hook for hook in store.where("webhooks", event_action_type=action) if not hook["deactivated"]]


def announce(store: Store, action: str, payload: Callable[[], Record]) -> list[Record]:
    """Write a delivery for every webhook of this event, in the transaction of what happened.

    Effects: the courier is woken once the transaction is on disk.
    """
    hooks = subscribed(store, action)
    if not hooks:
        return []
    body = body_of(action, payload())
    return [add_delivery(store, hook, action, body) for hook in hooks]


def add_delivery(store: Store, hook: Record, action: str, body: str, event_id: str = "") -> Record:
    return store.add(
        "_deliveries",
        webhook_id=hook["id"],
        action=action,
        body=body,
        event_id=event_id or secrets.token_hex(16),
        state="waiting",  # then delivered, failed, held or dropped
        due_at=time.time(),
        attempts=[],
        met_trouble=bool(event_id),  # a copy meets none
        tampered=False,
    )
