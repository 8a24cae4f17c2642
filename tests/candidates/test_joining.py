"""Logging in by a link: who gets one, what it opens, and that it tells nobody who is known here."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer
from candidates import letters, tasks
from candidates.joining import asking, links
from candidates.models import Candidate, SignIn
from candidates.views import joining as views
from tests.candidates.joining import EMAIL, key_of, link_to, log_in
from tests.factories import ApplicationFactory, CandidateFactory, ProfileFactory

pytestmark = pytest.mark.django_db


def test_join_when_opened_by_anyone_then_says_what_it_is(client: Client) -> None:
    html = client.get("/join/").content.decode()
    assert "Join Purpose Jobs" in html
    assert "no password" in html


def test_join_when_somebody_looks_for_it_then_is_linked_where_candidates_come_by(
    client: Client, employer: Employer
) -> None:
    application = ApplicationFactory(job__employer=employer)
    session = client.session
    session["applied"] = {str(application.job.pk): True}
    session.save()
    job = [employer.slug, application.job.pk]
    for page in ("/", employer.get_absolute_url(), reverse("public_job", args=job), reverse("applied", args=job)):
        assert f'href="{reverse("join")}"' in client.get(page).content.decode(), page
    letters.write(application.pk)
    assert reverse("join") in str(mail.outbox[0].body)


@pytest.mark.parametrize("is_known", [False, True])
def test_join_when_asked_then_answers_the_same_for_known_and_unknown(client: Client, is_known: bool) -> None:
    if is_known:
        ProfileFactory(candidate__email=EMAIL)
    response = client.post(reverse("join"), {"email": " Ada@Example.org "})
    assert (response.status_code, response["Location"]) == (302, reverse("join_sent"))
    page = client.get(response["Location"]).content.decode()
    assert EMAIL not in page.lower()
    assert SignIn.objects.get().email == EMAIL
    assert links.owed() == [SignIn.objects.get().pk]


def test_join_when_the_address_is_none_then_says_so(client: Client) -> None:
    html = client.post(reverse("join"), {"email": "ada@"}).content.decode()
    assert "Enter an email address like" in html
    assert not SignIn.objects.exists()


def test_join_when_asked_too_often_then_an_address_gets_no_more_and_the_page_does_not_tell(client: Client) -> None:
    answers = [client.post(reverse("join"), {"email": EMAIL})["Location"] for _ in range(5)]
    assert set(answers) == {reverse("join_sent")}
    assert SignIn.objects.count() == asking.UNUSED_PER_HOUR
    SignIn.objects.update(used_at=timezone.now())  # who uses them may ask again
    client.post(reverse("join"), {"email": EMAIL})
    assert SignIn.objects.filter(used_at=None).count() == 1


def test_join_when_asked_all_day_long_then_a_strangers_inbox_is_not_filled() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            clock.shift(timedelta(hours=1))
            asking.ask(email=EMAIL)
        assert SignIn.objects.count() == asking.UNUSED_PER_DAY


def test_join_when_too_many_come_from_one_network_then_says_when_to_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LINKS_PER_HOUR", 1)
    client.post(reverse("join"), {"email": EMAIL})
    response = client.post(reverse("join"), {"email": "other@example.org"})
    assert "Please try again in an hour" in response.content.decode()
    assert SignIn.objects.count() == 1


def test_letter_when_written_then_holds_the_key_that_we_keep_only_as_a_hash() -> None:
    link = link_to()
    (letter,) = mail.outbox
    assert letter.to == [EMAIL]
    assert letter.extra_headers == {"Auto-Submitted": "auto-generated"}
    sign_in = SignIn.objects.get()
    assert key_of(link) not in (sign_in.key_hash, str(sign_in))
    tasks.write_link(sign_in.pk)
    assert len(mail.outbox) == 1


def test_letter_when_the_mail_server_has_not_taken_it_then_it_is_owed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise smtplib.SMTPConnectError(421, b"busy")

    sign_in = SignIn.objects.create(email=EMAIL)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
        links.write(sign_in.pk)
    assert links.owed() == [sign_in.pk]
    links.write(sign_in.pk)
    assert len(mail.outbox) == 1
    assert links.owed() == []


def test_letter_when_its_hour_is_over_then_it_is_not_sent_any_more() -> None:
    sign_in = SignIn.objects.create(email=EMAIL)
    SignIn.objects.update(asked_at=timezone.now() - timedelta(minutes=61))
    links.write(sign_in.pk)
    assert (links.owed(), mail.outbox) == ([], [])


def test_link_when_only_followed_then_logs_nobody_in_and_stays_good(client: Client) -> None:
    link = link_to()
    for _ in range(2):
        page = client.get(link)
        assert EMAIL in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]
    assert client.get(reverse("own_profile"))["Location"] == reverse("join")
    assert client.post(reverse("sign_in"), {"key": key_of(link)})["Location"] == reverse("own_profile")
    assert client.get(reverse("own_profile"))["Location"] == reverse("edit_profile")


def test_link_when_used_twice_then_the_second_is_refused(client: Client) -> None:
    key = key_of(link_to())
    client.post(reverse("sign_in"), {"key": key})
    other = Client()
    assert "no longer good" in other.post(reverse("sign_in"), {"key": key}).content.decode()
    assert other.get(reverse("own_profile"))["Location"] == reverse("join")


def test_link_when_two_press_it_at_once_then_one_is_let_in() -> None:
    found = links.find(key_of(link_to()))
    assert found
    assert [links.use(found), links.use(found)] == [True, False]


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "' OR 1=1", "\x00"])
def test_link_when_made_up_then_opens_nothing(client: Client, key: str) -> None:
    SignIn.objects.create(email=EMAIL)
    assert "no longer good" in client.get(reverse("sign_in"), {"key": key}).content.decode()
    assert "no longer good" in client.post(reverse("sign_in"), {"key": key}).content.decode()


def test_link_when_older_than_an_hour_then_opens_nothing(client: Client) -> None:
    link = link_to()
    SignIn.objects.update(sent_at=timezone.now() - timedelta(minutes=61))
    assert "no longer good" in client.get(link).content.decode()


def test_log_in_when_done_then_the_session_has_a_new_key_and_an_employers_user_stays(as_rita: Client) -> None:
    as_rita.get(reverse("join"))
    before = as_rita.cookies["sessionid"].value
    log_in(as_rita)
    assert as_rita.cookies["sessionid"].value != before
    assert as_rita.session["_auth_user_id"]
    as_rita.post(reverse("sign_out"))
    assert as_rita.session["_auth_user_id"]
    assert as_rita.get(reverse("own_profile"))["Location"] == reverse("join")


def test_log_out_when_the_session_was_copied_then_it_is_closed_there_too(client: Client) -> None:
    log_in(client)
    copied = Session.objects.get().get_decoded()
    client.post(reverse("sign_out"))
    thief = Client()
    session = thief.session
    session.update(copied)
    session.save()
    assert thief.get(reverse("own_profile"))["Location"] == reverse("join")


def test_session_when_two_weeks_old_then_is_over_and_its_row_is_swept(client: Client) -> None:
    log_in(client)
    SignIn.objects.update(used_at=timezone.now() - SignIn.LASTS_FOR)
    assert client.get(reverse("edit_profile"))["Location"] == reverse("join")
    unused = SignIn.objects.create(email=EMAIL)
    tasks.sweep_links()
    assert list(SignIn.objects.all()) == [unused]


def test_session_of_an_employers_user_opens_no_profile(as_alice: Client) -> None:
    ProfileFactory(candidate__email="alice@example.com")
    assert as_alice.get(reverse("own_profile"))["Location"] == reverse("join")


def test_session_of_a_candidate_opens_no_page_of_an_employer(client: Client, employer: Employer) -> None:
    log_in(client)
    response = client.get(reverse("dashboard", args=[employer.slug]))
    assert response["Location"].startswith(reverse("account_login"))


def test_new_address_when_proved_then_the_profile_uses_it_and_the_old_one_opens_nothing(client: Client) -> None:
    profile = ProfileFactory(candidate__email=EMAIL)
    log_in(client)
    elsewhere = Client()
    log_in(elsewhere)
    client.post(reverse("change_email"), {"email": "New@example.org"})
    asked = SignIn.objects.get(email="new@example.org")
    assert asked.changes == profile.candidate
    SignIn.objects.filter(pk=asked.pk).delete()
    key = key_of(link_to("new@example.org", changes=profile.candidate))
    page = client.post(reverse("sign_in"), {"key": key}, follow=True)
    assert "uses new@example.org from now on" in page.content.decode()
    assert Candidate.objects.get().email == "new@example.org"
    assert elsewhere.get(reverse("own_profile"))["Location"] == reverse("join")


def test_new_address_when_somebody_else_has_it_then_nobody_loses_theirs(client: Client) -> None:
    profile = ProfileFactory(candidate__email=EMAIL)
    CandidateFactory(email="new@example.org")
    key = key_of(link_to("new@example.org", changes=profile.candidate))
    page = client.post(reverse("sign_in"), {"key": key}, follow=True)
    assert "Somebody else is known by new@example.org" in page.content.decode()
    assert Candidate.objects.filter(email=EMAIL).exists()


def test_applicant_when_they_log_in_then_see_what_they_wrote_and_nothing_is_saved_yet(client: Client) -> None:
    links_of_ada = [{"kind": "github", "url": "https://github.com/ada"}]
    ApplicationFactory(candidate__email=EMAIL, current_company="Analytical Engines", links=links_of_ada)
    log_in(client)
    form = client.get(reverse("edit_profile")).context["form"]
    assert form["github_url"].value() == "https://github.com/ada"
    assert form["hidden_from"].value() == "Analytical Engines"
    assert not hasattr(Candidate.objects.get(), "profile")


@pytest.mark.parametrize("name", ["add_skills", "hide_from", "sign_out"])
def test_writing_address_when_only_followed_then_does_nothing(client: Client, name: str) -> None:
    log_in(client)
    assert client.get(reverse(name)).status_code == 405
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    ["own_profile", "edit_profile", "own_resume", "take_out", "change_email", "leave", "add_skills", "hide_from"],
)
def test_own_page_when_not_logged_in_then_leads_to_the_link(client: Client, name: str) -> None:
    method = client.post if name in ("add_skills", "hide_from") else client.get
    assert method(reverse(name))["Location"] == reverse("join")
