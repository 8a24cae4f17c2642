"""Who is asked about when, and with how many requests; readings that come in the wrong order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from candidates.models import Application, ApplicationStatus, Candidate, Origin
from integrations.credentials import client_for
from integrations.greenhouse.schemas import ApplicationPayload
from integrations.greenhouse.tracking.applying import apply_readings
from integrations.greenhouse.tracking.asking import ask
from integrations.greenhouse.tracking.standing import Reading
from integrations.models import Connection, Export, ExportState, GreenhouseJob
from tests.factories import JobFactory
from tests.integrations.greenhouse.tracked import fresh, kinds, poll, press, send
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(sandbox: SandboxProcess, connection: Connection) -> Export:
    return poll(send(sandbox, connection))


def _many(sandbox: SandboxProcess, like: Export, count: int, *, jobs: int) -> list[Export]:
    """Add people who stand where this one does, on so many jobs, and were all asked about just now."""
    application = sandbox.records("applications", id=int(like.application_remote_id))[0]
    containers = [
        GreenhouseJob(connection=like.connection, remote_id=str(70_000 + jobs * 100 + n)) for n in range(jobs)
    ]
    GreenhouseJob.objects.bulk_create(containers)
    kept = {name: value for name, value in application.items() if name not in ("id", "created_at", "updated_at")}
    old = {"last_activity_at": "2026-01-01T00:00:00.000Z"}
    rows = [{**kept, **old, "job_id": int(containers[n % jobs].remote_id)} for n in range(count)]
    remote = sandbox.add_records("applications", rows)
    job = JobFactory(employer=like.application.employer)
    people = Candidate.objects.bulk_create(Candidate(email=f"many{n}of{count}@example.org") for n in range(count))
    ours = Application.objects.bulk_create(
        Application(candidate=person, job=job, employer=job.employer, email=person.email) for person in people
    )
    made = Export.objects.bulk_create(
        Export(
            connection=like.connection,
            candidate=row.candidate,
            application=row,
            greenhouse_job=containers[n % jobs],
            state=ExportState.SENT,
            candidate_remote_id=like.candidate_remote_id,
            application_remote_id=str(remote[n]["id"]),
            remote_job_id=containers[n % jobs].remote_id,
            status=like.status,
            remote_status=like.remote_status,
            remote_stage=like.remote_stage,
            remote_stage_id=like.remote_stage_id,
            remote_since=like.remote_since,
            sent_at=timezone.now(),
            tracked_at=timezone.now(),
        )
        for n, row in enumerate(ours)
    )
    return list(made)


def _asked(sandbox: SandboxProcess, row: Export) -> list[str]:
    sandbox.clear_requests()
    poll(row)
    return [call["path"] for call in sandbox.requests()]


def test_a_round_when_nothing_moved_then_takes_one_request_for_fifty_people_or_fifty_jobs(
    sandbox: SandboxProcess, sent: Export, capsys: pytest.CaptureFixture[str]
) -> None:
    _many(sandbox, sent, 40, jobs=2)
    few = _asked(sandbox, sent)
    _many(sandbox, sent, 560, jobs=58)
    many = _asked(sandbox, sent)
    with capsys.disabled():
        print(f"\nNothing moved: {len(few)} request for 41 people, {len(many)} for 601 on 61 jobs")  # noqa: T201
    assert few == ["/v3/applications"]
    assert many == ["/v3/applications"] * 2


def test_a_round_when_somebody_of_many_moved_then_finds_them_by_their_job(
    sandbox: SandboxProcess, sent: Export
) -> None:
    rows = _many(sandbox, sent, 120, jobs=1)
    Connection.objects.update(polled_at=timezone.now() - timedelta(minutes=1))
    reason = sandbox.records("rejection_reasons")[0]
    press(sandbox, rows[7], "reject", rejection_reason_id=reason["id"])
    asked = _asked(sandbox, sent)
    assert fresh(rows[7]).application.status in (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)
    assert asked.count("/v3/applications") == 1


def test_a_round_when_many_then_asks_by_id_for_those_long_unasked_the_longest_first(
    sandbox: SandboxProcess, sent: Export
) -> None:
    rows = _many(sandbox, sent, 300, jobs=1)
    ids = [row.pk for row in rows]
    Export.objects.filter(pk__in=ids).update(tracked_at=timezone.now() - timedelta(hours=13))
    Export.objects.filter(pk__in=ids[250:]).update(tracked_at=timezone.now() - timedelta(hours=14))
    over = Export.objects.filter(pk__in=ids[:10])
    over.update(status="hired", tracked_at=timezone.now() - timedelta(hours=15))
    began_at = timezone.now()
    poll(sent)
    asked = set(Export.objects.filter(tracked_at__gte=began_at, pk__in=ids).values_list("pk", flat=True))
    assert len(asked) == 200
    assert set(ids[250:]) <= asked
    assert not asked & set(ids[:10]), "who is hired is asked about once a week"


def test_a_round_when_the_budget_ends_half_way_then_what_was_read_is_kept(
    sandbox: SandboxProcess, sent: Export
) -> None:
    _many(sandbox, sent, 99, jobs=3)
    Export.objects.update(tracked_at=None)
    Connection.objects.update(polled_at=None)
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/applications", "skip": 1})
    poll(sent)
    assert Export.objects.exclude(tracked_at=None).count() == 50
    assert Connection.objects.get().polled_at is None, "so the next round looks as far back as this one"


@pytest.fixture
def read(sandbox: SandboxProcess, sent: Export) -> Callable[..., Reading]:
    """Read the export as it stands in Greenhouse, as if asked so many seconds from now."""

    def reading(seconds: float = 0, **row: Any) -> Reading:
        (found,) = ask(sent.connection, client_for(sent.connection), [fresh(sent)])
        assert isinstance(found.row, ApplicationPayload)
        asked_at = timezone.now() + timedelta(seconds=seconds)
        return replace(found, asked_at=asked_at, row=replace(found.row, **row))

    return reading


def test_an_older_reading_when_it_comes_late_then_does_not_undo_a_newer_one(
    sandbox: SandboxProcess, sent: Export, read: Callable[..., Reading]
) -> None:
    before = read()
    reason = sandbox.records("rejection_reasons")[0]
    press(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    apply_readings([read()], Origin.WEBHOOK)
    apply_readings([replace(before, export=fresh(sent))], Origin.POLL)
    assert fresh(sent).remote_status == "rejected"
    assert kinds(sent)[-1] in ("rejected", "withdrawn")


def test_readings_when_two_clocks_differ_then_greenhouses_own_decides(
    sandbox: SandboxProcess, sent: Export, read: Callable[..., Reading]
) -> None:
    """The reading of a worker whose clock is ahead is older all the same, by the last activity it saw."""
    ahead = read(seconds=20)
    reason = sandbox.records("rejection_reasons")[0]
    later = timezone.now() + timedelta(seconds=2)
    press(sandbox, sent, "reject", rejection_reason_id=reason["id"])
    apply_readings([read(seconds=0, last_activity_at=later)], Origin.WEBHOOK)
    apply_readings([replace(ahead, export=fresh(sent))], Origin.POLL)
    assert fresh(sent).remote_status == "rejected"
    apply_readings([replace(ahead, export=fresh(sent), asked_at=timezone.now() + timedelta(minutes=5))], Origin.POLL)
    assert fresh(sent).remote_status == "in_process", "what is said for long is believed"


def test_a_reading_when_the_application_was_looked_for_anew_meanwhile_then_is_dropped(
    sent: Export, read: Callable[..., Reading]
) -> None:
    late = replace(read(), row=None)
    Export.objects.filter(pk=sent.pk).update(application_remote_id="4711")
    apply_readings([late], Origin.POLL)
    assert fresh(sent).status == "in_review"
