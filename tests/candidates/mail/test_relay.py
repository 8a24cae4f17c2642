"""Two people write to each other, and neither sees the other's address."""

from collections.abc import Callable

import pytest
from django.core import mail

from accounts.models import Employer, Membership
from candidates.mail import relaying, writing
from candidates.models import (
    AccessKind,
    Activity,
    ActivityKind,
    Candidate,
    Conversation,
    Direction,
    MailState,
    Message,
    Notice,
    ProfileAccess,
)
from tests.candidates.mail.conftest import mime, to_ada, to_team

Deliver = Callable[[bytes], str]


def test_a_letter_arrives_with_names_and_without_addresses(message: Message, membership: Membership) -> None:
    relaying.pass_on(message.pk)
    (letter,) = mail.outbox
    sent = letter.message()
    assert letter.to == ["ada.private@example.org"]
    assert sent["From"] == f"Rita Weber via Purpose Jobs <{to_team(message.conversation)}>"
    assert sent["Reply-To"] == to_team(message.conversation)
    assert sent["Message-ID"] == message.message_id
    assert sent["Subject"] == "Robots"
    assert "Hello Ada,\nwould you like to talk?" in letter.body
    assert "rita@example.com" not in sent.as_string()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert set(sent.keys()) == {
        *("From", "To", "Subject", "Reply-To", "Message-ID", "Date", "X-Loop", "List-Unsubscribe"),
        *("List-Unsubscribe-Post", "Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
    }


def test_a_letter_is_written_down_and_audited(
    message: Message, membership: Membership, employer: Employer, ada: Candidate
) -> None:
    assert Activity.objects.get(candidate=ada).kind == ActivityKind.EMAILED
    access = ProfileAccess.objects.get(candidate=ada)
    assert (access.employer, access.user, access.kind) == (employer, membership.user, AccessKind.EMAILED)


def test_an_answer_reaches_the_recruiter_masked_and_in_the_thread(
    message: Message, conversation: Conversation, come_in: Deliver
) -> None:
    relaying.pass_on(message.pk)
    quoted = f"On Monday, Rita via Purpose Jobs <{to_team(conversation)}> wrote:\n> Hello"
    text = f"Yes!\nAda, Ada.Private@example.org\n\n{quoted}"
    evil = "X-Secret: from Ada's home\nReceived: from home.example [203.0.113.7]\n"
    assert come_in(mime("Ada <ada.private@example.org>", to_team(conversation), text, headers=evil)) == "answer"
    answer = Message.objects.get(direction=Direction.TO_MEMBER)
    relaying.pass_on(answer.pk)
    sent = mail.outbox[1].message()
    assert mail.outbox[1].to == ["rita@example.com"]
    assert sent["From"] == f"Ada Lovelace via Purpose Jobs <{to_ada(conversation)}>"
    assert sent["In-Reply-To"] == sent["References"] == message.message_id
    assert f"Ada, {to_ada(conversation)}" in mail.outbox[1].body
    whole = sent.as_string()
    assert not [word for word in ("private", "X-Secret", "203.0.113.7", conversation.candidate_token) if word in whole]
    assert answer.text == f"Yes!\nAda, {to_ada(conversation)}"
    assert answer.quoted.startswith("On Monday")


def test_an_answer_tells_the_team_and_waits_unread(
    conversation: Conversation, come_in: Deliver, membership: Membership
) -> None:
    come_in(mime("ada.private@example.org", to_team(conversation)))
    conversation.refresh_from_db()
    assert conversation.is_unread
    assert conversation.is_answered
    assert Activity.objects.first().kind == ActivityKind.REPLIED  # type: ignore[union-attr]
    notice = Notice.objects.get(membership=membership)
    assert notice.url == conversation.get_absolute_url()


def test_a_recruiter_answers_from_their_own_mail_program(
    conversation: Conversation, come_in: Deliver, membership: Membership
) -> None:
    come_in(mime("ada.private@example.org", to_team(conversation)))
    text = "Great. Call me.\nRita <RITA@example.com>\n\nNo more: http://localhost:8000/unsubscribe/1-2.xyz/"
    assert come_in(mime("Rita <rita@example.com>", to_ada(conversation), text)) == "letter"
    letter = Message.objects.filter(direction=Direction.TO_CANDIDATE).latest("pk")
    relaying.pass_on(letter.pk)
    body = mail.outbox[0].body
    assert f"Rita <{to_team(conversation)}>" in body
    assert "rita@example.com" not in body.lower()
    assert "1-2.xyz" not in body
    assert letter.author == membership.user
    conversation.refresh_from_db()
    assert not conversation.is_unread


def test_the_same_letter_delivered_anew_in_other_bytes_is_one(conversation: Conversation, come_in: Deliver) -> None:
    letter = mime("ada.private@example.org", to_team(conversation))
    assert come_in(letter) == "answer"
    assert come_in(b"Received: again\n" + letter) == "repeat"
    without_id = letter.replace(b"Message-ID", b"X-Was").replace(b"gladly", b"of course")
    assert [come_in(without_id), come_in(b"Received: x\n" + without_id)] == ["answer", "repeat"]
    assert Message.objects.filter(direction=Direction.TO_MEMBER).count() == 2


def test_whoever_left_the_team_gets_no_letter_but_the_team_reads_it(
    conversation: Conversation, come_in: Deliver, membership: Membership, alice: object
) -> None:
    membership.delete()
    assert come_in(mime("ada.private@example.org", to_team(conversation))) == "answer"
    answer = Message.objects.get(direction=Direction.TO_MEMBER)
    assert answer.state == MailState.KEPT
    assert Notice.objects.get().membership.user == alice
    assert come_in(mime("rita@example.com", to_ada(conversation))) == "not:unknown_sender"


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: all@example.org", "eve@evil.example", '"<x@y.example>", Boss', "Ada\u202e\x07"]
)
def test_names_and_subjects_break_no_header(membership: Membership, ada: Candidate, name: str) -> None:
    membership.user.first_name, membership.user.last_name = name, ""
    membership.user.save()
    Employer.objects.update(name=name)
    ada.first_name, ada.last_name = name, name
    ada.save()
    draft = writing.Draft(f"Hi\r\nBcc: x@example.org {name} {{first_name}}", f"{name}\r\nBcc: y@example.org")
    message = writing.send(membership=membership, candidate=ada, draft=draft)
    relaying.pass_on(message.pk)
    sent = mail.outbox[0].message()
    assert "Bcc" not in sent
    assert mail.outbox[0].recipients() == ["ada.private@example.org"]
    assert len(sent.get_all("From")) == 1
    assert sent["From"].count("@") == 1
