"""Replacing a connection's credential: the old one serves until the new one has proved itself."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations import connecting
from integrations.checkup import CheckFailed
from integrations.models import Connection
from tests.factories import GreenhouseJobFactory
from tests.integrations.pasted import FORM, KEY, OAUTH, PAGE, columns
from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_SECRET,
    FORMER_EMAIL,
    LIMITED_CLIENT_ID,
    LIMITED_CLIENT_SECRET,
    SandboxProcess,
)


def test_connect_again_keeps_the_rows_of_the_same_organization(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    first = connecting.connect(employer=employer, by=alice, **OAUTH)
    job = GreenhouseJobFactory(connection=first, remote_id=str(sandbox.records("jobs")[0]["id"]))
    second = connecting.connect(employer=employer, by=alice, **KEY)
    assert second.pk == first.pk
    assert list(second.greenhouse_jobs.all()) == [job]


def test_connect_to_another_organization_is_refused_once_jobs_are_read(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    connection = connecting.connect(employer=employer, by=alice, **OAUTH)
    Connection.objects.update(organization_remote_id="77")
    GreenhouseJobFactory(connection=connection)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **OAUTH)
    assert caught.value.problem.code == "other_organization"
    assert Connection.objects.get().organization_remote_id == "77"


@pytest.mark.parametrize(
    "change",
    [{"client_secret": "wrong-secret-0123456789abcdef"}, {"client_id": LIMITED_CLIENT_ID}, {"email": FORMER_EMAIL}],
)
def test_a_new_credential_that_fails_leaves_the_old_one_as_it_is(
    sandbox: SandboxProcess, as_alice: Client, change: dict[str, str]
) -> None:
    as_alice.post(PAGE, FORM)
    before = columns()
    change = {**change, "client_secret": LIMITED_CLIENT_SECRET} if "client_id" in change else change
    answer = as_alice.post(PAGE, {**FORM, **change})
    assert answer.status_code == 200
    assert columns() == before


def test_the_old_secret_serves_until_the_new_one_has_proved_itself(
    sandbox: SandboxProcess, employer: Employer, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting.connect(employer=employer, by=alice, **OAUTH)
    held_meanwhile = []
    monkeypatch.setattr(
        connecting,
        "_refuse_other_organization",
        lambda *_: held_meanwhile.append(Connection.objects.get().secret.reveal()),
    )
    connection = connecting.connect(employer=employer, by=alice, **KEY)
    connection.refresh_from_db()
    assert held_meanwhile == [CLIENT_SECRET], "Greenhouse has said yes to the new one by then"
    assert connection.secret.reveal() == API_KEY


def test_a_credential_of_another_organization_is_refused_by_name_once_jobs_are_read(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    GreenhouseJobFactory(connection=Connection.objects.get())
    before = columns()
    other = {**FORM, "client_id": "other-client-6", "client_secret": "other-secret-0123456789abcdef"}
    page = as_alice.post(PAGE, other).text
    assert "linked to a different Greenhouse organization" in page
    assert "Other Org" in page
    assert columns() == before


@pytest.mark.parametrize("how", [OAUTH, KEY], ids=["introspection refused", "api_key"])
def test_a_credential_that_shows_none_of_our_jobs_is_refused_where_greenhouse_does_not_name_its_organization(
    sandbox: SandboxProcess, employer: Employer, alice: User, how: dict[str, Any]
) -> None:
    GreenhouseJobFactory(connection=connecting.connect(employer=employer, by=alice, **OAUTH), remote_id="987654321")
    before = columns()
    sandbox.switches(introspection=False)
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=alice, **how)
    assert caught.value.problem.code == "other_organization"
    assert columns() == before


def test_choosing_a_user_while_the_credential_is_replaced_does_not_touch_the_new_one(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    stale = connecting.connect(employer=employer, by=alice, **OAUTH)
    connecting.connect(employer=employer, by=alice, **KEY)
    before = columns()
    with pytest.raises(CheckFailed) as caught:
        connecting.choose_user(connection=stale, email=ADMIN_EMAIL, as_service_user=False)
    assert caught.value.problem.code == "replaced_meanwhile"
    assert columns() == before
