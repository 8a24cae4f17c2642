"""A connection is added: whom the team moved by hand goes to the stage that fits, or stays by hand."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from candidates.models import Application, ApplicationStatus
from integrations import hand_over, staging
from integrations.greenhouse import export
from integrations.models import Batch, Connection, Export, ExportState, GreenhouseJob, JobLink
from tests.factories import (
    ApplicationFactory,
    GreenhouseJobPostFactory,
    JobFactory,
    JobLinkFactory,
    ProfileFactory,
)
from tests.integrations.greenhouse.tracked import poll
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db
PAGE = "/employers/lumen-robotics/pipeline/hand-over/"


@pytest.fixture
def link(hiring: GreenhouseJob, connection: Connection) -> JobLink:
    post = GreenhouseJobPostFactory(greenhouse_job=hiring)
    return JobLinkFactory(post=post, job=JobFactory(employer=connection.employer, title="Robot engineer"))


@pytest.fixture
def interviewed(link: JobLink, rita: User) -> Application:
    """Moved by hand before the connection came."""
    made: Application = ApplicationFactory(job=link.job)
    Connection.objects.update(state="disconnected")
    staging.move(application=made, status=ApplicationStatus.INTERVIEWING, by=rita)
    Connection.objects.update(state="active")
    return made


def test_whoever_was_moved_by_hand_is_sent_to_the_stage_that_fits_and_followed(
    sandbox: SandboxProcess, connection: Connection, interviewed: Application, as_rita: Client
) -> None:
    page = as_rita.get(PAGE)
    [group] = page.context["plan"].groups
    assert (group.count, group.status) == (1, ApplicationStatus.INTERVIEWING)
    answer = as_rita.post(PAGE, {"key": str(page.context["key"])})
    assert answer.headers["Location"] == Batch.objects.get().get_absolute_url()
    row = Export.objects.get()
    assert (row.stage_remote_id, row.stage_name) == group.stage
    export.run(row.pk)
    poll(row)
    interviewed.refresh_from_db()
    assert interviewed.status == ApplicationStatus.INTERVIEWING
    texts = list(interviewed.timeline.values_list("text", flat=True))
    assert "Moved by hand to Interviewing" in texts
    assert f"In Greenhouse at stage {group.stage.name}" in texts


def test_pressing_twice_sends_once(connection: Connection, interviewed: Application, rita: User) -> None:
    key = uuid4()
    first = hand_over.hand_over(connection=connection, by=rita, key=key)
    assert hand_over.hand_over(connection=connection, by=rita, key=key) == first
    hand_over.hand_over(connection=connection, by=rita, key=uuid4())
    assert Export.objects.count() == 1


def test_kept_by_hand_is_not_asked_about_again_until_moved_again(
    connection: Connection, interviewed: Application, as_rita: Client, rita: User
) -> None:
    pipeline = "/employers/lumen-robotics/pipeline/"
    assert "moved by hand</strong>" in as_rita.get(pipeline).content.decode()
    as_rita.post(PAGE, {"keep": "1"})
    assert "moved by hand</strong>" not in as_rita.get(pipeline).content.decode()
    staging.move(application=interviewed, status=ApplicationStatus.OFFER, by=rita)
    assert hand_over.staged_by_hand(connection).get() == interviewed


def test_others_are_not_in_it(connection: Connection, link: JobLink, rita: User) -> None:
    applied, hired, known, elsewhere = (ApplicationFactory(job=link.job) for _ in range(4))
    unwilling = ApplicationFactory(
        job=link.job, origin="sourced", candidate=ProfileFactory(can_be_sent=False).candidate
    )
    no_job = ApplicationFactory(employer=connection.employer, job=None)
    for row, status in ((hired, "hired"), (known, "offer"), (unwilling, "offer"), (no_job, "offer")):
        staging.move(application=row, status=ApplicationStatus(status), by=rita)
    Export.objects.create(
        connection=connection, candidate=known.candidate, application=known, greenhouse_job=link.post.greenhouse_job
    )
    assert list(hand_over.staged_by_hand(connection)) == [no_job]
    plan = hand_over.plan_of(connection)
    assert (plan.groups, plan.unconnected) == ([], 1)
    assert applied.status == elsewhere.status == ApplicationStatus.APPLIED


def test_the_page_is_for_recruiters_of_a_connected_employer(
    client: Client, as_charlie: Client, as_bob: Client, as_rita: Client, connection: Connection
) -> None:
    assert [one.get(PAGE).status_code for one in (client, as_charlie, as_bob, as_rita)] == [302, 404, 403, 200]
    assert "Nobody to hand over" in as_rita.get(PAGE).content.decode()
    Connection.objects.update(state="disconnected")
    assert as_rita.get(PAGE).status_code == 404


def test_without_an_answer_from_greenhouse_they_begin_at_the_first_stage(
    sandbox: SandboxProcess, connection: Connection, interviewed: Application, as_rita: Client
) -> None:
    Connection.objects.update(state="needs_attention", problem_code="credential_refused")
    page = as_rita.get(PAGE)
    assert page.status_code == 200
    assert Export.objects.filter(state=ExportState.SENT).count() == 0


def test_moved_by_hand_on_a_job_that_is_not_connected_then_nobody_is_asked_to_decide(
    connection: Connection, interviewed: Application, as_rita: Client
) -> None:
    assert interviewed.job is not None
    interviewed.job.greenhouse_link.delete()
    assert "moved by hand</strong>" not in as_rita.get("/employers/lumen-robotics/pipeline/").text
