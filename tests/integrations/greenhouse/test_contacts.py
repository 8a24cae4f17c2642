"""What Greenhouse lacks of a person: only additions, whole lists, nothing twice however it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Application
from integrations.greenhouse.contacts import Contacts, additions, email_key, phone_key, url_key
from integrations.greenhouse.schemas import CandidatePayload, ContactPayload

TAG = "Purpose Jobs"


def _contacts(**values: Any) -> Contacts:
    return Contacts.of(Application(**{"email": "ada@a.example", **values}))


def _theirs(**values: Any) -> CandidatePayload:
    known = {"email_addresses": (ContactPayload("ADA@a.example", "work"),), "tags": (TAG,)}
    return CandidatePayload(id=1, **{**known, **values})


def test_additions_when_all_is_known_are_empty() -> None:
    theirs = _theirs(
        phone_numbers=(ContactPayload("0049 (30) 123 4567", "home"),),
        website_addresses=(ContactPayload("http://github.com/Ada/", "personal"),),
        company="Engines",
    )
    ours = _contacts(
        phone="+49 30 1234567",
        links=[{"kind": "github", "url": "https://www.github.com/ada"}],
        current_company="Another",
    )
    assert additions(theirs, ours, TAG) == {}


def test_additions_give_each_list_whole_and_change_nothing_of_theirs() -> None:
    theirs = _theirs(
        phone_numbers=(ContactPayload("+1 555 0100"), ContactPayload("", "home")),
        social_media_addresses=(ContactPayload("https://x.com/ada"),),
        tags=("VIP",),
        title=" ",
    )
    ours = _contacts(
        other_emails=["ada@b.example"],
        phone="+1 555 0199",
        links=[{"kind": "linkedin", "url": "https://www.linkedin.com/in/ada"}],
        current_title="Engineer",
    )
    assert additions(theirs, ours, TAG) == {
        "email_addresses": [
            {"value": "ADA@a.example", "type": "work"},
            {"value": "ada@b.example", "type": "other"},
        ],
        "phone_numbers": [
            {"value": "+1 555 0100", "type": "other"},
            {"value": "+1 555 0199", "type": "other"},
        ],
        "social_media_addresses": [{"value": "https://x.com/ada"}, {"value": "https://www.linkedin.com/in/ada"}],
        "tags": ["VIP", TAG],
        "title": "Engineer",
    }


def test_additions_once_made_are_none_any_more() -> None:
    ours = _contacts(phone="+1 555 0199", links=[{"kind": "website", "url": "https://ada.example/?p=1"}])
    body = additions(_theirs(), ours, TAG)
    as_read = {
        name: tuple(ContactPayload(entry["value"], entry.get("type")) for entry in entries)
        for name, entries in body.items()
    }
    assert additions(_theirs(**as_read), ours, TAG) == {}


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        (phone_key, "+49 30 1234567", "030/1234567"),
        (phone_key, "+1 (555) 010-0199", "5550100199"),
        (email_key, " Ada@A.example", "ada@a.EXAMPLE"),
        (url_key, "https://www.ada.example/", "ADA.example"),
        (url_key, "https://de.linkedin.com/in/ada/?trk=1", "linkedin.com/in/ada"),
    ],
)
def test_keys_of_the_same_thing_are_the_same(key: Any, one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        (phone_key, "+49 30 1234567", "+49 30 1234568"),
        (url_key, "https://ada.example/?p=1", "https://ada.example/?p=2"),
        (url_key, "https://linkedin.com/in/ada", "https://linkedin.com/in/eve"),
    ],
)
def test_keys_of_different_things_differ(key: Any, one: str, other: str) -> None:
    assert key(one) != key(other)


@given(st.text())
def test_keys_of_whatever_was_typed_are_found(text: str) -> None:
    assert url_key(text) == url_key(f" {text} ")
    assert phone_key(text) == phone_key(f"({text})")
