"""The timeline by day, and the audit log: what, when, who, in whose name, from where."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from candidates.models import Application, EventKind, Origin, TimelineEvent
from integrations.timeline import ICONS, days_of
from tests.factories import ApplicationFactory, ConnectionFactory, ExportFactory, GreenhouseJobFactory, JobFactory

LOG = "/employers/lumen-robotics/exports/audit-log/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def application(employer: Employer) -> Application:
    return ApplicationFactory(job=JobFactory(employer=employer, title="Robot Tamer"), first_name="Grace")


def happen(application: Application, kind: EventKind, at: datetime = NOON, **values: Any) -> TimelineEvent:
    told = {"text": kind.label, "origin": Origin.EXPORT, **values}
    event = TimelineEvent.objects.create(application=application, kind=kind, **told)
    TimelineEvent.objects.filter(pk=event.pk).update(created_at=at, at=at)
    event.refresh_from_db()
    return event


def rows_of(client: Client, **days: str) -> list[list[str]]:
    answer = client.get(LOG, days)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(StringIO(text)))


def test_every_kind_of_event_has_its_picture() -> None:
    assert set(EventKind.values) <= set(ICONS)


def test_days_then_each_is_there_once_the_newest_first(application: Application) -> None:
    late = NOON.replace(hour=23, minute=59)
    events = [
        happen(application, EventKind.HIRED, NOON + timedelta(days=1)),
        happen(application, EventKind.SENT, late),
        happen(application, EventKind.APPLIED),
    ]
    days = days_of(events)
    assert [(str(day.on), [line.event.kind for line in day.lines]) for day in days] == [
        ("2026-03-03", ["hired"]),
        ("2026-03-02", ["sent", "applied"]),
    ]


def test_days_when_two_applications_tell_the_same_then_it_is_one_line(application: Application) -> None:
    other = ApplicationFactory(
        candidate=application.candidate, job=JobFactory(employer=application.employer, title="B")
    )
    moved = [
        happen(other, EventKind.MERGED, NOON + timedelta(seconds=5)),
        happen(application, EventKind.MERGED),
        happen(application, EventKind.MERGED, NOON - timedelta(hours=1)),
    ]
    [day] = days_of(moved, with_jobs=True)
    assert [line.jobs for line in day.lines] == [["B", "Robot Tamer"], ["Robot Tamer"]]


def test_days_when_two_files_of_one_application_are_added_then_both_are_told(application: Application) -> None:
    added = [happen(application, EventKind.FILE_ADDED, NOON + timedelta(seconds=second)) for second in (2, 1)]
    [day] = days_of(added)
    assert [line.event for line in day.lines] == added


def test_page_of_an_application_says_who_in_whose_name_and_from_where(
    as_bob: Client, application: Application, rita: User
) -> None:
    happen(
        application, EventKind.REJECTED, text="Rejected: <salary>", actor=rita, as_whom="Ada Admin", origin=Origin.POLL
    )
    text = as_bob.get(application.get_absolute_url()).text
    for words in ("2 March 2026", "Rejected: &lt;salary&gt;", str(rita), "as Ada Admin", "Greenhouse"):
        assert words in text


def test_log_then_holds_everything_of_this_employer_alone(
    as_alice: Client, application: Application, rita: User, other_employer: Employer
) -> None:
    connection = ConnectionFactory(employer=application.employer)
    job = GreenhouseJobFactory(connection=connection, remote_id="4001")
    ExportFactory(greenhouse_job=job, application=application, candidate_remote_id="700", application_remote_id="800")
    happen(application, EventKind.SENT, actor=rita, as_whom="Ada Admin", text="Sent to Greenhouse")
    happen(ApplicationFactory(job=JobFactory(employer=other_employer)), EventKind.SENT)
    head, row = rows_of(as_alice)
    assert dict(zip(head, row, strict=True)) == {
        "When (UTC)": "2026-03-02 12:00:00",
        "What": "Sent",
        "In words": "Sent to Greenhouse",
        "Who": "rita@example.com",
        "As whom": "Ada Admin",
        "From where": "Purpose Jobs",
        "Person": application.name,
        "Email": application.email,
        "Job": "Robot Tamer",
        "Greenhouse job": "4001",
        "Greenhouse candidate": "700",
        "Greenhouse application": "800",
        "Application": str(application.key),
    }


def test_log_when_days_are_named_then_both_belong_to_it(as_alice: Client, application: Application) -> None:
    for day in range(1, 6):
        happen(application, EventKind.STAGE_MOVED, NOON.replace(day=day, hour=23), text=f"Day {day}")
    assert [row[2] for row in rows_of(as_alice, since="2026-03-02", until="2026-03-04")[1:]] == [
        "Day 2",
        "Day 3",
        "Day 4",
    ]
    assert as_alice.get(LOG, {"since": "2026-02-31"}).status_code == 302


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", " =1", "\uff1d1"])  # noqa: RUF001
def test_log_when_a_name_looks_like_a_formula_then_it_is_text(
    as_alice: Client, application: Application, text: str
) -> None:
    Application.objects.update(first_name=text, last_name="")
    happen(application, EventKind.APPLIED, text=text)
    _, row = rows_of(as_alice)
    assert (row[2], row[6]) == (f"'{text}", f"'{text.strip()}")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ada;=1+1", "Ada;'=1+1"),
        ("Ada\t \n @SUM(A1)|-1", "Ada\t \n '@SUM(A1)|'-1"),
        ("\t=1", "'\t'=1"),
        ("Ada\r\xa0\uff0b1", "Ada\r\xa0'\uff0b1"),  # noqa: RUF001
        ("Ada; a-b = c", "Ada; a-b = c"),
    ],
)
def test_log_when_a_formula_follows_what_may_end_a_cell_then_it_is_text(
    as_alice: Client, application: Application, text: str, safe: str
) -> None:
    happen(application, EventKind.APPLIED, text=text)
    _, row = rows_of(as_alice)
    assert row[2] == safe


def test_log_begins_so_that_excel_reads_it(as_alice: Client, application: Application) -> None:
    answer = as_alice.get(LOG)
    assert next(iter(answer.streaming_content)).startswith(b"\xef\xbb\xbfWhen (UTC),")  # type: ignore[call-overload]
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_log_costs_as_many_queries_for_one_line_as_for_many(
    as_alice: Client, application: Application, django_assert_num_queries: Any
) -> None:
    happen(application, EventKind.APPLIED)
    rows_of(as_alice)
    with django_assert_num_queries(6):
        rows_of(as_alice)
    for _ in range(20):
        happen(ApplicationFactory(job=JobFactory(employer=application.employer)), EventKind.APPLIED)
    with django_assert_num_queries(6):
        assert len(rows_of(as_alice)) == 22
