"""The demo: complete, loaded once, harmless to what is there, and refused where it would be a danger."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates import letters
from candidates.demo import load
from candidates.demo.resume import Resume, resume_pdf
from candidates.models import Application, ApplicationStatus, TimelineEvent
from integrations.models import Connection, Export
from jobs.html import clean
from jobs.models import Job, JobState
from tests.factories import PASSWORD, EmployerFactory, UserFactory

ADMIN, RECRUITER, VIEWER = "admin@example.com", "recruiter@example.com", "viewer@example.com"


@pytest.fixture
def run(db: None, settings: Any) -> Callable[[], str]:
    settings.DEBUG = True

    def run_command() -> str:
        out = StringIO()
        call_command("load_demo", stdout=out)
        return out.getvalue()

    return run_command


def stored_files() -> list[str]:
    return sorted(str(path) for path in live_settings.MEDIA_ROOT.rglob("*") if path.is_file())


def counts() -> list[int]:
    tables = (User, Employer, Membership, Job, Application, TimelineEvent)
    return [model.objects.count() for model in tables]  # type: ignore[attr-defined]


def test_load_demo_when_fresh_then_the_employers_are_complete(run: Callable[[], str]) -> None:
    said = run()
    assert "Lumen Robotics is ready" in said
    assert all(words in said for words in (ADMIN, RECRUITER, VIEWER, PASSWORD))
    lumen, northwind = Employer.objects.order_by("slug")
    assert (lumen.slug, northwind.slug) == ("lumen-robotics", "northwind-bikes")
    for employer in (lumen, northwind):
        employer.full_clean()
        assert all((employer.tagline, employer.about, employer.website, employer.headquarters))
    assert [job.state for job in lumen.jobs.order_by("state")] == [JobState.DRAFT, JobState.LIVE]
    assert Connection.objects.count() == Export.objects.count() == 0


def test_load_demo_when_run_twice_then_loads_once(run: Callable[[], str]) -> None:
    run()
    before, files = counts(), stored_files()
    assert "not loaded" in run()
    assert (counts(), stored_files()) == (before, files)


def test_load_demo_when_an_employer_is_there_then_leaves_everything_alone(run: Callable[[], str]) -> None:
    EmployerFactory(name="Somebody Real")
    assert "not loaded" in run()
    assert counts() == [0, 1, 0, 0, 0, 0]


def test_load_demo_when_debug_is_off_then_refuses(db: None, settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("load_demo")
    assert counts() == [0] * 6


@pytest.mark.parametrize(
    ("email", "role", "is_operator"),
    [(ADMIN, "admin", True), (RECRUITER, "recruiter", False), (VIEWER, "viewer", False)],
)
def test_load_demo_then_each_person_logs_in_with_their_role(
    run: Callable[[], str], client: Client, email: str, role: str, is_operator: bool
) -> None:
    run()
    answer = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert answer.status_code == 302
    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert user.email == email
    assert user.memberships.get(employer__slug="lumen-robotics").role == role
    assert client.get(reverse("admin:index"), follow=True).status_code == (200 if is_operator else 403)


def test_load_demo_then_only_the_admin_may_switch_employers(run: Callable[[], str]) -> None:
    run()
    seats = Membership.objects.filter(employer__slug="northwind-bikes")
    assert dict(seats.values_list("user__email", "role")) == {
        "rosalind@northwind-bikes.example": "admin",
        ADMIN: "recruiter",
    }
    assert not User.objects.get(email__startswith="rosalind").has_usable_password()


def test_load_demo_when_a_person_is_there_then_they_keep_password_and_rights(run: Callable[[], str]) -> None:
    UserFactory(email=ADMIN, password="their-own-words", first_name="Ruth")
    run()
    user = User.objects.get(email=ADMIN)
    assert user.check_password("their-own-words")
    assert (user.first_name, user.is_staff, user.is_superuser) == ("Ruth", False, False)
    assert user.memberships.count() == 2


def test_load_demo_then_the_applicants_stand_at_several_statuses(run: Callable[[], str]) -> None:
    run()
    rows = Application.objects.select_related("job", "resume")
    assert {row.job.title for row in rows} == {"Human-Robot Interaction Engineer"}
    assert sorted(row.status for row in rows) == sorted(
        [*[ApplicationStatus.APPLIED] * 2, "in_review", "interviewing", "offer", "rejected"]
    )
    for row in rows:
        row.full_clean()
        row.candidate.full_clean()
        assert row.resume is not None
        assert row.resume.filename == f"{row.name} - Résumé.pdf"


def test_load_demo_then_every_timeline_runs_from_applying_to_the_present(run: Callable[[], str]) -> None:
    run()
    for row in Application.objects.all():
        events = list(row.timeline.order_by("pk"))
        dates = [event.created_at for event in events]
        assert events[0].text == "Applied on Purpose Jobs."
        assert dates == sorted(set(dates))
        assert (dates[0], dates[-1]) == (row.created_at, row.status_at)
        assert row.job.live_since is not None
        assert row.job.live_since < dates[0]
        assert dates[-1] < timezone.now()


def test_load_demo_then_descriptions_stay_as_an_editor_would_save_them(run: Callable[[], str]) -> None:
    run()
    for job in Job.objects.all():
        job.full_clean()
        assert clean(job.description) == job.description
        assert "<h3>" in job.description


def test_load_demo_when_it_fails_half_way_then_nothing_stays(
    run: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(load, "record_status", fail)
    with pytest.raises(OSError, match="disk is full"):
        run()
    assert counts() == [0] * 6
    assert stored_files() == []


def test_resume_pdf_then_its_table_points_at_every_object() -> None:
    resume = Resume("Engineer (robots)", "Köln", "Builds \\ things. " * 20, (("A", "2020", "B"),), (), "C++")
    content = resume_pdf(name="Zoë O’Hara", contact="z@example.org", resume=resume)
    start = int(content.rpartition(b"startxref\n")[2].split()[0])
    assert content[start:].startswith(b"xref\n0 8\n")
    offsets = [int(row[:10]) for row in content[start:].split(b"\n")[3:10]]
    for number, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(f"{number} 0 obj\n".encode())
    drawing = content.partition(b"stream\n")[2].partition(b"\nendstream")[0]
    assert f"/Length {len(drawing)} ".encode() in content
    assert rb"(Engineer \(robots\))" in drawing
    assert "Zoë O’Hara".encode("cp1252") in drawing


def test_load_demo_when_loaded_then_nobody_is_owed_a_letter(run: Callable[[], str]) -> None:
    run()
    Application.objects.update(created_at=timezone.now())
    assert letters.owed() == []
