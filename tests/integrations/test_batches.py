"""Many people sent at once: who is owed, what became of each, and never twice."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Employer, User
from candidates.models import Application, TimelineEvent
from integrations import batches, sweeps
from integrations.arrival import Arrival
from integrations.batches import Order, progress_of, send_batch
from integrations.models import Batch, BatchEntry, Connection, Export, ExportState, JobLink, Outcome, SendsAs
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
)

APPLICANTS = "/employers/lumen-robotics/applicants/"
SEND = f"{APPLICANTS}send/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


@pytest.fixture
def link(connection: Connection) -> JobLink:
    post = GreenhouseJobPostFactory(greenhouse_job__connection=connection)
    return JobLinkFactory(post=post, sends_as=SendsAs.PROSPECT, source_remote_id="5", source_name="Fair")


def _everybody() -> Any:
    return Application.objects.all()


def _outcomes(batch: Batch) -> list[tuple[int, str]]:
    return list(batch.entries.values_list("application", "outcome"))


def _form(answer: Any, **values: Any) -> dict[str, Any]:
    """What the form of an answer holds, with other choices."""
    context = answer.context
    return {
        "people": context["people"],
        "key": str(context["key"]),
        "greenhouse_job": context["form"].chosen_job,
        "sends_as": "candidate",
        "order": "1",
        **values,
    }


def test_by_role(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, link: JobLink, rita: User
) -> None:
    waiting = ApplicationFactory(job=link.job)
    order = {"application": waiting.pk}
    assert client.post(SEND, order).status_code == 302
    assert as_charlie.post(SEND, order).status_code == 404
    assert as_bob.post(SEND, order).status_code == 403
    assert as_rita.post(SEND, order).status_code == 200
    connection = link.post.connection
    page = send_batch(
        connection=connection, applications=_everybody(), order=Order(), by=rita, key=uuid4()
    ).get_absolute_url()
    assert client.get(page).status_code == 302
    assert (
        as_charlie.get(page).status_code == as_charlie.get(page.replace("lumen-robotics", "other")).status_code == 404
    )
    assert as_bob.get(page).status_code == as_rita.get(page).status_code == 200
    assert "choose-all" not in as_bob.get(APPLICANTS).text
    assert "choose-all" in as_rita.get(APPLICANTS).text


def test_people_of_another_employer_are_not_sent(as_charlie: Client, link: JobLink, rita: User) -> None:
    ConnectionFactory(employer=Employer.objects.get(slug="other"))
    stranger = ApplicationFactory(job=link.job)
    answer = as_charlie.post("/employers/other/applicants/send/", {"application": stranger.pk}, follow=True)
    assert "Choose at least one applicant first." in answer.text
    theirs = Connection.objects.get(employer__slug="other")
    with pytest.raises(ValueError, match="another employer"):
        send_batch(connection=theirs, applications=_everybody(), order=Order(), by=rita, key=uuid4())
    order = Order(GreenhouseJobFactory(), Arrival())
    with pytest.raises(ValueError, match="not in this"):
        send_batch(connection=link.post.connection, applications=_everybody(), order=order, by=rita, key=uuid4())
    assert not Export.objects.exists()
    assert not Batch.objects.exists()


def test_each_goes_to_their_own_job_as_its_settings_say(link: JobLink, rita: User) -> None:
    waiting = ApplicationFactory(job=link.job)
    unconnected = ApplicationFactory(job=JobFactory(employer=link.job.employer))
    jobless = ApplicationFactory(employer=link.job.employer, job=None)
    batch = send_batch(connection=link.post.connection, applications=_everybody(), order=Order(), by=rita, key=uuid4())
    row = Export.objects.get()
    assert (row.application, row.sends_as, row.source_name, row.requested_by) == (waiting, "prospect", "Fair", rita)
    assert _outcomes(batch) == [
        (waiting.pk, Outcome.REQUESTED),
        (unconnected.pk, Outcome.NOT_CONNECTED),
        (jobless.pk, Outcome.NOT_CONNECTED),
    ]
    assert TimelineEvent.objects.get(kind="requested").actor == rita
    assert sweeps.take_due_exports() == [row.pk]


def test_all_to_one_job_sends_nobody_twice(link: JobLink, rita: User) -> None:
    job, employer = link.post.greenhouse_job, link.job.employer
    twice = CandidateFactory()
    first, second = (ApplicationFactory(candidate=twice, job=JobFactory(employer=employer)) for _ in range(2))
    there = ExportFactory(greenhouse_job=job, application=ApplicationFactory(job=link.job), state="sent")
    declined = ExportFactory(greenhouse_job=job, application=ApplicationFactory(job=link.job), state="cancelled")
    order = Order(job, Arrival(credit_to=rita))
    asked = {"connection": link.post.connection, "order": order, "by": rita}
    batch = send_batch(applications=_everybody(), key=uuid4(), **asked)
    assert dict(_outcomes(batch)) == {
        first.pk: Outcome.REQUESTED,
        second.pk: Outcome.SAME_PERSON,
        there.application_id: Outcome.ALREADY,
        declined.application_id: Outcome.ALREADY,
    }
    assert sorted(Export.objects.values_list("state", flat=True)) == ["cancelled", "pending", "sent"]
    again = send_batch(applications=_everybody(), key=uuid4(), **asked)
    assert Outcome.REQUESTED not in dict(_outcomes(again)).values()
    assert Export.objects.count() == 3
    assert progress_of(batch) == batches.Progress(total=4, sent=1, needs_attention=0, skipped=1, done=3)


def test_the_same_form_pressed_twice_is_one_batch(as_rita: Client, link: JobLink) -> None:
    waiting = [ApplicationFactory(job=link.job) for _ in range(3)]
    form = as_rita.post(SEND, {"application": [row.pk for row in waiting[:2]]})
    assert form.context["count"] == 2
    first, second = as_rita.post(SEND, _form(form)), as_rita.post(SEND, _form(form))
    assert first.headers["Location"] == second.headers["Location"] == Batch.objects.get().get_absolute_url()
    assert Export.objects.count() == BatchEntry.objects.count() == 2


def test_all_that_match_are_a_thousand_at_most(as_rita: Client, link: JobLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_MOST", 3)
    rows = [ApplicationFactory(job=link.job) for _ in range(5)]
    ApplicationFactory(job=JobFactory(employer=link.job.employer))
    form = as_rita.post(SEND, {"which": "all", "job": link.job_id})
    assert (form.context["count"], form.context["matching"]) == (3, 5)
    as_rita.post(SEND, _form(form))
    assert list(BatchEntry.objects.values_list("application", flat=True)) == [row.pk for row in rows[:3]]


def test_people_named_in_the_form_are_a_thousand_at_most(as_rita: Client, link: JobLink) -> None:
    last = ApplicationFactory(job=link.job)
    nobody = [str(last.pk + number) for number in range(1, batches.AT_MOST + 1)]
    assert as_rita.post(SEND, {"people": ",".join([*nobody[1:], str(last.pk)])}).context["count"] == 1
    answer = as_rita.post(SEND, {"people": ",".join([*nobody, str(last.pk)])}, follow=True)
    assert "Choose at least one applicant first." in answer.text


def test_form_keeps_what_was_chosen_when_something_is_missing(as_rita: Client, link: JobLink) -> None:
    form = as_rita.post(SEND, {"application": ApplicationFactory(job=link.job).pk})
    assert form.context["form"].chosen_job == "own"
    answer = as_rita.post(SEND, _form(form, greenhouse_job="none", q="pilot"))
    assert "Only a prospect can go without one." in answer.text
    assert answer.context["key"] == str(form.context["key"])
    searched = _form(answer, find="1", q="nothing like it", greenhouse_job=link.post.greenhouse_job_id)
    assert "No open job matches." in as_rita.post(SEND, searched).text
    assert not Batch.objects.exists()
    by_enter = {name: value for name, value in _form(form).items() if name != "order"} | {"enter": "1"}
    as_rita.post(SEND, by_enter)
    assert not Batch.objects.exists(), "Enter in a field sends nobody"


def test_page_shows_how_far_it_is_and_a_result_per_person(as_bob: Client, rita: User, link: JobLink) -> None:
    rows = [ApplicationFactory(job=link.job) for _ in range(4)]
    batch = send_batch(connection=link.post.connection, applications=_everybody(), order=Order(), by=rita, key=uuid4())
    page = batch.get_absolute_url()
    assert page in as_bob.get(APPLICANTS).text
    Export.objects.filter(application=rows[0]).update(state=ExportState.SENT, was_there=True)
    Export.objects.filter(application=rows[3]).update(state=ExportState.NEEDS_ATTENTION, problem_code="no_email")
    text = as_bob.get(page, headers={"HX-Request": "true"}).text
    for words in ("2 of 4", "1 in Greenhouse", "1 needs attention", "was there already", "There is no email address"):
        assert words in text
    assert 'hx-trigger="every 2s"' in text
    assert text.index(rows[3].name) < text.index(rows[0].name), "who needs a person comes first"
    Export.objects.filter(state=ExportState.PENDING).update(state=ExportState.SENT)
    over = as_bob.get(page).text
    assert "4 of 4" in over
    assert "every 2s" not in over
    assert page not in as_bob.get(APPLICANTS).text


def test_a_batch_costs_few_queries_per_250(
    link: JobLink, rita: User, as_bob: Client, django_assert_max_num_queries: Any
) -> None:
    one = ApplicationFactory(job=link.job)
    people = [CandidateFactory.build() for _ in range(249)]
    type(one.candidate).objects.bulk_create(people)
    Application.objects.bulk_create(
        Application(candidate=person, employer=one.employer, job=link.job, email=person.email) for person in people
    )
    with django_assert_max_num_queries(26):
        batch = send_batch(
            connection=link.post.connection, applications=_everybody(), order=Order(), by=rita, key=uuid4()
        )
    assert Export.objects.count() == 250
    as_bob.get(batch.get_absolute_url())
    with django_assert_max_num_queries(9):
        assert "0 of 250" in as_bob.get(batch.get_absolute_url()).text
