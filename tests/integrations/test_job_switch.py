"""Putting jobs live, taking them off and closing them by hand: the chosen ones, or all that match."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer
from integrations.greenhouse import follow
from integrations.models import Connection, JobLink
from integrations.views.jobs import MOVED_UNASKED
from jobs.models import Job, JobState
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory

LIST = "/employers/lumen-robotics/jobs/"
SWITCH = f"{LIST}switch/"


def _linked(employer: Employer, *, offered: bool, **link: Any) -> Job:
    connection = Connection.objects.filter(employer=employer).first() or ConnectionFactory(employer=employer)
    post = GreenhouseJobPostFactory(greenhouse_job__connection=connection, is_live=offered)
    state = link.pop("state", JobState.CLOSED)
    reason = "The post is not published in Greenhouse." if state == JobState.CLOSED else ""
    job = JobFactory(employer=employer, state=state, closed_reason=reason)
    JobLinkFactory(post=post, job=job, **link)
    return job


def _state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_switch_by_role(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, employer: Employer
) -> None:
    job = JobFactory(employer=employer)
    data = {"job": job.pk, "to": "off"}
    assert client.post(SWITCH, data).status_code == 302
    assert as_charlie.post(SWITCH, data).status_code == 404
    assert as_bob.post(SWITCH, data).status_code == 403
    assert as_charlie.post("/employers/other/jobs/switch/", data).status_code == 302
    assert _state(job) == JobState.LIVE
    as_rita.post(SWITCH, data)
    assert _state(job) == JobState.OFF


@pytest.mark.parametrize(
    ("to", "states", "words"),
    [
        ("live", ["live", "live", "live", "live"], "3 jobs are now live on your company page."),
        ("off", ["off", "off", "draft", "closed"], "1 job is now off your company page."),
        ("closed", ["closed", "closed", "closed", "closed"], "3 jobs are closed."),
    ],
)
def test_switch_then_moves_what_can_move_and_says_how_many(
    as_rita: Client, employer: Employer, to: str, states: list[str], words: str
) -> None:
    jobs = [JobFactory(employer=employer, state=state) for state in ("live", "off", "draft", "closed")]
    answer = as_rita.post(SWITCH, {"job": [job.pk for job in jobs], "to": to, "q": "eng"}, follow=True)
    assert [_state(job) for job in jobs] == states
    assert words in answer.text
    assert answer.redirect_chain[-1][0] == f"{LIST}?q=eng", "back to the list as it was"
    assert Job.objects.filter(state="closed", closed_reason="Closed by your team.").count() == (
        3 if to == "closed" else 0
    )


def test_switch_when_nothing_is_chosen_or_odd_then_says_so(as_rita: Client, employer: Employer) -> None:
    assert "Choose at least one job first." in as_rita.post(SWITCH, {"to": "live"}, follow=True).text
    job = JobFactory(employer=employer)
    as_rita.post(SWITCH, {"job": job.pk, "to": "sold"})
    assert _state(job) == JobState.LIVE


def test_switch_all_when_many_then_asks_with_the_number_first(as_rita: Client, employer: Employer) -> None:
    Job.objects.bulk_create(Job(employer=employer, title=f"Poet {n}", state="off") for n in range(MOVED_UNASKED + 1))
    other = JobFactory(employer=employer, title="Engineer", state="off")
    all_poets = {"which": "all", "q": "poet", "to": "live"}
    question = as_rita.post(SWITCH, all_poets)
    assert f"Put {MOVED_UNASKED + 1} jobs live?" in question.text
    assert not Job.objects.filter(state="live").exists()
    JobFactory(employer=employer, title="Poet, late", state="off")
    again = as_rita.post(SWITCH, {**all_poets, "agreed": f"{MOVED_UNASKED + 1}"})
    assert "Meanwhile other jobs match" in again.text
    assert not Job.objects.filter(state="live").exists()
    as_rita.post(SWITCH, {**all_poets, "agreed": f"{MOVED_UNASKED + 2}"})
    assert Job.objects.filter(state="live").count() == MOVED_UNASKED + 2
    assert _state(other) == JobState.OFF


def test_put_live_when_greenhouse_does_not_publish_it_then_asks_and_leaves_it(
    as_rita: Client, employer: Employer
) -> None:
    gone, closed = _linked(employer, offered=False, reopen_as="live"), JobFactory(employer=employer, state="closed")
    data = {"job": [gone.pk, closed.pk], "to": "live"}
    question = as_rita.post(SWITCH, data).text
    assert "Greenhouse no longer publishes 1 of them" in question
    assert _state(closed) == JobState.CLOSED
    answer = as_rita.post(SWITCH, {**data, "agreed": "2", "unpublished": "leave"}, follow=True).text
    assert "1 job is now live" in answer
    assert "1 job stays closed, because Greenhouse no longer publishes it." in answer
    assert (_state(gone), _state(closed)) == (JobState.CLOSED, JobState.LIVE)
    assert JobLink.objects.get().reopen_as == "live"


def test_put_live_when_a_person_disconnects_it_then_it_is_live_and_greenhouse_cannot_close_it(
    as_rita: Client, employer: Employer
) -> None:
    gone = _linked(employer, offered=False, reopen_as="live")
    as_rita.post(SWITCH, {"job": gone.pk, "to": "live", "agreed": "1", "unpublished": "disconnect"})
    assert _state(gone) == JobState.LIVE
    assert not JobLink.objects.exists()


@pytest.mark.parametrize(("to", "state"), [("live", JobState.LIVE), ("off", JobState.OFF), ("closed", JobState.CLOSED)])
def test_switch_when_it_is_back_in_greenhouse_then_the_question_is_answered(
    as_rita: Client, employer: Employer, to: str, state: str
) -> None:
    back = _linked(employer, offered=True, asks_to_reopen=True, reopen_as="live")
    answer = as_rita.post(SWITCH, {"job": back.pk, "to": to}, follow=True)
    assert "1 job is" in answer.text
    assert _state(back) == state
    assert back.closed_reason == ("" if state != JobState.CLOSED else "The post is not published in Greenhouse.")
    link = JobLink.objects.get()
    assert (link.asks_to_reopen, link.reopen_as) == (False, "")


def test_close_by_hand_then_no_sync_reopens_it(as_rita: Client, employer: Employer) -> None:
    live = _linked(employer, offered=True, state=JobState.LIVE)
    as_rita.post(SWITCH, {"job": live.pk, "to": "closed"})
    assert follow.close_gone(JobLink.objects.select_related("post__connection").get().post.connection) == 0
    assert _state(live) == JobState.CLOSED
    as_rita.post(SWITCH, {"job": live.pk, "to": "live"})
    assert _state(live) == JobState.LIVE


def test_close_when_greenhouse_closed_it_then_it_stays_closed_for_good(as_rita: Client, employer: Employer) -> None:
    gone = _linked(employer, offered=False, reopen_as="live")
    answer = as_rita.post(SWITCH, {"job": gone.pk, "to": "closed"}, follow=True)
    assert "1 job is closed." in answer.text
    assert JobLink.objects.get().reopen_as == ""
    again = as_rita.post(SWITCH, {"job": gone.pk, "to": "closed"}, follow=True)
    assert "0 jobs are closed." in again.text


def test_switch_when_there_are_many_then_asks_the_database_no_more(
    as_rita: Client, employer: Employer, django_assert_num_queries: Any
) -> None:
    Job.objects.bulk_create(Job(employer=employer, title=f"Poet {n}", state="off") for n in range(40))
    few, many = Job.objects.all()[:2], Job.objects.all()[2:]
    as_rita.get(LIST)
    with django_assert_num_queries(14) as asked:
        as_rita.post(SWITCH, {"job": [job.pk for job in few], "to": "live"})
    with django_assert_num_queries(len(asked)):
        as_rita.post(SWITCH, {"job": [job.pk for job in many], "to": "live"})
