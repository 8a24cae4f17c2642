"""The pipeline: who is where, for each role; what Greenhouse leads is moved there, all others by hand."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models import (
    AccessKind,
    Application,
    ApplicationOrigin,
    ApplicationStatus,
    Profile,
    ProfileAccess,
)
from candidates.sourcing import source
from integrations import staging
from integrations.models import Connection, ConnectionState, Export, ExportState
from jobs.models import Job
from tests.factories import (
    ApplicationFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobFactory,
    JobFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/employers/lumen-robotics/pipeline/"
CSV = f"{PAGE}download/"


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer, title="Robot engineer")


@pytest.fixture
def ada(job: Job) -> Application:
    return ApplicationFactory(job=job, first_name="Ada", last_name="Lovelace")


@pytest.fixture
def connected(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer)


def export_of(application: Application, connected: Connection, **given: Any) -> Export:
    job = GreenhouseJobFactory(connection=connected)
    return ExportFactory(application=application, greenhouse_job=job, **{"state": ExportState.SENT, **given})


def text_of(client: Client, address: str = PAGE, **given: str) -> str:
    return client.get(address, given).content.decode()


def move(client: Client, application: Application, to: str) -> int:
    return client.post(f"{PAGE}move/", {"to": f"{to}:{application.key}"}).status_code


def test_the_pipeline_is_for_members_and_its_doings_for_recruiters(
    client: Client, as_charlie: Client, as_bob: Client, as_rita: Client, ada: Application
) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == 404
    assert "Ada Lovelace" in text_of(as_bob)
    assert "pipeline-move" not in text_of(as_bob)
    assert (move(client, ada, "offer"), move(as_charlie, ada, "offer"), move(as_bob, ada, "offer")) == (302, 404, 403)
    assert (client.get(CSV).status_code, as_charlie.get(CSV).status_code, as_bob.get(CSV).status_code) == (
        302,
        404,
        403,
    )
    ada.refresh_from_db()
    assert ada.status == ApplicationStatus.APPLIED


def test_a_stranger_of_another_employer_cannot_be_moved(as_rita: Client) -> None:
    assert move(as_rita, ApplicationFactory(), "offer") == 404
    assert as_rita.post(f"{PAGE}move/", {"to": "offer:nobody"}).status_code == 404


def test_moving_by_hand_is_told_in_the_timeline_and_harmless_twice(
    as_rita: Client, rita: User, ada: Application
) -> None:
    assert move(as_rita, ada, "interviewing") == 302
    move(as_rita, ada, "interviewing")
    ada.refresh_from_db()
    assert ada.status == ApplicationStatus.INTERVIEWING
    [line] = ada.timeline.all()
    assert (line.text, line.actor, line.kind) == ("Moved by hand to Interviewing", rita, "stage_moved")


def test_a_rejection_by_hand_and_its_undoing_read_as_such(as_rita: Client, ada: Application) -> None:
    for status in ("rejected", "in_review", "hired", "offer"):
        move(as_rita, ada, status)
    kinds = list(ada.timeline.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["rejected", "unrejected", "hired", "unhired"]


@pytest.mark.parametrize("status", ["sent", "gone", "nonsense", ""])
def test_a_status_that_nobody_is_given_by_hand_is_refused(as_rita: Client, ada: Application, status: str) -> None:
    assert move(as_rita, ada, status) == 302
    ada.refresh_from_db()
    assert ada.status == ApplicationStatus.APPLIED


@pytest.mark.parametrize("state", [ExportState.SENT, ExportState.PENDING, ExportState.UNKNOWN])
def test_whoever_is_in_greenhouse_or_on_the_way_is_not_moved_here(
    as_rita: Client, rita: User, ada: Application, connected: Connection, state: ExportState
) -> None:
    export_of(ada, connected, state=state)
    answer = as_rita.post(f"{PAGE}move/", {"to": f"offer:{ada.key}"}, follow=True).content.decode()
    assert "Move the person in Greenhouse" in answer
    with pytest.raises(staging.LedByGreenhouse):
        staging.move(application=ada, status=ApplicationStatus.OFFER, by=rita)
    assert 'class="pipeline-move"' not in text_of(as_rita)


def test_whom_greenhouse_led_before_it_was_disconnected_is_moved_by_hand_and_read_anew_later(
    as_rita: Client, ada: Application, connected: Connection
) -> None:
    export = export_of(ada, connected, status="in_review")
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    move(as_rita, ada, "offer")
    ada.refresh_from_db()
    export.refresh_from_db()
    assert (ada.status, export.status) == (ApplicationStatus.OFFER, "")


def test_a_card_shows_the_raw_stage_and_the_badge(as_bob: Client, ada: Application, connected: Connection) -> None:
    export_of(ada, connected, remote_stage="Take-home <test>", candidate_remote_id="77")
    page = text_of(as_bob)
    assert "Take-home &lt;test&gt;" in page
    assert "In Greenhouse" in page


def test_filters_narrow_and_odd_ones_find_nobody(as_rita: Client, ada: Application, employer: Employer) -> None:
    other = ApplicationFactory(employer=employer, job=None, first_name="Grace", last_name="H", origin="sourced")
    Application.objects.filter(pk=other.pk).update(status_at=timezone.now() - timedelta(days=40))
    both = {"Ada Lovelace", "Grace H"}

    def found(**given: str) -> set[str]:
        page = text_of(as_rita, **given)
        return {name for name in both if name in page}

    assert found() == both
    assert found(job=str(ada.job_id)) == {"Ada Lovelace"}
    assert found(job="none") == found(origin="sourced") == found(q="grace") == {"Grace H"}
    assert found(days="30") == {"Ada Lovelace"}
    for odd in ({"job": "x"}, {"origin": "x"}, {"days": "5"}, {"q": "\x00%%"}, {"job": "9" * 30}):
        assert found(**odd) == set()
    assert found(mine="1") == set()
    move(as_rita, ada, "offer")
    assert found(mine="1") == {"Ada Lovelace"}


def test_somebody_picked_who_hides_leaves_columns_counts_and_download(
    as_rita: Client, rita: User, employer: Employer
) -> None:
    profile = ProfileFactory()
    made = source(employer=employer, candidate=profile.candidate, job=None, by=rita)
    assert made.name in text_of(as_rita)
    assert ProfileAccess.objects.filter(kind=AccessKind.LISTED, user=rita).count() == 1
    Profile.objects.update(is_listed=False)
    assert made.name not in text_of(as_rita)
    assert made.name not in b"".join(as_rita.get(CSV)).decode()  # type: ignore[arg-type]
    assert move(as_rita, made, "offer") == 404


def test_the_page_asks_itself_and_hears_only_of_changes(
    as_rita: Client, ada: Application, connected: Connection
) -> None:
    seen = as_rita.get(PAGE).context["seen"]
    headers = {"HX-Request": "true"}
    assert as_rita.get(PAGE, {"seen": seen}, headers=headers).status_code == 204
    move(as_rita, ada, "offer")
    answer = as_rita.get(PAGE, {"seen": seen}, headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    seen = answer.context["seen"]
    export = export_of(ada, connected)
    seen, before = as_rita.get(PAGE).context["seen"], seen
    assert seen != before
    Export.objects.filter(pk=export.pk).update(remote_stage="Onsite", remote_since=timezone.now())
    assert as_rita.get(PAGE, {"seen": seen}, headers=headers).status_code == 200


def test_ten_times_as_many_people_need_no_more_queries(as_rita: Client, job: Job, connected: Connection) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as seen:
            as_rita.get(PAGE)
        return len(seen)

    as_rita.get(PAGE)
    export_of(ApplicationFactory(job=job), connected)
    few = queries()
    for status in ("applied", "offer", "in_review"):
        for _ in range(3):
            export_of(ApplicationFactory(job=job, status=status), connected)
    assert queries() == few


def test_a_full_column_shows_fifty_and_leads_to_the_rest(as_rita: Client, job: Job) -> None:
    for _ in range(53):
        ApplicationFactory(job=job)
    page = text_of(as_rita)
    assert page.count('class="pipeline-card"') == 50
    assert "3 more" in page
    rest = text_of(as_rita, column="applied", page="2")
    assert rest.count('class="pipeline-card"') == 3


def test_the_download_guards_formulas_and_hides_addresses_of_the_network(
    as_rita: Client, rita: User, employer: Employer, ada: Application
) -> None:
    profile = ProfileFactory()
    picked = source(employer=employer, candidate=profile.candidate, job=None, by=rita)
    Application.objects.filter(pk=ada.pk).update(first_name='=cmd|" /C calc"!A0')
    answer = as_rita.get(CSV)
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = {row["How they came"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Applied"]["Name"].startswith("'=cmd")
    assert rows["Applied"]["Email"] == ada.email
    assert rows["Sourced"]["Email"] == ""
    assert picked.email not in text
    assert answer["Content-Disposition"].startswith("attachment;")
    assert list(ProfileAccess.objects.filter(kind=AccessKind.DOWNLOADED).values_list("candidate", flat=True)) == [
        profile.candidate_id
    ]
    assert ada.email not in b"".join(as_rita.get(CSV, {"origin": "sourced"})).decode()  # type: ignore[arg-type]


def test_adding_somebody_of_the_network_by_hand(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, job: Job
) -> None:
    profile = ProfileFactory()
    address = f"/employers/lumen-robotics/candidates/{profile.candidate.key}/pipeline/"
    assert (client.post(address).status_code, as_bob.post(address).status_code) == (302, 403)
    assert as_rita.get(address).status_code == 200
    assert as_rita.post(address, {"job": JobFactory().pk}).status_code == 404
    for _ in range(2):
        assert as_rita.post(address, {"job": job.pk}).status_code == 302
    made = Application.objects.get()
    assert (made.origin, made.job, made.status) == (ApplicationOrigin.SOURCED, job, ApplicationStatus.APPLIED)
    Profile.objects.update(is_listed=False)
    assert as_rita.post(address).status_code == 404
