"""Ada of the network, Rita who recruits, and the letters between them."""

from collections.abc import Callable

import pytest

from accounts.models import Employer, Membership, User
from candidates import tasks
from candidates.mail import taking, writing
from candidates.mail.addresses import relay_address
from candidates.mail.intake import Taken, receive
from candidates.models import Candidate, Conversation, InboundMail, Message
from tests.factories import ProfileFactory


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs beside these tests: each test is the worker."""
    for task in (tasks.pass_message_on, tasks.answer_rejected, tasks.take_mail):
        monkeypatch.setattr(task, "delay", lambda *_: None)


@pytest.fixture
def ada(db: None) -> Candidate:
    person = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada.private@example.org"}
    candidate: Candidate = ProfileFactory(**{f"candidate__{name}": value for name, value in person.items()}).candidate
    return candidate


@pytest.fixture
def membership(rita: User, employer: Employer) -> Membership:
    User.objects.filter(pk=rita.pk).update(first_name="Rita", last_name="Weber")
    return Membership.objects.select_related("user", "employer").get(user=rita, employer=employer)


@pytest.fixture
def message(membership: Membership, ada: Candidate) -> Message:
    """Rita's first letter to Ada, not yet passed on."""
    draft = writing.Draft("Robots", "Hello {first_name},\nwould you like to talk?")
    return writing.send(membership=membership, candidate=ada, draft=draft)


@pytest.fixture
def conversation(message: Message) -> Conversation:
    return message.conversation


def mime(sender: str, to: str, text: str = "Yes, gladly.", *, headers: str = "") -> bytes:
    """A plain letter, as a mail server hands it over."""
    lines = f"From: {sender}\nTo: {to}\nSubject: Re: Robots\nMessage-ID: <{hash((sender, to, text))}@far.example>\n"
    return f"{lines}{headers}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def to_team(conversation: Conversation) -> str:
    """Where Ada answers to."""
    return relay_address(conversation.candidate_token)


def to_ada(conversation: Conversation) -> str:
    """Where Rita answers to."""
    return relay_address(conversation.member_token)


@pytest.fixture
def come_in() -> Callable[[bytes], str]:
    """Let a letter come in and a worker read it; return what became of it."""

    def deliver(raw: bytes) -> str:
        assert receive(raw) is Taken.STORED
        row = InboundMail.objects.get(is_done=False)
        taking.take(row.pk)
        row.refresh_from_db()
        return row.outcome

    return deliver
