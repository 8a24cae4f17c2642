"""Exports that run out of rate budget between two steps: they go on, and read nothing back that is not in doubt."""

from collections import Counter

import pytest
from django.core.cache import cache

from integrations.models import Export, ExportState, GreenhouseJob
from tests.integrations.greenhouse.sending import ONCE, apply, arrived, attempt, owe, person_in
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db


def attempt_with(sandbox: SandboxProcess, row: Export, passes: int) -> Export:
    """One attempt in a new rate window of so many requests."""
    sandbox.switches(rate_limit=passes, rate_window_seconds=3600)
    sandbox.renew_limits()
    cache.clear()
    return attempt(row)


def asked(sandbox: SandboxProcess) -> Counter[str]:
    return Counter(f"{call['method']} {call['path']}" for call in sandbox.requests(path="/v3"))


def test_an_export_when_the_budget_ends_after_each_step_then_looks_for_the_person_and_for_nothing_else(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    sandbox.clear_requests()
    assert attempt_with(sandbox, row, 3).state == ExportState.WAITING
    assert (bool(row.application_remote_id), row.attempts) == (True, 0)
    assert attempt_with(sandbox, row, 2).state == ExportState.WAITING
    assert attempt_with(sandbox, row, 2).state == ExportState.SENT
    assert arrived(sandbox) == ONCE
    assert asked(sandbox) == {
        "GET /v3/candidates": 3,
        "GET /v3/jobs": 1,
        "POST /v3/candidates": 1,
        "POST /v3/attachments": 1,
        "POST /v3/notes": 1,
    }


def test_an_export_when_a_write_was_in_doubt_before_the_budget_ended_then_still_reads_back(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/attachments"})
    assert attempt(row).state == ExportState.UNKNOWN
    assert attempt_with(sandbox, row, 1).state == ExportState.WAITING
    assert attempt_with(sandbox, row, 50).state == ExportState.SENT
    assert arrived(sandbox) == ONCE


def test_an_export_when_the_person_was_found_anew_before_the_budget_ended_then_reads_back(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring))
    assert attempt_with(sandbox, row, 4).files.get().remote_id
    sandbox.switches(rate_limit=0)
    there = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    known = {name: there[name] for name in ("phone_numbers", "social_media_addresses", "tags", "title", "company")}
    survivor = person_in(sandbox, **known)[
        "candidate"
    ]  # nothing to add, so the attempts that only read are no attempts
    sandbox.act("candidates", survivor["id"], "merge", other=row.candidate_remote_id)
    for passes in (4, 50):  # they are found and their application adopted, then the files are looked at
        attempt_with(sandbox, row, passes)
    assert row.state == ExportState.SENT
    assert row.candidate_remote_id == str(survivor["id"])
    assert arrived(sandbox) == ONCE
