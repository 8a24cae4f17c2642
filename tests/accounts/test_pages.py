"""Error pages, headers and the frame that every page wears."""

import logging
import re
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from accounts.models import Employer


def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a trouble nobody foresaw")


def _suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("odd")


urlpatterns = [
    path("breaks/", _breaks),
    path("suspicious/", _suspicious),
    path("", include("purposejobs.urls")),
]
handler500 = "accounts.views.home.server_error"

with_broken_pages = override_settings(ROOT_URLCONF=__name__)


@with_broken_pages
def test_500_when_shown_names_the_number_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        response = Client(raise_request_exception=False).get("/breaks/")
    number = re.search(r"<code>([0-9a-f-]{36})</code>", response.content.decode())
    assert response.status_code == 500
    assert number
    assert number[1] in caplog.text
    assert "a trouble nobody foresaw" not in response.content.decode()


@with_broken_pages
def test_500_when_the_database_and_the_static_files_are_gone_still_shows(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    response = Client(raise_request_exception=False).get("/breaks/")  # no `db` fixture: a query would raise
    assert "Something went wrong on our side" in response.content.decode()


@with_broken_pages
def test_400_when_shown_is_ours(db: None) -> None:
    response = Client().get("/suspicious/")
    assert response.status_code == 400
    assert "We did not understand this" in response.content.decode()


def test_404_when_shown_is_ours(client: Client, db: None) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_403_when_shown_says_which_role_is_needed_and_who_can_give_it(as_bob: Client, employer: Employer) -> None:
    page = as_bob.post(reverse("company_profile", args=[employer.slug])).content.decode()
    assert "This needs the role Admin." in page
    assert "you are <strong>Viewer</strong>" in page
    assert reverse("team", args=[employer.slug]) in page


def test_403_csrf_when_the_token_is_missing_says_what_to_do(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"))
    assert response.status_code == 403
    assert "Please send the form again" in response.content.decode()


def test_429_when_asking_too_fast_is_ours(db: None, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    client = Client()
    for _ in range(2):
        response = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert response.status_code == 429
    assert "Please wait a moment" in response.content.decode()


def test_pages_when_served_bring_nothing_that_our_policy_refuses(as_alice: Client, employer: Employer) -> None:
    response = as_alice.get(reverse("team", args=[employer.slug]))
    page = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"\son[a-z]+=", page)
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts
    assert all('src="/static/' in script for script in scripts)


def test_panel_when_a_page_is_open_marks_where_one_is(as_alice: Client, employer: Employer) -> None:
    page = as_alice.get(reverse("team", args=[employer.slug])).content.decode()
    current = re.findall(r'href="([^"]+)" aria-current="page"', page)
    assert current == [
        reverse("company_profile", args=[employer.slug]),
        reverse("team", args=[employer.slug]),
    ]


def test_messages_when_shown_are_announced_and_can_be_dismissed(as_alice: Client, employer: Employer) -> None:
    address = reverse("company_profile", args=[employer.slug])
    page = as_alice.post(address, {"name": "Lumen <Robotics>"}, follow=True).content.decode()
    assert re.search(r'id="messages"[^>]*role="status"', page)
    assert "The company profile is saved." in page
    assert 'aria-label="Dismiss"' in page
    assert "<Robotics>" not in page
