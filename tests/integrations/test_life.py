"""The life of a connection: it breaks, its admins hear of it once, it mends, it pauses, it is taken apart."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Employer, Role, User
from integrations import connecting, life, sending, sweeps, tasks
from integrations.checkup import CheckFailed
from integrations.credentials import ConnectionTokens
from integrations.fields import Secret
from integrations.greenhouse import ending, export, sync, tracking
from integrations.greenhouse.errors import Unavailable
from integrations.models import (
    Connection,
    ConnectionState,
    CredentialKind,
    Export,
    ExportState,
    GreenhouseJobPost,
    GreenhouseName,
    JobLink,
    SyncRun,
    SyncState,
)
from integrations.problems import PROBLEMS
from jobs.models import Job, JobState
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    JobLinkFactory,
    MembershipFactory,
    SyncRunFactory,
    UserFactory,
)
from tests.integrations.conftest import run_sync
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, CLIENT_SECRET, SandboxProcess

pytestmark = pytest.mark.django_db
OAUTH = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}


@pytest.fixture
def row(employer: Employer, alice: User, rita: User) -> Connection:
    """A connection of alice's, that nothing answers."""
    return ConnectionFactory(employer=employer)


def _ago(**by: float) -> Any:
    return timezone.now() - timedelta(**by)


def _set(row: Connection, **values: Any) -> None:
    Connection.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def _tick() -> list[str]:
    """What beat and a worker do about letters; return the subjects that went out."""
    mail.outbox.clear()
    for pk in life.connections_to_tell():
        life.tell_admins(pk)
    return [message.subject for message in mail.outbox]


BROKEN, WELL = "Greenhouse of Lumen Robotics needs attention", "Greenhouse of Lumen Robotics works again"


# --- states ----------------------------------------------------------------------------------


def test_trouble_that_needs_a_person_stops_work_and_says_since_when(row: Connection) -> None:
    row.mark_trouble("key_refused")
    first = row.broken_since
    row.refresh_from_db()
    assert (row.state, row.problem_code, row.broken_since) == (ConnectionState.NEEDS_ATTENTION, "key_refused", first)
    _set(row, broken_since=_ago(hours=1))
    row.mark_trouble("user_deactivated")
    row.refresh_from_db()
    assert row.problem_code == "user_deactivated", "the cause of now is named"
    assert row.broken_since is not None
    assert row.broken_since < _ago(minutes=59), "but it is broken as long as before"


def test_what_passes_by_itself_does_not_hide_what_a_person_must_repair(row: Connection) -> None:
    row.mark_trouble("key_refused")
    row.mark_trouble("unavailable")
    row.refresh_from_db()
    assert row.problem_code == "key_refused"


@pytest.mark.parametrize(
    ("code", "counts"), [("unavailable", True), ("unexpected_reply", True), ("rate_limited", False)]
)
def test_an_outage_leaves_it_active_and_only_waiting_is_no_trouble(row: Connection, code: str, counts: bool) -> None:
    row.mark_trouble(code)
    row.refresh_from_db()
    assert row.state == ConnectionState.ACTIVE
    assert (row.broken_since is not None) is counts


def test_an_answer_to_a_worker_ends_an_outage_but_not_what_a_check_found(row: Connection) -> None:
    row.mark_trouble("unavailable")
    row.mark_answering()
    row.refresh_from_db()
    assert (row.problem_code, row.broken_since) == ("", None)
    assert row.recovered_at is not None
    row.mark_trouble("not_site_admin")
    Connection.objects.get().mark_answering()
    row.refresh_from_db()
    assert row.state == ConnectionState.NEEDS_ATTENTION


def test_what_a_worker_learned_with_an_old_credential_is_not_written_beside_the_new_one(
    sandbox: SandboxProcess, connection: Connection, alice: User
) -> None:
    worker = Connection.objects.get()
    connecting.connect(employer=connection.employer, by=alice, **OAUTH)
    worker.mark_trouble("key_refused")
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.ACTIVE, "")
    connection.mark_trouble("scope_missing")
    worker.mark_well()
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION


def test_every_cause_clears_itself_by_the_recheck(sandbox: SandboxProcess, connection: Connection) -> None:
    sandbox.set_credential(CLIENT_ID, revoked=True)
    assert run_sync(connection).state == SyncState.FAILED
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    sandbox.set_credential(CLIENT_ID, revoked=False)
    _set(connection, poll_due_at=_ago(seconds=1))
    for pk in sweeps.due_rechecks():
        connecting.recheck(pk)
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code, connection.broken_since) == (ConnectionState.ACTIVE, "", None)


def test_an_outage_of_a_connection_nobody_is_followed_on_is_rechecked(row: Connection) -> None:
    row.mark_trouble("unavailable")
    assert sweeps.due_rechecks() == [row.pk]
    ExportFactory(connection=row, greenhouse_job__connection=row, state=ExportState.SENT)
    assert sweeps.due_rechecks() == [], "the poll sees it sooner"
    assert sweeps.due_polls() == [row.pk]


# --- letters ---------------------------------------------------------------------------------


def test_admins_get_one_letter_when_it_breaks_and_one_when_it_is_well(row: Connection) -> None:
    MembershipFactory(employer=row.employer, role=Role.ADMIN, user=UserFactory(email="amir@example.com"))
    row.mark_trouble("key_refused")
    assert _tick() == [], "it may be over in a moment"
    _set(row, broken_since=_ago(minutes=3))
    assert _tick() == [BROKEN]
    assert mail.outbox[0].to == ["alice@example.com", "amir@example.com"], "admins only"
    for _ in range(3):
        row.mark_trouble("user_deactivated")
        _set(row, tell_not_before=None)
        assert _tick() == [], "one, not one per failure"
    row.mark_well()
    assert _tick() == []
    _set(row, recovered_at=_ago(minutes=6))
    assert _tick() == [WELL]
    _set(row, tell_not_before=None)
    assert _tick() == []


def test_the_letter_says_what_is_wrong_and_what_to_do(row: Connection) -> None:
    row.mark_trouble("user_deactivated")
    _set(row, broken_since=_ago(minutes=3))
    _tick()
    body = mail.outbox[0].body
    for words in (
        "Lumen Robotics",
        PROBLEMS["user_deactivated"].title,
        PROBLEMS["user_deactivated"].next_step,
        "Code: user_deactivated",
        "/employers/lumen-robotics/settings/integrations/",
    ):
        assert words in body
    assert "&" not in body


def test_an_outage_is_told_only_when_it_lasts(row: Connection) -> None:
    row.mark_trouble("unavailable")
    _set(row, broken_since=_ago(minutes=59))
    assert _tick() == []
    _set(row, broken_since=_ago(minutes=61))
    assert _tick() == [BROKEN]


def test_a_connection_that_comes_and_goes_writes_no_letter_each_time(row: Connection) -> None:
    letters = []
    now = timezone.now()
    row.mark_trouble("key_refused")
    _set(row, broken_since=now - timedelta(minutes=3))
    letters += _tick()
    for _ in range(10):  # well for a minute, broken for four
        row.mark_well()
        _set(row, recovered_at=_ago(minutes=1))
        letters += _tick()
        row.mark_trouble("key_refused")
        _set(row, broken_since=_ago(minutes=4), tell_not_before=_ago(seconds=1))
        letters += _tick()
    assert letters == [BROKEN]


def test_after_it_was_told_well_the_next_break_is_quiet_for_half_an_hour(row: Connection) -> None:
    _set(row, told_broken_at=_ago(hours=1), recovered_at=_ago(minutes=6))
    assert _tick() == [WELL]
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=10))
    assert _tick() == []
    _set(row, tell_not_before=_ago(seconds=1))
    assert _tick() == [BROKEN]


def test_a_letter_that_could_not_leave_is_tried_again_later(row: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=3))

    def refuse(*_: Any, **__: Any) -> int:
        raise SMTPServerDisconnected("alice@example.com?")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        assert _tick() == []
    assert _tick() == [], "not at once"
    _set(row, tell_not_before=_ago(seconds=1))
    assert _tick() == [BROKEN]


def test_a_worker_that_died_over_a_letter_leaves_it_to_another(
    row: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=3))

    def die(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("django.core.mail.EmailMessage.send", die)
        with pytest.raises(KeyboardInterrupt):
            life.tell_admins(row.pk)
    assert life.connections_to_tell() == [], "it may still be at work"
    _set(row, tell_not_before=_ago(seconds=1))
    assert _tick() == [BROKEN]


def test_two_workers_send_one_letter(row: Connection) -> None:
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=3))
    life.tell_admins(row.pk)
    life.tell_admins(row.pk)
    assert len(mail.outbox) == 1


def test_beat_wakes_a_worker_for_each_letter_that_is_owed(row: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(tasks.tell_admins, "apply_async", lambda args, **_: woken.append(args))
    tasks.wake_due_letters()
    assert woken == []
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=3))
    tasks.wake_due_letters()
    assert woken == [(row.pk,)]


def test_an_employer_without_an_admin_is_no_trouble(db: None) -> None:
    row = ConnectionFactory()
    row.mark_trouble("key_refused")
    _set(row, broken_since=_ago(minutes=3))
    assert _tick() == []
    assert life.connections_to_tell() == []


# --- pause -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "state"), [("key_refused", "needs_attention"), ("unavailable", "active")])
def test_after_three_days_in_vain_background_work_pauses(row: Connection, code: str, state: str) -> None:
    job = GreenhouseJobFactory(connection=row)
    ExportFactory(connection=row, greenhouse_job=job, state=ExportState.SENT)
    waiting = ExportFactory(connection=row, greenhouse_job=job)
    row.mark_trouble(code)
    _set(row, sync_due_at=_ago(minutes=1), poll_due_at=_ago(minutes=1), broken_since=_ago(days=2, hours=23))
    assert not row.is_paused
    assert sweeps.due_rechecks() + sweeps.due_polls() == [row.pk]
    _set(row, broken_since=_ago(days=3, minutes=1))
    assert row.state == state
    assert row.is_paused
    assert row.paused_since is not None
    assert sweeps.due_rechecks() == sweeps.due_polls() == sweeps.take_due_exports() == []
    assert list(sweeps.connections_to_sync()) == []
    row.mark_well()
    assert list(sweeps.connections_to_sync()) == [row]
    assert sweeps.take_due_exports() == [waiting.pk]


def test_testing_a_paused_connection_resumes_it(sandbox: SandboxProcess, connection: Connection) -> None:
    connection.mark_trouble("key_refused")
    _set(connection, broken_since=_ago(days=4))
    assert connecting.check(connection) is None
    connection.refresh_from_db()
    assert connection.is_active
    assert not connection.is_paused


def test_days_of_trouble_do_not_count_against_an_export(sandbox: SandboxProcess, connection: Connection) -> None:
    link = JobLinkFactory(post__greenhouse_job__connection=connection)
    row = sending.export_application(ApplicationFactory(job=link.job))
    assert row is not None
    Export.objects.update(created_at=_ago(days=5))
    _set(connection, recovered_at=_ago(minutes=1))
    sandbox.switches(harvest_down=True)
    export.run(row.pk)
    row.refresh_from_db()
    assert row.state == ExportState.WAITING


# --- disconnect ------------------------------------------------------------------------------


def test_disconnect_forgets_every_secret_at_once_and_keeps_the_rest(row: Connection, alice: User) -> None:
    _set(row, token=Secret.of("t"), refresh_token=Secret.of("r"), token_expires_at=timezone.now())
    row.mark_trouble("key_refused")
    pending = ExportFactory(connection=row, greenhouse_job__connection=row)
    link = JobLinkFactory(post__greenhouse_job__connection=row)
    assert life.disconnect(connection=row, by=alice)
    row.refresh_from_db()
    assert row.state == ConnectionState.DISCONNECTED
    assert not any((row.secret, row.token, row.refresh_token, row.secret_last4, row.problem_code, row.broken_since))
    assert row.disconnected_at is not None
    pending.refresh_from_db()
    link.job.refresh_from_db()
    assert (pending.state, link.job.state) == (ExportState.PENDING, JobState.LIVE)
    assert not life.disconnect(connection=row, by=alice), "twice is harmless"
    assert sweeps.take_due_exports() == sweeps.due_polls() == sweeps.due_rechecks() == []
    assert _tick() == []


def test_no_worker_in_flight_revives_it_or_writes_a_token_back(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Connection.objects.get()
    fetch = connecting.Credential.fetch_token

    def disconnect_first(self: Any, **kwargs: Any) -> Any:
        token = fetch(self, **kwargs)
        life.disconnect(connection=connection, by=alice)
        return token

    monkeypatch.setattr(connecting.Credential, "fetch_token", disconnect_first)
    with pytest.raises(Unavailable, match="credential_replaced"):
        ConnectionTokens(connection.pk).current()
    worker.mark_well()
    worker.mark_answering()
    worker.mark_trouble("key_refused")
    connecting.check(worker)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DISCONNECTED
    assert not any((connection.secret, connection.token, connection.problem_code))
    sandbox.clear_requests()
    with pytest.raises(Unavailable, match="disconnected"):
        ConnectionTokens(connection.pk).current()
    assert sandbox.requests() == []


def test_an_import_under_way_ends_and_changes_no_job(
    sandbox: SandboxProcess, connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sync(connection)
    post = GreenhouseJobPost.objects.offered().first()
    assert post is not None
    link = JobLinkFactory(post=post)
    Job.objects.filter(pk=link.job_id).update(title="As it was", state=JobState.LIVE)
    link.is_imported = True
    link.save()
    advance = sync._advance
    departments = GreenhouseName.objects.count()
    GreenhouseName.objects.all().delete()

    def disconnect_first(*args: Any) -> None:  # a page has arrived and is not written yet
        life.disconnect(connection=connection, by=alice)
        advance(*args)

    run = tasks.enqueue_sync(connection, by=None)
    monkeypatch.setattr(sync, "_advance", disconnect_first)
    assert not sync.run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.problem_code) == (SyncState.FAILED, "disconnected")
    link.job.refresh_from_db()
    assert link.job.title == "As it was"
    assert departments
    assert not GreenhouseName.objects.exists(), "nor was the page kept"


def test_a_reading_ended_before_its_last_step_closes_nothing(row: Connection, alice: User) -> None:
    link = JobLinkFactory(post__greenhouse_job__connection=row)
    run = SyncRunFactory(connection=row, state=SyncState.RUNNING)
    held = SyncRun.objects.select_related("connection").get(pk=run.pk)
    life.disconnect(connection=row, by=alice)
    held.posts_read = 1
    ending.finish(held)
    link.job.refresh_from_db()
    link.post.refresh_from_db()
    assert (link.job.state, link.post.is_live) == (JobState.LIVE, True)
    run.refresh_from_db()
    assert run.state == SyncState.FAILED


def test_who_waits_and_who_applies_meanwhile_are_sent_after_connecting_again(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    run_sync(connection)
    post = GreenhouseJobPost.objects.offered().first()
    link = JobLinkFactory(post=post)
    before = sending.export_application(ApplicationFactory(job=link.job))
    life.disconnect(connection=connection, by=alice)
    meanwhile = sending.export_application(ApplicationFactory(job=link.job))
    assert before is not None
    assert meanwhile is not None
    export.run(meanwhile.pk)
    assert sweeps.take_due_exports() == []

    again = connecting.connect(employer=employer, by=alice, **OAUTH)
    assert (again.pk, again.disconnected_at) == (connection.pk, None)
    Export.objects.update(woken_at=None)  # the minute that a woken worker has is over
    due = sweeps.take_due_exports()
    assert set(due) == {before.pk, meanwhile.pk}
    for pk in due:
        export.run(pk)
    assert set(Export.objects.values_list("state", flat=True)) == {ExportState.SENT}
    tracking.poll(connection.pk)
    assert JobLink.objects.filter(pk=link.pk).exists()


def test_another_organization_is_refused_on_connecting_again(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    GreenhouseJobFactory(connection=connection)
    _set(connection, organization_remote_id="77")
    life.disconnect(connection=connection, by=alice)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert caught.value.problem.code == "other_organization"
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DISCONNECTED
    assert not connection.secret
