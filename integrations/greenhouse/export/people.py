"""The first two steps: the person, and what we know of them besides."""

import logging
from typing import Any

from django.utils import timezone

from candidates.models import EventKind
from integrations.greenhouse import outgoing
from integrations.greenhouse.contacts import Contacts, additions
from integrations.greenhouse.errors import Forbidden, Rejected
from integrations.greenhouse.export.applying import ensure_job_is_open, refusal_of
from integrations.greenhouse.export.credit import referrer_of
from integrations.greenhouse.export.finding import find_person, known_by_email
from integrations.greenhouse.export.healing import forget_person, is_there, look_after_refusal, without_what_is_gone
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.scopes import CONTACTS
from integrations.models import ExportStep, GreenhousePerson

log = logging.getLogger(__name__)

# What an update may name, as a person reads it; the tag goes without saying.
_WORDS = {
    "email_addresses": "email",
    "phone_numbers": "phone",
    "website_addresses": "website",
    "social_media_addresses": "social media",
    "company": "company",
    "title": "title",
}


def send_person(walk: Walk) -> None:
    """Find the person, or make them together with the application (contract §6.6, §9 Export)."""
    if walk.export.candidate_remote_id and _is_where_we_left_them(walk):
        return
    found = find_person(walk)
    if found is None:
        _make_person(walk)
        return
    walk.found = found
    if found.private:
        walk.remark("person_private")
    if walk.left_open == ExportStep.PERSON:  # ours after all, and the application may have come along
        walk.left_open = ExportStep.APPLICATION
        ours: dict[str, Any] = {"candidate_remote_id": str(found.id), "contacts_checked_at": timezone.now()}
        walk.commit(in_flight=ExportStep.APPLICATION, **ours)
    else:
        walk.commit(candidate_remote_id=str(found.id), event=(EventKind.FOUND, "Found in Greenhouse"))
    _remember(walk)


def _is_where_we_left_them(walk: Walk) -> bool:
    """Look again before going on: Greenhouse takes notes for people who were merged away, and nobody reads them."""
    people = walk.client.fetch_candidate(walk.export.candidate_remote_id)
    if not is_there(walk, people):
        forget_person(walk)
        return False
    walk.found = known_by_email(walk, people.seen[0])
    return True


def _make_person(walk: Walk) -> None:
    export = walk.export
    ensure_job_is_open(walk)
    body = outgoing.candidate_body(export.application)
    part = outgoing.application_part(export, export.connection, referrer_of(walk))
    with_application = not export.stage_remote_id or export.is_prospect  # only an application of its own takes a stage
    if with_application:
        body["application"] = part
    walk.begin(ExportStep.PERSON)
    try:
        created = without_what_is_gone(walk, body, part, lambda: walk.client.send_candidate(body))
    except Rejected as exc:
        walk.commit()  # a refusal is an answer: nothing is in flight
        raise NeedsPerson(refusal_of(exc)) from exc
    walk.person_is_new = True
    known: dict[str, Any] = {"candidate_remote_id": str(created.candidate_id), "contacts_checked_at": timezone.now()}
    if not with_application:
        walk.commit(**known)
    elif created.application_id is None:  # it came with the person, and the answer does not say which it is
        walk.left_open = ExportStep.APPLICATION
        walk.commit(in_flight=ExportStep.APPLICATION, **known)
    else:
        walk.application_is_new = True
        event = (EventKind.SENT, outgoing.sent_in_words(export))
        walk.commit(application_remote_id=str(created.application_id), event=event, **known)
    _remember(walk)


def _remember(walk: Walk) -> None:
    walk.person.remote_id = walk.export.candidate_remote_id
    GreenhousePerson.objects.filter(pk=walk.person.pk).update(remote_id=walk.person.remote_id)


def add_contacts(walk: Walk) -> None:
    """Tell Greenhouse what it does not know of a person who was there: only additions, whole lists (contract §6.6)."""
    if walk.export.contacts_checked_at:
        return
    theirs = walk.found
    assert theirs is not None  # noqa: S101 - whoever came back was read again; for the type checker
    body = additions(theirs, Contacts.of(walk.export.application), outgoing.TAG)
    if body and not walk.may(CONTACTS.scopes):
        walk.remark("contacts_not_allowed")
    elif body:
        _update(walk, body)
        return
    walk.commit(contacts_checked_at=timezone.now())


def _update(walk: Walk, body: dict[str, object]) -> None:
    walk.begin(ExportStep.CONTACTS)
    try:
        walk.client.update_candidate(walk.export.candidate_remote_id, body)
    except Forbidden as exc:
        log.warning("export %s: people who are there may not be changed: %s", walk.export.pk, exc)
        walk.export.connection.note_refused(CONTACTS.scopes[0])
        walk.remark("contacts_not_allowed")
        walk.commit(contacts_checked_at=timezone.now())
    except Rejected as exc:
        walk.commit()
        look_after_refusal(walk, exc)
        walk.remark("contacts_refused")
        walk.commit(contacts_checked_at=timezone.now())
    else:
        added = [word for name, word in _WORDS.items() if name in body]
        event = (EventKind.CONTACTS_ADDED, f"Added in Greenhouse: {', '.join(added)}") if added else None
        walk.commit(contacts_checked_at=timezone.now(), event=event)
