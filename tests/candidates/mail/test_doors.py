"""What comes in: signed or not, too large, twice, forged, in circles; over HTTP and from a mail server's pipe."""

import hashlib
import hmac
import io
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from candidates import tasks
from candidates.mail import intake, relaying, taking
from candidates.models import Candidate, Conversation, Direction, InboundMail, MailState, Message, Rejection
from tests.candidates.mail.conftest import mime, to_ada, to_team

Deliver = Callable[[bytes], str]
SECRETS = ["old-secret-old-secret-old-secret-old", "new-secret-new-secret-new-secret-new"]
ADA = "ada.private@example.org"


@pytest.fixture(autouse=True)
def secrets(settings: Any) -> None:
    settings.RELAY_INBOUND_SECRETS = SECRETS


def post(client: Client, body: bytes, *, secret: str = SECRETS[0], age: int = 0, **headers: str) -> int:
    timestamp = str(int(timezone.now().timestamp()) - age)
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    signed = {"HTTP_RELAY_TIMESTAMP": timestamp, "HTTP_RELAY_SIGNATURE": f"sha256 {digest}", **headers}
    return client.post("/mail/inbound/", body, content_type="message/rfc822", **signed).status_code  # type: ignore[arg-type]


def test_inbound_takes_what_is_signed_with_any_secret_once(client: Client, conversation: Conversation) -> None:
    letter = mime(ADA, to_team(conversation))
    assert [post(client, letter, secret=secret) for secret in SECRETS] == [200, 200]
    assert InboundMail.objects.count() == 1
    assert Message.objects.filter(direction=Direction.TO_MEMBER).count() == 0  # a worker reads it
    tasks.take_mail(InboundMail.objects.get().pk)
    assert Message.objects.filter(direction=Direction.TO_MEMBER).count() == 1
    assert bytes(InboundMail.objects.get().raw) == b""


def test_inbound_refuses_what_is_unsigned_old_or_signed_otherwise(
    client: Client, conversation: Conversation, settings: Any
) -> None:
    letter = mime(ADA, to_team(conversation))
    assert client.post("/mail/inbound/", letter, content_type="message/rfc822").status_code == 401
    assert post(client, letter, secret="x" * 36) == 401
    assert [post(client, letter, age=age) for age in (400, -400)] == [401, 401]
    assert post(client, letter, HTTP_RELAY_TIMESTAMP=str(int(timezone.now().timestamp()) + 1)) == 401
    assert post(client, letter, HTTP_RELAY_SIGNATURE="md5 abc") == 401
    assert post(client, letter, HTTP_RELAY_TIMESTAMP="²³") == 401
    assert client.get("/mail/inbound/").status_code == 405
    settings.RELAY_INBOUND_SECRETS = []
    assert post(client, letter) == 401
    assert not InboundMail.objects.exists()


def test_inbound_refuses_what_is_too_large_before_it_reads_it(client: Client, conversation: Conversation) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("was read")

    big = {"CONTENT_LENGTH": str(10 * 1024 * 1024 + 1), "wsgi.input": Unread()}
    assert client.generic("POST", "/mail/inbound/", b"", **big).status_code == 413  # type: ignore[arg-type]
    with_file = mime(ADA, to_team(conversation)) + b"x" * 3_000_000  # more than a form may bring
    assert post(client, with_file) == 200


def test_inbound_says_when_nobody_has_the_address(client: Client, conversation: Conversation, ada: Candidate) -> None:
    letter = mime(ADA, to_team(conversation))
    assert post(client, letter.replace(b"reply+", b"reply+x")) == 404
    ada.delete()
    assert post(client, letter) == 404


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes, *args: str) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("receive_mail", *args)
    except CommandError as exc:
        return exc.returncode
    return 0


def test_receive_mail_answers_a_mail_server_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, conversation: Conversation, ada: Candidate
) -> None:
    letter = mime(ADA, "hidden@list.example")
    assert pipe(monkeypatch, letter) == os.EX_NOUSER
    assert pipe(monkeypatch, letter, to_team(conversation).upper()) == 0
    assert pipe(monkeypatch, letter, to_team(conversation).upper()) == 0
    assert InboundMail.objects.count() == 1
    assert pipe(monkeypatch, letter, "a@b\nTo: " + to_team(conversation)) == os.EX_NOUSER
    assert pipe(monkeypatch, b"x" * (10 * 1024 * 1024 + 1)) == os.EX_DATAERR
    monkeypatch.setattr(intake.InboundMail.objects, "get_or_create", _down)
    assert pipe(monkeypatch, mime(ADA, to_team(conversation))) == os.EX_TEMPFAIL
    monkeypatch.undo()
    ada.delete()
    assert pipe(monkeypatch, letter, to_team(conversation)) == os.EX_NOUSER


def _down(*_: Any, **__: Any) -> None:
    raise OperationalError


def test_who_is_named_by_the_mail_server_decides_not_what_the_letter_says(
    conversation: Conversation, come_in: Deliver
) -> None:
    other = Conversation.objects.create(
        employer=conversation.employer, candidate=conversation.candidate, membership=None
    )
    letter = mime(ADA, f"{to_team(other)}, {to_team(conversation)}")
    assert come_in(f"Delivered-To: {to_team(conversation)}\n".encode() + letter) == "answer"
    assert Message.objects.get(direction=Direction.TO_MEMBER).conversation == conversation


@pytest.mark.parametrize(
    ("sender", "outcome"),
    [
        ("eve@evil.example", "not:unknown_sender"),
        ("ada.private@example.org, eve@evil.example", "no_sender"),
        ('"ada.private@example.org" <eve@evil.example>', "not:unknown_sender"),
        ("rita@example.com", "not:unknown_sender"),
        ("", "no_sender"),
    ],
)
def test_a_forged_sender_is_answered_once_at_most(
    conversation: Conversation, come_in: Deliver, sender: str, outcome: str
) -> None:
    assert come_in(mime(sender, to_team(conversation))) == outcome
    again = come_in(mime(sender, to_team(conversation), "Once more"))
    assert again == ("stranger_again" if outcome.startswith("not:") else outcome)
    for rejection in Rejection.objects.all():
        relaying.answer_rejected(rejection.pk)
        relaying.answer_rejected(rejection.pk)
    assert len(mail.outbox) == outcome.startswith("not:")
    assert all(letter.extra_headers["Auto-Submitted"] == "auto-replied" for letter in mail.outbox)
    assert not Message.objects.filter(direction=Direction.TO_MEMBER).exists()


LOOPS = {
    "Auto-Submitted: auto-generated\n": "bulk",
    "Precedence: bulk\n": "bulk",
    "List-Id: <x.example>\n": "bulk",
    "Return-Path: <>\n": "bulk",
    "X-Loop: relay.purposejobs.example\n": "loop",
    "Auto-Submitted: auto-replied (vacation)\nReturn-Path: <>\n": "automatic",
}


@pytest.mark.parametrize("header", LOOPS)
def test_machines_are_not_answered_and_not_passed_on(conversation: Conversation, come_in: Deliver, header: str) -> None:
    assert come_in(mime(ADA, to_team(conversation), headers=header)) == LOOPS[header]
    stranger = come_in(mime("eve@evil.example", to_team(conversation), headers=header))
    assert stranger in (LOOPS[header], "unknown_machine")
    assert not Rejection.objects.exists()
    answers = Message.objects.filter(direction=Direction.TO_MEMBER)
    assert [(row.is_automatic, row.state) for row in answers] == (
        [(True, MailState.KEPT)] if LOOPS[header] == "automatic" else []
    )
    conversation.refresh_from_db()
    assert not conversation.is_unread
    assert not conversation.is_answered


def bounce(conversation: Conversation, about: str, action: str = "failed") -> bytes:
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@far.example\nTo: {to_team(conversation)}\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nAction: {action}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about}\n--b--\n"
    ).encode()


def test_a_letter_that_comes_back_is_said_to_have(
    conversation: Conversation, message: Message, come_in: Deliver
) -> None:
    relaying.pass_on(message.pk)
    assert come_in(bounce(conversation, "<other@far.example>")) == "bounce"
    assert come_in(bounce(conversation, message.message_id, "delayed")) == "bounce"
    assert come_in(bounce(conversation, message.message_id)) == "bounced"
    message.refresh_from_db()
    assert (message.state, message.code) == (MailState.FAILED, "bounced")
    assert len(mail.outbox) == 1


def test_a_worker_killed_between_store_and_reading_is_followed_by_another(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.receive(mime(ADA, to_team(conversation)))
    (pk,) = taking.waiting()
    with monkeypatch.context() as patched:
        patched.setattr("candidates.mail.taking.parse", _killed)
        with pytest.raises(KeyboardInterrupt):
            taking.take(pk)
    assert taking.waiting() == []
    taking.take(pk)  # the lease still runs
    assert not Message.objects.filter(direction=Direction.TO_MEMBER).exists()
    InboundMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert taking.waiting() == [pk]
    taking.take(pk)
    taking.take(pk)
    assert Message.objects.filter(direction=Direction.TO_MEMBER).count() == 1


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_letter_that_ends_every_worker_is_given_up(conversation: Conversation) -> None:
    intake.receive(mime(ADA, to_team(conversation)))
    InboundMail.objects.update(attempts=taking.MOST_ATTEMPTS)
    taking.take(InboundMail.objects.get().pk)
    assert InboundMail.objects.get().outcome == "unreadable"
    assert taking.waiting() == []


def test_the_recruiter_hears_why_a_letter_was_not_passed_on(conversation: Conversation, come_in: Deliver) -> None:
    assert come_in(mime("rita@example.com", to_ada(conversation))) == "not:needs_page"  # she wrote a minute ago
    relaying.answer_rejected(Rejection.objects.get().pk)
    assert mail.outbox[0].to == ["rita@example.com"]
    assert "press Send Email" in mail.outbox[0].body
    Rejection.objects.update(created_at=timezone.now() - taking.KEPT_FOR - timedelta(days=1))
    taking.forget()
    assert not Rejection.objects.exists()


def test_reply_as_answers_for_either_side_in_development_only(
    conversation: Conversation, message: Message, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    relaying.pass_on(message.pk)
    with pytest.raises(CommandError, match="development mode only"):
        call_command("reply_as", ADA, "Yes")
    settings.DEBUG = True
    with pytest.raises(CommandError, match="No letter"):
        call_command("reply_as", "nobody@example.org", "Yes")
    call_command("reply_as", ADA.upper(), "Gladly")
    (pk,) = taking.waiting()
    taking.take(pk)
    answer = Message.objects.get(direction=Direction.TO_MEMBER)
    assert (answer.subject, answer.text) == ("Re: Robots", "Gladly")
    relaying.pass_on(answer.pk)
    call_command("reply_as", "rita@example.com", "Great")
    taking.take(taking.waiting()[0])
    assert Message.objects.latest("pk").text == "Great"
