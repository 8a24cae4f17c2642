"""What the page tells about a connection, and who may do something about it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from integrations import connecting, health, sending
from integrations.credentials import client_for
from integrations.greenhouse import export, tracking
from integrations.greenhouse.schemas import Record
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    GreenhouseCredit,
    GreenhouseJobPost,
    ProblemEntry,
    Step,
    StepReport,
    SyncRun,
    SyncState,
)
from integrations.status import status_of
from tests.factories import ApplicationFactory, ConnectionFactory, DocumentFactory, ExportFactory, JobLinkFactory
from tests.integrations.conftest import run_sync
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, SandboxProcess

pytestmark = pytest.mark.django_db
PAGE = "/employers/lumen-robotics/settings/integrations/"
STATUS, SYNC, DISCONNECT = f"{PAGE}status/", f"{PAGE}sync/", f"{PAGE}disconnect/"
WELL = ""


@pytest.fixture
def row(employer: Any) -> Connection:
    return ConnectionFactory(employer=employer)


def _results(connection: Connection) -> dict[str, str]:
    return {report.step: report.problem_code for report in StepReport.objects.filter(connection=connection)}


def _sent(connection: Connection) -> Export:
    """Somebody with a résumé who applied to an imported job and was sent."""
    post = GreenhouseJobPost.objects.filter(connection=connection).offered().first()
    application = ApplicationFactory(job=JobLinkFactory(post=post).job)
    application.resume = DocumentFactory(candidate=application.candidate)
    application.save()
    row = sending.export_application(application)
    assert row is not None
    export.run(row.pk)
    row.refresh_from_db()
    return row


# --- who reports what ------------------------------------------------------------------------


def test_each_step_reports_that_it_works(sandbox: SandboxProcess, connection: Connection) -> None:
    assert connecting.check(connection) is None
    assert _results(connection) == {"sign_in": WELL, "users": WELL, "jobs": WELL}
    run_sync(connection)
    assert _results(connection) == dict.fromkeys(("sign_in", "users", "jobs", "posts", "locations"), WELL)
    _sent(connection)
    Connection.objects.update(poll_due_at=timezone.now())
    tracking.poll(connection.pk)
    assert _results(connection) == dict.fromkeys(Step.values, WELL)
    assert not ProblemEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "step", "code"),
    [
        ({"revoked": True}, "sign_in", "key_refused"),
        ({"site_admin": False}, "users", "not_site_admin"),
        ({"deactivated": True}, "users", "user_deactivated"),
    ],
)
def test_a_check_up_reports_the_step_that_failed(
    sandbox: SandboxProcess, connection: Connection, change: dict[str, bool], step: str, code: str
) -> None:
    if "revoked" in change:
        sandbox.set_credential(CLIENT_ID, **change)
    else:
        sandbox.set_user(ADMIN_EMAIL, **change)
    connecting.check(connection)
    assert _results(connection)[step] == code
    assert _results(connection)["sign_in"] == (code if step == "sign_in" else WELL)
    assert [(entry.step, entry.problem_code) for entry in ProblemEntry.objects.all()] == [(step, code)]


@pytest.mark.parametrize(
    ("path", "step"),
    [("/v3/job_posts", "posts"), ("/v3/job_post_locations", "locations"), ("/v3/jobs", "jobs"), ("/token", "sign_in")],
)
def test_an_import_reports_the_collection_that_failed(
    sandbox: SandboxProcess, connection: Connection, path: str, step: str
) -> None:
    kind = {"kind": "status", "status": 503, "path": path, "times": 50}
    sandbox.faults(kind)
    run_sync(connection)
    assert _results(connection)[step] == "unavailable"


def test_an_export_reports_a_refused_resume_as_such(sandbox: SandboxProcess, connection: Connection) -> None:
    run_sync(connection)
    sandbox.faults({"kind": "status", "status": 422, "method": "POST", "path": "/v3/attachments", "times": 5})
    _sent(connection)
    assert _results(connection)["resumes"] == "resume_refused"


def test_a_poll_reports_what_stopped_it(sandbox: SandboxProcess, connection: Connection) -> None:
    run_sync(connection)
    _sent(connection)
    Connection.objects.update(poll_due_at=timezone.now())
    sandbox.faults({"kind": "status", "status": 503, "path": "/v3/applications", "times": 5})
    tracking.poll(connection.pk)
    assert _results(connection)["status_back"] == "unavailable"


# --- how cheaply -----------------------------------------------------------------------------


def test_the_same_result_is_written_once_a_minute(row: Connection, django_assert_num_queries: Any) -> None:
    health.note_well(row.pk, Step.EXPORTS, Step.RESUMES)
    with django_assert_num_queries(1):
        health.note_well(row.pk, Step.EXPORTS, Step.RESUMES)
    StepReport.objects.update(at=timezone.now() - timedelta(seconds=61))
    with django_assert_num_queries(2):
        health.note_well(row.pk, Step.EXPORTS, Step.RESUMES)


def test_a_change_of_result_is_written_at_once(row: Connection) -> None:
    health.note_well(row.pk, Step.JOBS)
    health.note_trouble(row.pk, Step.JOBS, "unavailable")
    assert _results(row) == {"jobs": "unavailable"}
    health.note_well(row.pk, Step.JOBS)
    assert _results(row) == {"jobs": WELL}


def test_the_same_problem_within_ten_minutes_is_counted_not_listed(row: Connection) -> None:
    for _ in range(3):
        health.note_trouble(row.pk, Step.JOBS, "unavailable")
    health.note_trouble(row.pk, Step.POSTS, "unavailable")
    assert [(entry.step, entry.times) for entry in ProblemEntry.objects.all()] == [("posts", 1), ("jobs", 3)]
    ProblemEntry.objects.update(at=timezone.now() - timedelta(minutes=11))
    health.note_trouble(row.pk, Step.JOBS, "unavailable")
    assert ProblemEntry.objects.count() == 3


def test_two_hundred_problems_are_kept_per_connection(row: Connection) -> None:
    other = ConnectionFactory()
    at = timezone.now() - timedelta(days=1)
    ProblemEntry.objects.bulk_create(
        ProblemEntry(connection=of, step=Step.JOBS, problem_code="unavailable", at=at + timedelta(seconds=number))
        for of in (row, other)
        for number in range(205)
    )
    health.note_trouble(row.pk, Step.POSTS, "listing_empty")
    kept = ProblemEntry.objects.filter(connection=row)
    assert (kept.count(), kept[0].problem_code) == (200, "listing_empty")
    assert ProblemEntry.objects.filter(connection=other).count() == 205


# --- the page --------------------------------------------------------------------------------


def test_page_names_each_step_its_result_and_the_latest_problems(row: Connection, as_bob: Client) -> None:
    health.note_well(row.pk, Step.SIGN_IN)
    for _ in range(2):
        health.note_trouble(row.pk, Step.RESUMES, "resume_refused")
    text = as_bob.get(PAGE).text
    for words in ("Sign-in", "Users", "Jobs", "Job posts", "Locations", "Exports", "Résumés", "Status back"):
        assert words in text
    assert "Greenhouse refused the résumé" in text
    assert "Code: resume_refused" in text
    assert "2 times" in text
    assert "not used yet" in text
    assert 'datetime="' in text


def test_page_names_whom_greenhouse_could_not_credit(row: Connection, as_alice: Client, alice: User) -> None:
    credit = GreenhouseCredit.objects.create(connection=row, user=alice)
    assert "Credit for" not in as_alice.get(PAGE).text
    credit.set_problem("credit_deactivated")
    credit.save()
    html = as_alice.get(PAGE).text
    assert f"Credit for {alice}" in html
    assert "The person to credit is deactivated in Greenhouse" in html


def test_page_shows_the_last_twenty_problems(row: Connection, as_bob: Client) -> None:
    at = timezone.now()
    ProblemEntry.objects.bulk_create(
        ProblemEntry(connection=row, step=Step.JOBS, problem_code="unavailable", at=at - timedelta(hours=number))
        for number in range(30)
    )
    assert len(status_of(row).problems) == 20
    assert as_bob.get(PAGE).text.count("Code: unavailable") == 20


def test_page_costs_the_same_however_much_there_is(
    row: Connection, as_bob: Client, django_assert_max_num_queries: Any
) -> None:
    for step in Step:
        health.note_trouble(row.pk, step, "unavailable")
    ExportFactory.create_batch(3, connection=row, greenhouse_job__connection=row)
    with django_assert_max_num_queries(16):
        as_bob.get(PAGE)


def test_viewers_and_recruiters_see_the_state_and_only_admins_the_buttons(
    row: Connection, as_alice: Client, as_rita: Client, as_bob: Client
) -> None:
    buttons = ("Sync now", "Test connection", "Replace credential", "Disconnect")
    assert all(words in as_alice.get(PAGE).text for words in buttons)
    for client in (as_rita, as_bob):
        text = client.get(PAGE).text
        assert "Step by step" in text
        assert not [words for words in buttons if words in text]


def test_by_role(
    row: Connection, client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client
) -> None:
    hx = {"HX-Request": "true"}
    for path in (SYNC, DISCONNECT):
        assert client.post(path).status_code == 302
        assert as_charlie.post(path).status_code == 404
        assert as_bob.post(path).status_code == as_rita.post(path).status_code == 403
    assert as_bob.get(DISCONNECT).status_code == 403
    assert as_charlie.get(STATUS, headers=hx).status_code == 404
    assert as_bob.get(STATUS, headers=hx).status_code == 200
    assert as_bob.get(STATUS).headers["Location"] == PAGE
    row.refresh_from_db()
    assert (row.state, SyncRun.objects.count()) == (ConnectionState.ACTIVE, 0)
    assert as_alice.get(SYNC).status_code == 405


def test_sync_now_starts_a_reading_and_the_steps_refresh_themselves_until_it_ends(
    row: Connection, as_alice: Client
) -> None:
    text = as_alice.post(SYNC, follow=True).text
    assert "We are reading your career site." in text
    assert f'hx-get="{STATUS}"' in text
    run = SyncRun.objects.get()
    as_alice.post(SYNC)
    assert SyncRun.objects.get() == run, "joined, not doubled"
    SyncRun.objects.update(state=SyncState.SUCCEEDED, posts_read=7)
    piece = as_alice.get(STATUS, headers={"HX-Request": "true"}).text
    assert "hx-get" not in piece
    assert "Succeeded, 7 posts" in piece
    assert "<html" not in piece


def test_sync_now_when_greenhouse_does_not_work_says_so(row: Connection, as_alice: Client) -> None:
    row.mark_trouble("key_refused")
    assert "Greenhouse has to work first" in as_alice.post(SYNC, follow=True).text
    assert not SyncRun.objects.exists()


def test_page_says_that_work_is_paused_and_how_to_resume(row: Connection, as_alice: Client, as_bob: Client) -> None:
    row.mark_trouble("key_refused")
    assert "Paused since" not in as_alice.get(PAGE).text
    Connection.objects.update(broken_since=timezone.now() - timedelta(days=5))
    text = as_alice.get(PAGE).text
    assert "Paused since" in text
    assert "Press Test connection to resume." in text
    assert "An admin can resume it here." in as_bob.get(PAGE).text


def test_disconnect_page_says_what_stays_what_stops_and_who_waits(row: Connection, as_alice: Client) -> None:
    ExportFactory.create_batch(2, connection=row, greenhouse_job__connection=row)
    text = as_alice.get(DISCONNECT).text
    for words in ("What stays", "What stops", "2 people are waiting", "Importing", "Sending", "Following"):
        assert words in text
    row.refresh_from_db()
    assert row.state == ConnectionState.ACTIVE, "looking changes nothing"


def test_disconnecting_by_the_page_leads_to_connecting_again(row: Connection, as_alice: Client) -> None:
    ExportFactory(connection=row, greenhouse_job__connection=row)
    text = as_alice.post(DISCONNECT, follow=True).text
    row.refresh_from_db()
    assert row.state == ConnectionState.DISCONNECTED
    for words in ("Greenhouse is disconnected", "Disconnected since", "1 person waits", "Connect again"):
        assert words in text
    assert "Sync now" not in text
    assert "ends in" not in text
    assert as_alice.post(DISCONNECT).status_code == as_alice.get(DISCONNECT).status_code == 404
    assert as_alice.post(f"{PAGE}test/", follow=True).status_code == 200
    row.refresh_from_db()
    assert row.state == ConnectionState.DISCONNECTED


def test_page_shows_what_is_used_of_the_current_window(
    sandbox: SandboxProcess, connection: Connection, as_bob: Client
) -> None:
    assert re.search(r"<dt>Requests</dt><dd[^>]*>—</dd>", as_bob.get(PAGE).text), "nothing is known yet"
    client_for(connection).fetch_page("jobs", Record)
    assert "1 of 50 used of the current window" in as_bob.get(PAGE).text
