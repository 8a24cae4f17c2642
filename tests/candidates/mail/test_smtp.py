"""Letters over a real line to a mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

from candidates.mail import relaying
from candidates.models import MailState, Message
from tests.candidates.mail.conftest import to_team
from tests.candidates.mail.smtp_server import SmtpServer


@pytest.fixture
def smtp(settings: Any) -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield running


def state_of(message: Message) -> str:
    relaying.pass_on(message.pk)
    message.refresh_from_db()
    return message.state


def test_a_letter_that_is_taken_leaves_in_the_name_of_the_relay(smtp: SmtpServer, message: Message) -> None:
    assert state_of(message) == MailState.SENT
    (letter,) = smtp.letters
    assert smtp.recipients == ["<ada.private@example.org>"]
    assert f"Rita Weber via Purpose Jobs <{to_team(message.conversation)}>" in letter.replace("\r\n ", " ")
    assert "rita@example.com" not in letter


@pytest.mark.parametrize(
    ("at_recipient", "state"),
    [("450 greylisted, come back", MailState.QUEUED), ("550 nobody here", MailState.FAILED)],
)
def test_what_the_server_says_of_the_address_decides(
    smtp: SmtpServer, message: Message, at_recipient: str, state: MailState
) -> None:
    smtp.at_recipient = at_recipient
    assert state_of(message) == state
    smtp.at_recipient = "250 fine"
    Message.objects.update(retry_at=None)
    assert state_of(message) == (MailState.SENT if state == MailState.QUEUED else state)


def test_a_server_that_takes_all_and_says_nothing_is_not_asked_again(smtp: SmtpServer, message: Message) -> None:
    smtp.falls_silent = True
    assert state_of(message) == MailState.UNKNOWN
    smtp.falls_silent = False
    assert state_of(message) == MailState.UNKNOWN
    assert smtp.letters == []


def test_a_server_that_is_not_there_is_asked_later(smtp: SmtpServer, message: Message, settings: Any) -> None:
    smtp.shutdown()
    smtp.server_close()
    assert state_of(message) == MailState.QUEUED
