"""Candidates: made, changed, merged, anonymised, deleted. Shared by the API and the web page."""

from typing import Any

from sandbox import hiring
from sandbox.exchange import Record, unprocessable
from sandbox.filters import addresses_in
from sandbox.store import Store
from sandbox.webhooks import payloads
from sandbox.webhooks.events import announce, subscribed

ANONYMOUS: dict[str, Any] = {
    "first_name": "Anonymized",
    "last_name": "Candidate",
    "preferred_name": None,
    "company": None,
    "title": None,
    "phone_numbers": [],
    "addresses": [],
    "email_addresses": [],
    "website_addresses": [],
    "social_media_addresses": [],
    "custom_fields": {},
    "tags": [],
}
# The names the anonymise call uses for the fields it clears, and ours.
ANONYMISABLE = {
    "full_name": ("first_name", "last_name", "preferred_name"),
    "current_company": ("company",),
    "current_title": ("title",),
    "tags": ("tags",),
    "phone_numbers": ("phone_numbers",),
    "emails": ("email_addresses",),
    "social_media_links": ("social_media_addresses",),
    "websites": ("website_addresses",),
    "addresses": ("addresses",),
    "custom_candidate_fields": ("custom_fields",),
    "location": (),
    "candidate_owners": (),
    "application_questions": (),
    "referral_questions": (),
    "notes": (),
    "attachments": (),
    "activity_items": (),
    "all_attachments": (),
}
_LISTS = (
    "email_addresses",
    "phone_numbers",
    "addresses",
    "website_addresses",
    "social_media_addresses",
    "tags",
    "linked_user_ids",
)
_ONLY_ONE = ("resume", "cover_letter")
_DEFAULT_VISIBILITY = {"offer_packet": "private", "offer_letter": "private", "signed_offer_letter": "private"}
_EMPTY: Record = {
    "first_name": None,
    "last_name": None,
    "preferred_name": None,
    "company": None,
    "title": None,
    "time_zone": None,
    "private": False,
    "can_email": True,
    "last_activity_at": None,
    "tags": [],
    "linked_user_ids": [],
    "phone_numbers": [],
    "addresses": [],
    "email_addresses": [],
    "website_addresses": [],
    "social_media_addresses": [],
    "custom_fields": {},
}


def create(store: Store, values: Record) -> Record:
    """Add a person. Never merges and never refuses a known e-mail address, as Greenhouse does not."""
    candidate = store.add("candidates", **(_EMPTY | {"last_activity_at": store.now()} | values))
    _sync_tags(store, candidate)
    return candidate


def update(store: Store, candidate: Record, values: Record) -> Record:
    """Change what is named; contact lists and tags are replaced whole."""
    changed = _replace(store, candidate, values)
    announce(store, "update_candidate", lambda: payloads.updated_candidate(store, changed))
    return changed


def _replace(store: Store, candidate: Record, values: Record) -> Record:
    changed = store.change("candidates", candidate["id"], **values, last_activity_at=store.now())
    if "tags" in values:
        _sync_tags(store, changed)
    return changed


def touch(store: Store, candidate_id: int, application_id: int | None = None) -> None:
    """Date the last activity of a person, and of the application it was about."""
    now = store.now()
    if store.get("candidates", candidate_id):
        store.change("candidates", candidate_id, last_activity_at=now)
    if application_id and store.get("applications", application_id):
        store.change("applications", application_id, touch=False, last_activity_at=now)


def auto_merge(store: Store, candidate: Record, how: str) -> Record:
    """Merge a new person with the first who had the same address, where the account is set so; return who is left."""
    mine = {address.casefold() for address in addresses_in(candidate["email_addresses"])}
    for other in store.where("candidates") if how != "off" else []:
        theirs = {address.casefold() for address in addresses_in(other.get("email_addresses"))}
        if other["id"] != candidate["id"] and mine & theirs:
            return merge(store, *((other, candidate) if how == "into_older" else (candidate, other)))
    return candidate


def merge(store: Store, primary: Record, secondary: Record) -> Record:
    """Fold the secondary person into the primary; the secondary's id is gone afterwards."""
    if primary["id"] == secondary["id"]:
        raise unprocessable({"secondary_candidate_id": "must be another candidate"})
    jobs = {application["job_id"] for application in store.where("applications", candidate_id=primary["id"])}
    for application in store.where("applications", candidate_id=secondary["id"]):
        if application["job_id"] is not None and application["job_id"] in jobs:
            hiring.delete(store, application)
        else:
            store.change("applications", application["id"], candidate_id=primary["id"], last_activity_at=store.now())
    for collection in ("attachments", "notes"):
        for row in store.where(collection, candidate_id=secondary["id"]):
            store.change(collection, row["id"], candidate_id=primary["id"])
    combined: Record = {
        name: primary[name] + [entry for entry in secondary[name] if entry not in primary[name]] for name in _LISTS
    }
    combined["custom_fields"] = (secondary["custom_fields"] or {}) | (primary["custom_fields"] or {})
    _drop_tags(store, secondary["id"])
    store.remove("candidates", secondary["id"])
    if subscribed(store, "merge_candidate"):
        announce(store, "merge_candidate", lambda: payloads.merged_candidate(secondary, primary))
    else:
        announce(store, "delete_candidate", lambda: payloads.deleted_candidate(secondary, []))
    return update(store, primary, combined)


def anonymise(store: Store, candidate: Record, names: list[str]) -> Record:
    cleared = {field: ANONYMOUS[field] for name in names for field in ANONYMISABLE[name]}
    if {"attachments", "all_attachments"} & set(names):
        for attachment in store.where("attachments", candidate_id=candidate["id"]):
            remove_attachment(store, attachment)
    if "notes" in names:
        for note in store.where("notes", candidate_id=candidate["id"]):
            store.remove("notes", note["id"])
    announce(store, "candidate_anonymized", lambda: payloads.anonymized_candidate(candidate, names))
    return _replace(store, candidate, cleared)


def delete(store: Store, candidate: Record) -> None:
    applications = store.where("applications", candidate_id=candidate["id"])
    ids = [application["id"] for application in applications]
    announce(store, "delete_candidate", lambda: payloads.deleted_candidate(candidate, ids))
    for application in applications:
        hiring.delete(store, application, with_person=True)
    for note in store.where("notes", candidate_id=candidate["id"]):
        store.remove("notes", note["id"])
    _drop_tags(store, candidate["id"])
    store.remove("candidates", candidate["id"])


def attach(store: Store, application: Record, data: bytes, *, type: str, filename: str, visibility: str = "") -> Record:
    """Add a file to an application; a new resume or cover letter turns the previous one into `other`."""
    if type in _ONLY_ONE:
        for previous in store.where("attachments", application_id=application["id"], type=type):
            store.change("attachments", previous["id"], type="other")
    attachment = store.add(
        "attachments",
        application_id=application["id"],
        candidate_id=application["candidate_id"],
        type=type,
        filename=filename,
        visibility=visibility or _DEFAULT_VISIBILITY.get(type, "public"),
        url="",
        _bytes=len(data),
    )
    store.put_blob(attachment["id"], data)
    touch(store, application["candidate_id"], application["id"])
    return attachment


def remove_attachment(store: Store, attachment: Record) -> None:
    store.drop_blob(attachment["id"])
    store.remove("attachments", attachment["id"])


def apply_tag(store: Store, candidate: Record, tag: Record) -> Record:
    """Put a tag on a person.

    Repeat: the same tag twice is refused.
    """
    if store.first("applied_candidate_tags", candidate_id=candidate["id"], candidate_tag_id=tag["id"]):
        raise unprocessable({"candidate_tag_id": "has already been applied to this candidate"})
    store.change("candidates", candidate["id"], tags=[*candidate["tags"], tag["name"]], last_activity_at=store.now())
    return store.add("applied_candidate_tags", candidate_id=candidate["id"], candidate_tag_id=tag["id"])


def remove_tag(store: Store, applied: Record) -> None:
    tag, candidate = (
        store.get("candidate_tags", applied["candidate_tag_id"]),
        store.get("candidates", applied["candidate_id"]),
    )
    if tag and candidate:
        kept = [name for name in candidate["tags"] if name != tag["name"]]
        store.change("candidates", candidate["id"], tags=kept, last_activity_at=store.now())
    store.remove("applied_candidate_tags", applied["id"])


def delete_tag(store: Store, tag: Record) -> None:
    for applied in store.where("applied_candidate_tags", candidate_tag_id=tag["id"]):
        remove_tag(store, applied)
    store.remove("candidate_tags", tag["id"])


def _drop_tags(store: Store, candidate_id: int) -> None:
    for applied in store.where("applied_candidate_tags", candidate_id=candidate_id):
        store.remove("applied_candidate_tags", applied["id"])


def _sync_tags(store: Store, candidate: Record) -> None:
    """Make the tag rows say what the candidate's list of names says, adding tags not seen before."""
    _drop_tags(store, candidate["id"])
    for name in candidate["tags"]:
        tag = store.first("candidate_tags", name=name) or store.add("candidate_tags", name=name)
        store.add("applied_candidate_tags", candidate_id=candidate["id"], candidate_tag_id=tag["id"])
