"""What operators may ask of the engine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from integrations import connecting
from integrations.admin.connections import TESTS_AT_ONCE
from integrations.checkup import CheckFailed
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    ExportState,
    SyncRun,
    SyncState,
)
from integrations.problems import PROBLEMS
from tests.factories import ConnectionFactory, ExportFactory
from tests.integrations.admin.planting import Queue, do, list_of


def test_sync_now_then_reads_the_active_ones_and_says_how_many(
    as_operator: Client, operator: User, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = ConnectionFactory(), ConnectionFactory()
    broken = ConnectionFactory(state=ConnectionState.NEEDS_ATTENTION)
    with django_capture_on_commit_callbacks(execute=True):
        said = do(as_operator, "sync_now", first, second, broken)
    runs = SyncRun.objects.order_by("pk")
    assert {run.connection_id for run in runs} == {first.pk, second.pk}
    assert {run.requested_by for run in runs} == {operator}
    assert sorted(queue) == [("run_sync", run.pk) for run in runs]
    assert said == ["Reading 2 connections now.", "Left out 1 connection: only active ones can be read."]


def test_sync_now_when_pressed_twice_then_joins_the_reading(as_operator: Client, planted: Connection) -> None:
    for _ in range(2):
        do(as_operator, "sync_now", planted)
    assert SyncRun.objects.filter(state=SyncState.QUEUED).count() == 1


def test_send_again_then_moves_what_stopped_and_leaves_the_rest(
    as_operator: Client, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    stopped = ExportFactory(state=ExportState.NEEDS_ATTENTION, problem_code="data_refused")
    sent = ExportFactory(state=ExportState.SENT)
    with django_capture_on_commit_callbacks(execute=True):
        said = do(as_operator, "send_again", stopped, sent)
    assert queue == [("run_export", stopped.pk)]
    stopped.refresh_from_db()
    assert (stopped.state, stopped.problem_code) == (ExportState.PENDING, "")
    assert said == ["Sending 1 export again.", "Left 1 export alone: sent already, or on the way."]


def _answers(*codes: str) -> Callable[[Connection], CheckFailed | None]:
    """Stands in for Greenhouse: the answer to each test in turn, where an empty code means all is well."""
    left = list(codes)

    def check(connection: Connection) -> CheckFailed | None:
        code = left.pop(0)
        return CheckFailed(code, "harvest:jobs:list") if code else None

    return check


def test_test_connection_then_says_how_each_one_went(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "check", _answers("scope_missing", ""))
    rows = [ConnectionFactory(employer__name=name, acting_user_name="Maya") for name in ("A <b>", "B")]
    gone = ConnectionFactory(employer__name="C", state=ConnectionState.DISCONNECTED)
    failed, well, left = do(as_operator, "test_connection", *rows, gone)
    problem = PROBLEMS["scope_missing"]
    assert failed == f"A <b>: {problem.title}. {problem.sentence} (harvest:jobs:list) {problem.next_step}"
    assert well == "B: Greenhouse answers, and acts as Maya."
    assert left.startswith("C: disconnected.")
    assert "A &lt;b&gt;: A scope is missing" in as_operator.get(list_of("connection")).content.decode()


def test_test_connection_when_greenhouse_is_down_then_does_not_wait_for_the_others(
    as_operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "check", _answers("connect_unavailable"))
    _, rest = do(as_operator, "test_connection", *(ConnectionFactory() for _ in range(3)))
    assert rest == "Greenhouse does not answer, so we did not test 2 more connections."


def test_test_connection_when_too_many_then_tests_none(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "check", _answers())
    (said,) = do(as_operator, "test_connection", *(ConnectionFactory() for _ in range(TESTS_AT_ONCE + 1)))
    assert said == f"Choose at most {TESTS_AT_ONCE} connections to test at once."


def test_test_connection_when_the_sandbox_answers_then_the_row_is_tested(
    as_operator: Client, connection: Connection
) -> None:
    Connection.objects.update(state=ConnectionState.NEEDS_ATTENTION, problem_code="key_refused")
    (said,) = do(as_operator, "test_connection", connection)
    assert said.startswith("Lumen Robotics: Greenhouse answers, and acts as ")
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.ACTIVE, "")


def test_actions_then_leave_a_trace_of_who_did_what(as_operator: Client, operator: User, planted: Connection) -> None:
    do(as_operator, "sync_now", planted)
    do(as_operator, "send_again", Export.objects.get())
    entries = LogEntry.objects.order_by("pk")
    assert [entry.get_change_message() for entry in entries] == ["Sync now.", "Send again."]
    assert {entry.user for entry in entries} == {operator}
