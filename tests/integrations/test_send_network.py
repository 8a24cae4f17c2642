"""*Send to Greenhouse* for somebody of the network: an application is made when sent, from the profile, once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection as database
from django.test import Client

from accounts.models import Employer, User
from candidates.models import Application, Candidate, Profile, ProfileAccess
from candidates.services import ApplicationData, submit_application
from integrations import picking, sending
from integrations.arrival import Arrival
from integrations.models import Export, ExportState, GreenhouseJob
from integrations.preflight import blocking_problem
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
    HiddenFromFactory,
    JobFactory,
    JobLinkFactory,
    ProfileFactory,
)
from tests.integrations.greenhouse.sending import arrived, attempt
from tests.sandbox_process import SandboxProcess

EMAIL = "ada@private.example"
MANY = "/employers/lumen-robotics/candidates/send/"


@pytest.fixture
def ada(sandbox: SandboxProcess, hiring: GreenhouseJob) -> Candidate:
    profile = ProfileFactory(
        candidate__first_name="Ada",
        candidate__last_name="Lovelace",
        candidate__email=EMAIL,
        current_title="Analyst",
        current_company="Babbage & Co",
        summary="Engines, mostly.",
        linkedin_url="https://www.linkedin.com/in/ada",
        portfolio_url="https://ada.example/",
    )
    candidate: Candidate = profile.candidate
    profile.resume = DocumentFactory(candidate=candidate, file=ContentFile(b"%PDF-1.4 ada", name="x"))
    profile.save()
    return candidate


def _page(candidate: Candidate) -> str:
    return f"/employers/lumen-robotics/candidates/{candidate.key}/send/"


def _post(client: Client, candidate: Candidate, job: GreenhouseJob, button: str) -> Any:
    return client.post(_page(candidate), {"greenhouse_job": job.pk, "sends_as": "candidate", button: "1"}, follow=True)


def test_nobody_chosen_when_sent_then_the_search_is_as_it_was(as_rita: Client, employer: Employer) -> None:
    answer = as_rita.post(MANY, {"asked": "skills=Python&level=senior&evil=//x.example"}, follow=True)
    assert answer.redirect_chain == [("/employers/lumen-robotics/candidates/?skills=Python&level=senior", 302)]
    assert "Choose at least one candidate first." in answer.text


def test_page_when_somebody_is_of_the_network_then_the_panel_says_candidates(as_rita: Client, ada: Candidate) -> None:
    for answer in (as_rita.get(_page(ada)), as_rita.post(MANY, {"candidate": [str(ada.key)]})):
        assert 'candidates/" aria-current="page"' in answer.text
        assert 'applicants/" aria-current="page"' not in answer.text


def test_preview_makes_nothing_and_shows_all_but_the_address(
    as_rita: Client, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Candidate
) -> None:
    before = arrived(sandbox)
    assert as_rita.get(_page(ada)).status_code == 200
    text = _post(as_rita, ada, hiring, "preview").text
    for shown in ("Ada", "Analyst", "Babbage &amp; Co", "Engines, mostly.", "linkedin.com/in/ada", 'name="send"'):
        assert shown in text, shown
    assert EMAIL not in text
    assert "which only Greenhouse is given" in text
    assert arrived(sandbox) == before
    assert not Application.objects.exists()
    assert not Export.objects.exists()


def test_sending_makes_the_application_and_greenhouse_gets_what_the_preview_said(
    as_rita: Client, rita: User, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Candidate
) -> None:
    seen = _post(as_rita, ada, hiring, "preview").context["preview"]
    sent = _post(as_rita, ada, hiring, "send").text
    assert "Ada Lovelace is on the way to Greenhouse." in sent
    application = Application.objects.get()
    assert (application.origin, application.job, application.note) == ("sourced", None, "Engines, mostly.")
    row = attempt(Export.objects.get())
    assert (row.state, row.requested_by, row.application) == (ExportState.SENT, rita, application)
    person = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    assert [entry["value"] for entry in person["email_addresses"]] == [EMAIL]
    assert [entry["value"] for entry in person["website_addresses"]] == ["https://ada.example/"]
    [note] = sandbox.records("notes", candidate_id=person["id"])
    assert note["body"].splitlines()[-1] == seen.note.splitlines()[-1], "the link back is the one of the preview"
    assert len(sandbox.records("attachments", application_id=int(row.application_remote_id))) == 1
    assert ProfileAccess.objects.filter(kind="sent", user=rita, candidate=ada).count() == 1
    assert EMAIL not in as_rita.get(_page(ada).replace("send/", "")).text


def test_sending_again_or_to_another_job_makes_no_second_application(
    as_rita: Client, hiring: GreenhouseJob, ada: Candidate
) -> None:
    other = GreenhouseJobFactory(connection=hiring.connection)
    for job in (hiring, hiring, other):
        _post(as_rita, ada, job, "send")
    assert Application.objects.count() == 1
    assert Export.objects.count() == 2


@pytest.mark.parametrize(("wants", "code"), [(False, "sending_not_wanted"), (True, "left_network")])
def test_who_changes_their_mind_is_not_sent_not_even_by_a_waiting_worker(
    as_rita: Client, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Candidate, wants: bool, code: str
) -> None:
    before = arrived(sandbox)
    _post(as_rita, ada, hiring, "send")
    Profile.objects.update(can_be_sent=wants, is_listed=not wants)
    row = attempt(Export.objects.get())
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, code)
    assert blocking_problem(row.application) == code
    assert arrived(sandbox) == before


def test_who_did_not_want_it_and_applies_then_is_sent_as_they_applied(
    sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Candidate
) -> None:
    link = JobLinkFactory(post__greenhouse_job=hiring, post__connection=hiring.connection)
    picked = ApplicationFactory(candidate=ada, job=None, employer=link.job.employer, origin="sourced")
    row = ExportFactory(greenhouse_job=hiring, application=picked)
    Profile.objects.update(is_listed=False)
    assert attempt(row).problem_code == "left_network"
    asked = ApplicationData("Ada", "Lovelace", EMAIL, note="Mine.")
    application, _ = submit_application(job=link.job, data=asked, resume=None)
    row = attempt(Export.objects.get())
    assert (row.state, row.application) == (ExportState.SENT, application)


def test_who_does_not_want_to_be_sent_is_refused_with_a_sentence(
    as_rita: Client, hiring: GreenhouseJob, ada: Candidate
) -> None:
    Profile.objects.update(can_be_sent=False)
    for text in (as_rita.get(_page(ada)).text, _post(as_rita, ada, hiring, "send").text):
        assert "This person does not want to be sent." in text
        assert 'name="preview"' not in text
    HiddenFromFactory(profile=ada.profile)
    assert _post(as_rita, ada, hiring, "send").status_code == 404
    assert not Application.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sending_when_pressed_at_once_makes_one_of_each(
    employer: Employer, rita: User, hiring: GreenhouseJob, ada: Candidate
) -> None:
    def press(_: int) -> None:
        given: dict[str, Any] = {"employer": employer, "candidate": ada, "by": rita}
        sending.send_person(**given, greenhouse_job=hiring, arrival=Arrival())
        database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    assert Application.objects.count() == Export.objects.count() == 1


def test_many_are_sent_from_the_network_and_who_does_not_want_it_is_left_out(
    as_rita: Client, as_bob: Client, as_charlie: Client, client: Client, hiring: GreenhouseJob, ada: Candidate
) -> None:
    unwilling = ProfileFactory(can_be_sent=False)
    applied = ProfileFactory(can_be_sent=False)
    own = ApplicationFactory(candidate=applied.candidate, job=JobFactory(employer=hiring.connection.employer))
    hidden = ProfileFactory(is_listed=False)
    people = [ada, unwilling.candidate, applied.candidate, hidden.candidate]
    chosen = {"candidate": [person.key for person in people]}
    assert "/accounts/login/" in client.post(MANY, chosen)["Location"]
    assert as_charlie.post(MANY, chosen).status_code == 404
    assert as_bob.post(MANY, chosen).status_code == 403
    asked = as_rita.post(MANY, chosen)
    assert "Send 3 candidates to Greenhouse" in asked.text
    assert "Each to their own connected job" not in asked.text
    assert Application.objects.count() == 1, "asking makes nothing"
    order = {"people": asked.context["people"], "key": asked.context["key"], "greenhouse_job": hiring.pk, "order": "1"}
    for _ in range(2):
        text = as_rita.post(MANY, {**order, "sends_as": "candidate"}, follow=True).text
        assert "1 person is left out" in text
    assert {row.candidate for row in Export.objects.all()} == {ada, applied.candidate}
    assert Export.objects.get(candidate=applied.candidate).application == own
    made = Application.objects.get(candidate=ada)
    assert (made.origin, made.timeline.count()) == ("sourced", 2)
    assert [row.candidate for row in ProfileAccess.objects.filter(kind="sent")] == [ada]


def test_many_when_nobody_or_nonsense_is_chosen_says_so(as_rita: Client, hiring: GreenhouseJob) -> None:
    for chosen in ({}, {"candidate": "nobody"}, {"people": "x,1,99999999999999999999"}):
        assert "Choose at least one candidate first." in as_rita.post(MANY, chosen, follow=True).text


def test_many_cost_the_same_for_two_and_for_forty(
    employer: Employer, rita: User, django_assert_max_num_queries: Any
) -> None:
    people = [ProfileFactory().candidate for _ in range(40)]
    with django_assert_max_num_queries(11):
        picked = picking.pick_many(employer=employer, candidates=people, by=rita)
    assert (len(picked.application_ids), picked.left_out) == (40, 0)
    assert picking.pick_many(employer=employer, candidates=people, by=rita) == picked


def test_the_address_is_on_no_page_of_an_export_that_stopped(
    as_alice: Client, as_rita: Client, hiring: GreenhouseJob, ada: Candidate
) -> None:
    _post(as_rita, ada, hiring, "send")
    export = Export.objects.get()
    Export.objects.update(state=ExportState.NEEDS_ATTENTION, problem_code="duplicate_unsure")
    base = "/employers/lumen-robotics/"
    pages = ["exports/", f"exports/{export.pk}/", f"exports/{export.pk}/correct/", "duplicates/"]
    pages += [f"duplicates/{export.pk}/", "applicants/", "pipeline/"]
    for page in [base + page for page in pages] + [export.application.get_absolute_url()]:
        answer = as_rita.get(page)
        assert answer.status_code == 200, page
        assert EMAIL not in answer.text, page
    log = b"".join(as_alice.get(f"{base}exports/audit-log/").streaming_content)  # type: ignore[arg-type]
    assert b"Lovelace" in log
    assert EMAIL.encode() not in log
    saved = as_rita.post(f"{base}exports/{export.pk}/correct/", {"first_name": "Ada", "last_name": "King"})
    assert saved.status_code == 302
    export.application.refresh_from_db()
    assert (export.application.last_name, export.application.email) == ("King", EMAIL)
