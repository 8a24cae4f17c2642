"""Who may be written to, how often, and what becomes of a letter when the mail server fails."""

import smtplib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import Employer, Membership, Role, User
from candidates import tasks
from candidates.mail import relaying, unsubscribing, writing
from candidates.mail.fields import complaint, fill
from candidates.mail.problems import NotSent
from candidates.mail.writing import Draft, NeedsConfirming
from candidates.models import (
    Application,
    ApplicationStatus,
    Candidate,
    Conversation,
    Direction,
    MailState,
    Message,
    Profile,
)
from tests.factories import ApplicationFactory, CandidateFactory, HiddenFromFactory, JobFactory, ProfileFactory
from tests.mail_server import MailServer

DRAFT = Draft("Robots", "Hello")


def send(membership: Membership, candidate: Candidate, **changes: Any) -> Message:
    return writing.send(membership=membership, candidate=candidate, **{"draft": DRAFT, **changes})


def refused(membership: Membership, candidate: Candidate) -> str:
    with pytest.raises(NotSent) as raised:
        send(membership, candidate)
    return raised.value.problem.code


def warned(membership: Membership, candidate: Candidate) -> str:
    with pytest.raises(NeedsConfirming) as raised:
        send(membership, candidate)
    assert send(membership, candidate, is_confirmed=True)
    return " ".join(raised.value.warnings)


def test_whoever_hides_or_asked_for_no_mail_is_not_written_to(membership: Membership, ada: Candidate) -> None:
    unsubscribing.unsubscribe(ada, membership.employer)
    assert refused(membership, ada) == "unsubscribed"
    unsubscribing.subscribe_again(ada, membership.employer)
    unsubscribing.unsubscribe(ada, None)
    assert refused(membership, ada) == "unsubscribed"
    unsubscribing.subscribe_again(ada, membership.employer)
    HiddenFromFactory(profile=ada.profile, name=membership.employer.name)
    assert refused(membership, ada) == "hidden"
    assert not Message.objects.exists()


def test_an_applicant_is_written_to_at_the_address_they_gave(membership: Membership, employer: Employer) -> None:
    candidate = CandidateFactory(email="once@example.org")
    assert refused(membership, candidate) == "hidden"
    application = ApplicationFactory(
        candidate=candidate, job=JobFactory(employer=employer), email="now@example.org", first_name="Addie"
    )
    relaying.pass_on(send(membership, candidate, draft=Draft("Hi {first_name}", "Hello")).pk)
    assert mail.outbox[0].to == ["now@example.org"]
    assert mail.outbox[0].subject == "Hi Addie"
    Application.objects.filter(pk=application.pk).update(email="anonymized-1@example.invalid")
    assert refused(membership, candidate) == "no_address"


def test_the_rejected_and_the_marked_are_written_to_after_a_warning_only(
    membership: Membership, ada: Candidate, employer: Employer
) -> None:
    job = JobFactory(employer=employer, title="Robot engineer")
    ApplicationFactory(candidate=ada, job=job, status=ApplicationStatus.REJECTED)
    assert "rejected this person for Robot engineer" in warned(membership, ada)
    unsubscribing.mark(employer=employer, candidate=ada, by=membership.user, reason="Asked by phone")
    text = warned(membership, ada)
    assert "Rita Weber marked this person “do not contact”. The reason: Asked by phone" in text
    assert "within the last seven days" in text


def test_an_answer_needs_no_warning_but_the_teams_mark_still_warns(
    message: Message, membership: Membership, ada: Candidate, employer: Employer
) -> None:
    job = JobFactory(employer=employer)
    ApplicationFactory(candidate=ada, job=job, status=ApplicationStatus.REJECTED)
    Conversation.objects.update(answered_at=timezone.now() + timedelta(seconds=1))
    assert send(membership, ada)
    Conversation.objects.update(answered_at=timezone.now() + timedelta(seconds=1))
    unsubscribing.mark(employer=employer, candidate=ada, by=membership.user, reason="")
    assert "do not contact" in warned(membership, ada)


def test_limits_of_the_day_end_at_midnight_utc(membership: Membership, employer: Employer, settings: Any) -> None:
    settings.EMAILS_A_DAY_PER_RECRUITER, settings.EMAILS_A_DAY_PER_EMPLOYER = 2, 3
    people = [ProfileFactory().candidate for _ in range(5)]
    other = Membership.objects.create(user=User.objects.create_user("x@example.com"), employer=employer)
    with time_machine.travel(datetime(2026, 11, 23, 23, 59, tzinfo=UTC), tick=False) as clock:
        for person in people[:2]:
            send(membership, person)
        assert refused(membership, people[2]) == "recruiter_limit"
        send(other, people[2])
        assert refused(other, people[3]) == "employer_limit"
        clock.move_to(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
        assert send(membership, people[3])


@pytest.mark.django_db(transaction=True)
def test_two_letters_at_once_do_not_both_pass_the_limit_and_one_key_is_one_letter(
    membership: Membership, settings: Any
) -> None:
    settings.EMAILS_A_DAY_PER_RECRUITER = 3
    people = [ProfileFactory().candidate for _ in range(6)]
    key = uuid.uuid4()

    def one(person: Candidate, key: uuid.UUID | None = None) -> bool:
        try:
            return bool(send(membership, person, draft=Draft("Hi", "Hello", key=key)))
        except NotSent:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: one(people[0], key), range(4)))
        assert sum(pool.map(one, people[1:])) == 2
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_letter_sent_twice_at_once_to_somebody_written_to_before_is_one_letter(membership: Membership) -> None:
    person = ProfileFactory().candidate
    send(membership, person)
    draft = Draft("Once more", "Hello again", key=uuid.uuid4())

    def one(_: int) -> int:
        try:
            return writing.send(membership=membership, candidate=person, draft=draft, is_confirmed=True).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(4)))) == 1
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("at_open", "at_send", "state"),
    [
        (ConnectionRefusedError(), None, MailState.QUEUED),
        (smtplib.SMTPAuthenticationError(535, b"no"), None, MailState.QUEUED),
        (None, smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"greylisted")}), MailState.QUEUED),
        (None, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"unknown")}), MailState.FAILED),
        (None, smtplib.SMTPDataError(554, b"spam"), MailState.FAILED),
        (None, smtplib.SMTPServerDisconnected("gone"), MailState.UNKNOWN),
        (None, TimeoutError("silent"), MailState.UNKNOWN),
    ],
)
def test_a_letter_is_sent_again_by_itself_only_where_it_surely_has_not_left(
    message: Message,
    membership: Membership,
    server: type[MailServer],
    caplog: pytest.LogCaptureFixture,
    at_open: Exception | None,
    at_send: Exception | None,
    state: MailState,
) -> None:
    server.at_open, server.at_send = at_open, at_send
    relaying.pass_on(message.pk)
    message.refresh_from_db()
    assert message.state == state
    assert "@" not in caplog.text
    server.at_open = server.at_send = None
    relaying.pass_on(message.pk)  # too soon
    assert mail.outbox == []
    Message.objects.update(retry_at=None)
    assert relaying.owed_messages() == ([message.pk] if state == MailState.QUEUED else [])
    relaying.pass_on(message.pk)
    assert len(mail.outbox) == (state == MailState.QUEUED)
    assert writing.send_again(message=message, membership=membership) == (state != MailState.QUEUED)
    relaying.pass_on(message.pk)
    relaying.pass_on(message.pk)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_for_a_day_is_given_up(message: Message, server: type[MailServer]) -> None:
    server.at_open = ConnectionRefusedError()
    for _ in range(len(relaying.RETRY_MINUTES) + 1):
        Message.objects.update(retry_at=None)
        relaying.pass_on(message.pk)
    message.refresh_from_db()
    assert (message.state, message.code) == (MailState.FAILED, "server_down")


def test_a_worker_killed_with_a_letter_in_hand_sends_it_to_nobody_twice(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(MailServer, "send_messages", _killed)
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _killed)
        with pytest.raises(KeyboardInterrupt):
            relaying.pass_on(message.pk)
    tasks.wake_owed_mail()
    message.refresh_from_db()
    assert message.state == MailState.SENDING
    Message.objects.update(claimed_at=timezone.now() - relaying.LOST_AFTER - timedelta(seconds=1))
    tasks.wake_owed_mail()
    message.refresh_from_db()
    assert (message.state, message.code) == (MailState.UNKNOWN, "silent")
    relaying.pass_on(message.pk)
    assert mail.outbox == []


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_letter_that_nobody_was_woken_for_is_found(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.pass_message_on, "apply_async", lambda args, **_: tasks.pass_message_on(*args))
    tasks.wake_owed_mail()
    tasks.wake_owed_mail()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", ["hides", "unsubscribes", "demoted", "deleted"])
def test_what_changed_while_a_letter_waited_is_minded(
    message: Message, membership: Membership, ada: Candidate, change: str
) -> None:
    codes = {"hides": "hidden", "unsubscribes": "unsubscribed", "demoted": "left_team", "deleted": "left_team"}
    if change == "hides":
        Profile.objects.update(is_listed=False)
    elif change == "unsubscribes":
        unsubscribing.unsubscribe(ada, None)
    elif change == "demoted":
        Membership.objects.update(role=Role.VIEWER)
    else:
        membership.user.delete()
    relaying.pass_on(message.pk)
    message.refresh_from_db()
    assert (message.state, message.code) == (MailState.FAILED, codes[change])
    assert mail.outbox == []


def test_when_the_person_is_deleted_all_letters_go(message: Message, ada: Candidate) -> None:
    ada.delete()
    relaying.pass_on(message.pk)
    assert mail.outbox == []
    assert not Conversation.objects.exists()


def test_fields_are_put_in_once_and_never_run() -> None:
    values = {"first_name": "{last_name} {0.__class__} %s", "last_name": "Lovelace"}
    assert fill("{ first_name } {LAST_NAME} {sender}", values) == "{last_name} {0.__class__} %s Lovelace {sender}"
    assert complaint("{first_name} {job_link} {} {1}") == ""
    assert complaint("{fist_name}").startswith("{fist_name} is not a field. The fields are {first_name}, ")


def test_a_colleague_cannot_send_again_what_another_wrote(message: Message, alice: User, employer: Employer) -> None:
    Message.objects.update(state=MailState.FAILED)
    boss = Membership.objects.select_related("employer", "user").get(user=alice)
    assert not writing.send_again(message=message, membership=boss)
    assert Message.objects.filter(direction=Direction.TO_CANDIDATE, state=MailState.FAILED).exists()
