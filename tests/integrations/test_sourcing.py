"""The search of the network as recruiters meet it: who may, what is found, why, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.marks import set_mark
from candidates.models import (
    AccessKind,
    Activity,
    ActivityKind,
    HiddenFrom,
    MarkKind,
    Notice,
    Profile,
    ProfileAccess,
    SavedSearch,
    company_key,
)
from candidates.search import index, saved
from integrations.models import ExportState
from integrations.sourcing import narrowing
from integrations.tasks import tell_of_searches, wake_saved_searches
from tests.factories import CandidateFactory, ConnectionFactory, ExportFactory, JobFactory, ProfileFactory

PAGE = "/employers/lumen-robotics/candidates/"


def join(first_name: str, **said: Any) -> Profile:
    profile: Profile = ProfileFactory(candidate=CandidateFactory(first_name=first_name, last_name="Berg"), **said)
    index.refresh([profile.pk])
    return profile


def member(user: User) -> Membership:
    return Membership.objects.get(user=user)


@pytest.mark.parametrize(
    "path", ["", "searches/", "searches/save/", "searches/1/", "../jobs/1/people/"], ids=lambda path: path or "list"
)
def test_pages_when_signed_out_or_a_stranger_are_closed(
    client: Client, charlie: User, employer: Any, path: str
) -> None:
    address = (PAGE + path).replace("candidates/../", "")
    ask = client.post if "save" in path or "/1/" in path and "jobs" not in path else client.get
    assert "/log-in/" in ask(address)["Location"] or ask(address)["Location"].startswith("/accounts/")
    client.force_login(charlie)
    assert ask(address).status_code == 404


def test_a_viewer_may_search_and_the_look_is_written_down_once_a_day(client: Client, bob: User) -> None:
    profile = join("Dana", current_title="Engineer")
    client.force_login(bob)
    for _ in range(2):
        page = client.get(PAGE, {"q": "engineer"}).content.decode()
    assert "Dana Berg" in page
    assert "mark-skip" not in page
    assert profile.candidate.email not in page
    row = ProfileAccess.objects.get()
    assert (row.user, row.candidate, row.kind) == (bob, profile.candidate, AccessKind.LISTED)


def test_nobody_hidden_is_in_list_count_marks_letter_or_neighbours(client: Client, rita: User, employer: Any) -> None:
    hidden, shy = join("Hidden", skills=["Rust"]), join("Shy", skills=["Rust"], is_listed=False)
    HiddenFrom.objects.create(profile=hidden, name="Lumen", key=company_key("Lumen Robotics"))
    seen = join("Seen", skills=["Rust"])
    for one in (hidden, shy):
        set_mark(member(rita), one.candidate, MarkKind.SKIPPED)
    client.force_login(rita)
    for query in ("", "?skills=Rust", "?q=rust", "?sort=skipped", "?sort=newest&q=berg"):
        page = client.get(PAGE + query).content.decode()
        assert "Hidden Berg" not in page
        assert "Shy Berg" not in page
        assert "left out" not in page
    assert "1 person" in client.get(PAGE).content.decode()
    assert seen.candidate.name in client.get(PAGE).content.decode()


def test_the_page_says_why_somebody_matches_and_what_the_team_did(client: Client, rita: User, employer: Any) -> None:
    profile = join(
        "Dana",
        current_title="Firmware Engineer",
        skills=["Python", "Rust", "Go"],
        locations=["Berlin, Germany"],
        salary_min=70000,
        salary_currency="EUR",
        search_state="active",
    )
    Activity.objects.create(
        employer=employer, candidate=profile.candidate, kind=ActivityKind.SHARED, text="Shared with Bob", actor=rita
    )
    client.force_login(rita)
    page = client.get(
        PAGE, {"q": "firmware", "skills": "python, rust, C++", "locations": "berlin", "salary": "80.000"}
    ).content.decode()
    for words in ("2 of 3 skills: Python, Rust", "“firmware” in title and skills", "Berlin, Germany", "within budget"):
        assert words in page
    assert "actively looking" in page
    assert "Shared with Bob" in page
    assert "Nobody names the skill C++" in page


def test_somebody_in_greenhouse_says_so_and_can_be_left_out(client: Client, rita: User, employer: Employer) -> None:
    sent, new = join("Sent"), join("New")
    ats = ConnectionFactory(employer=employer)
    ExportFactory(
        greenhouse_job__connection=ats,
        application__candidate=sent.candidate,
        state=ExportState.SENT,
        candidate_remote_id="7",
    )
    client.force_login(rita)
    assert "In Greenhouse" in client.get(PAGE + "?sort=newest").content.decode()
    page = client.get(PAGE + "?outside=1").content.decode()
    assert "1 person" in page
    assert new.candidate.name in page
    assert "Sent Berg" not in page


def test_the_list_leaves_skipped_people_out_and_says_how_many(client: Client, rita: User, alice: User) -> None:
    for name, kind in (("Skipped", MarkKind.SKIPPED), ("Kept", MarkKind.BOOKMARKED)):
        set_mark(member(rita), join(name).candidate, kind)
    client.force_login(rita)
    page = client.get(PAGE).content.decode()
    assert "Skipped Berg" not in page
    assert "1 you skipped is left out" in page
    assert "Skipped Berg" in client.get(PAGE + "?sort=skipped").content.decode()
    bookmarked = client.get(PAGE + "?sort=bookmarked").content.decode()
    assert "Kept Berg" in bookmarked
    assert "Skipped Berg" not in bookmarked
    client.force_login(alice)
    assert "2 people" in client.get(PAGE).content.decode()


def test_the_number_of_queries_is_the_same_for_any_number_of_people(
    client: Client, rita: User, django_assert_num_queries: Any
) -> None:
    client.force_login(rita)
    join("Dana", skills=["Python", "Go"], current_title="Engineer")
    address = PAGE + "?q=engineer&skills=Python,Go&outside=1&uncontacted=1"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(8):
        join(f"Person{number}", skills=["Python", "Go"][: number % 2 + 1], current_title="Engineer")
    with django_assert_num_queries(len(few)):
        page = client.get(address)
    assert "9 people" in page.content.decode()


def test_people_for_a_job_are_searched_by_its_advert(client: Client, bob: User, employer: Employer) -> None:
    join("Dana", skills=["Python", "Rust"], level="senior", locations=["Berlin"])
    job = JobFactory(
        employer=employer,
        title="Senior Firmware Engineer (m/f/d)",
        description="<p>You write Rust</p><ul><li>and Python</li></ul>",
        location="Berlin, Germany",
        pay_max_cents=9_000_000,
        pay_currency="EUR",
    )
    client.force_login(bob)
    answer = client.get(f"/employers/lumen-robotics/jobs/{job.pk}/people/", follow=True)
    query = answer.context["query"]
    assert (set(query.skills), query.locations, query.salary) == ({"Python", "Rust"}, ("Berlin",), 90000)
    assert query.levels == ("mid", "senior")
    page = answer.content.decode()
    assert "Senior Firmware Engineer" in page
    assert "Dana Berg" in page


def test_htmx_gets_the_list_alone(client: Client, rita: User) -> None:
    join("Dana")
    client.force_login(rita)
    answer = client.get(PAGE, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith("<section")
    assert "HX-Request" in answer["Vary"]


def test_a_search_is_saved_renamed_and_deleted_by_its_member_alone(client: Client, rita: User, alice: User) -> None:
    client.force_login(rita)
    client.post(PAGE + "searches/save/", {"name": " Rust \n people", "address": "skills=Rust&odd=1&page=7"})
    row = SavedSearch.objects.get()
    assert (row.name, row.address, row.membership) == ("Rust people", "skills=Rust", member(rita))
    client.post(f"{PAGE}searches/{row.pk}/", {"name": "Crabs"})
    row.refresh_from_db()
    assert (row.name, row.wants_email) == ("Crabs", False)
    client.force_login(alice)
    assert client.post(f"{PAGE}searches/{row.pk}/", {"delete": "1"}).status_code == 404
    client.force_login(rita)
    assert "Crabs" in client.get(PAGE + "searches/").content.decode()
    client.post(f"{PAGE}searches/{row.pk}/", {"delete": "1"})
    assert not SavedSearch.objects.exists()


def test_a_search_too_many_is_not_saved(client: Client, rita: User) -> None:
    for number in range(saved.MOST_SAVED):
        saved.save(membership=member(rita), name=f"Search {number}", address="q=x")
    client.force_login(rita)
    answer = client.post(PAGE + "searches/save/", {"name": "One more", "address": "q=x"}, follow=True)
    assert "Delete one first" in answer.content.decode()
    assert SavedSearch.objects.count() == saved.MOST_SAVED


def join_a_while_ago(name: str) -> Profile:
    profile = join(name, skills=["Rust"])
    Profile.objects.filter(pk=profile.pk).update(joined_at=timezone.now() - timedelta(minutes=5))
    return profile


def test_a_saved_search_tells_of_somebody_who_joins_this_moment_the_next_time(rita: User) -> None:
    search = saved.save(membership=member(rita), name="Rust", address="skills=Rust")
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(days=2))
    join("Just now", skills=["Rust"])
    saved.tell(search.membership_id, narrowing=narrowing)
    assert mail.outbox == []
    Profile.objects.update(joined_at=F("joined_at") - timedelta(minutes=5))
    SavedSearch.objects.update(told_until=F("told_until") - timedelta(days=1, minutes=5))
    saved.tell(search.membership_id, narrowing=narrowing)
    assert len(mail.outbox) == 1


def test_a_saved_search_tells_once_of_who_is_new_and_visible(rita: User, employer: Employer) -> None:
    search = saved.save(membership=member(rita), name="Rust", address="skills=Rust")
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(days=2))
    old = join("Old", skills=["Rust"])
    Profile.objects.filter(pk=old.pk).update(joined_at=timezone.now() - timedelta(days=3))
    join_a_while_ago("New")
    hidden = join_a_while_ago("Hidden")
    HiddenFrom.objects.create(profile=hidden, name="Lumen Robotics", key="lumenrobotics")
    assert saved.owed() == [search.membership_id]
    for _ in range(2):
        tell_of_searches(search.membership_id)
    (letter,) = mail.outbox
    assert letter.to == [rita.email]
    assert "Rust: 1 person" in letter.body
    assert "New Berg" not in letter.body
    assert "/candidates/searches/" in letter.extra_headers["List-Unsubscribe"]
    assert Notice.objects.get().text == "1 new person matches “Rust”."
    wake_saved_searches()
    assert saved.owed() == []


def test_a_saved_search_when_the_mail_server_is_away_is_told_later(rita: User, settings: Any) -> None:
    search = saved.save(membership=member(rita), name="Rust", address="skills=Rust")
    before = timezone.now() - timedelta(days=2)
    SavedSearch.objects.update(told_until=before)
    join_a_while_ago("New")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    saved.tell(search.membership_id, narrowing=narrowing)
    search.refresh_from_db()
    assert search.told_until == before
    assert not Notice.objects.exists()


def test_a_saved_search_without_letters_tells_in_the_page_alone(rita: User) -> None:
    search = saved.save(membership=member(rita), name="Rust", address="skills=Rust")
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(days=2), wants_email=False)
    join_a_while_ago("New")
    saved.tell(search.membership_id, narrowing=narrowing)
    assert mail.outbox == []
    assert Notice.objects.count() == 1
