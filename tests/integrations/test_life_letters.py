"""The letters of a connection: its admins hear once that it is broken, and once that it works again."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Role
from integrations import life, tasks
from integrations.models import Connection
from integrations.problems import PROBLEMS
from tests.factories import ConnectionFactory, MembershipFactory, UserFactory
from tests.integrations.trouble import ago, change, tick
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

BROKEN, WELL = "Greenhouse of Lumen Robotics needs attention", "Greenhouse of Lumen Robotics works again"


def test_admins_get_one_letter_when_it_breaks_and_one_when_it_is_well(row: Connection) -> None:
    MembershipFactory(employer=row.employer, role=Role.ADMIN, user=UserFactory(email="amir@example.com"))
    row.mark_trouble("key_refused")
    assert tick() == [], "it may be over in a moment"
    change(row, broken_since=ago(minutes=3))
    assert tick() == [BROKEN]
    assert mail.outbox[0].to == ["alice@example.com", "amir@example.com"], "admins only"
    for _ in range(3):
        row.mark_trouble("user_deactivated")
        change(row, tell_not_before=None)
        assert tick() == [], "one, not one per failure"
    row.mark_well()
    assert tick() == []
    change(row, recovered_at=ago(minutes=6))
    assert tick() == [WELL]
    change(row, tell_not_before=None)
    assert tick() == []


def test_the_letter_says_what_is_wrong_and_what_to_do(row: Connection) -> None:
    row.mark_trouble("user_deactivated")
    change(row, broken_since=ago(minutes=3))
    tick()
    body = mail.outbox[0].body
    for words in (
        "Lumen Robotics",
        PROBLEMS["user_deactivated"].title,
        PROBLEMS["user_deactivated"].next_step,
        "Code: user_deactivated",
        "/employers/lumen-robotics/settings/integrations/",
    ):
        assert words in body
    assert "&" not in body


def test_an_outage_is_told_only_when_it_lasts(row: Connection) -> None:
    row.mark_trouble("unavailable")
    change(row, broken_since=ago(minutes=59))
    assert tick() == []
    change(row, broken_since=ago(minutes=61))
    assert tick() == [BROKEN]


def test_a_connection_that_comes_and_goes_writes_no_letter_each_time(row: Connection) -> None:
    letters = []
    now = timezone.now()
    row.mark_trouble("key_refused")
    change(row, broken_since=now - timedelta(minutes=3))
    letters += tick()
    for _ in range(10):  # well for a minute, broken for four
        row.mark_well()
        change(row, recovered_at=ago(minutes=1))
        letters += tick()
        row.mark_trouble("key_refused")
        change(row, broken_since=ago(minutes=4), tell_not_before=ago(seconds=1))
        letters += tick()
    assert letters == [BROKEN]


def test_after_it_was_told_well_the_next_break_is_quiet_for_half_an_hour(row: Connection) -> None:
    change(row, told_broken_at=ago(hours=1), recovered_at=ago(minutes=6))
    assert tick() == [WELL]
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=10))
    assert tick() == []
    change(row, tell_not_before=ago(seconds=1))
    assert tick() == [BROKEN]


@pytest.mark.parametrize(
    ("at_open", "at_send", "is_tried_again"),
    [
        (ConnectionRefusedError(), None, True),
        (None, SMTPRecipientsRefused({"alice@example.com": (451, b"later")}), True),
        (None, SMTPRecipientsRefused({"alice@example.com": (550, b"never")}), False),
        (None, SMTPServerDisconnected("alice@example.com?"), False),
    ],
    ids=["not reached", "not now", "never", "silent half-way"],
)
def test_letter_when_the_mail_server_fails_then_only_what_it_has_not_taken_is_tried_again(
    row: Connection,
    server: type[MailServer],
    caplog: pytest.LogCaptureFixture,
    at_open: Exception | None,
    at_send: Exception | None,
    is_tried_again: bool,
) -> None:
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=3))
    server.at_open, server.at_send = at_open, at_send
    assert tick() == []
    assert "alice" not in caplog.text
    server.at_open = server.at_send = None
    assert tick() == [], "not at once"
    change(row, tell_not_before=ago(seconds=1))
    assert tick() == ([BROKEN] if is_tried_again else [])


def test_a_worker_that_died_over_a_letter_leaves_it_to_another(
    row: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=3))

    def die(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", die)
        with pytest.raises(KeyboardInterrupt):
            life.tell_admins(row.pk)
    assert life.connections_to_tell() == [], "it may still be at work"
    change(row, tell_not_before=ago(seconds=1))
    assert tick() == [BROKEN]


def test_two_workers_send_one_letter(row: Connection) -> None:
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=3))
    life.tell_admins(row.pk)
    life.tell_admins(row.pk)
    assert len(mail.outbox) == 1


def test_beat_wakes_a_worker_for_each_letter_that_is_owed(row: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(tasks.tell_admins, "apply_async", lambda args, **_: woken.append(args))
    tasks.wake_due_letters()
    assert woken == []
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=3))
    tasks.wake_due_letters()
    assert woken == [(row.pk,)]


def test_an_employer_without_an_admin_is_no_trouble(db: None) -> None:
    row = ConnectionFactory()
    row.mark_trouble("key_refused")
    change(row, broken_since=ago(minutes=3))
    assert tick() == []
    assert life.connections_to_tell() == []
