"""One's own profile: made, changed, seen, taken along."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, User
from candidates import activity, tasks
from candidates.anonymising import anonymise
from candidates.joining import resumes
from candidates.models import AccessKind, Candidate, Document, DocumentText, HiddenFrom, Profile, TermKind
from candidates.resume_text import MAX_CHARACTERS
from candidates.uploads import MAX_BYTES
from tests.candidates import files
from tests.candidates.joining import EMAIL, TYPED, log_in
from tests.factories import AnswerFactory, ApplicationFactory, DocumentFactory, EmployerFactory, ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Client:
    log_in(client)
    return client


def save(client: Client, **changes: Any) -> Any:
    return client.post(reverse("edit_profile"), {**TYPED, **changes})


def test_profile_when_saved_then_holds_everything_that_was_typed(ada: Client) -> None:
    response = save(
        ada,
        pronouns="she/her",
        current_title="Analyst",
        current_company="Analytical Engines",
        summary="I <b>compute</b>.\r\nGladly.",
        linkedin_url="linkedin.com/in/ada",
        github_url="ada",
        portfolio_url="ada.example",
        search_state="active",
        positions=["Full-time", "Advisor"],
        values=["Open source"],
        interests=["Space", "Health"],
        level="senior",
        years="12",
        locations="London,  Berlin\nlondon",
        remote="only",
        salary_min="60000",
        salary_max="80000",
        salary_currency="EUR",
        hidden_from="Analytical Engines Ltd\nacme.io",
    )
    assert response["Location"] == reverse("own_profile")
    profile = Profile.objects.get()
    assert profile.candidate.name == "Ada Lovelace"
    assert (profile.github_url, profile.portfolio_url) == ("https://github.com/ada", "https://ada.example")
    assert (profile.level, profile.years, profile.remote, profile.salary_max) == ("senior", 12, "only", 80000)
    assert profile.summary == "I <b>compute</b>.\nGladly."
    assert profile.names_of(TermKind.LOCATION) == ["Berlin", "london"]
    assert set(profile.names_of(TermKind.POSITION)) == {"Full-time", "Advisor"}
    assert {one.key for one in profile.hidden_from.all()} == {"analyticalengines", "acme"}
    assert profile.text.headline  # the search knows them
    html = ada.get(reverse("own_profile")).content.decode()
    assert "I &lt;b&gt;compute&lt;/b&gt;." in html


def test_profile_when_changed_then_what_was_taken_out_is_gone(ada: Client) -> None:
    save(ada, hidden_from="Acme", values=["Open source"])
    save(ada, skills="Python", is_listed="", summary="New")
    profile = Profile.objects.get()
    assert (profile.names_of(TermKind.SKILL), profile.names_of(TermKind.VALUE)) == (["Python"], [])
    assert (profile.is_listed, profile.summary, profile.hidden_from.count()) == (False, "New", 0)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"first_name": " "}, "first_name", "Enter your first name"),
        ({"salary_min": "90000", "salary_max": "80000", "salary_currency": "EUR"}, "salary_max", "less than"),
        ({"salary_min": "90000"}, "salary_currency", "Choose the currency"),
        ({"salary_min": "9" * 5000}, "salary_min", ""),
        ({"years": "61"}, "years", "at most 60"),
        ({"skills": ",".join(f"s{n}" for n in range(51))}, "skills", "These are 51"),
        ({"skills": "x" * 81}, "skills", "too long"),
        ({"summary": "x" * 601}, "summary", "at most 600"),
        ({"values": "World domination"}, "values", "not one of the available"),
        ({"linkedin_url": "https://evil.example/in/ada"}, "linkedin_url", "full LinkedIn address"),
        ({"portfolio_url": "javascript:alert(1)"}, "portfolio_url", "full Portfolio"),
        ({"portfolio_url": "a.example/" + "x" * 185}, "portfolio_url", "too long"),
        ({"hidden_from": "Acme\n…"}, "hidden_from", "no name or web address"),
        ({"current_resume": "not-a-key"}, "current_resume", ""),
    ],
)
def test_profile_when_a_field_is_wrong_then_says_so_and_keeps_the_rest(
    ada: Client, changes: dict[str, str], field: str, words: str
) -> None:
    response = save(ada, **{"current_title": "Analyst", **changes})
    assert words in " ".join(response.context["form"].errors[field])
    assert response.context["form"]["current_title"].value() == "Analyst"
    assert not Profile.objects.exists()


def test_profile_when_a_file_of_somebody_else_is_named_then_it_is_not_theirs(ada: Client) -> None:
    other = DocumentFactory()
    save(ada, current_resume=str(other.key))
    assert Profile.objects.get().resume is None


def test_resume_when_uploaded_then_its_skills_are_proposed_and_the_person_decides(ada: Client) -> None:
    resume = files.uploaded(b"Ada. Go, Rust and Docker.", "Ada.txt")
    save(ada, resume=resume)
    page = ada.get(reverse("own_profile"))
    assert "We are reading your résumé" in page.content.decode()
    document = Document.objects.get()
    assert resumes.owed() == [document.pk]
    tasks.read_resume(document.pk)
    assert resumes.owed() == []
    piece = ada.get(reverse("own_profile"), headers={"HX-Request": "true"})
    assert piece.context["proposed"] == ["Go", "Docker"]
    assert "<html" not in piece.content.decode()
    ada.post(reverse("add_skills"), {"skill": ["Docker", "Made up"]})
    profile = Profile.objects.get()
    assert set(profile.names_of(TermKind.SKILL)) == {"Python", "Rust", "Docker"}
    assert "docker" in profile.text.headline
    assert "docker" in profile.text.resume
    assert ada.get(reverse("own_profile")).context["proposed"] == []


def test_resume_when_none_of_its_skills_is_wanted_then_nobody_asks_again(ada: Client) -> None:
    save(ada, resume=files.uploaded(b"Docker", "Ada.txt"))
    tasks.read_resume(Document.objects.get().pk)
    ada.post(reverse("add_skills"), {"skill": ["Docker"], "none": "1"})
    assert Profile.objects.get().names_of(TermKind.SKILL) == ["Python", "Rust"]
    assert ada.get(reverse("own_profile")).context["proposed"] == []


def test_resume_when_it_cannot_be_read_then_it_is_tried_once() -> None:
    profile = ProfileFactory()
    profile.resume = DocumentFactory(candidate=profile.candidate)
    profile.save()
    tasks.read_resume(profile.resume.pk)
    assert DocumentText.objects.get().text == ""
    assert resumes.owed() == []
    tasks.read_resume(profile.resume.pk)
    tasks.read_resume(0)


def test_resume_when_very_long_then_the_words_fit() -> None:
    document = DocumentFactory(extension="txt")
    with document.file.open("wb") as file:
        file.write(b"word " * MAX_CHARACTERS)
    tasks.read_resume(document.pk)
    assert len(DocumentText.objects.get().text) <= MAX_CHARACTERS


def test_resume_when_replaced_or_removed_then_the_old_file_goes_unless_an_application_has_it(
    ada: Client, django_capture_on_commit_callbacks: Any
) -> None:
    application = ApplicationFactory(candidate__email=EMAIL)
    application.resume = DocumentFactory(candidate=application.candidate)
    application.save()
    save(ada, current_resume=str(application.resume.key))
    assert Profile.objects.get().resume == application.resume
    save(ada, resume=files.uploaded(files.pdf(), "New.pdf"), current_resume=str(application.resume.key))
    new = Profile.objects.get().resume
    assert new
    assert new.filename == "New.pdf"
    storage, name = new.file.storage, new.file.name
    with django_capture_on_commit_callbacks(execute=True):
        save(ada, current_resume=str(new.key), drop_resume="on")
    assert Profile.objects.get().resume is None
    assert list(Document.objects.all()) == [application.resume]
    assert not storage.exists(name)


@pytest.mark.parametrize(
    ("content", "words"),
    [(files.program(), "is a program"), (b"%PDF-1.4" + bytes(2 * MAX_BYTES), "larger than 5 MB")],
)
def test_resume_when_the_file_is_none_then_says_why(ada: Client, content: bytes, words: str) -> None:
    response = save(ada, resume=files.uploaded(content))
    assert words in response.content.decode()
    assert not Document.objects.exists()


def test_resume_when_another_field_is_wrong_then_the_file_is_kept(ada: Client) -> None:
    first = save(ada, resume=files.uploaded(files.pdf(), "Ada.pdf"), first_name="")
    assert "Ada.pdf</strong> is kept" in first.content.decode()
    save(ada, kept_resume=first.context["form"]["kept_resume"].value())
    resume = Profile.objects.get().resume
    assert resume
    assert resume.filename == "Ada.pdf"
    answer = ada.get(reverse("own_resume"))
    assert b"".join(answer.streaming_content) == files.pdf()  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_company_when_it_can_see_them_then_one_press_hides_them(ada: Client, employer: Employer) -> None:
    save(ada, current_company=employer.name)
    assert Profile.objects.visible_to(employer).exists()
    assert "where you work" in ada.get(reverse("own_profile")).content.decode()
    for _ in range(2):
        ada.post(reverse("hide_from"))
    assert not Profile.objects.visible_to(employer).exists()
    assert HiddenFrom.objects.count() == 1
    assert "where you work" not in ada.get(reverse("own_profile")).content.decode()


def test_who_looked_is_told_by_day_and_employer_and_never_by_name(ada: Client, employer: Employer, rita: User) -> None:
    save(ada)
    candidate = Candidate.objects.get()
    for kind in (AccessKind.OPENED, AccessKind.RESUME, AccessKind.RESUME):
        activity.note_access(employer=employer, by=rita, candidates=[candidate], kind=kind)
    other = EmployerFactory(name="Halcyon")
    activity.note_access(employer=other, by=rita, candidates=[candidate], kind=AccessKind.LISTED)
    other.profile_accesses.update(on=timezone.localdate() - timedelta(days=1))
    response = ada.get(reverse("own_profile"))
    days = [(day.employer, day.did) for day in response.context["days"]]
    assert days == [
        ("Lumen Robotics", ["opened your profile", "opened your résumé"]),
        ("Halcyon", ["saw you in a list"]),
    ]
    assert rita.email not in response.content.decode()


def test_own_page_asks_the_database_as_often_for_many_as_for_few(ada: Client, employer: Employer, rita: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as counted:
            ada.get(reverse("own_profile"))
        return len(counted)

    save(ada, skills="Python", hidden_from="Acme")
    few = count()
    save(ada, skills=", ".join(f"s{n}" for n in range(50)), hidden_from="\n".join(f"Company {n}" for n in range(50)))
    for kind in AccessKind:
        activity.note_access(employer=employer, by=rita, candidates=[Candidate.objects.get()], kind=kind)
    assert count() == few


def test_download_holds_everything_and_every_file(ada: Client, employer: Employer, rita: User) -> None:
    save(ada, resume=files.uploaded(files.pdf(), "Ada.pdf"), hidden_from="Acme")
    candidate = Candidate.objects.get()
    application = ApplicationFactory(candidate=candidate, job__employer=employer, note="Hello", status="rejected")
    AnswerFactory(application=application, label="Why?", text="Because")
    activity.note_access(employer=employer, by=rita, candidates=[candidate], kind=AccessKind.OPENED)
    response = ada.get(reverse("take_out"))
    assert "attachment" in response["Content-Disposition"]
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    text = packed.read("data.json").decode()
    data = json.loads(text)
    assert (data["email"], data["profile"]["skills"], data["profile"]["hidden_from"]) == (
        EMAIL,
        ["Python", "Rust"],
        ["Acme"],
    )
    (sent,) = data["applications"]
    assert (sent["employer"], sent["note"], sent["answers"][0]["answer"]) == ("Lumen Robotics", "Hello", "Because")
    assert data["seen_by"][0]["did"] == ["opened your profile"]
    assert [packed.read(name) for name in data["files"]] == [files.pdf()]
    assert "rejected" not in text
    assert rita.email not in text


def test_anonymise_when_they_have_a_profile_then_it_and_its_file_stay(employer: Employer) -> None:
    application = ApplicationFactory(job__employer=employer)
    profile = ProfileFactory(candidate=application.candidate)
    profile.resume = application.resume = DocumentFactory(candidate=application.candidate)
    profile.save()
    application.save()
    anonymise(candidate=application.candidate, employer=employer)
    application.refresh_from_db()
    profile.refresh_from_db()
    assert (application.email, application.resume) == ("", None)
    assert profile.resume
    assert Candidate.objects.get().email == profile.candidate.email
