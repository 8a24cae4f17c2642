"""How the people of one connected job are sent: settings with Greenhouse's own lists, copied from job to job."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from integrations.greenhouse.scopes import ALL_SCOPES
from integrations.link_settings import used_stages
from integrations.models import Connection, JobLink
from tests.factories import (
    GreenhouseJobFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
    MembershipFactory,
)
from tests.integrations.job_page import address_of, opened, shown
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def link(sandbox: SandboxProcess, connection: Connection) -> JobLink:
    """A job connected to one that the sandbox has, with its hiring plan."""
    hiring = sandbox.records("jobs", status="open", is_template=False)[0]
    job = GreenhouseJobFactory(connection=connection, remote_id=str(hiring["id"]))
    return JobLinkFactory(post=GreenhouseJobPostFactory(greenhouse_job=job))


def _stages(sandbox: SandboxProcess, link: JobLink) -> list[dict[str, Any]]:
    job_id = int(link.post.greenhouse_job.remote_id)
    return sorted(sandbox.records("job_interview_stages", job_id=job_id), key=lambda stage: stage["sort_order"])


def test_lists_come_from_greenhouse_in_its_order_and_are_remembered_for_a_while(
    as_rita: Client, sandbox: SandboxProcess, link: JobLink
) -> None:
    stages = _stages(sandbox, link)
    sandbox.change_record("job_interview_stages", stages[1]["id"], active=False)
    sandbox.clear_requests()
    address = f"{address_of(link.job)}stage-and-source/"
    form = as_rita.get(address).context["sending"]
    offered = [label for _, label in form.fields["stage"].choices]
    assert offered == ["The first stage", stages[0]["name"], *(stage["name"] for stage in stages[2:])]
    assert "Purpose Jobs" in [label for _, label in form.fields["source"].choices]
    asked = len(sandbox.requests())
    as_rita.get(address)
    assert len(sandbox.requests()) == asked


def test_opening_the_page_asks_greenhouse_nothing(as_rita: Client, sandbox: SandboxProcess, link: JobLink) -> None:
    sandbox.clear_requests()
    assert as_rita.get(address_of(link.job)).status_code == 200
    assert sandbox.requests() == []


def test_settings_are_saved_with_names_and_shown_again(
    as_rita: Client, alice: User, sandbox: SandboxProcess, link: JobLink
) -> None:
    stage, source = _stages(sandbox, link)[2], sandbox.records("sources")[0]
    chosen = {
        "sending-sends": "review",
        "sending-sends_as": "prospect",
        "sending-stage": stage["id"],
        "sending-source": source["id"],
        "sending-credit_to": alice.pk,
    }
    page = address_of(link.job)
    as_rita.post(page, {**opened(as_rita, link.job), **chosen})
    link.refresh_from_db()
    assert (link.sends, link.sends_as, link.credit_to) == ("review", "prospect", alice)
    assert (link.stage_remote_id, link.stage_name) == (str(stage["id"]), stage["name"])
    assert (link.source_remote_id, link.source_name) == (str(source["id"]), source["name"])
    sandbox.clear_requests()
    as_rita.post(page, opened(as_rita, link.job))
    assert sandbox.requests() == [], "what is stored needs no look at Greenhouse's lists"
    link.refresh_from_db()
    assert link.stage_name == stage["name"]


def test_a_stage_of_another_job_an_unknown_source_and_a_stranger_are_refused(
    as_rita: Client, charlie: User, bob: User, sandbox: SandboxProcess, link: JobLink
) -> None:
    own = int(link.post.greenhouse_job.remote_id)
    foreign = next(stage for stage in sandbox.records("job_interview_stages") if stage["job_id"] != own)
    form = {**opened(as_rita, link.job), "sending-stage": foreign["id"], "sending-source": "77"}
    for person in (charlie, bob):
        answer = as_rita.post(address_of(link.job), {**form, "sending-credit_to": person.pk, "title": "Kept"})
        assert set(answer.context["sending"].errors) == {"stage", "source", "credit_to"}
        assert shown(answer)["title"] == "Kept"
    link.refresh_from_db()
    assert (link.stage_remote_id, link.source_remote_id, link.credit_to) == ("", "", None)


@pytest.mark.django_db
def test_stages_used_before_when_there_is_no_greenhouse_job_then_none_are_shared() -> None:
    plan = {"stage_remote_id": "5", "stage_name": "Secret project interview"}
    link = JobLinkFactory()
    near = JobLinkFactory(post=GreenhouseJobPostFactory(greenhouse_job=link.post.greenhouse_job), **plan)
    far = JobLinkFactory(**plan)
    assert [stage.name for stage in used_stages(link)] == [near.stage_name]
    for one in (link, near, far):
        one.post.greenhouse_job = None
        one.post.save()
    assert used_stages(link) == []


def test_without_the_scope_the_page_says_so_and_the_other_list_works(
    as_rita: Client, sandbox: SandboxProcess, link: JobLink
) -> None:
    JobLink.objects.update(stage_remote_id="5", stage_name="Phone screen")
    scope = "harvest:job_interview_stages:list"
    sandbox.set_credential("demo-client-4", scopes=[one for one in ALL_SCOPES if one != scope])
    answer = as_rita.get(f"{address_of(link.job)}stage-and-source/")
    assert "A scope is missing" in answer.text
    assert "Phone screen" in answer.text
    assert len(answer.context["sending"].fields["source"].choices) > 2
    connection = Connection.objects.get()
    assert scope in connection.refused_scopes


def test_while_greenhouse_is_down_the_stored_choice_stays_and_another_is_not_taken(
    as_rita: Client, settings: Any, link: JobLink
) -> None:
    JobLink.objects.update(stage_remote_id="5", stage_name="Phone screen")
    form = opened(as_rita, link.job)
    settings.GREENHOUSE_HARVEST_URL = settings.GREENHOUSE_AUTH_URL = "http://127.0.0.1:9"
    page = address_of(link.job)
    assert "What is chosen stays as it is." in as_rita.post(page, {**form, "lists": "1", "title": "Typed"}).text
    refused = as_rita.post(page, {**form, "sending-stage": "6"})
    assert "Greenhouse did not show its list" in refused.text
    assert as_rita.post(page, {**form, "sending-sends": "review"}).status_code == 302
    link.refresh_from_db()
    assert (link.stage_remote_id, link.sends) == ("5", "review")


def test_a_stored_choice_that_is_gone_from_greenhouse_stays_until_another_is_chosen(
    as_rita: Client, link: JobLink
) -> None:
    JobLink.objects.update(stage_remote_id="5", stage_name="Old stage")
    page = address_of(link.job)
    form = {**opened(as_rita, link.job), "lists": "1", "title": "Typed"}
    answer = as_rita.post(page, form)
    assert "Old stage (gone from Greenhouse)" in answer.text
    assert shown(answer)["title"] == "Typed"


def _other(link: JobLink, *, same_job: bool, **settings: Any) -> JobLink:
    hiring = link.post.greenhouse_job if same_job else GreenhouseJobFactory(connection=link.post.connection)
    post = GreenhouseJobPostFactory(greenhouse_job=hiring)
    return JobLinkFactory(post=post, job=JobFactory(employer=link.job.employer, title="Twin"), **settings)


@pytest.mark.parametrize("same_job", [True, False])
def test_copying_shows_the_settings_of_the_other_job_and_saves_them_only_on_save(
    as_rita: Client, alice: User, sandbox: SandboxProcess, link: JobLink, same_job: bool
) -> None:
    stage, source = _stages(sandbox, link)[2], sandbox.records("sources")[0]
    of_stage = {"stage_remote_id": str(stage["id"]), "stage_name": stage["name"]}
    of_source = {"source_remote_id": str(source["id"]), "source_name": source["name"]}
    _other(link, same_job=same_job, sends="review", sends_as="prospect", credit_to=alice, **of_stage, **of_source)
    page = address_of(link.job)
    answer = as_rita.post(page, {**opened(as_rita, link.job), "title": "Typed", "copy": "1", "copy_from": "twin"})
    link.refresh_from_db()
    assert link.sends == "auto"
    assert shown(answer)["title"] == "Typed"
    as_rita.post(page, shown(answer))
    link.refresh_from_db()
    assert (link.sends, link.sends_as, link.credit_to) == ("review", "prospect", alice)
    assert (link.source_remote_id, link.source_name) == (str(source["id"]), source["name"])
    assert link.stage_name == (stage["name"] if same_job else "")


@pytest.mark.parametrize("typed", ["nobody", "", "\x00", "#1"])
def test_copying_from_no_job_says_so(as_rita: Client, link: JobLink, typed: str) -> None:
    form = {**opened(as_rita, link.job), "copy": "1", "copy_from": typed}
    assert "No connected job is called so." in as_rita.post(address_of(link.job), form).text


def test_a_job_of_another_employer_is_not_copied_from(as_rita: Client, link: JobLink) -> None:
    theirs = JobLinkFactory(sends="review")
    MembershipFactory(employer=theirs.job.employer)
    form = {**opened(as_rita, link.job), "copy": "1", "copy_from": f"#{theirs.post.remote_id}"}
    assert "No connected job is called so." in as_rita.post(address_of(link.job), form).text
