"""The guide of the Integrations page: what it tells whom, and that what it says is what we check."""

import re

import pytest
from django.test import Client

from accounts.models import Employer
from integrations.greenhouse.scopes import ALL_SCOPES, FEATURES, REQUIRED_SCOPES
from integrations.models import ConnectionState
from tests.factories import ConnectionFactory

PAGE = "/employers/lumen-robotics/settings/integrations/"


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("&#x27;", "'")


def test_the_page_opens_with_a_numbered_guide_of_exact_click_paths(as_alice: Client) -> None:
    page = as_alice.get(PAGE).text
    words = _words(page)
    assert "Connect Greenhouse in four steps" in words
    assert re.search(r'<ol class="guide-steps">(?:.*?<h3>){4}.*?</ol>', page, re.DOTALL)
    for path in (
        "Configure → Users → the name → Permissions → Developer Permissions → tick Can manage ALL organization's API "
        "Credentials → Save",
        "Configure → Dev Center → API Credential Management → Create → Harvest V3 (OAuth)",
        "Configure → Dev Center → API Credential Management → your credential → Manage Scopes",
    ):
        assert path in words
    assert "Site Admin" in words
    assert "removed the old Harvest API, for which API Keys were made, on 31 August 2026" in words
    steps = [words.index(step) for step in ("Check that you", "Create the credential", "Tick its scopes", "Paste it")]
    assert steps == sorted(steps)


def test_the_guide_lists_and_copies_exactly_the_scopes_we_check(as_alice: Client) -> None:
    page = as_alice.get(PAGE).text
    copied = re.findall(r'data-copy="([^"]*)"', page)
    assert copied[-1].split("\n") == list(ALL_SCOPES)
    assert [one.split("\n") for one in copied[:-1]] == [list(feature.scopes) for feature in FEATURES]
    assert set(re.findall(r"<code>(harvest:[\w:]+)</code>", page)) == set(ALL_SCOPES)
    needed = re.findall(r"<h4>([^<]+)</h4>\s*<span class=\"scope-need is-needed\">needed", page)
    assert needed == [feature.title for feature in FEATURES if feature.is_required]
    assert set(ALL_SCOPES) - REQUIRED_SCOPES, "and some are optional"


@pytest.mark.parametrize("who", ["as_rita", "as_bob"])
def test_who_cannot_connect_is_told_who_can(request: pytest.FixtureRequest, as_alice: Client, who: str) -> None:
    page = request.getfixturevalue(who).get(PAGE).text
    assert "Greenhouse is not connected" in page
    assert 'href="mailto:alice@example.com"' in page
    assert "<form" not in re.sub(r'<form[^>]*action="/accounts/logout/".*?</form>', "", page, flags=re.DOTALL)


def test_the_guide_waits_in_a_fold_once_greenhouse_is_connected(as_alice: Client, employer: Employer) -> None:
    ConnectionFactory(employer=employer)
    page = as_alice.get(PAGE).text
    assert "Connect Greenhouse in four steps" not in page
    assert re.search(r'<details class="card fold" >\s*<summary[^>]*><h2[^>]*>Replace credential', page)


def test_after_a_disconnect_the_page_says_that_nothing_is_lost(as_alice: Client, employer: Employer) -> None:
    ConnectionFactory(employer=employer, state=ConnectionState.DISCONNECTED, organization_name="Lumen Robotics")
    words = _words(as_alice.get(PAGE).text)
    assert "Connect Greenhouse again" in words
    assert "Connect Lumen Robotics again and it goes on from where it stopped" in words
    assert "Choose another user" not in words


def test_what_is_wrong_with_the_form_is_kept_with_what_was_typed(as_alice: Client) -> None:
    page = as_alice.post(PAGE, {"credential_kind": "oauth", "client_id": "demo-client-4", "email": ""}).text
    assert "Enter the client secret." in page
    assert "or choose the service user below" in page
    assert 'value="demo-client-4"' in page


def test_a_kind_of_credential_that_no_form_offers_is_refused(as_alice: Client) -> None:
    page = as_alice.post(PAGE, {"credential_kind": "partner", "client_id": "x-1", "client_secret": "y"}).text
    assert "partner is not one of the available choices" in page
