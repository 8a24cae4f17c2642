"""Who may not write or read through the relay any more, and whom a stranger cannot make us write to."""

from collections.abc import Callable

from django.core import mail

from accounts.models import Membership, User
from candidates.mail import relaying
from candidates.mail.taking import STRANGERS_A_DAY
from candidates.models import Conversation, MailState, Message, Rejection
from tests.candidates.mail.conftest import mime, to_ada, to_team

Deliver = Callable[[bytes], str]


def test_a_member_who_was_locked_out_when_writing_by_mail_then_reaches_nobody(
    conversation: Conversation, membership: Membership, come_in: Deliver
) -> None:
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    assert come_in(mime("rita@example.com", to_ada(conversation))) == "not:not_allowed"
    assert Message.objects.count() == 1


def test_a_letter_when_its_author_is_locked_out_meanwhile_then_stays(message: Message, membership: Membership) -> None:
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    relaying.pass_on(message.pk)
    message.refresh_from_db()
    assert (message.state, message.code, mail.outbox) == (MailState.FAILED, "left_team", [])


def test_an_answer_when_the_member_is_locked_out_then_is_shown_to_the_team_alone(
    conversation: Conversation, membership: Membership, come_in: Deliver
) -> None:
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    assert come_in(mime("ada.private@example.org", to_team(conversation))) == "answer"
    answer = Message.objects.get(author=None)
    relaying.pass_on(answer.pk)
    assert mail.outbox == []


def test_strangers_when_many_write_to_one_address_then_few_are_answered(
    conversation: Conversation, come_in: Deliver
) -> None:
    outcomes = [come_in(mime(f"victim{n}@far.example", to_team(conversation))) for n in range(STRANGERS_A_DAY + 2)]
    assert outcomes[-2:] == ["too_many", "too_many"]
    assert Rejection.objects.count() == STRANGERS_A_DAY
