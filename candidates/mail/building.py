"""Make the e-mail of a letter. Its headers are built from nothing: none of the letter that came in passes."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.handing_over import one_line
from accounts.models import Employer, User
from candidates.known import name_known_to
from candidates.mail.addresses import address_to, relay_address
from candidates.mail.problems import PROBLEMS
from candidates.mail.unsubscribing import unsubscribe_url
from candidates.models import Direction, Message, Rejection

_REFERENCES = 10  # so many earlier letters a mail program needs to find the thread
_LONGEST_NAME = 60
# By this we know our own letters again, if an address forwards them to where they came from.
LOOP_HEADER = "X-Loop"


def letter_of(message: Message) -> EmailMessage:
    """Make the e-mail by which a letter of a conversation reaches the other side."""
    to_candidate = message.direction == Direction.TO_CANDIDATE
    return _to_candidate(message) if to_candidate else _to_member(message)


def letter_of_rejection(rejection: Rejection) -> EmailMessage:
    """Make the e-mail that tells somebody why their letter was not passed on; it repeats nothing of that letter."""
    body = render_to_string("candidates/email/not_passed_on_message.txt", {"problem": PROBLEMS[rejection.reason]})
    # RFC 3834: nothing that answers by itself answers this.
    headers = {"Auto-Submitted": "auto-replied", LOOP_HEADER: settings.RELAY_DOMAIN, "Precedence": "bulk"}
    return EmailMessage(PROBLEMS[rejection.reason].title, body, to=[rejection.address], headers=headers)


def sender_name(author: User | None, employer: Employer) -> str:
    """What a candidate reads as the sender of a member's letter; never an address."""
    return _shown(author.get_full_name() if author else "") or _shown(employer.name) or "A company"


def _to_candidate(message: Message) -> EmailMessage:
    conversation = message.conversation
    employer, candidate = conversation.employer, conversation.candidate
    name, url = sender_name(message.author, employer), unsubscribe_url(candidate, employer)
    context = {"text": _whole(message), "name": name, "employer": employer.name, "unsubscribe_url": url}
    # A person wrote this, so it says nothing of Auto-Submitted.
    headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return _relayed(
        message,
        body=render_to_string("candidates/email/to_candidate_message.txt", context),
        name=name,
        token=conversation.candidate_token,
        to=address_to(candidate, employer),
        headers=headers,
    )


def _to_member(message: Message) -> EmailMessage:
    conversation = message.conversation
    assert conversation.membership is not None  # noqa: S101 - for the type checker: asked before it is sent
    name = _shown(name_known_to(conversation.employer, conversation.candidate)) or "A candidate"
    context = {
        "text": _whole(message),
        "name": name,
        "files_left_out": message.files_left_out,
        "url": settings.BASE_URL + conversation.get_absolute_url(),
    }
    return _relayed(
        message,
        body=render_to_string("candidates/email/to_member_message.txt", context),
        name=name,
        token=conversation.member_token,
        to=conversation.membership.user.email,
        headers={},
    )


def _relayed(message: Message, *, body: str, name: str, token: str, to: str, headers: dict[str, str]) -> EmailMessage:
    address = relay_address(token)
    headers |= {"Message-ID": message.message_id, LOOP_HEADER: settings.RELAY_DOMAIN, **_thread(message)}
    return EmailMessage(
        one_line(message.subject) or "(no subject)",
        body,
        from_email=formataddr((f"{name} via Purpose Jobs", address)),
        to=[to],
        reply_to=[address],
        headers=headers,
    )


def _thread(message: Message) -> dict[str, str]:
    earlier = Message.objects.filter(conversation=message.conversation_id, pk__lt=message.pk, is_automatic=False)
    ids = [row.message_id for row in earlier.order_by("-pk").only("key")[:_REFERENCES]][::-1]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}


def _whole(message: Message) -> str:
    return f"{message.text}\n\n{message.quoted}".strip()


def _shown(name: str) -> str:
    """A name as it may stand in a header: short, in one line, and neither an address nor what looks like one."""
    kept = "".join(" " if char in '<>"\\,;:()[]' or not char.isprintable() else char for char in name)
    return "" if "@" in kept else one_line(kept)[:_LONGEST_NAME]
