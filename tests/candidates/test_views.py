import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer
from candidates.models import Answer, Application, Candidate
from candidates.questions import field_name
from candidates.uploads import MAX_BYTES
from candidates.views import applying as views
from jobs.models import Job, JobState
from jobs.questions import Question, QuestionKind
from tests.candidates import files
from tests.factories import AnswerFactory, ApplicationFactory, DocumentFactory, JobFactory

TYPED = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "note": "I like <engines>."}


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer, title="Robot engineer", location="Berlin")


def address(job: Job, page: str = "apply") -> str:
    return reverse(page, args=[job.employer.slug, job.pk])


def send(client: Client, job: Job, *, resume: SimpleUploadedFile | None = None, **changes: str) -> Any:
    chosen = {"resume": resume} if resume else {}
    return client.post(address(job), {**TYPED, **changes, **chosen})


def a_pdf(name: str = "Ada.pdf") -> SimpleUploadedFile:
    return files.uploaded(files.pdf(), name)


def test_apply_when_opened_by_anyone_then_shows_the_form(client: Client, job: Job) -> None:
    response = client.get(address(job))
    html = response.content.decode()
    for label in ("First name", "Last name", "Email", "Phone", "Résumé", "LinkedIn", "GitHub", "Anything else?"):
        assert label in html
    assert "Apply for Robot engineer" in html
    assert 'enctype="multipart/form-data"' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in response["Cache-Control"]


def test_apply_when_sent_then_stores_it_and_thanks(client: Client, job: Job) -> None:
    response = send(client, job, resume=a_pdf())
    assert response.status_code == 302
    assert response["Location"] == address(job, "applied")
    application = Application.objects.get()
    assert (application.name, application.job, application.note) == ("Ada Lovelace", job, "I like <engines>.")
    assert application.resume is not None
    thanks = client.get(response["Location"]).content.decode()
    assert "Thank you, your application was sent" in thanks
    assert "What happens next" in thanks
    assert "ada@example.org" not in thanks


def test_apply_when_the_address_applied_before_then_a_stranger_cannot_tell(client: Client, job: Job) -> None:
    send(client, job, resume=a_pdf())
    Application.objects.update(created_at=timezone.now() - timedelta(days=1), confirmed_at=timezone.now())
    stranger, other = Client(), Client()
    repeat = stranger.post(address(job), {**TYPED, "note": "Changed", "resume": a_pdf()}, follow=True)
    first = other.post(address(job), {**TYPED, "email": "new@example.org", "resume": a_pdf()}, follow=True)
    assert repeat.redirect_chain == first.redirect_chain
    assert repeat.content == first.content
    assert "already" not in repeat.content.decode()
    application = Application.objects.get(email="ada@example.org")
    assert application.note == "I like <engines>."
    assert application.repeated_at is not None


@pytest.mark.parametrize("field", ["first_name", "last_name", "email"])
def test_apply_when_a_field_is_missing_then_keeps_everything_else(client: Client, job: Job, field: str) -> None:
    response = send(client, job, resume=a_pdf("Ada Résumé.pdf"), **{field: ""})
    html = response.content.decode()
    assert response.status_code == 200
    assert not Application.objects.exists()
    assert {name: response.context["form"][name].value() for name in TYPED} == {**TYPED, field: ""}
    assert "I like &lt;engines&gt;.</textarea>" in html
    assert "Ada Résumé.pdf</strong> is kept" in html


def test_apply_when_corrected_then_the_kept_resume_goes_with_it(client: Client, job: Job) -> None:
    first = send(client, job, resume=a_pdf(), email="")
    token = first.context["form"]["kept_resume"].value()
    assert f'name="kept_resume" value="{token}"' in first.content.decode()
    assert send(client, job, kept_resume=token).status_code == 302
    resume = Application.objects.get().resume
    assert resume is not None
    assert (resume.filename, resume.file.read()) == ("Ada.pdf", files.pdf())


def test_apply_when_pressed_twice_with_a_kept_resume_then_both_lead_to_the_thanks(client: Client, job: Job) -> None:
    token = send(client, job, resume=a_pdf(), email="").context["form"]["kept_resume"].value()
    assert [send(client, job, kept_resume=token).status_code for _ in range(2)] == [302, 302]
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files.program(), "is a program"),
        (b"<html><body>x</body></html>", "is a web page"),
        (files.zipped("a.txt"), "ZIP archive"),
        (b"", "is empty"),
        (b"%PDF-1.4" + bytes(MAX_BYTES), "larger than 5 MB"),
        (b"%PDF-1.4" + bytes(3 * MAX_BYTES), "larger than 5 MB"),
    ],
)
def test_apply_when_the_file_is_no_resume_then_says_why_and_keeps_what_was_typed(
    client: Client, job: Job, content: bytes, words: str
) -> None:
    response = send(client, job, resume=files.uploaded(content, "resume.pdf"))
    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert 'value="Lovelace"' in html
    assert not Candidate.objects.exists()


def test_apply_when_the_file_is_far_too_large_then_nothing_of_it_is_held(client: Client, job: Job) -> None:
    response = send(client, job, resume=files.uploaded(b"%PDF-1.4" + bytes(2 * MAX_BYTES)))
    assert response.context["form"].files == {}
    assert "larger than 5 MB" in response.context["form"].errors["resume"][0]


def test_apply_when_a_program_fills_the_hidden_field_then_stores_nothing(client: Client, job: Job) -> None:
    response = send(client, job, resume=a_pdf(), subject_line="x")
    assert b"hidden from people" in response.content
    assert not Application.objects.exists()


def test_apply_when_too_many_come_from_one_network_then_says_when_to_try_again(
    client: Client, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "APPLICATIONS_PER_HOUR", 2)
    answers = [send(client, job, resume=a_pdf(), email=f"a{n}@example.org") for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 200]
    html = answers[2].content.decode()
    assert "Please try again in an hour" in html
    assert "Ada.pdf</strong> is kept" in html
    assert Application.objects.count() == 2


def test_apply_when_the_cache_is_down_then_still_takes_it(client: Client, job: Job, settings: Any) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nonexistent/s.sock"}
    settings.CACHES = {"default": down}
    assert send(client, job, resume=a_pdf()).status_code == 302
    assert Application.objects.count() == 1


def test_apply_when_sent_without_a_csrf_token_then_403(job: Job) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, job, resume=a_pdf()).status_code == 403
    token = strict.get(address(job)).context["csrf_token"]
    assert send(strict, job, resume=a_pdf(), csrfmiddlewaretoken=str(token)).status_code == 302


@pytest.mark.parametrize(("state", "status"), [(JobState.DRAFT, 404), (JobState.OFF, 404), (JobState.CLOSED, 410)])
def test_apply_when_the_job_is_not_live_then_nobody_can(client: Client, job: Job, state: JobState, status: int) -> None:
    Job.objects.filter(pk=job.pk).update(state=state)
    assert client.get(address(job)).status_code == status
    assert send(client, job, resume=a_pdf()).status_code == status
    assert not Application.objects.exists()


def test_apply_when_asked_under_another_employer_then_404(client: Client, job: Job, other_employer: Employer) -> None:
    assert client.get(reverse("apply", args=[other_employer.slug, job.pk])).status_code == 404


def test_apply_when_posted_then_old_stashed_files_are_swept_once_an_hour(
    client: Client, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps: list[int] = []
    monkeypatch.setattr(views.stash, "sweep", lambda: sweeps.append(1))
    for _ in range(3):
        send(client, job, email="")
    assert len(sweeps) == 1
    cache.delete("stash:swept")
    send(client, job, email="")
    assert len(sweeps) == 2


def test_applied_when_nothing_was_sent_then_leads_to_the_job(client: Client, job: Job) -> None:
    response = client.get(address(job, "applied"))
    assert response.status_code == 302
    assert response["Location"] == job.get_absolute_url()


def test_applied_when_the_job_closed_meanwhile_then_still_thanks(client: Client, job: Job) -> None:
    send(client, job, resume=a_pdf())
    Job.objects.filter(pk=job.pk).update(state=JobState.CLOSED)
    assert b"Thank you" in client.get(address(job, "applied")).content


# --- the job's own questions ---------------------------------------------------------------
NOTICE = Question("q1", "Notice <period>", QuestionKind.SHORT_TEXT, is_required=True, is_private=True)
WORK = Question("q2", "Portfolio", QuestionKind.FILE, is_required=True)
NAMES = [field_name(question) for question in (NOTICE, WORK)]


@pytest.fixture
def asking(job: Job) -> Job:
    job.questions = [NOTICE.as_stored(), WORK.as_stored()]
    job.save()
    return job


def test_apply_when_the_job_asks_questions_then_the_answers_come_with_the_application(
    client: Client, asking: Job
) -> None:
    html = client.get(address(asking)).content.decode()
    assert "Questions from Lumen Robotics" in html
    assert "Notice &lt;period&gt;" in html
    first = client.post(address(asking), {**TYPED, "resume": a_pdf(), NAMES[1]: a_pdf("Work.pdf")})
    assert first.context["form"].errors == {NAMES[0]: ["Answer this question."]}
    assert f'<a href="#id_{NAMES[0]}">' in first.text
    assert b"Work.pdf</strong> is kept" in first.content
    kept = {f"kept_{name}": first.context["form"][f"kept_{name}"].value() for name in ("resume", NAMES[1])}
    assert send(client, asking, **kept, **{NAMES[0]: "4 weeks"}).status_code == 302
    application = Application.objects.get()
    answers = application.answers.values_list("label", "text")
    assert list(answers) == [("Notice <period>", "4 weeks"), ("Portfolio", "Work.pdf")]


def test_apply_when_the_questions_change_meanwhile_then_says_so_and_loses_nothing(client: Client, asking: Job) -> None:
    shown = client.get(address(asking)).context["form"]["asked"].value()
    Job.objects.filter(pk=asking.pk).update(questions=[WORK.as_stored()])
    answer = send(client, asking, resume=a_pdf(), asked=shown, **{NAMES[0]: "4 weeks & a day"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "have changed" in html
    assert "4 weeks &amp; a day</p>" in html
    assert not Application.objects.exists()


def test_apply_when_another_file_than_the_resume_is_too_large_then_says_so_beside_it(
    client: Client, asking: Job
) -> None:
    large = files.uploaded(b"%PDF-1.4" + bytes(2 * MAX_BYTES))
    answer = client.post(address(asking), {**TYPED, "resume": a_pdf(), NAMES[0]: "x", NAMES[1]: large})
    assert list(answer.context["form"].errors) == [NAMES[1]]
    assert "larger than 5 MB" in answer.context["form"].errors[NAMES[1]][0]


def test_apply_when_too_many_files_come_from_one_network_then_none_more_is_held(
    client: Client, asking: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "KEPT_UPLOADS_PER_HOUR", 1)
    answer = client.post(address(asking), {**TYPED, "email": "", "resume": a_pdf(), NAMES[1]: a_pdf()})
    assert answer.content.count(b"</strong> is kept") == 1


# --- the résumé ---------------------------------------------------------------------------


@pytest.fixture
def application(job: Job) -> Application:
    application = ApplicationFactory(job=job)
    application.resume = DocumentFactory(candidate=application.candidate, filename="Ada Résumé.pdf")
    application.save()
    return application


def resume_of(application: Application, employer: Employer | None = None) -> str:
    return reverse("resume", args=[(employer or application.job.employer).slug, application.key])


def test_resume_when_signed_out_then_leads_to_the_log_in(client: Client, application: Application) -> None:
    response = client.get(resume_of(application))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_resume_when_a_stranger_asks_then_404(as_charlie: Client, application: Application) -> None:
    assert as_charlie.get(resume_of(application)).status_code == 404


def test_resume_when_a_stranger_asks_through_their_own_employer_then_404(
    as_charlie: Client, application: Application, other_employer: Employer
) -> None:
    assert as_charlie.get(resume_of(application, other_employer)).status_code == 404


def test_resume_when_a_viewer_asks_then_403(as_bob: Client, application: Application) -> None:
    assert as_bob.get(resume_of(application)).status_code == 403


@pytest.mark.parametrize("who", ["as_rita", "as_alice"])
def test_resume_when_a_recruiter_asks_then_downloads_it_safely(
    request: pytest.FixtureRequest, application: Application, who: str
) -> None:
    response = request.getfixturevalue(who).get(resume_of(application))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"%PDF-1.4 resume"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Ada%20R%C3%A9sum%C3%A9.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_resume_when_there_is_none_then_404(as_rita: Client, job: Job) -> None:
    assert as_rita.get(resume_of(ApplicationFactory(job=job))).status_code == 404


def test_resume_when_the_file_is_gone_then_404_and_the_log_says_which(
    as_rita: Client, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    assert application.resume is not None
    application.resume.file.delete(save=False)
    with caplog.at_level(logging.ERROR):
        assert as_rita.get(resume_of(application)).status_code == 404
    assert f"document {application.resume.pk}" in caplog.text
    assert "Ada" not in caplog.text


def test_resume_when_posted_to_then_405(as_rita: Client, application: Application) -> None:
    assert as_rita.post(resume_of(application)).status_code == 405


@pytest.fixture
def answer(application: Application) -> Answer:
    document = DocumentFactory(candidate=application.candidate, filename="Work.pdf")
    return AnswerFactory(application=application, kind=QuestionKind.FILE, text="Work.pdf", document=document)


def file_of(answer: Answer, employer: Employer | None = None) -> str:
    assert answer.document is not None
    slug = (employer or answer.application.employer).slug
    return reverse("answer_file", args=[slug, answer.application.key, answer.document.key])


@pytest.mark.parametrize(("who", "status"), [("client", 302), ("as_charlie", 404), ("as_bob", 403), ("as_rita", 200)])
def test_answer_file_when_asked_for_then_only_a_recruiter_of_the_employer_gets_it(
    request: pytest.FixtureRequest, answer: Answer, who: str, status: int
) -> None:
    response = request.getfixturevalue(who).get(file_of(answer))
    assert response.status_code == status
    if status == 200:
        assert response["Content-Disposition"] == 'attachment; filename="Work.pdf"'
        assert response["Content-Security-Policy"].startswith("sandbox")
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_answer_file_when_asked_for_through_another_employer_or_application_then_404(
    as_charlie: Client, as_rita: Client, answer: Answer, other_employer: Employer, job: Job
) -> None:
    assert as_charlie.get(file_of(answer, other_employer)).status_code == 404
    assert answer.document is not None
    other = ApplicationFactory(job=job)
    address = reverse("answer_file", args=[job.employer.slug, other.key, answer.document.key])
    assert as_rita.get(address).status_code == 404


def test_media_when_asked_for_by_path_then_404(as_rita: Client, application: Application) -> None:
    assert application.resume is not None
    for prefix in ("/media/", "/", "/static/"):
        assert as_rita.get(prefix + application.resume.file.name).status_code == 404


def test_apply_when_many_send_then_the_queries_stay_the_same(
    client: Client, job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    ApplicationFactory.create_batch(5, job=job)
    with django_assert_max_num_queries(30):
        send(client, job, resume=a_pdf())
