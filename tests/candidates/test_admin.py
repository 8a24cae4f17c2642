import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Application, Candidate, Origin, Share, TimelineEvent
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CandidateFactory,
    DocumentFactory,
    JobFactory,
    MembershipFactory,
    UserFactory,
)

MODELS = ["candidate", "application", "document", "answer", "timelineevent"]


@pytest.fixture
def as_operator(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def application(db: None) -> Application:
    application = ApplicationFactory(links=[{"kind": "website", "url": "https://ada.example/<x>"}])
    application.resume = DocumentFactory(candidate=application.candidate, filename="Ada.pdf")
    application.save()
    TimelineEvent.objects.create(application=application, kind="stage_moved", text="Moved on", origin=Origin.POLL)
    AnswerFactory(application=application, document=application.resume)
    return application


@pytest.mark.parametrize("model", MODELS)
def test_lists_when_opened_and_searched_then_show_rows(
    as_operator: Client, application: Application, model: str
) -> None:
    address = reverse(f"admin:candidates_{model}_changelist")
    html = as_operator.get(address, {"q": application.email if model != "timelineevent" else "moved"}).content.decode()
    assert f"1 {'timeline event' if model == 'timelineevent' else model}" in html
    assert as_operator.get(address, {"q": "zzz-nothing"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_when_rows_grow_then_the_queries_do_not(
    as_operator: Client, application: Application, model: str
) -> None:
    address = reverse(f"admin:candidates_{model}_changelist")
    before = queries_of(as_operator, address)
    for _ in range(5):
        more = ApplicationFactory(job=JobFactory(employer=application.job.employer))
        AnswerFactory(application=more, document=DocumentFactory(candidate=more.candidate))
        TimelineEvent.objects.create(application=more, kind="stage_moved", text="x", origin=Origin.POLL)
    assert queries_of(as_operator, address) == before


def test_share_when_more_colleagues_have_it_then_the_queries_do_not_grow(as_operator: Client) -> None:
    membership = MembershipFactory()
    share = Share.objects.create(employer=membership.employer, candidate=CandidateFactory(), by=membership.user)
    share.recipients.create(membership=membership)
    address = reverse("admin:candidates_share_change", args=[share.pk])
    before = queries_of(as_operator, address)
    for more in MembershipFactory.create_batch(3, employer=membership.employer):
        share.recipients.create(membership=more)
    assert queries_of(as_operator, address) <= before


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_application_page_when_opened_then_shows_its_story_and_changes_nothing(
    as_operator: Client, application: Application
) -> None:
    address = reverse("admin:candidates_application_change", args=[application.pk])
    html = as_operator.get(address).content.decode()
    assert "Moved on" in html
    assert "https://ada.example/&lt;x&gt;" in html
    assert reverse("resume", args=[application.job.employer.slug, application.key]) in html
    as_operator.post(address, {"first_name": "Eve", "status": "hired"})
    application.refresh_from_db()
    assert (application.first_name, application.status) == ("Ada", "applied")


def test_pages_when_opened_then_never_show_where_a_file_rests(as_operator: Client, application: Application) -> None:
    assert application.resume is not None
    pages = [
        reverse("admin:candidates_document_change", args=[application.resume.pk]),
        reverse("admin:candidates_document_changelist"),
        reverse("admin:candidates_application_change", args=[application.pk]),
        reverse("admin:candidates_candidate_change", args=[application.candidate.pk]),
    ]
    for page in pages:
        assert application.resume.file.name not in as_operator.get(page).content.decode()


@pytest.mark.parametrize("model", ["application", "document", "timelineevent"])
def test_rows_that_the_program_makes_when_added_by_hand_then_403(as_operator: Client, model: str) -> None:
    assert as_operator.get(reverse(f"admin:candidates_{model}_add")).status_code == 403


def test_candidate_when_corrected_then_the_address_is_stored_in_lower_case(as_operator: Client, db: None) -> None:
    candidate = CandidateFactory()
    sent = {"first_name": "Ada", "last_name": "King", "email": "ADA@King.example"}
    sent |= {"applications-TOTAL_FORMS": "0", "applications-INITIAL_FORMS": "0"}
    response = as_operator.post(reverse("admin:candidates_candidate_change", args=[candidate.pk]), sent)
    assert response.status_code == 302
    assert Candidate.objects.get().email == "ada@king.example"
