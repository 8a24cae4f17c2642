"""Tenants are walls: every address of an employer, found from the addresses themselves, whoever adds one."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Employer

pytestmark = pytest.mark.django_db
UNDER = "employers/<slug:employer>/"
METHODS = ("get", "post")
WRONG_METHOD, FORBIDDEN, NOT_FOUND = 405, 403, 404
# What a member who may only look may still send: all of it is their own.
VIEWERS_MAY_POST = {
    "notification_open",
    "notifications_read",
    "notification_settings",
    "search_save",
    "search_change",
}


def addresses(employer: Employer) -> Iterator[tuple[str, str]]:
    """Name and path of every address of the employer, with ids and keys that nobody has."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif str(pattern.pattern).startswith(UNDER):
                kinds = {name: type(kind).__name__ for name, kind in pattern.pattern.converters.items()}
                values = {"IntConverter": 987_654_321, "UUIDConverter": uuid4(), "SlugConverter": employer.slug}
                values["StringConverter"] = "x"
                yield str(pattern.name), reverse(str(pattern.name), kwargs={k: values[v] for k, v in kinds.items()})

    yield from walk(get_resolver().url_patterns)


def answers(client: Client, path: str) -> set[tuple[int, str]]:
    """What reading and sending are answered with, but for the one that the address does not know."""
    sent = [getattr(client, method)(path) for method in METHODS]
    return {(answer.status_code, answer.get("Location", "")) for answer in sent if answer.status_code != WRONG_METHOD}


def test_every_address_when_signed_out_then_leads_to_the_log_in(client: Client, employer: Employer) -> None:
    log_in = reverse(settings.LOGIN_URL)
    for name, path in addresses(employer):
        assert answers(client, path) == {(302, f"{log_in}?next={path}")}, name


def test_every_address_when_a_stranger_asks_then_there_is_nothing(as_charlie: Client, employer: Employer) -> None:
    for name, path in addresses(employer):
        assert answers(as_charlie, path) == {(NOT_FOUND, "")}, name


def test_every_address_when_a_viewer_sends_then_only_what_is_their_own_is_taken(
    as_bob: Client, employer: Employer
) -> None:
    taken = {
        name for name, path in addresses(employer) if as_bob.post(path).status_code not in (FORBIDDEN, WRONG_METHOD)
    }
    assert taken == VIEWERS_MAY_POST
