"""As what, in which stage or pool, from which source, to whose credit somebody arrives."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from integrations import sending
from integrations.credentials import client_for
from integrations.greenhouse.errors import Rejected
from integrations.greenhouse.export import Walk
from integrations.greenhouse.export.credit import LOOK_AGAIN_AFTER
from integrations.greenhouse.export.healing import without_what_is_gone
from integrations.greenhouse.scopes import CREDIT, PROSPECTS
from integrations.models import ExportState, GreenhouseCredit, GreenhouseJob, GreenhousePerson, JobLink
from tests.factories import UserFactory
from tests.integrations.greenhouse.sending import (
    ONCE,
    another,
    application_in,
    apply,
    arrived,
    attempt,
    owe,
    person_in,
)
from tests.sandbox_process import ADMIN_EMAIL, FORMER_EMAIL, RECRUITER_EMAIL, SandboxProcess

pytestmark = pytest.mark.django_db


def _stages(sandbox: SandboxProcess, hiring: GreenhouseJob) -> list[dict[str, Any]]:
    rows = sandbox.records("job_interview_stages", job_id=int(hiring.remote_id), active=True)
    return sorted(rows, key=lambda row: row["sort_order"])


def _pool(sandbox: SandboxProcess) -> tuple[dict[str, Any], dict[str, Any]]:
    pool = sandbox.records("prospect_pools")[0]
    return pool, sandbox.records("prospect_pool_stages", prospect_pool_id=pool["id"])[0]


def test_an_export_copies_what_its_job_says(hiring: GreenhouseJob, alice: User) -> None:
    application = apply(hiring)
    JobLink.objects.update(
        sends_as="prospect", source_remote_id="5", source_name="Fair", credit_to=alice, stage_remote_id="6"
    )
    row = sending.export_application(application, by=alice)
    JobLink.objects.update(source_remote_id="7")
    assert row
    row.refresh_from_db()
    assert (row.sends_as, row.source_remote_id, row.stage_remote_id) == ("prospect", "5", "6")
    assert (row.credit_to, row.requested_by) == (alice, alice)


def test_a_prospect_on_a_job_arrives_once_even_if_the_answer_is_lost(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    row = owe(apply(hiring), sends_as="prospect")
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/candidates"})
    attempt(row)
    assert attempt(row).state == ExportState.SENT
    there = application_in(sandbox, row)
    assert (there["prospect"], there["prospective_job_ids"], there["job_id"]) == (True, [int(hiring.remote_id)], None)
    assert arrived(sandbox) == ONCE
    assert not row.was_there


@pytest.mark.parametrize("known", [False, True], ids=["new person", "known person"])
def test_a_prospect_without_a_job_arrives_in_its_pool(
    sandbox: SandboxProcess, hiring: GreenhouseJob, known: bool
) -> None:
    if known:
        person_in(sandbox)
    pool, stage = _pool(sandbox)
    to_pool = {"pool_remote_id": str(pool["id"]), "pool_stage_remote_id": str(stage["id"])}
    row = owe(apply(hiring), sends_as="prospect", greenhouse_job=None, **to_pool)
    assert attempt(row).state == ExportState.SENT
    there = application_in(sandbox, row)
    assert (there["prospect"], there["prospective_job_ids"], there["job_id"]) == (True, [], None)
    detail = sandbox.records("prospect_details", application_id=there["id"])[0]
    assert (detail["pool_id"], detail["pool_stage_id"]) == (pool["id"], stage["id"])
    assert arrived(sandbox) == ONCE


@pytest.mark.parametrize("sees_pools", [True, False])
def test_somebody_who_is_a_prospect_in_that_pool_already_is_linked(
    sandbox: SandboxProcess, hiring: GreenhouseJob, sees_pools: bool
) -> None:
    pool, _ = _pool(sandbox)
    person = person_in(sandbox, application={"prospect": True, "prospect_pool_id": pool["id"]})
    if not sees_pools:
        hiring.connection.note_refused(PROSPECTS.scopes[-1])
    row = owe(apply(hiring), sends_as="prospect", greenhouse_job=None, pool_remote_id=str(pool["id"]))
    attempt(row)
    assert (row.application_remote_id, row.was_there) == (str(person["application"]["id"]), True)


def test_a_prospect_in_another_pool_is_one_more(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    person_in(sandbox, application={"prospect": True})
    pool, _ = _pool(sandbox)
    row = attempt(owe(apply(hiring), sends_as="prospect", greenhouse_job=None, pool_remote_id=str(pool["id"])))
    assert (row.state, row.was_there) == (ExportState.SENT, False)
    assert arrived(sandbox)["applications"] == 2


@pytest.mark.parametrize("known", [False, True], ids=["new person", "known person"])
@pytest.mark.parametrize("fault", [{}, {"kind": "reset_after", "method": "POST", "path": "/v3/applications"}])
def test_a_chosen_stage_is_where_they_start(
    sandbox: SandboxProcess, hiring: GreenhouseJob, known: bool, fault: dict[str, Any]
) -> None:
    if known:
        person_in(sandbox)
    stage = _stages(sandbox, hiring)[2]
    row = owe(apply(hiring), stage_remote_id=str(stage["id"]), stage_name=stage["name"])
    if fault:
        sandbox.faults(fault)
        attempt(row)
    assert attempt(row).state == ExportState.SENT
    assert application_in(sandbox, row)["job_interview_stage_id"] == stage["id"]
    assert arrived(sandbox) == ONCE


def test_what_greenhouse_no_longer_has_is_left_out_and_said(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    elsewhere = _stages(sandbox, another(sandbox, hiring))[0]
    row = owe(apply(hiring), stage_remote_id=str(elsewhere["id"]), source_remote_id="999")
    assert attempt(row).state == ExportState.SENT
    assert set(row.remarks) == {"stage_gone", "source_gone"}
    there = application_in(sandbox, row)
    assert there["source_id"] is None
    assert there["job_interview_stage_id"] == _stages(sandbox, hiring)[0]["id"]
    assert arrived(sandbox) == ONCE


def test_what_is_blamed_by_its_whole_way_is_left_out(hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring))
    walk = Walk.of(row, GreenhousePerson(), client_for(hiring.connection))
    part = {"job_id": 1, "source_id": 999}
    body = {"first_name": "Ada", "last_name": "", "application": part}

    def send() -> dict[str, Any]:
        if "source_id" in part:
            raise Rejected("unprocessable", path="/v3/candidates", fields=("application.source_id", "last_name"))
        return body

    assert without_what_is_gone(walk, body, part, send) == {**body, "last_name": "-", "application": {"job_id": 1}}
    assert row.remarks == ["source_gone", "name_completed"]


def test_a_pool_that_is_gone_is_left_out_and_said(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = owe(apply(hiring), sends_as="prospect", pool_remote_id="999", pool_stage_remote_id="998")
    assert attempt(row).state == ExportState.SENT
    assert row.remarks == ["pool_gone"]


def _referrer(sandbox: SandboxProcess, email: str) -> int:
    user_id = sandbox.records("user_emails", email=email)[0]["user_id"]
    return int(sandbox.records("referrers", user_id=user_id)[0]["id"])


def test_the_credit_goes_to_the_recruiter_by_any_of_their_addresses(
    sandbox: SandboxProcess, hiring: GreenhouseJob
) -> None:
    user_id = sandbox.records("user_emails", email=RECRUITER_EMAIL)[0]["user_id"]
    sandbox.add_record("user_emails", user_id=user_id, email="rec@alias.example", verified=True)
    recruiter = UserFactory(email="Rec@Alias.example")
    row = attempt(owe(apply(hiring), credit_to=recruiter))
    assert application_in(sandbox, row)["referrer_id"] == _referrer(sandbox, RECRUITER_EMAIL)
    sandbox.clear_requests()
    attempt(owe(apply(hiring, email="eve@lovelace.example"), credit_to=recruiter))
    assert sandbox.requests("GET", "/v3/referrers") == [], "looked up once a day"


@pytest.mark.parametrize(
    ("email", "code"),
    [(FORMER_EMAIL, "credit_deactivated"), ("nobody@lumen.example", "credit_unknown"), ("scope", "credit_unseen")],
)
def test_a_credit_that_cannot_be_given_goes_to_the_acting_user_and_is_said(
    sandbox: SandboxProcess, hiring: GreenhouseJob, email: str, code: str
) -> None:
    if email == "scope":
        email = RECRUITER_EMAIL
        sandbox.faults({"kind": "status", "status": 403, "method": "GET", "path": "/v3/referrers"})
    row = attempt(owe(apply(hiring), credit_to=UserFactory(email=email)))
    assert (row.state, row.remarks) == (ExportState.SENT, [code])
    assert application_in(sandbox, row)["referrer_id"] is None
    hiring.connection.refresh_from_db()
    assert hiring.connection.may(*CREDIT.scopes) is (code != "credit_unseen")


def test_a_deactivated_user_to_credit_heals_by_itself(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    former = UserFactory(email=FORMER_EMAIL)
    attempt(owe(apply(hiring), credit_to=former))
    sandbox.set_user(FORMER_EMAIL, deactivated=False)
    GreenhouseCredit.objects.update(checked_at=timezone.now() - LOOK_AGAIN_AFTER)
    row = attempt(owe(apply(hiring, email="eve@lovelace.example"), credit_to=former))
    assert application_in(sandbox, row)["referrer_id"] == _referrer(sandbox, FORMER_EMAIL)
    assert not GreenhouseCredit.objects.get().problem_code


def test_the_acting_users_own_credit_needs_no_question(sandbox: SandboxProcess, hiring: GreenhouseJob) -> None:
    row = attempt(owe(apply(hiring), credit_to=UserFactory(email=ADMIN_EMAIL.upper())))
    assert (row.state, row.remarks) == (ExportState.SENT, [])
    assert not GreenhouseCredit.objects.exists()
