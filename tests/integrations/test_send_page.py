"""*Send to Greenhouse* for one person: the form, the preview that cannot lie, and sending."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import User
from candidates.models import Application, Document
from candidates.uploads import MAX_BYTES
from integrations.models import Connection, Export, ExportState, GreenhouseJob, SendsAs
from integrations.problems import PROBLEMS
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    ConnectionFactory,
    DocumentFactory,
    ExportFactory,
    GreenhouseJobFactory,
)
from tests.integrations.greenhouse.sending import EMAIL, apply, arrived, attempt, person_in, texts_of
from tests.sandbox_process import SandboxProcess

BASE = "/employers/lumen-robotics/"


@pytest.fixture
def ada(sandbox: SandboxProcess, hiring: GreenhouseJob) -> Application:
    """Somebody with a résumé and an answer, on a job that feeds `hiring`, whom nobody has sent yet."""
    application = apply(hiring, candidate__first_name="Ada", candidate__last_name="Lovelace")
    AnswerFactory(application=application, label="Why us?", text="Because of the robots")
    return application


def _page(application: Application) -> str:
    return f"{BASE}candidates/{application.candidate.key}/send/"


def _order(application: Application, **values: Any) -> dict[str, Any]:
    link = application.job.greenhouse_link if application.job else None
    job = link.post.greenhouse_job_id if link else "none"
    return {"greenhouse_job": job, "sends_as": "candidate", "application": application.key, **values}


def _preview(client: Client, application: Application, **values: Any) -> Any:
    return client.post(_page(application), {**_order(application, **values), "preview": "1"})


def _lines(answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    seen = answer.context["preview"]
    for line in (*seen.person, *seen.application):
        found.setdefault(line.label, []).append(line.value)
    return found


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Application) -> None:
    for page in (_page(ada), f"{BASE}send/jobs/", f"{BASE}send/choices/"):
        assert client.get(page).status_code == 302
        assert as_charlie.get(page).status_code == 404
        assert as_bob.get(page).status_code == 403
        assert as_rita.get(page).status_code == 200
    assert as_bob.post(_page(ada), {**_order(ada), "send": "1"}).status_code == 403
    assert as_charlie.post(_page(ada).replace("lumen-robotics", "other"), _order(ada)).status_code == 404
    assert not Export.objects.exists()


def test_form_offers_the_job_that_theirs_is_connected_to(
    as_rita: Client, hiring: GreenhouseJob, ada: Application
) -> None:
    closed = GreenhouseJobFactory(connection=hiring.connection, status="closed", name="Closed long ago")
    secret = GreenhouseJobFactory(connection=hiring.connection, is_confidential=True, name="Our next chief")
    free = GreenhouseJobFactory(connection=hiring.connection, name="Aardvark keeper", requisition_id="R-7")
    GreenhouseJobFactory(name="Of another employer")
    answer = as_rita.get(_page(ada))
    assert [row.pk for row in answer.context["roles"].rows] == [hiring.pk, free.pk]
    assert answer.context["form"].chosen_job == str(hiring.pk)
    assert not {closed.name, secret.name, "Of another employer"} & set(answer.text.split("\n"))
    found = as_rita.get(f"{BASE}send/jobs/", {"q": "r-7 aard", "greenhouse_job": hiring.pk})
    assert [row.pk for row in found.context["roles"].rows] == [hiring.pk, free.pk], "the chosen one stays"
    without_script = as_rita.post(_page(ada), {**_order(ada, greenhouse_job="none", q="aard"), "find": "1"})
    assert [row.pk for row in without_script.context["roles"].rows] == [free.pk]
    assert without_script.context["form"].chosen_job == "none"


def test_search_when_it_is_a_whole_page_then_its_first_words_count(
    as_rita: Client, hiring: GreenhouseJob, ada: Application
) -> None:
    wanted = GreenhouseJobFactory(connection=hiring.connection, name="Aardvark keeper")
    found = as_rita.get(f"{BASE}send/jobs/", {"q": "aard " * 1000})
    assert [row.pk for row in found.context["roles"].rows] == [wanted.pk]


def test_lists_are_those_of_greenhouse_with_pools(as_rita: Client, sandbox: SandboxProcess, ada: Application) -> None:
    form = as_rita.get(f"{BASE}send/choices/", {"greenhouse_job": _order(ada)["greenhouse_job"]}).context["form"]
    pool = sandbox.records("prospect_pools")[0]
    stages = sandbox.records("prospect_pool_stages", prospect_pool_id=pool["id"])
    assert len(form.fields["stage"].choices) > 2
    offered = dict(form.fields["pool"].choices)[pool["name"]]
    assert {value for value, _ in offered} == {str(pool["id"]), *(f"{pool['id']}/{stage['id']}" for stage in stages)}


def test_preview_of_somebody_new_is_exactly_what_then_arrives(
    as_rita: Client, rita: User, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Application
) -> None:
    stage = sandbox.records("job_interview_stages", job_id=int(hiring.remote_id))[1]
    source = sandbox.records("sources")[0]
    asked = {"stage": stage["id"], "source": source["id"]}
    before = arrived(sandbox)
    answer = _preview(as_rita, ada, **asked)
    seen, lines = answer.context["preview"], _lines(answer)
    assert seen.is_new_person
    assert lines["Email"] == [f"{EMAIL} (personal)"]
    assert (lines["First name"], lines["Last name"], lines["Tag"]) == (["Ada"], ["Lovelace"], ["Purpose Jobs"])
    assert (lines["Job"], lines["Stage"], lines["Source"]) == ([hiring.name], [stage["name"]], [source["name"]])
    assert "Because of the robots" in answer.text
    assert PROBLEMS["credit_unknown"].title in answer.text, "rita is nobody in this Greenhouse"
    assert arrived(sandbox) == before
    assert not Export.objects.exists()

    sandbox.clear_requests()
    sent = as_rita.post(_page(ada), {**_order(ada, **asked), "send": "1"}, follow=True)
    assert "is on the way to Greenhouse." in sent.text
    row = attempt(Export.objects.get())
    assert (row.state, row.requested_by, row.stage_name) == (ExportState.SENT, rita, stage["name"])
    person = sandbox.records("candidates", id=int(row.candidate_remote_id))[0]
    assert {line.value for line in seen.person if line.label == "Social media"} == {
        entry["value"] for entry in person["social_media_addresses"]
    }
    assert person["tags"] == ["Purpose Jobs"]
    notes = sandbox.records("notes", candidate_id=person["id"])
    assert [note["body"] for note in notes] == [seen.note]
    files = sandbox.records("attachments", application_id=int(row.application_remote_id))
    assert {file["filename"] for file in files} == {file.filename for file, _ in seen.files}


def test_preview_of_somebody_there_shows_only_the_additions(
    as_rita: Client, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Application
) -> None:
    there = person_in(sandbox, phone_numbers=[{"value": "+1 777", "type": "home"}])
    answer = _preview(as_rita, ada)
    seen = answer.context["preview"]
    assert str(seen.found.id) == str(there.get("candidate", there)["id"])
    phones = [(line.value, line.is_new) for line in seen.person if line.label == "Phone"]
    assert phones == [("+1 777 (home)", False), ("+1 555 0100 (other)", True)]
    assert "First name" not in _lines(answer), "their name stays"
    assert "there already, stays" in answer.text


def test_preview_of_somebody_on_the_job_makes_no_second_application(
    as_rita: Client, sandbox: SandboxProcess, hiring: GreenhouseJob, ada: Application
) -> None:
    person_in(sandbox, application={"job_id": int(hiring.remote_id)})
    answer = _preview(as_rita, ada)
    assert "No second application is made" in answer.text
    assert answer.context["preview"].application == []


def test_preview_while_greenhouse_is_down_says_so_and_sends_all_the_same(
    as_rita: Client, sandbox: SandboxProcess, ada: Application
) -> None:
    sandbox.faults({"kind": "status", "status": 503})
    answer = _preview(as_rita, ada)
    assert "We could not look into Greenhouse just now." in answer.text
    assert _lines(answer)["Email"] == [f"{EMAIL} (personal)"]
    as_rita.post(_page(ada), {**_order(ada), "send": "1"})
    assert Export.objects.get().state == ExportState.PENDING


@pytest.mark.parametrize(
    ("values", "code", "may_be_sent"),
    [
        ({"email": ""}, "no_email", False),
        ({"links": [{"kind": "website", "url": f"https://a.example/{n}"} for n in range(40)]}, "links_left_out", True),
        ({"first_name": "Ada", "last_name": ""}, "one_name", True),
    ],
)
def test_preview_says_what_is_wrong_with_the_data(
    as_rita: Client, ada: Application, values: dict[str, Any], code: str, may_be_sent: bool
) -> None:
    Application.objects.filter(pk=ada.pk).update(**values)
    answer = _preview(as_rita, ada)
    assert PROBLEMS[code].title in answer.text
    assert ('name="send"' in answer.text) is may_be_sent


def _resume(application: Application, content: bytes, filename: str) -> Document:
    given = {"file": ContentFile(content, name="x"), "filename": filename, "extension": filename.rpartition(".")[2]}
    application.resume = DocumentFactory(candidate=application.candidate, **given)
    application.save()
    return application.resume


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (b"MZ\x90\x00", "a.exe", "file_blocked"),
        (b"%PDF-1.7 ".ljust(MAX_BYTES + 1), "a.pdf", "file_too_big"),
        (b"%PDF-1.7 ", "a.docx", "file_wrong_ending"),
        (b"%PDF-1.7 /Encrypt", "a.pdf", "file_locked"),
        (b"%PDF-1.7 ".ljust(MAX_BYTES), "a.pdf", ""),
    ],
    ids=["0 bytes", "program", "more than 5 MB", "wrong ending", "password", "5 MB"],
)
def test_preview_says_what_is_wrong_with_a_file_and_offers_to_send_without_it(
    as_rita: Client, ada: Application, content: bytes, filename: str, code: str
) -> None:
    document = _resume(ada, content, filename)
    answer = _preview(as_rita, ada)
    text = answer.text
    assert ("alert-danger" in text or "alert-warning" in text) is bool(code)
    assert (f'value="{document.pk}" form="send"' in text) is bool(code)
    if code:
        assert f"{PROBLEMS[code].title}: {filename}" in text
        assert (f'value="{document.pk}" form="send" required' in text) is (code != "file_locked")
    assert (document in answer.context["preview"].blocked_files) is (code not in ("", "file_locked"))
    assert 'name="send"' in text


def test_sending_without_a_file_then_all_the_rest_arrives_once_and_the_timeline_says_so(
    as_rita: Client, sandbox: SandboxProcess, ada: Application
) -> None:
    empty = _resume(ada, b"", "cv.pdf")
    plan = DocumentFactory(candidate=ada.candidate, filename="plan.pdf")
    AnswerFactory(application=ada, kind="attachment", label="Your plan", document=plan, text="plan.pdf")
    as_rita.post(_page(ada), {**_order(ada), "send": "1"})
    stopped = attempt(Export.objects.get())
    assert (stopped.state, stopped.problem_code) == (ExportState.NEEDS_ATTENTION, "file_empty")
    foreign = DocumentFactory()
    as_rita.post(_page(ada), {**_order(ada), "send": "1", "without": [empty.pk, foreign.pk, "x"]})
    row = attempt(Export.objects.get())
    assert row.state == ExportState.SENT
    assert arrived(sandbox) == {"people": 1, "applications": 1, "files": 1, "notes": 1}
    assert [(file.document, bool(file.remote_id), file.is_left_out) for file in row.files.all()] == [
        (empty, False, True),
        (plan, True, False),
    ]
    assert texts_of(row)[:2] == ["To be sent to Greenhouse", "To be sent to Greenhouse without the résumé"]
    page = as_rita.get(f"{BASE}exports/{row.pk}/")
    assert [step.state for step in page.context["steps"] if step.is_file] == ["left_out", "done"]
    assert "left out" in page.text
    ada.refresh_from_db()
    assert ada.resume == empty, "with us it stays"


def test_sending_without_a_file_when_asked_for_anew_then_it_is_as_was_chosen_last(
    as_rita: Client, sandbox: SandboxProcess, ada: Application
) -> None:
    empty = _resume(ada, b"", "cv.pdf")
    as_rita.post(_page(ada), {**_order(ada), "send": "1", "without": empty.pk})
    Export.objects.update(state=ExportState.CANCELLED)
    as_rita.post(_page(ada), {**_order(ada), "send": "1"})
    row = Export.objects.get()
    assert not row.files.filter(is_left_out=True).exists()
    assert attempt(row).problem_code == "file_empty"


def test_preview_of_two_people_with_one_address_says_that_they_are_to_be_compared(
    as_rita: Client, sandbox: SandboxProcess, ada: Application
) -> None:
    for first_name in ("Ada", "Augusta"):
        person_in(sandbox, first_name=first_name)
    before = arrived(sandbox)
    answer = _preview(as_rita, ada)
    assert len(answer.context["preview"].suspects) == before["people"] == 2
    assert "Perhaps there" in answer.text
    assert "2 people in Greenhouse may be the same" in answer.text
    as_rita.post(_page(ada), {**_order(ada), "send": "1"})
    row = attempt(Export.objects.get())
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "duplicate_unsure")
    assert arrived(sandbox) == before, "nothing is written until somebody decides"


def test_a_candidate_without_a_job_is_refused_and_what_was_typed_stays(as_rita: Client, ada: Application) -> None:
    answer = _preview(as_rita, ada, greenhouse_job="none", q="pilot")
    assert "Only a prospect can go without one." in answer.text
    assert (answer.context["form"].chosen_job, answer.context["q"]) == ("none", "pilot")
    stranger = GreenhouseJobFactory()
    assert "not open in Greenhouse any more" in _preview(as_rita, ada, greenhouse_job=stranger.pk).text
    assert "does not list this one any more" in _preview(as_rita, ada, stage="424242").text


def test_a_prospect_goes_into_a_pool_without_a_job(as_rita: Client, sandbox: SandboxProcess, ada: Application) -> None:
    pool = sandbox.records("prospect_pools")[0]
    stage = sandbox.records("prospect_pool_stages", prospect_pool_id=pool["id"])[0]
    asked = {"greenhouse_job": "none", "sends_as": "prospect", "pool": f"{pool['id']}/{stage['id']}"}
    lines = _lines(_preview(as_rita, ada, **asked))
    assert (lines["Prospect pool"], lines["Pool stage"]) == ([pool["name"]], [stage["name"]])
    as_rita.post(_page(ada), {**_order(ada, **asked), "send": "1"})
    row = attempt(Export.objects.get())
    assert (row.state, row.greenhouse_job, row.sends_as) == (ExportState.SENT, None, SendsAs.PROSPECT)
    detail = sandbox.records("prospect_details", application_id=int(row.application_remote_id))[0]
    assert (detail["pool_id"], detail["pool_stage_id"]) == (pool["id"], stage["id"])


@pytest.mark.parametrize(
    ("state", "words"),
    [("sent", "Already in Greenhouse."), ("waiting", "Tried before."), ("pending", "Already on the way.")],
)
def test_preview_of_what_was_asked_for_before(
    as_rita: Client, hiring: GreenhouseJob, ada: Application, state: str, words: str
) -> None:
    ExportFactory(greenhouse_job=hiring, application=ada, state=state)
    answer = _preview(as_rita, ada)
    assert words in answer.text
    assert ('name="send"' in answer.text) is (state == "waiting")
    as_rita.post(_page(ada), {**_order(ada), "send": "1"})
    assert Export.objects.count() == 1


def test_without_a_connection_the_page_says_what_to_do(as_rita: Client, as_alice: Client, ada: Application) -> None:
    Connection.objects.update(state="disconnected")
    assert "Ask an admin of your team" in as_rita.get(_page(ada)).text
    assert "Open Integrations" in as_alice.post(_page(ada), {**_order(ada), "send": "1"}).text
    assert not Export.objects.exists()


def test_search_costs_the_same_for_one_and_for_a_thousand(
    as_rita: Client, employer: Any, django_assert_max_num_queries: Any
) -> None:
    connection = ConnectionFactory(employer=employer)
    application = ApplicationFactory(employer=employer, job=None)
    jobs = [GreenhouseJobFactory.build(connection=connection) for _ in range(1000)]
    GreenhouseJob.objects.bulk_create(jobs)
    as_rita.get(_page(application))
    with django_assert_max_num_queries(14):
        assert "The first 50 of 1,000 open jobs" in as_rita.get(_page(application)).text
