"""The scope doctor: what a credential may do, told before anything is saved, and what stops without a scope."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import Application
from integrations import connecting, sending, sweeps
from integrations.checkup import CheckFailed
from integrations.doctor import MISSING, UNSEEN, WORKS, Diagnosis
from integrations.greenhouse import export, tracking
from integrations.greenhouse.scopes import ALL_SCOPES, FEATURES, NOTES, REASONS, REQUIRED_SCOPES, is_listing
from integrations.models import Connection, ConnectionState, CredentialKind, Export, ExportState
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, CLIENT_SECRET, RECRUITER_EMAIL, SandboxProcess

OAUTH = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
PAGE = "/employers/lumen-robotics/settings/integrations/"
FORM = {"credential_kind": "oauth", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
REQUIRED = [feature for feature in FEATURES if feature.is_required]


def _without(sandbox: SandboxProcess, *scopes: str) -> None:
    held = sandbox.set_credential(CLIENT_ID)["scopes"]
    sandbox.set_credential(CLIENT_ID, scopes=[scope for scope in held if scope not in scopes])


def _with_all(sandbox: SandboxProcess) -> None:
    sandbox.set_credential(CLIENT_ID, scopes=list(ALL_SCOPES))


def _sights(connection: Connection) -> dict[str, str]:
    connection.refresh_from_db()
    return {row.feature.key: row.sight for row in Diagnosis.of(connection).rows}


def _row_of(page: str, title: str) -> str:
    """The table row of a feature, as a person reads it."""
    rows = (re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL))
    return next(row for row in rows if title.replace("'", "&#x27;") in row)


# --- before anything is saved --------------------------------------------------------------


@pytest.mark.parametrize("scope", sorted(REQUIRED_SCOPES))
def test_connect_without_a_required_scope_is_refused_and_names_it(
    sandbox: SandboxProcess, employer: Employer, alice: User, scope: str
) -> None:
    _without(sandbox, scope)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert (caught.value.problem.code, caught.value.detail) == ("scope_missing", scope)
    assert not Connection.objects.exists()


def test_page_without_required_scopes_shows_all_of_them_at_once_with_the_click_path(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    _without(sandbox, "harvest:offices:list", "harvest:attachments:create", "harvest:notes:create")
    page = as_alice.post(PAGE, FORM).text
    assert "Does not work" in _row_of(page, "Import jobs")
    resumes = _row_of(page, "Attach résumés")
    assert "Applicants would arrive without their résumés." in resumes
    assert "Manage Scopes → tick harvest:attachments:create" in resumes
    assert "Switched off" in _row_of(page, "Write the applicant's words as a note")
    assert "Works" in _row_of(page, "Send candidates")
    assert not Connection.objects.exists()


@pytest.mark.parametrize("feature", [f for f in FEATURES if not f.is_required], ids=lambda feature: feature.key)
def test_connect_without_an_optional_scope_switches_only_its_feature_off(
    sandbox: SandboxProcess, employer: Employer, alice: User, feature: Any
) -> None:
    _without(sandbox, feature.scopes[-1])
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    sights = _sights(connection)
    assert connection.is_active
    assert sights.pop(feature.key) == MISSING
    assert set(sights.values()) == {WORKS}
    assert not connection.may(*feature.scopes)


def test_connect_without_scopes_for_sources_goes_on_without_a_source(sandbox: SandboxProcess, as_alice: Client) -> None:
    _without(sandbox, "harvest:sources:list")
    page = as_alice.post(PAGE, FORM, follow=True).text
    assert "Greenhouse is connected" in page
    assert "the scope <code>harvest:sources:list</code> is missing" in page
    assert Connection.objects.get().source_remote_id == ""


def test_where_introspection_is_refused_one_request_per_collection_shows_the_lists(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.switches(introspection=False)
    _without(sandbox, "harvest:notes:list")
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    sights = _sights(connection)
    assert sights["notes"] == MISSING
    assert sights["send"] == sights["resumes"] == UNSEEN, "nobody can see a scope for writing but by writing"
    assert sights["import"] == sights["reasons"] == WORKS
    probed = [row["path"] for row in sandbox.requests("GET") if "per_page=1" in str(row)]
    lists = {f"/v3/{scope.split(':')[1]}" for scope in ALL_SCOPES if is_listing(scope)}
    assert {path.split("?")[0] for path in probed} >= lists
    assert connection.may("harvest:candidates:create"), "what cannot be seen is tried"


def test_where_introspection_is_refused_the_page_says_what_cannot_be_seen(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    sandbox.switches(introspection=False)
    page = as_alice.post(PAGE, FORM, follow=True).text
    assert "Cannot be seen" in _row_of(page, "Attach résumés")
    assert "Works" in _row_of(page, "Import jobs")


# --- on Test connection, at any time -------------------------------------------------------


def test_a_scope_taken_away_later_needs_attention_and_is_shown_until_it_is_back(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    _without(sandbox, "harvest:candidates:create")
    page = as_alice.post(PAGE + "test/", follow=True).text
    assert "Does not work" in _row_of(page, "Send candidates")
    assert "harvest:candidates:create" in _row_of(page, "Send candidates")
    assert Connection.objects.get().state == ConnectionState.NEEDS_ATTENTION

    _with_all(sandbox)
    page = as_alice.post(PAGE + "test/", follow=True).text
    assert "Works" in _row_of(page, "Send candidates")
    assert Connection.objects.get().state == ConnectionState.ACTIVE


def test_an_optional_scope_given_later_switches_its_feature_on(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    _without(sandbox, *NOTES.scopes)
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    assert not connection.may(*NOTES.scopes)
    _with_all(sandbox)
    assert connecting.check(connection) is None
    connection.refresh_from_db()
    assert connection.may(*NOTES.scopes)


def test_viewers_see_the_table_and_no_button_that_acts(
    sandbox: SandboxProcess, as_alice: Client, as_bob: Client
) -> None:
    as_alice.post(PAGE, FORM)
    page = as_bob.get(PAGE).text
    assert "Works" in _row_of(page, "Import jobs")
    assert "Replace credential" not in page
    assert "Send the steps" not in page
    assert "Choose another" not in page


# --- while working -------------------------------------------------------------------------


def _application(sandbox: SandboxProcess, connection: Connection) -> Application:
    remote = next(row for row in sandbox.records("jobs", status="open") if not row["is_template"])
    job = GreenhouseJobFactory(connection=connection, remote_id=str(remote["id"]), name=remote["name"])
    post = GreenhouseJobPostFactory(greenhouse_job=job)
    return ApplicationFactory(job=JobLinkFactory(post=post, job=JobFactory(employer=connection.employer)).job)


def _sent(application: Application) -> Export:
    row = sending.export_application(application)
    assert row is not None
    export.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem_code) == (ExportState.SENT, "")
    return row


def test_export_without_the_scope_for_notes_asks_for_none_and_says_so(
    sandbox: SandboxProcess, connection: Connection, as_bob: Client
) -> None:
    connection.note_refused("harvest:notes:create")
    application = _application(sandbox, connection)
    row = _sent(application)
    assert row.is_without_note
    assert sandbox.requests("POST", "/v3/notes") == sandbox.requests("GET", "/v3/notes") == []
    assert "Sent without the note" in as_bob.get(application.get_absolute_url()).text


def test_export_when_the_note_is_refused_on_the_way_sends_the_rest_and_does_not_try_again(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    _without(sandbox, "harvest:notes:create")
    _sent(_application(sandbox, connection))
    assert _sights(connection)["notes"] == MISSING
    assert connection.is_active, "an optional step breaks nothing"
    sandbox.clear_requests()
    assert _sent(ApplicationFactory(job=Application.objects.get().job)).is_without_note
    assert sandbox.requests("POST", "/v3/notes") == []


def _poll(connection: Connection) -> Export:
    Connection.objects.filter(pk=connection.pk).update(poll_due_at="2020-01-01T00:00Z")
    tracking.poll(connection.pk)
    connection.refresh_from_db()
    return Export.objects.select_related("application").get()


def test_tracking_without_the_scope_for_reasons_still_follows_and_keeps_what_it_knew(
    sandbox: SandboxProcess, connection: Connection, as_bob: Client
) -> None:
    row = _sent(_application(sandbox, connection))
    reason = sandbox.records("rejection_reasons")[0]
    path = f"/v3/applications/{row.application_remote_id}/reject"
    assert sandbox.api("POST", path, json={"rejection_reason_id": reason["id"]}).status_code == 204
    known = _poll(connection)
    assert known.rejection_reason == reason["name"]

    _without(sandbox, *REASONS.scopes)
    after = _poll(connection)
    assert (after.rejection_reason, after.application.status) == (reason["name"], known.application.status)
    assert connection.is_active
    assert not connection.sees_reasons
    assert connection.refused_scopes == ["harvest:rejection_reasons:list"]


def test_tracking_of_a_new_rejection_without_the_scope_says_why_there_is_no_reason(
    sandbox: SandboxProcess, connection: Connection, as_bob: Client
) -> None:
    row = _sent(_application(sandbox, connection))
    _without(sandbox, "harvest:rejection_details:list")
    path = f"/v3/applications/{row.application_remote_id}/reject"
    reason = sandbox.records("rejection_reasons")[0]
    assert sandbox.api("POST", path, json={"rejection_reason_id": reason["id"]}).status_code == 204
    assert _poll(connection).remote_status == "rejected"
    assert connection.refused_scopes == ["harvest:rejection_details:list"]
    assert "Greenhouse does not show us reasons" in as_bob.get(row.application.get_absolute_url()).text


def test_an_export_when_the_acting_user_was_deactivated_waits_and_arrives_with_another_user(
    sandbox: SandboxProcess, connection: Connection, as_alice: Client
) -> None:
    application = _application(sandbox, connection)
    sandbox.set_user(ADMIN_EMAIL, deactivated=True)
    row = sending.export_application(application)
    assert row is not None
    export.run(row.pk)
    row.refresh_from_db()
    connection.refresh_from_db()
    assert (row.state, row.problem_code) == (ExportState.WAITING, "user_refused")
    assert (connection.state, connection.problem_code) == (ConnectionState.NEEDS_ATTENTION, "user_refused")
    assert "Choose another user" in as_alice.get(PAGE).text

    sandbox.set_user(RECRUITER_EMAIL, site_admin=True)
    as_alice.post(PAGE + "user/", {"acting-email": RECRUITER_EMAIL})
    export.run(row.pk)
    row.refresh_from_db()
    assert row.state == ExportState.SENT


def test_a_feature_switched_off_comes_back_by_itself_within_the_hour(
    sandbox: SandboxProcess, connection: Connection
) -> None:
    Connection.objects.update(refused_scopes=["harvest:notes:create"], tested_at=timezone.now())
    assert sweeps.due_second_looks() == []
    Connection.objects.update(tested_at=timezone.now() - timedelta(hours=2))
    assert sweeps.due_second_looks() == [connection.pk]
    connecting.look_again(connection.pk)
    connection.refresh_from_db()
    assert (connection.refused_scopes, connection.state) == ([], ConnectionState.ACTIVE)
    sandbox.clear_requests()
    Connection.objects.update(refused_scopes=["harvest:notes:create"])
    connecting.look_again(connection.pk)
    assert sandbox.requests() == [], "once an hour is enough"
