"""The Exports page: who may see and do what, tabs, search, one export, many at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import TimelineEvent
from integrations.models import Connection, Export, ExportState, GreenhouseJob
from integrations.problems import PROBLEMS
from tests.factories import ApplicationFactory, ConnectionFactory, ExportFactory, GreenhouseJobFactory, JobFactory

BASE = "/employers/lumen-robotics/exports/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer, acting_user_name="Grace Admin")


@pytest.fixture
def job(connection: Connection) -> GreenhouseJob:
    return GreenhouseJobFactory(connection=connection, name="Robot Tamer")


def make(job: GreenhouseJob, state: str = "needs_attention", code: str = "", **values: Any) -> Export:
    application = ApplicationFactory(job=JobFactory(employer=job.connection.employer), **values)
    at = timezone.now() if code else None
    return ExportFactory(greenhouse_job=job, application=application, state=state, problem_code=code, problem_at=at)


@pytest.fixture
def stuck(job: GreenhouseJob) -> Export:
    return make(job, code="data_refused", first_name="Grace", last_name="Hopper", email="grace@example.org")


def test_by_role(
    client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client, stuck: Export
) -> None:
    reads = (BASE, f"{BASE}{stuck.pk}/")
    writes = (f"{BASE}{stuck.pk}/correct/", f"{BASE}{stuck.pk}/job/")
    for page in (*reads, *writes, f"{BASE}audit-log/"):
        assert client.get(page).status_code == 302
        assert as_charlie.get(page).status_code == 404
    for page in reads:
        assert as_bob.get(page).status_code == as_rita.get(page).status_code == 200
    for page in writes:
        assert (as_bob.get(page).status_code, as_rita.get(page).status_code) == (403, 200)
        assert as_bob.post(page).status_code == 403
    do = {"do": "again", "export": stuck.pk}
    assert [one.post(f"{BASE}do/", do).status_code for one in (client, as_charlie, as_bob)] == [302, 404, 403]
    assert [one.get(f"{BASE}audit-log/").status_code for one in (as_bob, as_rita, as_alice)] == [403, 403, 200]
    stuck.refresh_from_db()
    assert stuck.state == ExportState.NEEDS_ATTENTION
    for button in ('name="do"', 'name="again"', "Correct data", "Audit log"):
        assert button not in as_bob.get(BASE).text


def test_another_employers_exports_are_neither_shown_nor_touched(as_charlie: Client, stuck: Export) -> None:
    theirs = "/employers/other/exports/"
    assert as_charlie.get(theirs).context["page"].paginator.count == 0
    for page in ("", "correct/", "job/"):
        assert as_charlie.get(f"{theirs}{stuck.pk}/{page}").status_code == 404
    as_charlie.post(f"{theirs}do/", {"do": "cancel", "export": stuck.pk})
    as_charlie.post(f"{theirs}do/", {"do": "cancel", "which": "all"})
    stuck.refresh_from_db()
    assert stuck.state == ExportState.NEEDS_ATTENTION


def test_list_then_says_what_is_wrong_and_what_to_do(as_rita: Client, stuck: Export) -> None:
    text = as_rita.get(BASE).text
    problem = PROBLEMS["data_refused"]
    for words in ("Grace Hopper", "grace@example.org", "Robot Tamer", "Grace Admin", problem.sentence, "data_refused"):
        assert words in text
    assert problem.next_step.replace("'", "&#x27;") in text


def test_one_to_decide_leads_to_the_desk_and_is_not_just_sent_again(as_rita: Client, job: GreenhouseJob) -> None:
    unsure = make(job, code="duplicate_unsure")
    for page in (BASE, f"{BASE}{unsure.pk}/"):
        text = as_rita.get(page).text
        assert f'href="/employers/lumen-robotics/duplicates/{unsure.pk}/"' in text
        assert "Compare and decide" in text
        assert 'name="again"' not in text
    as_rita.post(f"{BASE}do/", {"do": "again", "export": unsure.pk})
    unsure.refresh_from_db()
    assert unsure.state == ExportState.NEEDS_ATTENTION


def test_list_when_narrowed_then_tabs_count_what_matches(as_bob: Client, job: GreenhouseJob, stuck: Export) -> None:
    other = GreenhouseJobFactory(connection=job.connection)
    Export.objects.filter(pk=make(other, "waiting", "unavailable").pk).update(
        created_at=timezone.now() - timedelta(days=9)
    )
    make(other, "needs_attention", "duplicate_unsure")
    for state in ("pending", "sending", "unknown", "sent", "cancelled"):
        make(other, state)
    counts = {tab.name: tab.count for tab in as_bob.get(BASE).context["list"].tabs}
    assert counts == {"": 8, "attention": 1, "decide": 1, "waiting": 1, "on_the_way": 3, "sent": 1, "cancelled": 1}

    def found(**asked: Any) -> int:
        count: int = as_bob.get(BASE, asked).context["page"].paginator.count
        return count

    assert (found(q="hopper grace"), found(q="grace@EXAMPLE.org"), found(q="nobody at all")) == (1, 1, 0)
    assert (found(job=job.pk), found(problem="unavailable"), found(problem="unavailable", tab="sent")) == (1, 1, 0)
    today, before = timezone.now().date(), timezone.now().date() - timedelta(days=8)
    assert (found(since=before), found(until=before), found(since=today, until=today)) == (7, 1, 7)


@pytest.mark.parametrize("odd", ["²", "-1", "\x00", "99999999999999999999", "2026-02-31", "9999-12-31"])
def test_odd_words_in_an_address_are_no_error(as_rita: Client, stuck: Export, odd: str) -> None:
    asked = dict.fromkeys(("tab", "q", "job", "problem", "since", "until", "page"), odd)
    assert as_rita.get(BASE, asked).status_code == 200
    assert as_rita.post(f"{BASE}do/", {**asked, "do": "again", "export": odd}).status_code == 302


def test_list_costs_the_same_for_one_and_for_fifty(
    as_rita: Client, job: GreenhouseJob, stuck: Export, django_assert_num_queries: Any
) -> None:
    as_rita.get(BASE)  # the first visit also remembers the employer
    with django_assert_num_queries(11):
        as_rita.get(BASE)
    for _ in range(50):
        make(job, code="job_closed")
    with django_assert_num_queries(11):
        assert as_rita.get(BASE).text.count("job_closed") >= 50


def test_one_export_shows_steps_files_and_times(as_bob: Client, job: GreenhouseJob) -> None:
    export = make(job, "unknown", "outcome_unknown")
    Export.objects.update(
        candidate_remote_id="700",
        application_remote_id="800",
        step_in_flight="file",
        attempts=3,
        contacts_checked_at=timezone.now(),
        retry_at=timezone.now(),
    )
    export.files.create(type="resume", filename="Ada.pdf", remote_id="900")
    export.files.create(type="other", filename="Work.pdf", position=1)
    page = as_bob.get(f"{BASE}{export.pk}/")
    shown = [(step.label, step.state, step.remote_id) for step in page.context["steps"]]
    assert shown == [
        ("Person", "done", "700"),
        ("Contacts", "done", ""),
        ("Application", "done", "800"),
        ("Résumé", "done", "900"),
        ("Other", "in_flight", ""),
        ("Note", "open", ""),
    ]
    assert "Next try" in page.text
    assert "people/700?application_id=800" in page.text


def test_file_of_an_answer_then_only_recruiters_read_its_name(
    as_bob: Client, as_rita: Client, job: GreenhouseJob
) -> None:
    export = make(job)
    export.files.create(type="resume", filename="Ada.pdf")
    for position, kind in enumerate(("cover_letter", "form_attachment", "other"), start=1):
        export.files.create(type=kind, filename=f"Visa {kind}.pdf", position=position)
    for_all, for_recruiters = (one.get(f"{BASE}{export.pk}/").text for one in (as_bob, as_rita))
    assert ("Ada.pdf" in for_all, "Visa" in for_all) == (True, False)
    assert for_recruiters.count("Visa") == 3


def test_send_again_then_it_goes_on_and_says_who_asked(as_rita: Client, rita: User, stuck: Export) -> None:
    page = as_rita.post(f"{BASE}do/", {"again": stuck.pk, "which": "all", "q": "nobody"}, follow=True)
    assert "1 export is on the way again." in page.text
    stuck.refresh_from_db()
    assert (stuck.state, stuck.problem_code, stuck.retry_at) == (ExportState.PENDING, "", None)
    line = TimelineEvent.objects.get()
    assert (line.kind, line.actor, line.application) == ("requested", rita, stuck.application)
    again = as_rita.post(f"{BASE}do/", {"do": "again", "export": stuck.pk}, follow=True)
    assert "Nothing here can be sent again" in again.text


def test_all_that_match_then_only_after_the_number_was_agreed_to(
    as_rita: Client, job: GreenhouseJob, stuck: Export, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        make(job, code="job_closed")
    declined, undecided = make(job, "cancelled"), make(job, code="duplicate_unsure")
    form = {"do": "again", "which": "all"}
    asked = as_rita.post(f"{BASE}do/", form)
    assert "Send 61 exports again?" in asked.text
    assert not Export.objects.filter(state=ExportState.PENDING).exists()
    assert "Meanwhile others match" in as_rita.post(f"{BASE}do/", {**form, "agreed": "60"}).text
    with django_assert_max_num_queries(25):
        as_rita.post(f"{BASE}do/", {**form, "agreed": "61"})
    assert Export.objects.filter(state=ExportState.PENDING).count() == TimelineEvent.objects.count() == 61
    for left, state in ((declined, "cancelled"), (undecided, "needs_attention")):
        left.refresh_from_db()
        assert left.state == state


def test_cancel_then_nothing_more_is_sent_and_those_sent_stay(as_rita: Client, job: GreenhouseJob) -> None:
    states = ("pending", "sending", "waiting", "unknown", "needs_attention", "sent", "cancelled")
    rows = [make(job, state) for state in states]
    page = as_rita.post(f"{BASE}do/", {"do": "cancel", "export": [row.pk for row in rows]}, follow=True)
    assert "5 exports are cancelled." in page.text
    assert Export.objects.filter(state=ExportState.CANCELLED).count() == 6
    assert TimelineEvent.objects.filter(kind="cancelled").count() == 5
