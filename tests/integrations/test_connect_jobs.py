"""Connect jobs: every job without a Greenhouse post in one table."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations.models import Connection, ConnectionState, GreenhouseJobPost, JobLink
from integrations.pairing import Pair, connect_pairs, label_of
from jobs.models import Job
from tests.factories import ApplicationFactory, ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory

PAGE = "/employers/lumen-robotics/jobs/connect/"


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


def _post(connection: Connection, title: str = "Robot Tamer", **values: Any) -> GreenhouseJobPost:
    return GreenhouseJobPostFactory(greenhouse_job__connection=connection, title=title, **values)


def _links() -> dict[str, str]:
    return {link.job.title: link.post.title for link in JobLink.objects.select_related("job", "post")}


def test_by_role(client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, connection: Connection) -> None:
    for address in (PAGE, f"{PAGE}roles/"):
        assert client.get(address).status_code == 302
        assert as_charlie.get(address).status_code == 404
        assert as_bob.get(address).status_code == 403
        assert as_rita.get(address).status_code == 200
    assert as_charlie.post(PAGE).status_code == 404
    assert as_bob.post(PAGE).status_code == 403


def test_page_then_offers_jobs_without_a_post_and_fills_in_what_fits(as_rita: Client, connection: Connection) -> None:
    post = _post(connection, location="Leipzig, Germany")
    job = JobFactory(employer=connection.employer, title="Robot tamer (m/f/d)", location="Leipzig", state="off")
    JobFactory(employer=connection.employer, title="Poet", state="draft")
    JobFactory(employer=connection.employer, title="Robot Tamer", state="closed")
    JobLinkFactory(post=_post(connection, "Poet"), job=JobFactory(employer=connection.employer, title="Poet"))
    JobFactory(title="Of another employer")
    page = as_rita.get(PAGE)
    assert [(pair.job.title, pair.typed) for pair, _ in page.context["pairs"]] == [
        ("Poet", ""),
        (job.title, label_of(post)),
    ]
    assert "Suggested because the title and the location are the same." in page.text


def test_page_when_no_role_is_free_then_says_so_and_asks_for_nothing(as_rita: Client, connection: Connection) -> None:
    JobFactory(employer=connection.employer, title="Poet")
    page = as_rita.get(PAGE).text
    assert "No role is free" in page
    assert "<input" not in page.partition("<main")[2].partition("</main")[0]


def test_page_when_two_jobs_are_alike_then_proposes_a_post_once(as_rita: Client, connection: Connection) -> None:
    _post(connection)
    for _ in range(2):
        JobFactory(employer=connection.employer, title="Robot Tamer")
    assert [bool(pair.typed) for pair, _ in as_rita.get(PAGE).context["pairs"]] == [True, False]


def test_page_when_two_posts_are_alike_then_lets_a_person_choose(as_rita: Client, connection: Connection) -> None:
    twins = [_post(connection, location=place) for place in ("Leipzig", "Lyon")]
    job = JobFactory(employer=connection.employer, title="Robot Tamer")
    page = as_rita.get(PAGE)
    assert "Choose from 2 roles with this title" in page.text
    as_rita.post(PAGE, {f"post-{job.pk}": page.context["pairs"][0][1][1]})
    assert JobLink.objects.get().post == twins[1]


def test_connect_then_saves_every_filled_in_row(as_rita: Client, rita: User, connection: Connection) -> None:
    post = _post(connection, location="Leipzig", greenhouse_job__name="R-77 internal")
    _post(connection, "Poet, Senior", greenhouse_job__requisition_id="REQ-9")
    tamer, poet, left = (JobFactory(employer=connection.employer, title=title) for title in ("A", "B", "C"))
    label = label_of(post)
    assert label == f"Robot Tamer · Leipzig · in R-77 internal · #{post.remote_id}"
    ApplicationFactory(job=tamer)
    data = {f"post-{tamer.pk}": label, f"post-{poet.pk}": "req-9", f"post-{left.pk}": " ", "post-x": "y", "post-²": "y"}
    answer = as_rita.post(PAGE, data, follow=True)
    assert "2 jobs are connected." in answer.text
    assert "1 person who applied before is not sent yet." in answer.text
    assert _links() == {"A": "Robot Tamer", "B": "Poet, Senior"}
    assert {(link.linked_by, link.is_imported) for link in JobLink.objects.all()} == {(rita, False)}


def test_connect_when_a_row_cannot_be_then_says_why_keeps_it_and_saves_the_rest(
    as_rita: Client, connection: Connection
) -> None:
    free, gone = _post(connection), _post(connection, is_live=False)
    taken = JobLinkFactory(post=_post(connection, "Taken"), job=JobFactory(employer=connection.employer)).post
    twins = [_post(connection, "Poet", location=place) for place in ("Leipzig", "Lyon")]
    theirs = GreenhouseJobPostFactory(title="Of another employer")
    typed = {
        "Good": f"#{free.remote_id}",
        "Second": label_of(free),
        "Late": label_of(taken),
        "Gone": label_of(gone),
        "Strange": label_of(theirs),
        "Unknown": "astronaut",
        "Vague": "poet",
    }
    jobs = {title: JobFactory(employer=connection.employer, title=title) for title in typed}
    answer = as_rita.post(PAGE, {f"post-{jobs[title].pk}": text for title, text in typed.items()})
    assert JobLink.objects.get(post=free).job.title in ("Good", "Second")
    assert JobLink.objects.count() == 2
    problems = {pair.job.title: pair.problem for pair, _ in answer.context["pairs"] if pair.problem}
    no_id = "No free role has this ID. It may have been connected or taken down meanwhile."
    assert problems["Late"] == problems["Gone"] == problems["Strange"] == no_id
    assert problems["Unknown"] == "No free role matches these words."
    assert problems["Vague"] == "Several roles match. Choose one of them."
    assert sum(words.startswith("You chose the same role for") for words in problems.values()) == 1
    assert 'value="astronaut"' in answer.text
    assert all(f"<option>{label_of(twin)}</option>" in answer.text for twin in twins)
    assert "1 job is connected." in answer.text
    assert "6 could not be connected; they stand first below." in answer.text


def test_connect_when_a_colleague_was_faster_then_nothing_is_overwritten(rita: User, connection: Connection) -> None:
    free, wanted = _post(connection), _post(connection, "Poet")
    jobs = [JobFactory(employer=connection.employer) for _ in range(2)]
    pairs = [Pair(jobs[0], post=free), Pair(jobs[1], post=wanted)]
    JobLinkFactory(post=free, job=JobFactory(employer=connection.employer, title="Theirs"))
    JobLinkFactory(post=_post(connection), job=jobs[1])
    assert connect_pairs(pairs, by=rita) == 0
    assert [pair.problem for pair in pairs] == [
        "Meanwhile this role was connected to another job.",
        "Meanwhile this job was connected.",
    ]
    assert JobLink.objects.get(post=free).job.title == "Theirs"


def test_connect_when_nothing_is_filled_in_or_all_is_done_says_so(as_rita: Client, connection: Connection) -> None:
    assert "Choose a role for at least one job." in as_rita.post(PAGE, follow=True).text
    assert "Every job is connected" in as_rita.get(PAGE).text
    job = JobFactory(employer=connection.employer, state="closed")
    assert (
        "1 was connected or closed by a colleague meanwhile."
        in as_rita.post(PAGE, {f"post-{job.pk}": "x"}, follow=True).text
    )


def test_page_without_a_connection_leads_to_integrations(as_rita: Client, connection: Connection) -> None:
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert as_rita.get(PAGE)["Location"].endswith("/settings/integrations/")
    assert "option" not in as_rita.get(f"{PAGE}roles/").text


def test_roles_then_answers_what_is_typed_with_free_roles(as_rita: Client, connection: Connection) -> None:
    post = _post(connection, location="Leipzig")
    _post(connection, "Poet")
    _post(connection, is_internal=True)
    answer = as_rita.get(f"{PAGE}roles/", {"post-12": "tamer leip"})
    assert answer.text.strip() == f'<option value="{label_of(post)}"></option>'


def test_page_when_there_are_many_then_asks_the_database_no_more(
    as_rita: Client, connection: Connection, django_assert_num_queries: Any
) -> None:
    def more(count: int, word: str) -> None:
        for number in range(count):
            JobFactory(employer=connection.employer, title=f"{word} {number}")
            _post(connection, f"{word} {number}")

    more(2, "Poet")
    as_rita.get(PAGE)
    with django_assert_num_queries(12) as few:
        assert all(pair.typed for pair, _ in as_rita.get(PAGE).context["pairs"])
    more(23, "Tamer")
    with django_assert_num_queries(len(few)):
        assert all(pair.typed for pair, _ in as_rita.get(PAGE).context["pairs"])
    jobs = {job.title: job.pk for job in Job.objects.all()}
    data = {f"post-{jobs[post.title]}": label_of(post) for post in GreenhouseJobPost.objects.all()}
    with django_assert_num_queries(11):
        as_rita.post(PAGE, data)
    assert JobLink.objects.count() == 25
