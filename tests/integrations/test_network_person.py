"""The page of somebody of the network: all they tell, never their address, nothing once they hide; each look noted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from candidates import activity
from candidates.models import AccessKind, ActivityKind, Candidate, Profile, ProfileAccess
from candidates.search import index
from candidates.services import tell
from candidates.sharing import share_with_team
from candidates.sourcing import source
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
    HiddenFromFactory,
    JobFactory,
    ProfileFactory,
)

BASE = "/employers/lumen-robotics/candidates/"


@pytest.fixture
def ada(employer: Employer) -> Candidate:
    """Somebody of the network with everything filled in."""
    profile = ProfileFactory(
        candidate__first_name="Ada",
        candidate__last_name="Lovelace",
        candidate__email="ada@private.example",
        pronouns="she/her",
        current_title="Analyst",
        current_company="Babbage & Co",
        summary="I write programs\nfor engines.",
        linkedin_url="https://www.linkedin.com/in/ada",
        remote="only",
        level="senior",
        years=12,
        salary_min=60_000,
        salary_max=80_000,
        salary_currency="EUR",
        search_state="active",
        skills=["Python"],
        values=["Open source"],
        interests=["Space"],
        positions=["Contract"],
        locations=["London"],
    )
    candidate: Candidate = profile.candidate
    file = ContentFile(b"%PDF-1.4 ada", name="x")
    profile.resume = DocumentFactory(candidate=candidate, filename="Ada.pdf", file=file)
    profile.save()
    return candidate


def page(candidate: Candidate) -> str:
    return f"{BASE}{candidate.key}/"


def kinds() -> list[str]:
    return sorted(ProfileAccess.objects.values_list("kind", flat=True))


def test_page_tells_everything_in_one_look_but_the_address(as_rita: Client, ada: Candidate) -> None:
    text = as_rita.get(page(ada)).text
    for shown in (
        *("Ada Lovelace", "she/her", "Analyst at Babbage &amp; Co", "I write programs\nfor engines.", "Remote only"),
        *("Senior", "12 years", "60,000–80,000 EUR a year", "Actively looking", "Python", "Open source", "Space"),
        *(
            "Contract",
            "London",
            "https://www.linkedin.com/in/ada",
            f'src="{page(ada)}resume/#view=FitH&amp;navpanes=0"',
        ),
    ):
        assert shown in text, shown
    assert "ada@private.example" not in text


def test_page_and_resume_by_role(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate
) -> None:
    for address in (page(ada), f"{page(ada)}resume/"):
        assert "/accounts/login/" in client.get(address)["Location"]
        assert as_charlie.get(address).status_code == 404
        assert as_rita.get(address).status_code == 200
    viewed = as_bob.get(page(ada))
    assert viewed.status_code == 200
    assert "<iframe" not in viewed.text
    assert as_bob.get(f"{page(ada)}resume/").status_code == 403


def test_somebody_hidden_has_no_page_anywhere(as_rita: Client, employer: Employer, ada: Candidate) -> None:
    picked = ApplicationFactory(candidate=ada, employer=employer, job=None, origin="sourced", resume=ada.profile.resume)
    other = ProfileFactory(candidate__first_name="Grace").candidate
    HiddenFromFactory(profile=ada.profile, name="lumen-robotics.com")
    for address in ("", "resume/", "send/", "share/"):
        assert as_rita.get(f"{page(ada)}{address}").status_code == 404, address
    assert as_rita.post(f"{page(ada)}link/").status_code == 404
    assert as_rita.get(f"/employers/lumen-robotics/applicants/{picked.key}/resume/").status_code == 404
    assert str(ada.key) not in as_rita.get(page(other)).text, "not among the neighbours either"
    assert kinds() == [AccessKind.OPENED], "only of the other one"


def test_an_applicant_who_hides_is_known_by_the_application_alone(
    as_rita: Client, employer: Employer, ada: Candidate
) -> None:
    own = DocumentFactory(candidate=ada, filename="For-you.pdf", file=ContentFile(b"%PDF-1.4 own", name="x"))
    job = JobFactory(employer=employer, title="Pilot")
    ApplicationFactory(candidate=ada, job=job, first_name="A.", last_name="King", email="a@king.example", resume=own)
    HiddenFromFactory(profile=ada.profile)
    text = as_rita.get(page(ada)).text
    assert "A. King" in text
    assert "mailto:a@king.example" in text
    for hidden in ("Lovelace", "she/her", "Analyst", "engines", "Python", "Ada.pdf", "ada@private.example"):
        assert hidden not in text, hidden
    assert b"".join(as_rita.get(f"{page(ada)}resume/").streaming_content) == b"%PDF-1.4 own"  # type: ignore[arg-type]
    assert not ProfileAccess.objects.exists(), "nothing of the profile was seen"


def test_resume_is_shown_in_our_page_alone_and_can_run_nothing(as_rita: Client, ada: Candidate) -> None:
    shown = as_rita.get(f"{page(ada)}resume/")
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Type"] == "application/pdf"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'self'"
    assert "no-store" in shown["Cache-Control"]
    saved = as_rita.get(f"{page(ada)}resume/", {"download": "1"})
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Frame-Options"] == "DENY"


def test_resume_that_is_no_pdf_is_a_download_and_a_lost_one_is_not_there(as_rita: Client, ada: Candidate) -> None:
    word = DocumentFactory(candidate=ada, filename="Ada.doc", extension="doc")
    Profile.objects.update(resume=word)
    assert "<iframe" not in as_rita.get(page(ada)).text
    assert as_rita.get(f"{page(ada)}resume/")["Content-Disposition"].startswith("attachment")
    word.file.delete(save=False)
    assert as_rita.get(f"{page(ada)}resume/").status_code == 404


def test_every_look_at_a_profile_is_written_down(
    as_rita: Client, rita: User, employer: Employer, ada: Candidate
) -> None:
    picked = ApplicationFactory(candidate=ada, employer=employer, job=None, origin="sourced", resume=ada.profile.resume)
    as_rita.get(page(ada))
    as_rita.get(f"{page(ada)}resume/")
    as_rita.get(f"/employers/lumen-robotics/applicants/{picked.key}/resume/")
    assert kinds() == [AccessKind.OPENED, AccessKind.RESUME, AccessKind.RESUME]
    assert {(row.user, row.employer, row.candidate) for row in ProfileAccess.objects.all()} == {(rita, employer, ada)}


def test_who_was_in_a_list_is_forgotten_after_a_year_and_nothing_else(
    rita: User, employer: Employer, ada: Candidate
) -> None:
    for kind in (AccessKind.LISTED, AccessKind.OPENED):
        activity.note_access(employer=employer, by=rita, candidates=[ada], kind=kind)
    long_ago = timezone.localdate() - timedelta(days=366)
    ProfileAccess.objects.update(on=long_ago)
    activity.note_access(employer=employer, by=rita, candidates=[ada], kind=AccessKind.LISTED)
    activity.forget_old_listings()
    left = ProfileAccess.objects.order_by("pk").values_list("kind", "on")
    assert list(left) == [("opened", long_ago), ("listed", timezone.localdate())]


def test_timeline_holds_what_the_team_did_among_what_happened(
    as_bob: Client, rita: User, employer: Employer, ada: Candidate
) -> None:
    application = ApplicationFactory(candidate=ada, job=JobFactory(employer=employer))
    tell(application=application, kind="applied", text="Applied first.", origin="applicant")  # type: ignore[arg-type]
    activity.record(employer=employer, candidate=ada, kind=ActivityKind.EMAILED, text="Then we wrote.", by=rita)
    tell(application=application, kind="rejected", text="Rejected last.", origin="poll")  # type: ignore[arg-type]
    elsewhere = ApplicationFactory(candidate=ada).employer
    activity.record(employer=elsewhere, candidate=ada, kind=ActivityKind.NOTED, text="Of another employer.")
    text = as_bob.get(page(ada)).text
    places = [text.index(told) for told in ("Rejected last.", "Then we wrote.", "Applied first.")]
    assert places == sorted(places)
    assert "Of another employer." not in text


def test_badge_says_where_they_are_in_greenhouse(as_bob: Client, employer: Employer, ada: Candidate) -> None:
    application = ApplicationFactory(candidate=ada, employer=employer, job=None, origin="sourced")
    job = GreenhouseJobFactory(connection__employer=employer)
    values = {"state": "sent", "candidate_remote_id": "7", "remote_stage": "Phone screen", "sent_at": timezone.now()}
    ExportFactory(application=application, greenhouse_job=job, remote_since=timezone.now(), **values)
    head = as_bob.get(page(ada)).text.partition('<div class="columns">')[0]
    assert "In Greenhouse" in head
    assert "Phone screen" in head
    assert "ada@private.example" not in as_bob.get(application.get_absolute_url()).text


def test_next_and_previous_lead_through_the_network_and_keep_what_was_asked(
    as_rita: Client, employer: Employer
) -> None:
    oldest, middle, newest = (ProfileFactory().candidate for _ in range(3))
    text = as_rita.get(page(middle), {"from": "shared_with_me"}).text
    assert f'rel="prev" href="{page(newest)}?from=shared_with_me"' in text
    assert f'rel="next" href="{page(oldest)}?from=shared_with_me"' in text
    assert 'href="/employers/lumen-robotics/candidates/shared/"' in text
    assert f'name="after_skip" value="{page(oldest)}?from=shared_with_me"' in text


def test_page_of_the_network_costs_the_same_whatever_there_is(
    as_rita: Client, employer: Employer, ada: Candidate, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        application = ApplicationFactory(candidate=ada, job=JobFactory(employer=employer))
        tell(application=application, kind="applied", text="Applied.", origin="applicant")  # type: ignore[arg-type]
        activity.record(employer=employer, candidate=ada, kind=ActivityKind.NOTED, text="A note.")
        ProfileFactory()
    as_rita.get(page(ada))
    with django_assert_max_num_queries(26):
        as_rita.get(page(ada))


def test_no_page_that_shows_a_profile_is_missed_by_the_audit(
    as_rita: Client, rita: User, employer: Employer, ada: Candidate
) -> None:
    share = {"employer": employer, "candidate": ada, "by": rita, "note": "", "key": uuid4()}
    picked = source(employer=employer, candidate=ada, job=None, by=rita)
    index.refresh([ada.profile.pk])
    for address, kind in (
        (BASE, "listed"),
        (page(ada), "opened"),
        (f"{page(ada)}resume/", "resume"),
        (f"{page(ada)}share/", "listed"),
        (f"{page(ada)}send/", "opened"),
        (picked.get_absolute_url(), "opened"),
        (f"/employers/lumen-robotics/applicants/{picked.key}/resume/", "resume"),
        ("/employers/lumen-robotics/pipeline/", "listed"),
        (f"{BASE}shared/", "listed"),
    ):
        if address == f"{BASE}shared/":
            share_with_team(**share, to=list(employer.memberships.all()))  # type: ignore[arg-type]
        ProfileAccess.objects.all().delete()
        answer = as_rita.get(address)
        assert answer.status_code == 200, address
        assert kinds() == [kind], address


def test_operators_see_who_looked_at_whom(admin_client: Client, rita: User, employer: Employer, ada: Candidate) -> None:
    activity.note_access(employer=employer, by=rita, candidates=[ada], kind=AccessKind.RESUME)
    text = admin_client.get("/admin/candidates/profileaccess/", {"q": "ada@private.example"}).text
    for shown in ("Lumen Robotics", str(rita), "Ada Lovelace", "Résumé opened"):
        assert shown in text, shown
