"""The letter about exports that need a person: once a day at most, and never about nothing new."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Employer, User
from integrations import reminding, tasks
from integrations.models import Connection, ConnectionState, Export
from tests.factories import ApplicationFactory, ConnectionFactory, ExportFactory, GreenhouseJobFactory, JobFactory
from tests.mail_server import MailServer


@pytest.fixture
def connection(employer: Employer, alice: User, rita: User) -> Connection:
    return ConnectionFactory(employer=employer)


def ago(**by: float) -> Any:
    return timezone.now() - timedelta(**by)


def make(connection: Connection, state: str = "needs_attention", **values: Any) -> Export:
    return ExportFactory(
        greenhouse_job=GreenhouseJobFactory(connection=connection),
        application=ApplicationFactory(job=JobFactory(employer=connection.employer)),
        state=state,
        **({"problem_code": "data_refused", "problem_at": ago(hours=1)} | values),
    )


def tick() -> list[str]:
    """What beat and a worker do; return the subjects of what went out."""
    mail.outbox.clear()
    for pk in reminding.connections_to_ask():
        tasks.ask_admins(pk)
    return [message.subject for message in mail.outbox]


def told(connection: Connection, **by: float) -> None:
    Connection.objects.filter(pk=connection.pk).update(told_stuck_at=ago(**by))


def test_letter_then_admins_read_how_many_once_a_day(connection: Connection) -> None:
    make(connection)
    make(connection)
    assert tick() == ["Lumen Robotics: 2 people need you before they go to Greenhouse"]
    [letter] = mail.outbox
    assert letter.to == ["alice@example.com"], "rita is no admin"
    assert "/employers/lumen-robotics/exports/?tab=attention" in str(letter.body)
    make(connection)
    assert tick() == [], "not twice a day, whatever comes"


def test_letter_when_the_day_is_over_then_only_for_somebody_new_or_after_a_week(connection: Connection) -> None:
    make(connection, problem_at=ago(days=3))
    told(connection, days=2)
    assert tick() == []
    told(connection, days=8)
    assert len(tick()) == 1
    told(connection, days=2)
    make(connection)
    assert len(tick()) == 1


def test_letter_when_one_stopped_just_before_the_last_then_it_is_not_forgotten(connection: Connection) -> None:
    told(connection, days=1, minutes=1)
    make(connection, problem_at=ago(days=1, minutes=5))
    assert len(tick()) == 1


def test_letter_when_an_export_is_tried_for_a_day_then_a_person_is_asked(connection: Connection) -> None:
    late = make(connection, "waiting", problem_code="rate_limited", trying_since=ago(hours=23))
    assert tick() == []
    Export.objects.filter(pk=late.pk).update(trying_since=ago(hours=25))
    assert tick() == ["Lumen Robotics: sending to Greenhouse takes more than a day"]
    told(connection, days=2)
    assert len(tick()) == 1, "it was not late yet when they were asked"
    told(connection, days=2)
    Export.objects.filter(pk=late.pk).update(trying_since=ago(days=4))
    assert tick() == [], "asked about it before"


@pytest.mark.parametrize(
    "quiet",
    [
        {"state": ConnectionState.NEEDS_ATTENTION},
        {"broken_since": timezone.now()},
        {"state": ConnectionState.DISCONNECTED},
    ],
)
def test_letter_when_the_connection_is_the_trouble_then_there_is_none(
    connection: Connection, quiet: dict[str, Any]
) -> None:
    make(connection)
    make(connection, "waiting", trying_since=ago(days=3))
    Connection.objects.update(**quiet)
    assert tick() == []


def test_letter_when_it_has_just_stopped_or_arrived_then_not_yet_and_never(connection: Connection) -> None:
    make(connection, problem_at=ago(minutes=5))
    make(connection, "sent", problem_code="", trying_since=ago(days=3))
    make(connection, "cancelled", trying_since=ago(days=3))
    assert tick() == []


def test_letter_when_the_mail_server_is_away_then_it_is_asked_again(
    connection: Connection, server: type[MailServer]
) -> None:
    make(connection)
    server.at_open = ConnectionRefusedError()
    assert tick() == []
    server.at_open = None
    assert tick() == [], "not at once"
    Connection.objects.update(tell_not_before=ago(seconds=1))
    assert len(tick()) == 1


def test_letter_when_two_workers_come_at_once_then_one_writes(connection: Connection) -> None:
    make(connection)
    [pk] = reminding.connections_to_ask()
    mail.outbox.clear()
    tasks.ask_admins(pk)
    tasks.ask_admins(pk)
    assert len(mail.outbox) == 1
