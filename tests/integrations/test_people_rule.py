"""The card Anonymized people, and the badge In Greenhouse with stage and date."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer
from integrations.models import AnonymiseRule, Connection, ConnectionState, Export, ExportState
from tests.factories import ConnectionFactory, ExportFactory

PAGE = "/employers/lumen-robotics/settings/integrations/"
SAVE = f"{PAGE}people/"
FOLLOW = {"anonymise_rule": "follow"}


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def sent(connection: Connection) -> Export:
    return ExportFactory(
        greenhouse_job__connection=connection,
        state=ExportState.SENT,
        candidate_remote_id="42",
        application_remote_id="43",
        status="interviewing",
        remote_status="in_process",
        remote_stage="Phone Screen",
        remote_since=datetime(2026, 11, 3, 9, tzinfo=UTC),
    )


def test_by_role(
    client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client, connection: Connection
) -> None:
    assert client.post(SAVE, FOLLOW).status_code == 302
    assert as_charlie.post(SAVE, FOLLOW).status_code == 404
    assert as_bob.post(SAVE, FOLLOW).status_code == as_rita.post(SAVE, FOLLOW).status_code == 403
    assert Connection.objects.get().anonymise_rule == AnonymiseRule.KEEP
    assert as_alice.post(SAVE, FOLLOW).status_code == 302
    assert Connection.objects.get().anonymise_rule == AnonymiseRule.FOLLOW
    assert as_alice.get(SAVE).status_code == 405
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert as_alice.post(SAVE, FOLLOW).status_code == 404


def test_card_when_no_admin_then_only_tells(as_alice: Client, as_rita: Client, connection: Connection) -> None:
    assert 'name="anonymise_rule"' in as_alice.get(PAGE).text
    page = as_rita.get(PAGE).text
    assert "Keep our copy" in page
    assert 'name="anonymise_rule"' not in page


def test_save_when_the_choice_is_none_then_says_so(as_alice: Client, connection: Connection) -> None:
    assert "Select a valid choice" in as_alice.post(SAVE, {"anonymise_rule": "burn"}).text


def test_badge_when_sent_then_says_stage_and_date_and_leads_to_the_profile(
    as_bob: Client, sent: Export, settings: Any
) -> None:
    page = as_bob.get("/employers/lumen-robotics/applicants/").text
    assert f'href="{settings.GREENHOUSE_APP_URL}/people/42?application_id=43"' in page
    assert "Phone Screen · " in page
    assert "3 Nov 2026" in page


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("rejected", "Lacking skills", "Lacking skills"),
        ("withdrawn", "", "Withdrawn"),
        ("hired", "", "Hired · "),
        ("gone", "", "Gone from Greenhouse"),
    ],
)
def test_badge_when_it_ended_then_says_how(as_bob: Client, sent: Export, status: str, reason: str, words: str) -> None:
    Export.objects.update(status=status, rejection_reason=reason)
    assert words in as_bob.get(sent.application.get_absolute_url()).text
