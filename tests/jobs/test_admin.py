import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Employer, User
from jobs.models import Job, JobState
from tests.factories import JobFactory, UserFactory

LIST = reverse("admin:jobs_job_changelist")


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def as_operator(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def test_job_list_when_searched_and_filtered_then_finds(as_operator: Client, employer: Employer) -> None:
    JobFactory(employer=employer, title="Robot engineer", location="Berlin")
    JobFactory(employer=employer, title="Accountant", state=JobState.OFF)
    html = as_operator.get(LIST, {"q": "berlin", "state__exact": "live"}).content.decode()
    assert "Robot engineer" in html
    assert "Accountant" not in html


def test_job_list_when_not_staff_then_leads_to_the_log_in(as_alice: Client) -> None:
    assert as_alice.get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("action", "state"), [("put_live", JobState.LIVE), ("take_off", JobState.OFF), ("close", JobState.CLOSED)]
)
def test_job_actions_when_run_then_move_the_chosen_jobs(
    as_operator: Client, employer: Employer, action: str, state: JobState
) -> None:
    start = JobState.LIVE if action != "put_live" else JobState.DRAFT
    chosen, other = (JobFactory(employer=employer, state=start) for _ in range(2))
    as_operator.post(LIST, {"action": action, "_selected_action": [chosen.pk]})
    assert Job.objects.get(pk=chosen.pk).state == state
    assert Job.objects.get(pk=other.pk).state == start


def test_job_change_when_saved_then_cleans_the_text_and_leaves_the_employer(
    as_operator: Client, employer: Employer, other_employer: Employer
) -> None:
    job = JobFactory(employer=employer)
    texts = {"title": "T", "location": "", "department": "", "employment_type": "", "pay_period": "year"}
    sent = {**texts, "employer": other_employer.pk, "state": "closed", "description": "<p>a<script>x</script></p>"}
    address = reverse("admin:jobs_job_change", args=[job.pk])
    assert as_operator.post(address, sent).status_code == 302
    job.refresh_from_db()
    assert (job.title, job.description, job.employer, job.state) == ("T", "<p>a</p>", employer, JobState.LIVE)


def test_job_add_when_saved_then_notes_who_did_it(as_operator: Client, operator: User, employer: Employer) -> None:
    sent = {"title": "T", "employer": employer.pk, "description": "Plain", "pay_period": "year"}
    assert as_operator.post(reverse("admin:jobs_job_add"), sent).status_code == 302
    job = Job.objects.get()
    assert (job.created_by, job.description, job.state) == (operator, "<p>Plain</p>", JobState.DRAFT)
